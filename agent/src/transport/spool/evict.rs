//! Keeping the file small. Utilisation gives way, oldest first: what was acknowledged, then the fine for the coarse,
//! then the coarse; the state of a section never does, because there is at most one unsent report of each.

use rusqlite::{Transaction, params};
use terrier_shared::latest::hash::Hash;

use super::open::{MAX_PAGES, SpoolError};
use super::record::{deflated, inflated};
use super::{Room, Spool, WallClock};
use crate::clock::{Moment, built_s};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How long utilisation waits for a server.
const METRICS_KEPT_MS: i64 = 30 * DAY_MS;
/// How long utilisation is kept as it was measured, even for want of room.
const FINE_KEPT_MS: i64 = 7 * DAY_MS;
/// How long what was acknowledged is kept for a server that is restored from a backup.
const ACKED_KEPT_MS: i64 = DAY_MS;
/// Most bytes of what was acknowledged.
const ACKED_BYTES: i64 = 16 << 20;
/// Most dead letters, and most bytes of them.
const DEAD_KEPT: i64 = 100;
const DEAD_BYTES: i64 = 4 << 20;
/// Pages in use beyond which utilisation gives way: an eighth is left for the state of the sections.
const PAGES_IN_USE: i64 = MAX_PAGES / 8 * 7;
/// The same on a disk that is nearly full: 4 MiB.
const PAGES_IN_USE_WHEN_SCARCE: i64 = 1_024;
/// How many reports give way at a time.
const STEP: i64 = 32;
/// How many hours are thinned at a time.
const HOURS_AT_A_TIME: i64 = 24;
/// Utilisation is recorded when its window of five minutes is over.
const LAG_MS: i64 = 5 * 60 * 1000;

/// Makes one body, with its hash, of the bodies of utilisation in the hour that begins at the given millisecond; nothing
/// where it cannot.
pub type Fold<'a> = &'a dyn Fn(i64, &[String]) -> Option<(String, Hash)>;

/// An hour with several reports that were never sent.
struct Hour {
    start_ms: i64,
    first: i64,
    reports: i64,
}

impl Hour {
    const fn recorded(&self) -> [i64; 2] {
        let begin_ms = self.start_ms.saturating_add(LAG_MS);
        [begin_ms, begin_ms.saturating_add(HOUR_MS)]
    }

    /// Nothing where one of them is damaged.
    fn bodies(&self, tx: &Transaction<'_>) -> Result<Option<Vec<String>>, SpoolError> {
        let mut query = tx.prepare_cached(
            "SELECT body FROM spool WHERE content = 'metrics' AND state = 'waiting' AND at_wall_ms >= ?1 AND at_wall_ms < ?2
             ORDER BY id",
        )?;
        let packed = query.query_map(self.recorded(), |row| row.get::<_, Vec<u8>>(0))?;
        let bodies = packed.map(|body| Ok(inflated(&body?))).collect::<Result<_, rusqlite::Error>>()?;
        Ok(bodies)
    }

    /// The first of its reports becomes the one for all of them, which are counted.
    fn replace(&self, tx: &Transaction<'_>, body: &str, hash: Hash) -> Result<(), SpoolError> {
        let [begin_ms, end_ms] = self.recorded();
        let packed = deflated(body.as_bytes()).map_err(|_in_memory| SpoolError::Row("a body cannot be compressed"))?;
        let length = i64::try_from(body.len()).unwrap_or(i64::MAX);
        tx.prepare_cached(
            "DELETE FROM spool WHERE content = 'metrics' AND state = 'waiting' AND at_wall_ms >= ?1 AND at_wall_ms < ?2
             AND id <> ?3",
        )?
        .execute([begin_ms, end_ms, self.first])?;
        tx.prepare_cached("UPDATE spool SET hash = ?2, length = ?3, body = ?4 WHERE id = ?1")?.execute(params![
            self.first,
            hash.as_bytes(),
            length,
            packed
        ])?;
        tx.prepare_cached(
            "INSERT INTO dropped (content, from_ms, to_ms, count) VALUES ('thinned', ?1, ?2, ?3)
             ON CONFLICT (content) DO UPDATE SET
                 from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), count = count + excluded.count",
        )?
        .execute([self.start_ms, end_ms, self.reports])?;
        Ok(())
    }
}

/// What is too old.
struct TooOld {
    /// What this boot observed before, in milliseconds of the clock that never jumps.
    of_this_boot: i64,
    /// What other boots observed from, if their clock can have been right, and before, in milliseconds since 1970.
    of_others: std::ops::Range<i64>,
}

impl TooOld {
    const EVERYTHING: Self = Self { of_this_boot: i64::MAX, of_others: i64::MIN..i64::MAX };

    fn metrics(now: Moment, wall_clock: WallClock) -> Self {
        let mono_ms = i64::try_from(now.mono_ms).unwrap_or(i64::MAX);
        let before_ms = match wall_clock {
            WallClock::Believed => now.wall_ms.saturating_sub(METRICS_KEPT_MS),
            WallClock::Doubtful => i64::MIN,
        };
        Self {
            of_this_boot: mono_ms.saturating_sub(METRICS_KEPT_MS),
            of_others: built_s().saturating_mul(1000)..before_ms,
        }
    }
}

impl Spool {
    /// Drops what is too old or too much.
    ///
    /// # Errors
    ///
    /// Some of it may have been dropped, and then it was counted.
    pub fn evict(&mut self, now: Moment, wall_clock: WallClock, room: Room, fold: Fold<'_>) -> Result<(), SpoolError> {
        if wall_clock == WallClock::Believed {
            self.drop_acknowledged(now.wall_ms.saturating_sub(ACKED_KEPT_MS))?;
        }
        self.drop_beyond("kept", i64::MAX, ACKED_BYTES)?;
        self.drop_beyond("dead", DEAD_KEPT, DEAD_BYTES)?;
        self.drop_metrics(&TooOld::metrics(now, wall_clock), i64::MAX)?;
        let most = match room {
            Room::Ample => PAGES_IN_USE,
            Room::Scarce => PAGES_IN_USE_WHEN_SCARCE,
        };
        if self.pages_in_use()? > most && room == Room::Scarce {
            self.drop_acknowledged(i64::MAX)?;
        }
        let fine_ms = now.wall_ms.saturating_sub(FINE_KEPT_MS);
        while self.pages_in_use()? > most && self.thin(fine_ms, fold)? {}
        while self.pages_in_use()? > most && self.drop_metrics(&TooOld::EVERYTHING, STEP)? > 0 {}
        if room == Room::Scarce {
            // Gives a page back per row of its answer.
            self.db
                .prepare("PRAGMA incremental_vacuum")?
                .query([])?
                .mapped(|_page| Ok(()))
                .try_for_each(|page| page)?;
        }
        Ok(())
    }

    fn drop_acknowledged(&self, before_ms: i64) -> Result<(), SpoolError> {
        self.db.execute("DELETE FROM spool WHERE state = 'kept' AND settled_ms < ?1", [before_ms])?;
        Ok(())
    }

    /// Drops what is in `state` but for the newest: at most `most` reports and `bytes` bytes.
    fn drop_beyond(&self, state: &str, most: i64, bytes: i64) -> Result<(), SpoolError> {
        self.db.execute(
            "DELETE FROM spool WHERE state = ?1 AND id NOT IN (
                 SELECT id FROM (
                     SELECT id, row_number() OVER newest AS nth, sum(length(body)) OVER newest AS bytes
                     FROM spool WHERE state = ?1 WINDOW newest AS (ORDER BY id DESC)
                 ) WHERE nth <= ?2 AND bytes <= ?3)",
            params![state, most, bytes],
        )?;
        Ok(())
    }

    /// Replaces the utilisation of the oldest hours that ended before `before_ms` by a report for each of them. Only what was never
    /// sent: what was, has a name and a body for ever. Says whether there was any.
    fn thin(&mut self, before_ms: i64, fold: Fold<'_>) -> Result<bool, SpoolError> {
        let hours = self.hours_to_thin(before_ms)?;
        let tx = self.db.transaction()?;
        let mut thinned = false;
        for hour in &hours {
            if let Some((body, hash)) = hour.bodies(&tx)?.and_then(|bodies| fold(hour.start_ms, &bodies)) {
                hour.replace(&tx, &body, hash)?;
                thinned = true;
            }
        }
        tx.commit()?;
        Ok(thinned)
    }

    fn hours_to_thin(&self, before_ms: i64) -> Result<Vec<Hour>, SpoolError> {
        let mut query = self.db.prepare_cached(
            "SELECT (at_wall_ms - ?2) / ?3 * ?3 AS hour, min(id), count(*) FROM spool
             WHERE content = 'metrics' AND state = 'waiting' AND at_wall_ms >= ?2
             GROUP BY hour HAVING count(*) > 1 AND hour + ?3 <= ?1 ORDER BY hour LIMIT ?4",
        )?;
        let hours = query.query_map([before_ms, LAG_MS, HOUR_MS, HOURS_AT_A_TIME], |row| {
            Ok(Hour { start_ms: row.get(0)?, first: row.get(1)?, reports: row.get(2)? })
        })?;
        Ok(hours.collect::<Result<_, _>>()?)
    }

    /// Drops the oldest unacknowledged utilisation that is `too_old`, at most `most` reports, and counts it in the same
    /// commit. Kept reports go uncounted: the server has them.
    fn drop_metrics(&mut self, too_old: &TooOld, most: i64) -> Result<usize, SpoolError> {
        let bounds = params![self.boot_id, too_old.of_this_boot, too_old.of_others.start, too_old.of_others.end, most];
        let tx = self.db.transaction()?;
        tx.execute(
            "WITH gone AS (
                 SELECT state, at_wall_ms FROM spool WHERE content = 'metrics' AND state <> 'dead' AND (
                     (boot_id = ?1 AND at_mono_ms < ?2) OR (boot_id <> ?1 AND at_wall_ms >= ?3 AND at_wall_ms < ?4))
                 ORDER BY id LIMIT ?5)
             INSERT INTO dropped (content, from_ms, to_ms, count)
             SELECT 'metrics', min(at_wall_ms), max(at_wall_ms), count(*) FROM gone WHERE state <> 'kept' HAVING count(*) > 0
             ON CONFLICT (content) DO UPDATE SET
                 from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), count = count + excluded.count",
            bounds,
        )?;
        let gone = tx.execute(
            "DELETE FROM spool WHERE id IN (
                 SELECT id FROM spool WHERE content = 'metrics' AND state <> 'dead' AND (
                     (boot_id = ?1 AND at_mono_ms < ?2) OR (boot_id <> ?1 AND at_wall_ms >= ?3 AND at_wall_ms < ?4))
                 ORDER BY id LIMIT ?5)",
            bounds,
        )?;
        tx.commit()?;
        Ok(gone)
    }

    fn pages_in_use(&self) -> Result<i64, SpoolError> {
        let pages: i64 = self.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let free: i64 = self.db.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
        Ok(pages - free)
    }
}
