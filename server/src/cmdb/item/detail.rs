//! One item, whole.

use diesel::prelude::*;
use jiff::Timestamp;

use super::row::CiRow;
use super::summary::{self, CiSummary, Surroundings};
use crate::cmdb::model::action::{Action, Refusal, allowed_actions};
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::section::store::{self as sections, Section};
use crate::cmdb::value::said::{self, Said};
use crate::cmdb::value::settle::Settler;
use crate::cmdb::value::shown::NOW;
use crate::cmdb::{listener, relation};
use crate::fleet::model::clock_behind_s;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::AgentId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::schema::{catalogue_installation as i, fleet_agent as fa, fleet_presence as fp};
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
    let around = Surroundings { book, organisations: &organisations, freshness, holds };
    let at = reader.as_of.unwrap_or(NOW);
    let judged_at = holds.judged_at(row.organisation_id, reader.ctx.now);
    let agent = agent(conn, &row, freshness.judge(row.sightings, judged_at))?;
    let accounts = said::load(conn, &settler, (row.key, &row.class), reader.as_of)?;
    let mut values: Vec<Said> = accounts.into_iter().flat_map(|account| account.statements).collect();
    values.sort_by(|one, other| order(one).cmp(&order(other)));
    let sections = sections::list(conn, row.key)?;
    let counts = Counts {
        software: count_software(conn, row.key, at)?,
        relations: relation::count(conn, &reader.ctx.scope, row.key, at)?,
        listeners: listener::count(conn, row.key)?,
    };
    let may_write = reader.writable.contains(row.organisation_id);
    let (version, actions) = (row.version, allowed_actions(row.lifecycle, may_write));
    let mut summaries = summary::describe(conn, reader.ctx, &around, vec![row], reader.as_of)?;
    let summary = summaries.pop().ok_or(diesel::result::Error::NotFound)?;
    Ok(Detail { summary, values, version, agent, sections, counts, actions })
}

fn order(said: &Said) -> (i32, &SourceName) {
    (said.signed.stated.attribute_id, &said.signed.stated.source)
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
