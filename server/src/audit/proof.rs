//! What the chain and the checkpoints together prove.

use std::collections::BTreeMap;

use super::checkpoint::{Checkpoint, PublicKey};
use super::ledger::Line;
use super::model::{Sealed, Walk, hexadecimal};

/// What is wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// It was changed, put in, moved, or is missing.
    #[error("entry {0} is not as it was written, or is missing")]
    Broken(i64),
    /// From one entry to another everything was hashed anew: one of these is not as it was written.
    #[error("entries {from} to {to} were hashed anew: the checkpoint at {to} has another hash")]
    Rewritten {
        /// The first that may have been changed.
        from: i64,
        /// Where the checkpoint is.
        to: i64,
    },
    /// The end is missing.
    #[error("entry {from} and all after it are missing: there was a checkpoint at {to}")]
    CutOff {
        /// The first that is missing.
        from: i64,
        /// Where the last checkpoint is.
        to: i64,
    },
    /// A line of the file of checkpoints.
    #[error("line {0} of the checkpoints is not one that this installation signed")]
    Unsigned(usize),
    /// A line of the file of checkpoints.
    #[error("line {0} of the checkpoints does not follow the line before it")]
    Unlinked(usize),
}

impl Finding {
    /// The first entry that does not hold; none where only the checkpoints are at fault.
    #[must_use]
    pub const fn first_bad_seq(&self) -> Option<i64> {
        match self {
            Self::Broken(seq) => Some(*seq),
            Self::Rewritten { from, .. } | Self::CutOff { from, .. } => Some(*from),
            Self::Unsigned(_) | Self::Unlinked(_) => None,
        }
    }
}

impl Finding {
    /// The entry at which it shows.
    const fn known_by(&self) -> Option<i64> {
        match self {
            Self::Rewritten { to, .. } => Some(*to),
            other => other.first_bad_seq(),
        }
    }
}

/// Compares rows, in their order, with each other and with checkpoints.
pub struct Proof {
    walk: Walk,
    expected: BTreeMap<i64, String>,
    /// The last entry of which a checkpoint was right, or from where the walk began.
    proved: i64,
    held: usize,
    rewritten: Option<Finding>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Rows that were looked at.
    pub rows: i64,
    /// The last of them.
    pub last_seq: i64,
    /// Checkpoints that were right.
    pub checkpoints: usize,
    /// What is wrong first, if anything.
    pub finding: Option<Finding>,
}

impl Proof {
    /// A proof along this walk against these checkpoints, of which those before the walk are left out.
    #[must_use]
    pub fn new(walk: Walk, checkpoints: &[Checkpoint]) -> Self {
        let proved = walk.last_seq();
        let within = checkpoints.iter().filter(|one| one.seq > proved);
        let expected = within.map(|one| (one.seq, one.hash.clone())).collect();
        Self { walk, expected, proved, held: 0, rewritten: None }
    }

    /// Looks at the next row.
    pub fn step(&mut self, sealed: &Sealed) {
        self.walk.step(sealed);
        let seq = sealed.row.seq;
        let Some(expected) = self.expected.remove(&seq) else { return };
        if expected == hexadecimal(&sealed.hash) {
            self.held = self.held.saturating_add(1);
            self.proved = seq;
        } else if self.rewritten.is_none() {
            self.rewritten = Some(Finding::Rewritten { from: self.proved.saturating_add(1), to: seq });
        }
    }

    /// After which row to go on.
    #[must_use]
    pub const fn last_seq(&self) -> i64 {
        self.walk.last_seq()
    }

    /// What was found once there are no more rows.
    #[must_use]
    pub fn end(self) -> Verdict {
        let (rows, last_seq) = (self.walk.rows(), self.walk.last_seq());
        let newest = self.expected.last_key_value().map(|(seq, _)| *seq).filter(|seq| *seq > last_seq);
        let broken = self.walk.first_bad_seq().map(Finding::Broken);
        let cut = newest.map(|to| Finding::CutOff { from: last_seq.saturating_add(1), to });
        let findings = [broken, self.rewritten, cut].into_iter().flatten();
        // A break in the chain says exactly where; a checkpoint, by when.
        let finding = findings.min_by_key(Finding::known_by);
        Verdict { rows, last_seq, checkpoints: self.held, finding }
    }
}

/// The checkpoints in these lines, all of them signed and each following the one before it. The first line may be cut
/// off from what came before it where `is_whole` is not so.
///
/// # Errors
///
/// The first line that is not.
pub fn signed(lines: Vec<Line>, key: &PublicKey, is_whole: bool) -> Result<Vec<Checkpoint>, Finding> {
    let mut checkpoints: Vec<Checkpoint> = Vec::with_capacity(lines.len());
    for (number, line) in (1..).zip(lines) {
        let checkpoint = match line {
            Line::Checkpoint(checkpoint) if checkpoint.is_signed_by(key) => checkpoint,
            _ => return Err(Finding::Unsigned(number)),
        };
        let follows = match checkpoints.last() {
            Some(last) => checkpoint.previous.as_ref() == Some(&last.signature) && checkpoint.seq > last.seq,
            None => !is_whole || checkpoint.previous.is_none(),
        };
        if !follows {
            return Err(Finding::Unlinked(number));
        }
        checkpoints.push(checkpoint);
    }
    Ok(checkpoints)
}
