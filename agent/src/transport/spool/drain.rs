//! Giving out what is to be sent, each report with its name.

use rusqlite::types::Type;
use rusqlite::{Row, params};
use serde_json::value::RawValue;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::{Epoch, Report, ReportKind};

use super::open::SpoolError;
use super::record::inflated;
use super::{Spool, Subject};

/// A report that has no name yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    id: i64,
    /// What it is about.
    pub subject: Subject,
    /// SHA-256 of its body.
    pub hash: Hash,
    /// Length of its body in bytes.
    pub length: usize,
    /// The hash of the same section that the server acknowledged last.
    pub acked: Option<Hash>,
    /// Whether the server wants this section whole.
    pub wants_full: bool,
}

/// What a waiting report becomes when it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// What it will be.
    pub kind: ReportKind,
    /// In a delta, what it replaces.
    pub base: Option<Hash>,
}

/// At most `?1` named reports, or only those of epoch `?2` from number `?3` on.
const NAMED: &str = "
    SELECT epoch, seq, kind, section, base, hash, at_wall_ms, at_mono_ms, boot_id, body
    FROM spool WHERE state = 'named' AND (?2 IS NULL OR (epoch = ?2 AND seq >= ?3))
    ORDER BY content = 'metrics', id LIMIT ?1";

impl Spool {
    /// Reports that were sent, or were about to be, and are not answered for: sections first, each in its order.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    pub fn named(&self, most: usize) -> Result<Vec<Report>, SpoolError> {
        self.reports(most, None, 0)
    }

    /// Reports without a name, the newest state before the backlog: sections and faults, then utilisation by age.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    pub fn waiting(&self, most: usize) -> Result<Vec<Waiting>, SpoolError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, content, spool.section, hash, length, acked, coalesce(wants_full, 0)
             FROM spool LEFT JOIN section ON section.section = spool.section
             WHERE state = 'waiting' ORDER BY content = 'metrics', id LIMIT ?1",
        )?;
        let rows = query.query_map([i64::try_from(most).unwrap_or(i64::MAX)], waiting)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Gives names to waiting reports, on disk before they are given out.
    ///
    /// # Errors
    ///
    /// None has got a name.
    pub fn name(&mut self, forms: &[(&Waiting, Form)]) -> Result<Vec<Report>, SpoolError> {
        let epoch = self.epoch.to_string();
        let tx = self.db.transaction()?;
        let text: String = tx.query_row("SELECT value FROM meta WHERE key = 'next_seq'", [], |row| row.get(0))?;
        let first: i64 = text.parse().map_err(|_malformed| SpoolError::Row("the next number is none"))?;
        let mut next = first;
        for (waiting, form) in forms {
            tx.prepare_cached(
                "UPDATE spool SET state = 'named', epoch = ?2, seq = ?3, kind = ?4, base = ?5 WHERE id = ?1",
            )?
            .execute(params![
                waiting.id,
                epoch,
                next,
                kind_name(form.kind),
                form.base.as_ref().map(Hash::as_bytes)
            ])?;
            next += 1;
        }
        tx.execute("UPDATE meta SET value = ?1 WHERE key = 'next_seq'", [next.to_string()])?;
        tx.commit()?;
        self.reports(forms.len(), Some(&epoch), first)
    }

    fn reports(&self, most: usize, epoch: Option<&str>, first: i64) -> Result<Vec<Report>, SpoolError> {
        let mut query = self.db.prepare_cached(NAMED)?;
        let rows = query.query_map(params![i64::try_from(most).unwrap_or(i64::MAX), epoch, first], |row| {
            report(row, &self.boot_id)
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn waiting(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    let content: String = row.get(1)?;
    let section: Option<String> = row.get(2)?;
    Ok(Waiting {
        id: row.get(0)?,
        subject: Subject::read(&content, section.as_deref()).ok_or_else(|| unreadable(1, "content"))?,
        hash: Hash::from_bytes(row.get(3)?),
        length: row.get(4)?,
        acked: row.get::<_, Option<[u8; 32]>>(5)?.map(Hash::from_bytes),
        wants_full: row.get(6)?,
    })
}

fn report(row: &Row<'_>, boot_id: &str) -> rusqlite::Result<Report> {
    let epoch: String = row.get(0)?;
    let kind: String = row.get(2)?;
    let section: Option<String> = row.get(3)?;
    let observed_in: String = row.get(8)?;
    let hash = Hash::from_bytes(row.get(5)?);
    let body = inflated(&row.get::<_, Vec<u8>>(9)?).filter(|body| Hash::of(body.as_bytes()) == hash);
    Ok(Report {
        epoch: u64::from_str_radix(&epoch, 16).map(Epoch).map_err(|_malformed| unreadable(0, "epoch"))?,
        seq: row.get(1)?,
        kind: kind_of(&kind).ok_or_else(|| unreadable(2, "kind"))?,
        section: section.map(|name| name.parse().map_err(|_unknown| unreadable(3, "section"))).transpose()?,
        base: row.get::<_, Option<[u8; 32]>>(4)?.map(Hash::from_bytes),
        hash,
        at_wall_ms: row.get(6)?,
        at_mono_ms: row.get(7)?,
        boot_id: Some(observed_in).filter(|observed_in| observed_in != boot_id),
        body: body.and_then(|body| RawValue::from_string(body).ok()).ok_or_else(|| unreadable(9, "body"))?,
    })
}

/// A value that this program did not write: the file is damaged, see [`SpoolError::is_damage`].
fn unreadable(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, what.into())
}

const KINDS: [(ReportKind, &str); 4] = [
    (ReportKind::Full, "full"),
    (ReportKind::Delta, "delta"),
    (ReportKind::Fault, "fault"),
    (ReportKind::Metrics, "metrics"),
];

fn kind_name(kind: ReportKind) -> Option<&'static str> {
    KINDS.into_iter().find(|(known, _)| *known == kind).map(|(_, name)| name)
}

fn kind_of(name: &str) -> Option<ReportKind> {
    KINDS.into_iter().find(|(_, known)| *known == name).map(|(kind, _)| kind)
}
