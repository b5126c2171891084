//! What is to be delivered, in one SQLite file: durable, bounded, and owned by one process. While the disk takes nothing,
//! the same in memory.
//!
//! Does: keep reports from the moment they are made until the server has answered for them, give each its name,
//! and remember per section what the server holds.
//! Does not: decide when to collect or send, or what kind of report a section makes.
//!
//! Invariants: a report that was never sent has no name and may give way to a newer one of the same section; a
//! report that was sent keeps name and body until it is answered for; the epoch is on disk before its first use, so
//! a file that lost its tail never names two reports alike; utilisation becomes hourly or is dropped only for want of room
//! or after 30 days, and both are counted; a file is set aside only if it is bad, and the new one says so until the server
//! has heard it.
//!
//! ```text
//! record ─▶ waiting ─name▶ named ─settle▶ (deleted) | kept 24 h | dead
//!              ▲                            incarnation changed │
//!              └── new_epoch ── named ◀─────────────────────────┘
//! ```

mod aside;
mod drain;
mod evict;
mod ledger;
mod open;
mod record;
mod settle;
mod volatile;

use rusqlite::Connection;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::Epoch;
use terrier_shared::latest::section::SectionKind;

pub use self::drain::{Form, Waiting};
pub use self::evict::Fold;
pub use self::ledger::{Ledger, Outlook};
pub use self::open::{Opened, SpoolError};
pub use self::settle::{Misnamed, Settled};

use crate::clock::Moment;

/// The spool, open and owned.
#[derive(Debug)]
pub struct Spool {
    db: Connection,
    epoch: Epoch,
    boot_id: String,
}

/// How much the disk has left for the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough: the spool keeps to its own bound.
    Ample,
    /// What is left belongs to the host: the spool keeps to 4 MiB.
    Scarce,
}

/// What the wall clock is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WallClock {
    /// It can be right.
    Believed,
    /// It is wrong: nothing is too old by it.
    Doubtful,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A section.
    Section(SectionKind),
    /// A section that could not be collected.
    Fault(SectionKind),
    /// Utilisation.
    Metrics,
}

/// Something to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub subject: Subject,
    /// SHA-256 of `body`.
    pub hash: Hash,
    /// The body, as it will be sent.
    pub body: String,
    /// When it was observed.
    pub at: Moment,
}

impl Subject {
    const fn content(self) -> &'static str {
        match self {
            Self::Section(_) => "section",
            Self::Fault(_) => "fault",
            Self::Metrics => "metrics",
        }
    }

    const fn section(self) -> Option<SectionKind> {
        match self {
            Self::Section(section) | Self::Fault(section) => Some(section),
            Self::Metrics => None,
        }
    }

    fn read(content: &str, section: Option<&str>) -> Option<Self> {
        let section = || section.and_then(|name| name.parse().ok());
        match content {
            "section" => section().map(Self::Section),
            "fault" => section().map(Self::Fault),
            "metrics" => Some(Self::Metrics),
            _ => None,
        }
    }
}

impl Spool {
    /// The run that names reports now.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }
}
