//! What speaks for and against a host being there.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::model::observation::Sightings;
use crate::cmdb::value::expression::{agent_key, gone_at, in_scope, last_seen, live_until};
use crate::kernel::id::{CiId, OrganisationId, ProposalId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::schema::{
    cmdb_ci as c, cmdb_evidence as e, cmdb_identifier as i, cmdb_relation as rel, identification_proposal as p,
    identification_verdict as v,
};
use crate::store::{Conn, StoreError};

/// Most sightings that are read, latest first.
const EVIDENCE_MAX: i64 = 5_000;
/// What is one machine's alone and goes with it, unlike a network card, which can be moved.
const IDENTITY: [&str; 5] = ["cloud_instance", "tpm_key", "serial", "machine_id", "product_uuid"];

/// A host and when it was heard.
#[derive(Debug, Clone)]
pub(super) struct Host {
    pub(super) key: i32,
    pub(super) organisation: OrganisationId,
    pub(super) sightings: Sightings,
}

/// A row at the other end of a relation.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) id: CiId,
    pub(super) name: String,
    pub(super) class: String,
    pub(super) parent_key: Option<i32>,
    pub(super) last_seen: Option<Timestamp>,
}

/// The other end of a relation saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What was seen, of the host or under it.
    pub(super) of: i32,
    /// Who saw it.
    pub(super) by: i32,
    pub(super) at: Timestamp,
    pub(super) ports: Vec<u16>,
}

/// Something that identifies, and whose it is now.
#[derive(Debug, Clone)]
pub(super) struct Moved {
    pub(super) from: i32,
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) to: i32,
    pub(super) at: Timestamp,
}

type HostRow = (i32, Key16, Option<At>, Option<At>, Option<At>);
type EndRow = (i32, Key16, String, String, Option<i32>, Option<At>);

/// Hosts with an agent, by their keys.
pub(super) fn hosts(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Host>, StoreError> {
    let own = c::table.filter(c::key.eq_any(keys)).filter(agent_key().is_not_null().and(c::parent_key.is_null()));
    let rows: Vec<HostRow> =
        own.select((c::key, c::organisation_id, last_seen(), live_until(), gone_at())).load(conn)?;
    let time = |at: Option<At>| at.map(Timestamp::from);
    let host = |(key, organisation, seen, live, gone): HostRow| Host {
        key,
        organisation: organisation.into(),
        sightings: Sightings { has_agent: true, last_seen: time(seen), gone_at: time(gone), live_until: time(live) },
    };
    Ok(rows.into_iter().map(host).collect())
}

/// What stands under these rows: row and the row above it.
pub(super) fn dependents(conn: &mut Conn, rows: &[i32]) -> Result<Vec<(i32, i32)>, StoreError> {
    let below = c::parent_key.eq_any(rows.iter().copied().map(Some).collect::<Vec<_>>());
    Ok(c::table.filter(below).select((c::key, c::parent_key.assume_not_null())).load(conn)?)
}

/// What other ends saw of these rows after a time, latest first.
pub(super) fn seen(conn: &mut Conn, rows: &[i32], after: Timestamp) -> Result<Vec<Seen>, StoreError> {
    let by_source = rel::target_key.eq_any(rows.to_vec()).and(e::seen_by.eq("source"));
    let by_target = rel::source_key.eq_any(rows.to_vec()).and(e::seen_by.eq("target"));
    let found: Vec<(i32, i32, String, At, String)> = rel::table
        .inner_join(e::table.on(e::relation_key.eq(rel::key)))
        .filter(by_source.or(by_target).and(e::last_seen_at.gt(At(after))))
        .order((e::last_seen_at.desc(), rel::key))
        .limit(EVIDENCE_MAX)
        .select((rel::source_key, rel::target_key, e::seen_by, e::last_seen_at, e::ports))
        .load(conn)?;
    let seen = |(source, target, seen_by, at, ports): (i32, i32, String, At, String)| {
        let (of, by) = if seen_by == "source" { (target, source) } else { (source, target) };
        Seen { of, by, at: at.0, ports: serde_json::from_str(&ports).unwrap_or_default() }
    };
    Ok(found.into_iter().map(seen).collect())
}

/// The rows in scope with these keys.
pub(super) fn ends(conn: &mut Conn, scope: &Scope, keys: &BTreeSet<i32>) -> Result<BTreeMap<i32, End>, StoreError> {
    let rows: Vec<EndRow> = in_scope(scope)
        .filter(c::key.eq_any(keys.iter().copied().collect::<Vec<_>>()))
        .select((c::key, c::id, c::name, c::class, c::parent_key, last_seen()))
        .load(conn)?;
    let end = |(key, id, name, class, parent_key, seen): EndRow| {
        (key, End { id: id.into(), name, class, parent_key, last_seen: seen.map(Timestamp::from) })
    };
    Ok(rows.into_iter().map(end).collect())
}

/// What identifies these rows and another CI now, but for what is known to be shared.
pub(super) fn moved(conn: &mut Conn, rows: &[i32]) -> Result<Vec<Moved>, StoreError> {
    let (mine, theirs) = diesel::alias!(i as mine, i as theirs);
    let same = theirs.field(i::kind).eq(mine.field(i::kind)).and(theirs.field(i::value).eq(mine.field(i::value)));
    let found: Vec<(i32, String, String, i32, At)> = mine
        .inner_join(theirs.on(same))
        .filter(mine.field(i::ci_key).eq_any(rows.to_vec()).and(mine.field(i::kind).eq_any(IDENTITY)))
        .filter(theirs.field(i::ci_key).ne_all(rows.to_vec()).and(theirs.field(i::valid_to).is_null()))
        .select((
            mine.field(i::ci_key),
            mine.field(i::kind),
            mine.field(i::value),
            theirs.field(i::ci_key),
            theirs.field(i::valid_from),
        ))
        .distinct()
        .load(conn)?;
    let values: Vec<String> = found.iter().map(|(_, _, value, ..)| value.clone()).collect();
    let shared = v::table.filter(v::verdict.eq("shared").and(v::value.eq_any(values)));
    let shared: BTreeSet<(String, String)> = shared.select((v::kind, v::value)).load(conn)?.into_iter().collect();
    let tells =
        |(_, kind, value, ..): &(i32, String, String, i32, At)| !shared.contains(&(kind.clone(), value.clone()));
    let moved = |(from, kind, value, to, at): (i32, String, String, i32, At)| Moved { from, kind, value, to, at: at.0 };
    Ok(found.into_iter().filter(tells).map(moved).collect())
}

/// Open questions about these rows: row and question.
pub(super) fn questions(conn: &mut Conn, rows: &[i32]) -> Result<Vec<(i32, ProposalId)>, StoreError> {
    let about = p::newer_key.eq_any(rows.to_vec()).or(p::older_key.eq_any(rows.to_vec()));
    let found: Vec<(Key16, i32, i32)> =
        p::table.filter(about.and(p::state.eq("open"))).select((p::id, p::newer_key, p::older_key)).load(conn)?;
    let both = |(id, newer, older): (Key16, i32, i32)| [(newer, id.into()), (older, id.into())];
    Ok(found.into_iter().flat_map(both).filter(|(row, _)| rows.contains(row)).collect())
}
