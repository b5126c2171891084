//! What became of a file, as it is stored and shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::report::NotTaken;
use crate::cmdb::bulk::model::ItemFault;
use crate::kernel::id::{ImportId, OrganisationId, UserId};

/// What becomes of one device or row of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// It is a new CI.
    Created,
    /// Something differs from what was known.
    Changed,
    /// Nothing does.
    Unchanged,
    /// It was not taken: its errors say why.
    Refused,
}

/// One device or row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportItem)]
pub struct Item {
    /// What the device is called by whoever reported it.
    pub reporter: String,
    /// Its name in the register, or the one it would have.
    pub name: String,
    /// Its class.
    pub class: String,
    /// The CI, where there is one.
    pub ci_id: Option<Uuid>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// By which rule it was found, or why it was taken for a new one.
    pub reason: Option<String>,
    /// Whether Terrier's own agent reports it, which leaves less to say.
    pub own_agent: bool,
    /// New items under it, by class.
    pub created_under: BTreeMap<String, usize>,
    /// Items under it that nobody tells of any more.
    pub gone: usize,
    /// Values that differ from what the same source said before.
    pub values: usize,
    /// Packages that were not installed before.
    pub installed: usize,
    /// Packages that are no longer.
    pub removed: usize,
    /// Relations that were opened or closed.
    pub relations: usize,
    /// Entries that are kept, by section.
    pub taken: BTreeMap<String, usize>,
    /// What is not kept, and why.
    pub not_taken: Vec<NotTaken>,
    /// The line of a table where it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What is wrong with a row of a table, for which it or a relation of it was not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ItemFault>,
}

/// How many devices a file has, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub items: i32,
    /// New ones.
    pub created: i32,
    /// Those of which something differs.
    pub changed: i32,
    /// Those of which nothing does.
    pub unchanged: i32,
    /// Entries and fields that are not kept.
    pub not_taken: i32,
}

/// A file that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: ImportId,
    /// Where its devices belong, and what that is called.
    pub organisation: (OrganisationId, String),
    /// Who imported it.
    pub created_by: Option<(UserId, String)>,
    /// When.
    pub created_at: Timestamp,
    /// What it was.
    pub format: String,
    /// What it was called.
    pub file_name: Option<String>,
    /// SHA-256 of it.
    pub digest: Vec<u8>,
    /// How large it was.
    pub size_bytes: i64,
    /// How many devices were in it.
    pub totals: Totals,
    /// What became of each; absent in lists.
    pub items: Vec<Item>,
}

impl Item {
    /// How many entries, fields and relations of it are not kept.
    fn left(&self) -> usize {
        let not_taken: usize = self.not_taken.iter().map(|one| one.count).sum();
        not_taken.saturating_add(self.errors.len())
    }
}

impl Totals {
    /// The totals of these.
    #[must_use]
    pub fn of(items: &[Item]) -> Self {
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let count = |outcome| number(items.iter().filter(|item| item.outcome == outcome).count());
        Self {
            items: number(items.len()),
            created: count(Outcome::Created),
            changed: count(Outcome::Changed),
            unchanged: count(Outcome::Unchanged),
            not_taken: number(items.iter().map(Item::left).sum()),
        }
    }
}
