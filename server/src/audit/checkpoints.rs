//! Making checkpoints, and asking what they prove.

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::checkpoint::{Checkpoint, Head, PublicKey, Signer};
use super::ledger::{Ledger, LedgerError, Line};
use super::model::{GENESIS, Walk};
use super::proof::{Finding, Proof, Verdict, signed};
use super::store;
use crate::store::{Conn, StoreError};

/// Entries after which there is another checkpoint.
const EVERY_ENTRIES: i64 = 1_000;
/// Time after which there is another checkpoint, if there are new entries.
const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// How many of the newest entries are looked at where a quick answer is enough.
const RECENT_ENTRIES: i64 = 10_000;
/// Rows read at once.
const WALK_ROWS: i64 = 2_000;

/// The checkpoints of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Checkpoints {
    ledger: Ledger,
    signer: Arc<Signer>,
}

/// A checkpoint could not be made or the trail not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What would be signed does not hold.
    #[error("no checkpoint is made of a trail that does not hold: {0}")]
    Tampered(#[from] Finding),
}

impl From<diesel::result::Error> for CheckpointError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Checkpoints {
    /// The checkpoints in this directory, signed with this key.
    #[must_use]
    pub fn new(directory: &Path, key: &[u8; 32]) -> Option<Self> {
        Some(Self { ledger: Ledger::at(directory), signer: Arc::new(Signer::new(key)?) })
    }

    /// What signatures are checked with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.signer.public_key()
    }

    /// The newest checkpoint, if it is one of ours.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn newest(&self) -> Result<Option<Checkpoint>, LedgerError> {
        let key = self.public_key();
        Ok(match self.ledger.recent()?.pop() {
            Some(Line::Checkpoint(checkpoint)) if checkpoint.is_signed_by(&key) => Some(checkpoint),
            _ => None,
        })
    }

    /// Makes a checkpoint if it is time for one, and the trail since the last one holds.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`]; nothing was signed.
    pub fn advance(&self, conn: &mut Conn, now: Timestamp) -> Result<Option<Checkpoint>, CheckpointError> {
        let last = signed(self.ledger.recent()?, &self.public_key(), false)?.pop();
        let Some((seq, hash)) = store::find_head(conn)? else { return Ok(None) };
        let since = last.as_ref().map_or(0, |last| last.seq);
        if seq < since {
            return Err(Finding::CutOff { from: seq.saturating_add(1), to: since }.into());
        }
        let is_due = last.as_ref().is_none_or(|last| now.duration_since(last.at) >= EVERY);
        if seq == since || !(is_due || seq.saturating_sub(since) >= EVERY_ENTRIES) {
            return Ok(None);
        }
        // From the row of the last checkpoint on, so that its own hash is compared as well.
        let walk = walk_from(conn, since)?;
        let verdict = prove(conn, Proof::new(walk, last.as_slice()), seq)?;
        if let Some(finding) = verdict.finding {
            return Err(finding.into());
        }
        let checkpoint = self.signer.sign(Head { seq, hash: &hash }, now, last.as_ref());
        self.ledger.append(&checkpoint)?;
        Ok(Some(checkpoint))
    }

    /// Checks the newest entries and checkpoints: the same work however long the trail is.
    ///
    /// # Errors
    ///
    /// The database or the file fails.
    pub fn verify_recent(&self, conn: &mut Conn) -> Result<Verdict, CheckpointError> {
        // The file first: a checkpoint that is made meanwhile would look like a trail that was cut off.
        let checkpoints = signed(self.ledger.recent()?, &self.public_key(), false);
        let (head, _) = store::find_head(conn)?.unwrap_or((0, GENESIS.to_vec()));
        let walk = walk_from(conn, head.saturating_sub(RECENT_ENTRIES).saturating_add(1))?;
        judge(conn, walk, checkpoints)
    }
}

/// Checks the whole trail against every checkpoint in this directory.
///
/// # Errors
///
/// The database or the file fails.
pub fn verify_all(conn: &mut Conn, directory: &Path, key: Option<&PublicKey>) -> Result<Verdict, CheckpointError> {
    let checkpoints = match key {
        Some(key) => signed(Ledger::at(directory).read()?, key, true),
        None => Ok(Vec::new()),
    };
    judge(conn, Walk::default(), checkpoints)
}

/// What the rows and the checkpoints say together. Of checkpoints that are at fault none counts; the chain still does.
fn judge(
    conn: &mut Conn,
    walk: Walk,
    checkpoints: Result<Vec<Checkpoint>, Finding>,
) -> Result<Verdict, CheckpointError> {
    let (checkpoints, fault) = match checkpoints {
        Ok(checkpoints) => (checkpoints, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    let mut verdict = prove(conn, Proof::new(walk, &checkpoints), i64::MAX)?;
    verdict.finding = verdict.finding.or(fault);
    Ok(verdict)
}

/// Walks along the rows up to this one.
fn prove(conn: &mut Conn, mut proof: Proof, until: i64) -> Result<Verdict, StoreError> {
    loop {
        let rows = store::list_after(conn, proof.last_seq(), WALK_ROWS)?;
        let wanted: Vec<_> = rows.iter().take_while(|sealed| sealed.row.seq <= until).collect();
        if wanted.is_empty() {
            return Ok(proof.end());
        }
        for sealed in wanted {
            proof.step(sealed);
        }
    }
}

/// A walk that begins with the row `from`.
fn walk_from(conn: &mut Conn, from: i64) -> Result<Walk, StoreError> {
    let before = from.saturating_sub(1);
    if before <= 0 {
        return Ok(Walk::default());
    }
    // Without the row before, the walk finds the first it looks at broken.
    let hash = store::find_hash(conn, before)?.unwrap_or_default();
    Ok(Walk::behind(before, &hash))
}
