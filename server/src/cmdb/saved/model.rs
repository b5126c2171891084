//! What a saved search is.

use jiff::Timestamp;

use crate::cmdb::error::FieldFault;
use crate::cmdb::query::parse;
use crate::index::model::fold::fold;
use crate::kernel::id::{OrganisationId, SavedSearchId, UserId};

/// Longest name in characters.
pub(super) const NAME_CHARS: usize = 100;

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SavedSearch {
    pub(super) id: SavedSearchId,
    pub(super) name: String,
    pub(super) query: String,
    pub(super) shared: bool,
    pub(super) organisation: OrganisationId,
    pub(super) owner: UserId,
    pub(super) owner_name: String,
    pub(super) version: i32,
    pub(super) created_at: Timestamp,
}

/// What one is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) query: String,
    pub(super) shared: bool,
}

impl Draft {
    /// The draft with its name trimmed.
    pub(super) fn checked(self) -> Result<Self, FieldFault> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "\u{2400}");
        if fold(&name).is_empty() {
            return Err(FieldFault::new("name", "required", "it needs a name"));
        }
        if name.chars().count() > NAME_CHARS {
            let limit = i64::try_from(NAME_CHARS).ok();
            let detail = format!("longer than {NAME_CHARS} characters");
            return Err(FieldFault { limit, ..FieldFault::new("name", "too_long", detail) });
        }
        if self.query.trim().is_empty() {
            return Err(FieldFault::new("query", "required", "it has to look for something"));
        }
        // As it is printed it holds no NUL that stands outside a text.
        let query = self.query.trim().replace('\0', "\u{2400}");
        Ok(Self { name, query, shared: self.shared })
    }
}

/// The folded names of the saved searches that a query speaks of.
pub(super) fn groups(query: &str) -> Vec<String> {
    let Ok(query) = parse(query) else { return Vec::new() };
    let filters = query.filters();
    let of_groups = filters.iter().filter(|asked| asked.name == "group");
    of_groups.flat_map(|asked| asked.values.iter().map(|value| fold(&value.text))).collect()
}
