//! Rows of the trail and the chain through them.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Something that was done, to be recorded by [`super::record`].
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was done: a stable name, `user.created`.
    pub action: &'static str,
    /// To what.
    pub object: Object,
    /// What else matters, as an object: values before and after, reasons. Never a secret.
    pub details: Value,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its kind: a stable name, `user`.
    pub kind: &'static str,
    /// Its id; empty for what has none.
    pub id: String,
    /// Its name at the time.
    pub name: Option<String>,
}

impl Object {
    /// An object without a name.
    pub fn new(kind: &'static str, id: impl fmt::Display) -> Self {
        Self { kind, id: format!("{id}"), name: None }
    }

    /// An object with its name at the time.
    pub fn named(kind: &'static str, id: impl fmt::Display, name: impl Into<String>) -> Self {
        Self { kind, id: format!("{id}"), name: Some(name.into()) }
    }
}

/// The hash that stands before the first row.
pub const GENESIS: [u8; 32] = [0; 32];

/// Keeps these hashes apart from every other use of SHA-256.
const DOMAIN: &[u8] = b"terrier-audit-1";

/// A row without its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 1 for the first row, then one more each.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `user`, `agent` or `system`.
    pub actor_kind: String,
    /// Who.
    pub actor_id: Option<Uuid>,
    /// The name at the time.
    pub actor_name: Option<String>,
    /// What was done.
    pub action: String,
    /// To which kind of thing.
    pub object_kind: String,
    /// To which.
    pub object_id: String,
    /// Its name at the time.
    pub object_name: Option<String>,
    /// A JSON object as text: the very characters are hashed.
    pub details: String,
    /// The request in which it was done.
    pub request_id: Option<String>,
    /// The address from which it was done.
    pub address: Option<String>,
}

/// A row in its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The row.
    pub row: Row,
    /// The hash of the row before.
    pub prev: Vec<u8>,
    /// This row's hash.
    pub hash: Vec<u8>,
}

impl Row {
    /// The row's hash: SHA-256 over `terrier-audit-1`, every column and the hash before.
    ///
    /// Columns stand in their order: numbers and times (microseconds since 1970) as 8 bytes, big-endian; text and ids as
    /// a byte 1, their length as 8 bytes and their bytes; what is absent as a byte 0. So no two rows read the same.
    #[must_use]
    pub fn seal(&self, prev: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(DOMAIN);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.as_microsecond().to_be_bytes());
        let actor_id = self.actor_id.as_ref().map(|id| id.as_bytes().as_slice());
        for column in [
            Some(self.actor_kind.as_bytes()),
            actor_id,
            self.actor_name.as_deref().map(str::as_bytes),
            Some(self.action.as_bytes()),
            Some(self.object_kind.as_bytes()),
            Some(self.object_id.as_bytes()),
            self.object_name.as_deref().map(str::as_bytes),
            Some(self.details.as_bytes()),
            self.request_id.as_deref().map(str::as_bytes),
            self.address.as_deref().map(str::as_bytes),
        ] {
            absorb(&mut hash, column);
        }
        hash.update(prev);
        hash.finalize().into()
    }
}

/// The bytes as they are shown: two digits each.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn absorb(hash: &mut Sha256, column: Option<&[u8]>) {
    match column {
        None => hash.update([0]),
        Some(bytes) => {
            hash.update([1]);
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
    }
}

/// Walks along the chain and remembers the first place where it is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    expected_seq: i64,
    prev: Vec<u8>,
    rows: i64,
    first_bad_seq: Option<i64>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { expected_seq: 1, prev: GENESIS.to_vec(), rows: 0, first_bad_seq: None }
    }
}

impl Walk {
    /// A walk that begins behind this row and hash.
    #[must_use]
    pub fn behind(seq: i64, hash: &[u8]) -> Self {
        Self { expected_seq: seq.saturating_add(1), prev: hash.to_vec(), rows: 0, first_bad_seq: None }
    }

    /// Looks at the next row, in the order of `seq`.
    pub fn step(&mut self, sealed: &Sealed) {
        self.rows += 1;
        if self.first_bad_seq.is_none() && !self.fits(sealed) {
            self.first_bad_seq = Some(self.expected_seq.min(sealed.row.seq));
        }
        self.expected_seq = sealed.row.seq.saturating_add(1);
        self.prev.clone_from(&sealed.hash);
    }

    fn fits(&self, sealed: &Sealed) -> bool {
        sealed.row.seq == self.expected_seq && sealed.prev == self.prev && sealed.hash == sealed.row.seal(&sealed.prev)
    }

    /// How many rows there were.
    #[must_use]
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// The first row that is not as it was written; if one is missing, its number.
    #[must_use]
    pub const fn first_bad_seq(&self) -> Option<i64> {
        self.first_bad_seq
    }

    /// After which row to go on.
    #[must_use]
    pub const fn last_seq(&self) -> i64 {
        self.expected_seq.saturating_sub(1)
    }
}

/// Which rows to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the actor's name, or its id.
    pub actor: Option<String>,
    /// An action, or the beginning of one: `user.`.
    pub action: Option<String>,
    /// An object's id, its kind, or part of its name.
    pub object: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}
