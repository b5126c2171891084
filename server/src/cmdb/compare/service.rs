//! Comparing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::model::{Difference, differences};
use super::store::{self, Related};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::detail::{Reader, software_record};
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::item::summary::{self, CiSummary, Surroundings};
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::organisation::load_tree;

use crate::cmdb::value::settle::Settler;
use crate::kernel::id::CiId;
use crate::store::{Conn, StoreError};

/// Two times, the earlier first or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Product, name and architecture.
type Package = (i32, String, String);

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// By attribute; values as JSON text.
    pub(super) attributes: Vec<(String, Difference<String>)>,
    pub(super) relations: Vec<(Related, Difference<bool>)>,
    pub(super) software: Vec<(Package, Difference<Vec<String>>)>,
}

/// What differs of an item between two times: a fixed number of statements.
pub(super) fn compare(conn: &mut Conn, reader: Reader<'_>, id: CiId, span: Span) -> Result<Comparison, Error> {
    let row = row::find(conn, &reader.ctx.scope, id)?.ok_or(Error::NotFound)?;
    if row.created_at > span.from.max(span.to) {
        return Err(FieldFault::new("to", "invalid", format!("the item is known since {}", row.created_at)).into());
    }
    let before = state(conn, reader, &row, span.from)?;
    let after = state(conn, reader, &row, span.to)?;
    Ok(Comparison {
        attributes: differences(&before.attributes, &after.attributes),
        relations: differences(&before.relations, &after.relations),
        software: differences(&before.software, &after.software),
    })
}

/// An item as of a time.
#[derive(Default)]
struct State {
    attributes: BTreeMap<String, String>,
    relations: BTreeMap<Related, bool>,
    /// Versions by package.
    software: BTreeMap<Package, Vec<String>>,
}

fn state(conn: &mut Conn, reader: Reader<'_>, row: &CiRow, at: Timestamp) -> Result<State, StoreError> {
    if row.created_at > at {
        return Ok(State::default());
    }
    let records = Records::of(conn, &[row.key], Some(at))?.keys();
    let related = store::relations(conn, &reader.ctx.scope, &records, at)?;
    let record = software_record(conn, row.key, &records)?;
    let mut software: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for (package, version) in store::installed(conn, record, at)? {
        software.entry(package).or_default().push(version);
    }
    for versions in software.values_mut() {
        versions.sort_unstable();
    }
    Ok(State {
        attributes: attributes(conn, reader, row, at)?,
        relations: related.into_iter().map(|one| (one, true)).collect(),
        software,
    })
}

fn attributes(
    conn: &mut Conn,
    reader: Reader<'_>,
    row: &CiRow,
    at: Timestamp,
) -> Result<BTreeMap<String, String>, StoreError> {
    let (settler, organisations) = (Settler::load(conn, reader.ctx.now)?, load_tree(conn)?);
    let Settler { book, rules, holds, .. } = &settler;
    let around = Surroundings { book, organisations: &organisations, freshness: reader.freshness, holds, rules };
    let described = summary::describe(conn, reader.ctx, &around, vec![row.clone()], Some(at))?;
    let summary = described.into_iter().next().ok_or(diesel::result::Error::NotFound)?;
    Ok(shown(book, summary))
}

/// Everything that is shown of an item, by attribute, as JSON text.
fn shown(book: &ClassBook, summary: CiSummary) -> BTreeMap<String, String> {
    let text = |text: Option<String>| text.map(Value::from);
    let decided = [
        ("name", Some(Value::from(summary.name))),
        ("owner", text(summary.owner)),
        ("support_team", text(summary.support_team)),
        ("criticality", summary.criticality.map(Value::from)),
        ("environment", text(summary.environment)),
        ("lifecycle", Some(Value::from(summary.lifecycle.name()))),
    ];
    let decided = decided.into_iter().filter(|(name, _)| book.attribute(ROOT, name).is_some());
    let mut shown = summary.attributes;
    shown.extend(decided.filter_map(|(name, value)| Some((name.to_owned(), value?.to_string()))));
    shown
}
