//! A database that was put back from a backup: noticing it, and what follows from it.
//!
//! It has forgotten what agents were told is kept, and whom people have shut out since. So the installation gets a new
//! incarnation, by which agents know to send again what they hold; and who was shut out is so again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use uuid::Uuid;

use super::error::AppError;
use super::high_water::{Age, HighWater, HighWaterError};
use super::installation::{self, Installation};
use super::shut_out::{self, Again, ShutOut};
use crate::audit::{self, Entry, Object};
use crate::fleet::Roster;
use crate::kernel::chain::Chain;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::store::json_lines::JsonLinesError;
use crate::store::{Conn, Store, StoreError};

/// What a server remembers of its database. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    water: HighWater,
    shut_out: ShutOut,
    incarnation: Uuid,
    mark: Arc<AtomicI64>,
}

/// Something went wrong while remembering.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says what its error says")]
pub enum MemoryError {
    #[error(transparent)]
    Mark(#[from] HighWaterError),
    #[error(transparent)]
    ShutOut(#[from] JsonLinesError),
    #[error("the database failed")]
    Store(#[from] StoreError),
}

/// The database is another one than when the server was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database was put back while the server ran; it has to be started again")]
pub(super) struct Replaced;

/// Compares the database with what is remembered of it, before anybody is served.
pub(super) fn notice(store: &Store, clock: &Clock, data_dir: &Path) -> Result<(Memory, Installation), AppError> {
    let ctx = Ctx::system(clock);
    let water = HighWater::at(data_dir);
    let shut_out = ShutOut::open(data_dir).map_err(MemoryError::from)?;
    let mark = store.read_blocking(installation::mark)?;
    if water.judge(mark, ctx.now).map_err(MemoryError::from)? == Age::Restored {
        begin_anew(store, &ctx, &shut_out)?;
    }
    let (installation, mark) = store.write_blocking::<_, StoreError>(|conn| {
        let mark = installation::raise_mark(conn, ctx.now)?;
        Ok((Installation::open(conn, &ctx)?, mark))
    })?;
    // A full disk is no reason not to serve; it is tried again every half minute.
    if let Err(error) = water.remember(mark) {
        tracing::warn!(error = %Chain(&error), "it is not remembered how far the database is");
    }
    let mark = Arc::new(AtomicI64::new(mark));
    Ok((Memory { water, shut_out, incarnation: installation.incarnation, mark }, installation))
}

/// What follows from a database that was put back.
///
/// # Errors
///
/// [`AppError`]; then nothing has changed.
pub fn declare(store: &Store, clock: &Clock, data_dir: &Path) -> Result<(), AppError> {
    let shut_out = ShutOut::open(data_dir).map_err(MemoryError::from)?;
    Ok(begin_anew(store, &Ctx::system(clock), &shut_out)?)
}

fn begin_anew(store: &Store, ctx: &Ctx, shut_out: &ShutOut) -> Result<(), StoreError> {
    let again = store.write_blocking::<_, StoreError>(|conn| {
        let again = shut_out.enforce(conn, ctx)?;
        let before = installation::renew_incarnation(conn, ctx)?;
        record(conn, ctx, before, again)?;
        Ok(again)
    })?;
    let Again { agents, enrolment_tokens, api_tokens } = again;
    tracing::warn!(
        agents,
        enrolment_tokens,
        api_tokens,
        "the database was put back from a backup: agents send again \
        what they hold, and who was shut out since is shut out again"
    );
    Ok(())
}

fn record(conn: &mut Conn, ctx: &Ctx, before: Uuid, again: Again) -> Result<(), StoreError> {
    let details = json!({"incarnation_before": before, "shut_out_again": again});
    audit::record(
        conn,
        ctx,
        Entry { action: "installation.restored", object: Object::new("installation", before), details },
    )
}

impl Memory {
    /// Raises the mark.
    ///
    /// # Errors
    ///
    /// The outer one: nothing is remembered. The inner one: the database is not the one that it was.
    pub(super) async fn advance(&self, store: &Store, clock: &Clock) -> Result<Result<(), Replaced>, MemoryError> {
        let (ctx, before, incarnation) = (Ctx::system(clock), self.mark.load(Ordering::Relaxed), self.incarnation);
        let raised = store.write::<_, StoreError>(move |conn| {
            let is_same = installation::mark(conn)?.is_some_and(|mark| mark >= before)
                && Installation::open(conn, &ctx)?.incarnation == incarnation;
            Ok(if is_same { Some(installation::raise_mark(conn, ctx.now)?) } else { None })
        });
        let Some(mark) = raised.await? else { return Ok(Err(Replaced)) };
        self.water.remember(mark)?;
        self.mark.store(mark, Ordering::Relaxed);
        Ok(Ok(()))
    }

    /// Remembers who is shut out.
    ///
    /// # Errors
    ///
    /// The database or the file fails.
    pub(super) async fn remember_shut_out(
        &self,
        store: &Store,
        clock: &Clock,
        roster: &Roster,
    ) -> Result<(), MemoryError> {
        let ctx = Ctx::system(clock);
        let mut ended = shut_out::agents(roster);
        ended.extend(store.read(move |conn| shut_out::tokens(conn, &ctx)).await?);
        Ok(self.shut_out.remember(ended)?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use tempfile::TempDir;

    use super::{declare, notice};
    use crate::kernel::clock::Clock;
    use crate::store::{Location, Store, migrate};

    #[tokio::test]
    async fn a_server_whose_database_was_put_back_under_it_is_told_so_and_knows_it_at_the_next_start() {
        let directory = TempDir::new().unwrap();
        let store = Store::open(&Location::Sqlite(directory.path().join("terrier.db"))).unwrap();
        migrate::run(&store).unwrap();
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let (memory, first) = notice(&store, &clock, directory.path()).unwrap();
        for _ in 0..3 {
            clock.advance(Duration::from_mins(10));
            assert_eq!(memory.advance(&store, &clock).await.unwrap(), Ok(()));
        }
        let (_, again) = notice(&store, &clock, directory.path()).unwrap();
        assert_eq!(again, first, "nothing was put back");
        declare(&store, &clock, directory.path()).unwrap();
        assert!(memory.advance(&store, &clock).await.unwrap().is_err());
        let (memory, second) = notice(&store, &clock, directory.path()).unwrap();
        assert_eq!(second.id, first.id);
        assert_ne!(second.incarnation, first.incarnation);
        assert_eq!(memory.advance(&store, &clock).await.unwrap(), Ok(()));
    }
}
