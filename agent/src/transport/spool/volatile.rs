//! A spool in memory, for as long as the disk takes nothing: an agent that reports is worth more than one that waits.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use terrier_shared::latest::report::Epoch;

use super::Spool;
use super::open::{SCHEMA, SpoolError};

/// Pages of 4 KiB: never more than 8 MiB of memory. As a spool for which room is scarce it keeps to half of that.
const MAX_PAGES: i64 = 2_048;

/// What goes over into another spool, each with where it comes from and where it goes to.
const HAND_OVER: [(&str, &str); 4] = [
    (
        "SELECT state, epoch, seq, content, section, kind, base, hash, boot_id, at_wall_ms, at_mono_ms, length, body, \
         settled_ms, why FROM spool ORDER BY id",
        "INSERT INTO spool (state, epoch, seq, content, section, kind, base, hash, boot_id, at_wall_ms, at_mono_ms, length, \
         body, settled_ms, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    ),
    (
        "SELECT section, acked, refused, fault, wants_full FROM section",
        "INSERT OR REPLACE INTO section (section, acked, refused, fault, wants_full) VALUES (?1, ?2, ?3, ?4, ?5)",
    ),
    (
        "SELECT content, from_ms, to_ms, count FROM dropped",
        "INSERT INTO dropped (content, from_ms, to_ms, count) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (content) DO UPDATE SET
             from_ms = min(from_ms, excluded.from_ms), to_ms = max(to_ms, excluded.to_ms), count = count + excluded.count",
    ),
    (
        "SELECT key, value FROM meta WHERE key NOT IN ('epoch', 'next_seq')",
        "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
    ),
];

impl Spool {
    /// A spool in memory, empty, that names reports by `epoch`.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn in_memory(epoch: Epoch, boot_id: &str) -> Result<Self, SpoolError> {
        let db = Connection::open_in_memory()?;
        db.pragma_update(None, "max_page_count", MAX_PAGES)?;
        db.execute_batch(SCHEMA)?;
        let mut spool = Self { db, epoch, boot_id: boot_id.to_owned() };
        spool.start_epoch(epoch)?;
        Ok(spool)
    }

    /// Takes over everything that `other` holds, in one commit; what it knows is the newer.
    ///
    /// # Errors
    ///
    /// Nothing was taken over.
    pub fn take_over(&mut self, other: &Self) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        for (select, insert) in HAND_OVER {
            let mut query = other.db.prepare(select)?;
            let columns = query.column_count();
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let values: Vec<Value> = (0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?;
                tx.prepare_cached(insert)?.execute(params_from_iter(values))?;
            }
        }
        super::settle::keep_newest_waiting(&tx)?;
        Ok(tx.commit()?)
    }
}
