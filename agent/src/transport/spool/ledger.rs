//! What the agent remembers between runs beside the reports themselves.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, params};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::Report;
use terrier_shared::latest::section::SectionKind;

use super::Spool;
use super::open::SpoolError;

/// A value that is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// Which restore of its database the server is at.
    Incarnation,
    /// Seconds between reports, as the server asked and the agent clamped it.
    IntervalS,
    /// The day, counted from the agent's own hour, of the last unasked full report.
    FullDay,
    /// When the server last acknowledged something, or answered a heartbeat, in milliseconds since 1970.
    LastAnswerMs,
    /// What went wrong last.
    LastError,
    /// When that was, in milliseconds since 1970.
    LastErrorMs,
    /// When this spool took the place of a bad one, in milliseconds since 1970, until the server was told.
    ReplacedMs,
}

impl Ledger {
    const fn key(self) -> &'static str {
        match self {
            Self::Incarnation => "incarnation",
            Self::IntervalS => "interval_s",
            Self::FullDay => "full_day",
            Self::LastAnswerMs => "last_answer_ms",
            Self::LastError => "last_error",
            Self::LastErrorMs => "last_error_ms",
            Self::ReplacedMs => "replaced_ms",
        }
    }
}

/// How much is in the spool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Outlook {
    /// Reports that are not answered for.
    pub pending: u64,
    /// Reports the server refused for good.
    pub dead: u64,
    /// Reports dropped for want of room or for their age.
    pub dropped: u64,
    /// Reports of utilisation that were put together, an hour into one, for want of room.
    pub thinned: u64,
    /// When the oldest pending report was observed, in milliseconds since 1970.
    pub oldest_pending_ms: Option<i64>,
}

impl Spool {
    /// What is remembered as `what`.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn recall(&self, what: Ledger) -> Result<Option<String>, SpoolError> {
        let mut query = self.db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(query.query_row([what.key()], |row| row.get(0)).optional()?)
    }

    /// Remembers `values`, in one commit.
    ///
    /// # Errors
    ///
    /// None of them is remembered.
    pub fn remember(&mut self, values: &[(Ledger, String)]) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        for (what, value) in values {
            tx.prepare_cached(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute(params![what.key(), value])?;
        }
        Ok(tx.commit()?)
    }

    /// Forgets what is remembered as `what`.
    ///
    /// # Errors
    ///
    /// It is still remembered.
    pub fn forget(&mut self, what: Ledger) -> Result<(), SpoolError> {
        self.db.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([what.key()])?;
        Ok(())
    }

    /// How much there is.
    ///
    /// # Errors
    ///
    /// It cannot be counted.
    pub fn outlook(&self) -> Result<Outlook, SpoolError> {
        Ok(self.db.query_row(
            "SELECT count(*) FILTER (WHERE state IN ('waiting', 'named')), count(*) FILTER (WHERE state = 'dead'),
                    (SELECT coalesce(sum(count), 0) FROM dropped WHERE content <> 'thinned'),
                    (SELECT coalesce(sum(count), 0) FROM dropped WHERE content = 'thinned'), min(at_wall_ms) FILTER (WHERE state IN ('waiting', 'named'))
             FROM spool",
            [],
            |row| {
                Ok(Outlook {
                    pending: row.get(0)?,
                    dead: row.get(1)?,
                    dropped: row.get(2)?,
                    thinned: row.get(3)?,
                    oldest_pending_ms: row.get(4)?,
                })
            },
        )?)
    }

    /// Forgets what the server holds of sections that this version does not know. They may be those of a later version,
    /// which was here before and whose sections the server still holds, or what damage made of a name: then the server
    /// never agrees.
    ///
    /// # Errors
    ///
    /// Not all of it is forgotten.
    pub fn forget_unknown_sections(&mut self) -> Result<(), SpoolError> {
        let names: Vec<String> = {
            let mut query = self.db.prepare("SELECT section FROM section")?;
            let rows = query.query_map([], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for name in names.iter().filter(|name| name.parse::<SectionKind>().is_err()) {
            self.db.execute("DELETE FROM section WHERE section = ?1", [name])?;
        }
        Ok(())
    }

    /// What the server will hold of each section once it has applied `batch`: the hash there, or else the one it
    /// acknowledged last.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn held_after(&self, batch: &[Report]) -> Result<BTreeMap<String, Hash>, SpoolError> {
        let mut query = self.db.prepare_cached("SELECT section, acked FROM section WHERE acked IS NOT NULL")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, Hash::from_bytes(row.get(1)?))))?;
        let mut held: BTreeMap<String, Hash> = rows.collect::<Result<_, _>>()?;
        for report in batch {
            if let Some(section) = super::settle::section_of(report) {
                held.insert(section.name().to_owned(), report.hash);
            }
        }
        Ok(held)
    }
}
