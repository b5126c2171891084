//! Taking in what was observed.

use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::{OptionalExtension as _, Transaction, params};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::limits;
use terrier_shared::latest::section::SectionKind;

use super::open::SpoolError;
use super::{Entry, Spool, Subject};

/// What is known of a section.
#[derive(Debug, Default)]
struct Known {
    acked: Option<Hash>,
    refused: Option<Hash>,
    fault: Option<Hash>,
    wants_full: bool,
}

impl Spool {
    /// Takes in what was observed, in one commit. A section that the server holds already, or is just being told,
    /// is not taken in again; one that was never sent gives way to the newer.
    ///
    /// # Errors
    ///
    /// Nothing was taken in.
    pub fn record(&mut self, entries: &[Entry]) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        for entry in entries {
            match entry.subject {
                Subject::Section(section) => record_section(&tx, &self.boot_id, section, entry)?,
                Subject::Fault(section) => record_fault(&tx, &self.boot_id, section, entry)?,
                Subject::Metrics => insert(&tx, &self.boot_id, entry)?,
            }
        }
        Ok(tx.commit()?)
    }
}

fn record_section(tx: &Transaction<'_>, boot_id: &str, section: SectionKind, entry: &Entry) -> Result<(), SpoolError> {
    let known = known(tx, section)?;
    let unsent_faults = withdraw(tx, Subject::Fault(section))?;
    withdraw(tx, Subject::Section(section))?;
    let heals_told_fault = known.fault.is_some() && unsent_faults == 0;
    if known.fault.is_some() {
        tx.execute(
            "UPDATE section SET fault = NULL, wants_full = max(wants_full, ?2) WHERE section = ?1",
            params![section.name(), heals_told_fault],
        )?;
    }
    let under_way = last_named(tx, section)?;
    let differs = under_way.or(known.acked) != Some(entry.hash);
    let is_owed = known.wants_full && under_way.is_none();
    if known.refused != Some(entry.hash) && (differs || is_owed || heals_told_fault) {
        insert(tx, boot_id, entry)?;
    }
    Ok(())
}

fn record_fault(tx: &Transaction<'_>, boot_id: &str, section: SectionKind, entry: &Entry) -> Result<(), SpoolError> {
    if known(tx, section)?.fault == Some(entry.hash) {
        return Ok(());
    }
    withdraw(tx, Subject::Fault(section))?;
    tx.execute(
        "INSERT INTO section (section, fault) VALUES (?1, ?2) ON CONFLICT (section) DO UPDATE SET fault = excluded.fault",
        params![section.name(), entry.hash.as_bytes()],
    )?;
    insert(tx, boot_id, entry)
}

fn known(tx: &Transaction<'_>, section: SectionKind) -> Result<Known, SpoolError> {
    let found = tx
        .query_row(
            "SELECT acked, refused, fault, wants_full FROM section WHERE section = ?1",
            [section.name()],
            |row| {
                let hash = |index| row.get::<_, Option<[u8; 32]>>(index).map(|bytes| bytes.map(Hash::from_bytes));
                Ok(Known { acked: hash(0)?, refused: hash(1)?, fault: hash(2)?, wants_full: row.get(3)? })
            },
        )
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn last_named(tx: &Transaction<'_>, section: SectionKind) -> Result<Option<Hash>, SpoolError> {
    let found: Option<[u8; 32]> = tx
        .query_row(
            "SELECT hash FROM spool WHERE state = 'named' AND content = 'section' AND section = ?1 ORDER BY id DESC LIMIT 1",
            [section.name()],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.map(Hash::from_bytes))
}

/// Takes back what was never sent; says how much that was.
fn withdraw(tx: &Transaction<'_>, subject: Subject) -> Result<usize, SpoolError> {
    let section = subject.section().map(SectionKind::name);
    Ok(tx.execute(
        "DELETE FROM spool WHERE state = 'waiting' AND content = ?1 AND section = ?2",
        params![subject.content(), section],
    )?)
}

fn insert(tx: &Transaction<'_>, boot_id: &str, entry: &Entry) -> Result<(), SpoolError> {
    let body = deflated(entry.body.as_bytes()).map_err(|_in_memory| SpoolError::Row("a body cannot be compressed"))?;
    let mono_ms = i64::try_from(entry.at.mono_ms).unwrap_or(i64::MAX);
    let length = i64::try_from(entry.body.len()).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "INSERT INTO spool (state, content, section, hash, boot_id, at_wall_ms, at_mono_ms, length, body)
         VALUES ('waiting', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        entry.subject.content(),
        entry.subject.section().map(SectionKind::name),
        entry.hash.as_bytes(),
        boot_id,
        entry.at.wall_ms,
        mono_ms,
        length,
        body,
    ])?;
    Ok(())
}

pub(super) fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(4));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// A body as it was recorded; never more than a request may hold.
pub(super) fn inflated(bytes: &[u8]) -> Option<String> {
    let limit = u64::try_from(limits::DECODED_BODY_BYTES).ok()?;
    let mut body = String::new();
    DeflateDecoder::new(bytes).take(limit).read_to_string(&mut body).ok()?;
    Some(body)
}
