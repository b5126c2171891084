//! Taking in what the server said of each report.

use rusqlite::{OptionalExtension as _, Transaction, params};
use terrier_shared::latest::report::{Epoch, Outcome, Report, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;

use super::Spool;
use super::open::SpoolError;
use crate::transport::answer::printable;

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Reports the server holds now.
    pub acked: usize,
    /// Reports it will not have; they are dead letters here.
    pub dead: usize,
    /// Reports whose names it knows with other content; they stay to be sent under others.
    pub misnamed: usize,
}

/// What becomes of a report whose name the server knows with other content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misnamed {
    /// It stays to be sent under another name.
    Kept,
    /// It becomes a dead letter: another name did not help.
    Buried,
}

/// Which reports lose their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unname {
    Unanswered,
    AlsoKept,
}

impl Spool {
    /// Takes in the answers for `sent`, in one commit. An answer for anything else is ignored; a report without an
    /// answer stays to be sent again.
    ///
    /// # Errors
    ///
    /// Nothing was taken in; the same reports will be sent again under the same names.
    pub fn settle(
        &mut self,
        sent: &[Report],
        results: &[ReportResult],
        misnamed: Misnamed,
        now_ms: i64,
    ) -> Result<Settled, SpoolError> {
        let tx = self.db.transaction()?;
        let mut settled = Settled::default();
        for report in sent {
            let Some(result) = results.iter().find(|result| result.epoch == report.epoch && result.seq == report.seq)
            else {
                continue;
            };
            match result.outcome {
                Outcome::Stored | Outcome::Duplicate | Outcome::Unknown => {
                    acknowledge(&tx, report, now_ms)?;
                    settled.acked += 1;
                }
                Outcome::Quarantined if misnamed == Misnamed::Kept => settled.misnamed += 1,
                Outcome::Rejected | Outcome::Quarantined => {
                    let why = result.why.as_deref().unwrap_or("no reason given");
                    bury(&tx, report, &printable(why), now_ms)?;
                    settled.dead += 1;
                }
            }
        }
        tx.commit()?;
        Ok(settled)
    }

    /// Makes `report` a dead letter: the server will not have it, and said so for the whole request.
    ///
    /// # Errors
    ///
    /// It stays to be sent again.
    pub fn bury(&mut self, report: &Report, why: &str, now_ms: i64) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        bury(&tx, report, why, now_ms)?;
        Ok(tx.commit()?)
    }

    /// The server wants these sections whole. Those whose present content it refused are left out.
    ///
    /// # Errors
    ///
    /// Nothing was noted.
    pub fn want_full(&mut self, sections: &[SectionKind]) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        for section in sections {
            want_full(&tx, *section)?;
        }
        Ok(tx.commit()?)
    }

    /// Every section is to be sent whole, and what was refused or at fault is to be tried and told again.
    ///
    /// # Errors
    ///
    /// Nothing was noted.
    pub fn want_everything(&mut self) -> Result<(), SpoolError> {
        self.db.execute("UPDATE section SET wants_full = 1, refused = NULL, fault = NULL", [])?;
        Ok(())
    }

    /// What was sent under another epoch and not answered for gets new names: the server knows the old ones with
    /// other content.
    ///
    /// # Errors
    ///
    /// Nothing was changed.
    pub fn rename_under(&mut self, epoch: Epoch) -> Result<(), SpoolError> {
        self.start_epoch(epoch)?;
        self.unname(Unname::Unanswered)
    }

    fn unname(&mut self, which: Unname) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        tx.execute(
            "UPDATE spool SET state = 'waiting', epoch = NULL, seq = NULL, kind = NULL, base = NULL, settled_ms = NULL
             WHERE state = 'named' OR (state = 'kept' AND ?1)",
            [which == Unname::AlsoKept],
        )?;
        keep_newest_waiting(&tx)?;
        Ok(tx.commit()?)
    }

    /// The agent has another identity than the one this spool knows: the new one has told the server nothing yet.
    ///
    /// # Errors
    ///
    /// Nothing was changed.
    pub fn belong_to(&mut self, agent_id: &str) -> Result<(), SpoolError> {
        let known: Option<String> =
            self.db.query_row("SELECT value FROM meta WHERE key = 'agent_id'", [], |row| row.get(0)).optional()?;
        if known.as_deref() == Some(agent_id) {
            return Ok(());
        }
        if known.is_some() {
            self.unname(Unname::AlsoKept)?;
        }
        self.begin_as(agent_id)
    }

    /// The agent gets an identity of its own instead of another machine's: what it has not told yet is told as that
    /// one, and what was acknowledged before stays that machine's.
    ///
    /// # Errors
    ///
    /// Nothing was changed that would be missed.
    pub fn split_off(&mut self, agent_id: &str) -> Result<(), SpoolError> {
        self.unname(Unname::Unanswered)?;
        self.db.execute("DELETE FROM spool WHERE state = 'kept'", [])?;
        self.begin_as(agent_id)
    }

    fn begin_as(&mut self, agent_id: &str) -> Result<(), SpoolError> {
        let tx = self.db.transaction()?;
        tx.execute("DELETE FROM section", [])?;
        tx.execute("DELETE FROM spool WHERE content <> 'metrics'", [])?;
        tx.execute("DELETE FROM meta WHERE key = 'incarnation'", [])?;
        tx.execute(
            "INSERT INTO meta (key, value) VALUES ('agent_id', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [agent_id],
        )?;
        Ok(tx.commit()?)
    }

    /// The server was restored from a backup: what it acknowledged lately goes out once more, under its old names.
    ///
    /// # Errors
    ///
    /// Nothing was changed.
    pub fn resend_kept(&mut self) -> Result<(), SpoolError> {
        self.db.execute("UPDATE spool SET state = 'named', settled_ms = NULL WHERE state = 'kept'", [])?;
        self.want_everything()
    }
}

/// Of what waits for a section without a name, only the newest is worth a name.
pub(super) fn keep_newest_waiting(tx: &Transaction<'_>) -> Result<(), SpoolError> {
    tx.execute(
        "DELETE FROM spool WHERE state = 'waiting' AND content <> 'metrics' AND id NOT IN (
             SELECT max(id) FROM spool WHERE state = 'waiting' AND content <> 'metrics' GROUP BY content, section)",
        [],
    )?;
    Ok(())
}

/// Sections are not kept, because they are collected anew when they are wanted; utilisation cannot be.
fn acknowledge(tx: &Transaction<'_>, report: &Report, now_ms: i64) -> Result<(), SpoolError> {
    if report.kind == ReportKind::Metrics {
        let kept = tx.execute(
            "UPDATE spool SET state = 'kept', settled_ms = ?3 WHERE epoch = ?1 AND seq = ?2",
            params![report.epoch.to_string(), report.seq, now_ms],
        )?;
        return require_found(kept);
    }
    let gone =
        tx.execute("DELETE FROM spool WHERE epoch = ?1 AND seq = ?2", params![report.epoch.to_string(), report.seq])?;
    require_found(gone)?;
    if let Some(section) = section_of(report) {
        tx.execute(
            "INSERT INTO section (section, acked) VALUES (?1, ?2)
             ON CONFLICT (section) DO UPDATE SET acked = excluded.acked, refused = NULL, wants_full = 0",
            params![section.name(), report.hash.as_bytes()],
        )?;
    }
    Ok(())
}

fn bury(tx: &Transaction<'_>, report: &Report, why: &str, now_ms: i64) -> Result<(), SpoolError> {
    let dead = tx.execute(
        "UPDATE spool SET state = 'dead', settled_ms = ?3, why = ?4 WHERE epoch = ?1 AND seq = ?2",
        params![report.epoch.to_string(), report.seq, now_ms, why],
    )?;
    require_found(dead)?;
    if let Some(section) = section_of(report) {
        tx.execute(
            "INSERT INTO section (section, refused) VALUES (?1, ?2) ON CONFLICT (section) DO UPDATE SET refused = excluded.refused",
            params![section.name(), report.hash.as_bytes()],
        )?;
    }
    Ok(())
}

/// A report that was read from the file and is not found there by its name would be sent again without end.
const fn require_found(changed: usize) -> Result<(), SpoolError> {
    if changed == 1 { Ok(()) } else { Err(SpoolError::Row("a report that was sent is not found by its name")) }
}

/// The section whose content a report is, if it is one.
pub(super) fn section_of(report: &Report) -> Option<SectionKind> {
    report.section.filter(|_section| matches!(report.kind, ReportKind::Full | ReportKind::Delta))
}

fn want_full(tx: &Transaction<'_>, section: SectionKind) -> Result<(), SpoolError> {
    tx.execute(
        "INSERT INTO section (section, wants_full) VALUES (?1, 1) ON CONFLICT (section) DO UPDATE SET wants_full = 1",
        [section.name()],
    )?;
    Ok(())
}
