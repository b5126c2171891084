//! One item, whole.

use diesel::prelude::*;
use jiff::Timestamp;

use super::finding::{self, Finding};
use super::row::CiRow;
use super::software::software_record;
use super::standing::Standing;
use super::summary::{self, CiSummary, Reference, Surroundings};
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::action::{Action, Refusal, allowed_actions};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeType;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::section::store::{self as sections, Section};
use crate::cmdb::value::expression::in_scope;
use crate::cmdb::value::said::{self, Said};
use crate::cmdb::value::settle::Settler;
use crate::cmdb::value::shown::NOW;
use crate::cmdb::value::store::Signed;
use crate::cmdb::{listener, refused, relation};
use crate::fleet::model::clock_behind_s;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::AgentId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::schema::{catalogue_installation as i, cmdb_ci as c, fleet_agent as fa, fleet_presence as fp};
use crate::store::{Conn, StoreError};

/// An item with everything its page needs.
#[derive(Debug, Clone)]
pub struct Detail {
    /// What lists show too.
    pub summary: CiSummary,
    /// What every source says of every attribute.
    pub values: Vec<Said>,
    /// Counts changes by people.
    pub version: i32,
    /// The agent that reports as this item.
    pub agent: Option<Reporter>,
    /// What its agent sent of each section.
    pub sections: Vec<Section>,
    /// How much there is on its other pages.
    pub counts: Counts,
    /// What its class forbids of it now.
    pub findings: Vec<Finding>,
    /// The items in scope that its references name.
    pub references: Vec<Reference>,
    /// What may be done with it.
    pub actions: Vec<(Action, Result<(), Refusal>)>,
}

/// The agent that reports as an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reporter {
    /// Its id.
    pub id: AgentId,
    /// Whether it reports.
    pub observation: Observation,
    /// See [`clock_behind_s`].
    pub clock_behind_s: Option<i64>,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Installed packages.
    pub software: i64,
    /// Relations to items in scope.
    pub relations: i64,
    /// Places where it accepts connections.
    pub listeners: i64,
}

/// Who reads, and when it was.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Who and when.
    pub ctx: &'a Ctx,
    /// Where the reader may also write.
    pub writable: &'a Scope,
    /// When silence begins to mean something.
    pub freshness: Freshness,
    /// The time to look at, if not now.
    pub as_of: Option<Timestamp>,
}

/// Reads everything about an item.
pub fn load(conn: &mut Conn, reader: Reader<'_>, row: CiRow) -> Result<Detail, StoreError> {
    let (settler, organisations) = (Settler::load(conn, reader.ctx.now)?, load_tree(conn)?);
    let (book, holds, freshness) = (&settler.book, &settler.holds, reader.freshness);
    let around = Surroundings { book, organisations: &organisations, freshness, holds, rules: &settler.rules };
    let at = reader.as_of.unwrap_or(NOW);
    let judged_at = holds.judged_at(row.organisation_id, reader.ctx.now);
    let agent = agent(conn, &row, freshness.judge(row.sightings, judged_at))?;
    let records = Records::of(conn, &[row.key], reader.as_of)?.keys();
    let accounts = said::load(conn, (&settler, &reader.ctx.scope), (row.key, &row.class), &records, reader.as_of)?;
    let mut values: Vec<Said> = accounts.into_iter().flat_map(|account| account.statements).collect();
    values.sort_by(|one, other| order(one, row.key).cmp(&order(other, row.key)));
    let signed: Vec<&Signed> = values.iter().map(|one| &one.signed).collect();
    let findings = match reader.as_of {
        None => findings(conn, &settler, &row, &records, &signed)?,
        Some(_) => Vec::new(),
    };
    let references = references(conn, &reader.ctx.scope, &settler.book, &signed)?;
    let sections = sections::list(conn, &records)?;
    let software_record = software_record(conn, row.key, &records)?;
    let counts = Counts {
        software: count_software(conn, software_record, at)?,
        relations: relation::count(conn, &reader.ctx.scope, &records, reader.as_of)?,
        listeners: listener::count(conn, &records)?,
    };
    let may_write = reader.writable.contains(row.organisation_id);
    let (version, actions) = (row.version, allowed_actions(row.lifecycle, may_write, row.parent_key.is_some()));
    let mut summaries = summary::describe(conn, reader.ctx, &around, vec![row], reader.as_of)?;
    let summary = summaries.pop().ok_or(diesel::result::Error::NotFound)?;
    Ok(Detail { summary, values, version, agent, sections, counts, findings, references, actions })
}

fn findings(
    conn: &mut Conn,
    settler: &Settler,
    row: &CiRow,
    records: &[i32],
    said: &[&Signed],
) -> Result<Vec<Finding>, StoreError> {
    let refused = refused::list(conn, records)?;
    let stated = said.iter().map(|one| one.stated.clone());
    let standing = Standing::of(settler.rules.clone(), (row.key, settler.now), stated);
    Ok(finding::all(&settler.book, &row.class, said, refused, &standing))
}

/// The items that references name: in one statement, or none.
fn references(
    conn: &mut Conn,
    scope: &Scope,
    book: &ClassBook,
    said: &[&Signed],
) -> Result<Vec<Reference>, StoreError> {
    let is_reference = |one: &&&Signed| {
        book.attribute_by_id(one.stated.attribute_id).is_some_and(|one| one.kind == AttributeType::Reference)
    };
    let named = said.iter().filter(is_reference);
    let ids: Vec<Key16> = named.filter_map(|one| serde_json::from_str(&one.stated.value).ok()).map(Key16).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<(Key16, String, String)> =
        in_scope(scope).filter(c::id.eq_any(ids)).select((c::id, c::name, c::class)).load(conn)?;
    Ok(found.into_iter().map(|(id, name, class)| Reference { id: id.into(), name, class }).collect())
}

/// By attribute and source; what is said of the item itself goes before what is said of its parts.
fn order(said: &Said, item: i32) -> (i32, &SourceName, bool, i32) {
    let stated = &said.signed.stated;
    (stated.attribute_id, &stated.source, stated.ci_key != item, stated.ci_key)
}

fn agent(conn: &mut Conn, row: &CiRow, observation: Observation) -> Result<Option<Reporter>, StoreError> {
    let Some(key) = row.agent_key else { return Ok(None) };
    let seen = fa::table.left_join(fp::table.on(fp::agent_key.eq(fa::key))).filter(fa::key.eq(key));
    let found: Option<(Key16, Option<i64>)> =
        seen.select((fa::id, fp::clock_offset_ms.nullable())).first(conn).optional()?;
    Ok(found.map(|(id, clock_offset_ms)| Reporter {
        id: id.into(),
        observation,
        clock_behind_s: clock_offset_ms.and_then(clock_behind_s),
    }))
}

fn count_software(conn: &mut Conn, ci_key: i32, at: Timestamp) -> Result<i64, StoreError> {
    Ok(i::table
        .filter(i::ci_key.eq(ci_key))
        .filter(i::valid_from.le(At(at)).and(i::valid_to.is_null().or(i::valid_to.gt(At(at)))))
        .count()
        .get_result(conn)?)
}
