//! Relations that another register tells of: what it told before and tells no more ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::known::CiKey;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::relation::{self, NewRelationRow};
use crate::cmdb::observed::revision::{self, NewRevision};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::ReporterId;
use crate::store::{Conn, StoreError};

/// From where, how, to where.
pub type Joint = (CiKey, &'static str, CiKey);

/// Who tells of relations.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    /// The source of all it says.
    pub source: &'a SourceName,
    /// Who reports the thing, and what it is called.
    pub reporter: (ReporterId, &'a str),
    /// When it arrived.
    pub at: Timestamp,
}

/// Makes the relations that a source tells of from a thing and from what is under it those given; gives how many that
/// opened or closed. In the caller's transaction.
///
/// # Errors
///
/// The database fails.
pub fn join(
    conn: &mut Conn,
    ctx: &Ctx,
    teller: Teller<'_>,
    thing: CiKey,
    own: &[CiKey],
    wanted: &BTreeSet<Joint>,
) -> Result<usize, StoreError> {
    let known = relation::list_of_source(conn, teller.source.as_str(), own)?;
    let is_known = |(source, kind, target): &Joint| {
        known.iter().any(|one| (one.source_key, one.kind.as_str(), one.target_key) == (*source, *kind, *target))
    };
    let is_wanted = |one: &relation::SourcedRow| {
        wanted.iter().any(|(source, kind, target)| {
            (one.source_key, one.kind.as_str(), one.target_key) == (*source, *kind, *target)
        })
    };
    let opened: Vec<&Joint> = wanted.iter().filter(|joint| !is_known(joint)).collect();
    let closed: Vec<i64> = known.iter().filter(|one| !is_wanted(one)).map(|one| one.key).collect();
    if opened.is_empty() && closed.is_empty() {
        return Ok(0);
    }
    let last = revision::last(conn, thing)?;
    let after = last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
    let at = after.map_or(teller.at, |after| teller.at.max(after));
    let revision = revision::insert(
        conn,
        NewRevision {
            subject_key: thing,
            at,
            recorded_at: teller.at,
            source: teller.source,
            reporter: teller.reporter.0.uuid(),
            reporter_name: teller.reporter.1,
            reason: None,
        },
    )?;
    if !closed.is_empty() {
        relation::close(conn, &closed, at, revision)?;
    }
    if !opened.is_empty() {
        let row = |(source, kind, target): &&Joint| NewRelationRow::new(ctx.new_id(), *source, *kind, *target);
        relation::open(conn, &opened.iter().map(row).collect::<Vec<_>>(), at, revision)?;
    }
    Ok(opened.len() + closed.len())
}
