//! Keeping the file small. Utilisation gives way first, oldest first, and is counted; the state of a section never
//! does, because there is at most one unsent report of each.

use rusqlite::params;

use super::Spool;
use super::open::{MAX_PAGES, SpoolError};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long utilisation waits for a server.
const METRICS_KEPT_MS: i64 = 30 * DAY_MS;
/// How long what was acknowledged is kept for a server that is restored from a backup.
const ACKED_KEPT_MS: i64 = DAY_MS;
/// Most dead letters, and most bytes of them.
const DEAD_KEPT: i64 = 100;
const DEAD_BYTES: i64 = 4 << 20;
/// Pages in use beyond which utilisation gives way: an eighth is left for the state of the sections.
const PAGES_IN_USE: i64 = MAX_PAGES / 8 * 7;
/// How many reports give way at a time.
const STEP: i64 = 256;

impl Spool {
    /// Drops what is too old or too much. `now_ms` is the wall clock.
    ///
    /// # Errors
    ///
    /// Some of it may have been dropped, and then it was counted.
    pub fn evict(&mut self, now_ms: i64) -> Result<(), SpoolError> {
        self.db.execute(
            "DELETE FROM spool WHERE state = 'kept' AND settled_ms < ?1",
            [now_ms.saturating_sub(ACKED_KEPT_MS)],
        )?;
        self.db.execute(
            "DELETE FROM spool WHERE state = 'dead' AND id NOT IN (
                 SELECT id FROM (
                     SELECT id, row_number() OVER newest AS nth, sum(length(body)) OVER newest AS bytes
                     FROM spool WHERE state = 'dead' WINDOW newest AS (ORDER BY id DESC)
                 ) WHERE nth <= ?1 AND bytes <= ?2)",
            [DEAD_KEPT, DEAD_BYTES],
        )?;
        self.drop_metrics(now_ms.saturating_sub(METRICS_KEPT_MS), i64::MAX)?;
        while self.pages_in_use()? > PAGES_IN_USE && self.drop_metrics(i64::MAX, STEP)? > 0 {}
        Ok(())
    }

    /// Drops the oldest unacknowledged utilisation observed before `before_ms`, at most `most` reports, and counts
    /// it in the same commit. Kept reports go uncounted: the server has them.
    fn drop_metrics(&mut self, before_ms: i64, most: i64) -> Result<usize, SpoolError> {
        let tx = self.db.transaction()?;
        tx.execute(
            "WITH gone AS (
                 SELECT state, at_wall_ms FROM spool WHERE content = 'metrics' AND state <> 'dead' AND at_wall_ms < ?1
                 ORDER BY id LIMIT ?2)
             INSERT INTO dropped (content, from_ms, to_ms, count)
             SELECT 'metrics', min(at_wall_ms), max(at_wall_ms), count(*) FROM gone WHERE state <> 'kept' HAVING count(*) > 0
             ON CONFLICT (content) DO UPDATE SET
                 from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), count = count + excluded.count",
            params![before_ms, most],
        )?;
        let gone = tx.execute(
            "DELETE FROM spool WHERE id IN (
                 SELECT id FROM spool WHERE content = 'metrics' AND state <> 'dead' AND at_wall_ms < ?1 ORDER BY id LIMIT ?2)",
            params![before_ms, most],
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
