//! `cmdb_attestation`, and what is due.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::item::summary::Reference;
use crate::index::model::fold::fold;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{OrganisationId, PolicyId};
use crate::kernel::page::{Page, PageRequest};
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{
    access_user as u, cmdb_attestation as a, cmdb_ci as c, cmdb_policy as p, cmdb_policy_match as m,
};
use crate::store::{Conn, StoreError};

/// Most attestations of one item that are told.
const TOLD: i64 = 50;

/// An item that is to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) key: i32,
    pub(super) ci: Reference,
    pub(super) organisation: OrganisationId,
    pub(super) owner: Option<String>,
    pub(super) policy: (PolicyId, String),
    pub(super) renew_s: i64,
    pub(super) since: Timestamp,
    /// From when on it counts against the health of the register.
    pub(super) until: Timestamp,
}

/// Somebody confirmed an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attestation {
    pub(super) policy: (PolicyId, String),
    pub(super) at: Timestamp,
    pub(super) by: Option<String>,
    pub(super) note: Option<String>,
    pub(super) expires_at: Timestamp,
}

/// What is due.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// Of this item alone.
    pub(super) key: Option<i32>,
    /// Of what these, in lower case, answer for alone.
    pub(super) owners: Option<Vec<String>>,
}

/// Items that were confirmed for a policy, as long as that holds.
pub(in crate::cmdb) fn valid(conn: &mut Conn, policy: PolicyId, now: Timestamp) -> Result<Vec<i32>, StoreError> {
    let of_policy = a::policy_id.eq(Key16::from(policy)).and(a::expires_at.gt(At(now)));
    Ok(a::table.filter(of_policy).select(a::ci_key).load(conn)?)
}

type Row = ((i32, Key16, String, String), (Key16, Option<String>), (Key16, String, Option<i64>), (At, At));

/// A page of what is due in scope, what has to be done first at the top.
pub(super) fn due(
    conn: &mut Conn,
    ctx: &Ctx,
    asked: &Asked,
    request: &PageRequest<(i64, i32)>,
) -> Result<Page<Due, (i64, i32)>, StoreError> {
    let mut query = m::table
        .inner_join(c::table.on(c::key.eq(m::ci_key)))
        .inner_join(p::table.on(p::id.eq(m::policy_id)))
        .into_boxed::<MultiBackend>()
        .filter(p::action.eq("attest").and(p::enabled));
    if let Some(organisations) = ctx.scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(c::organisation_id.eq_any(keys));
    }
    if let Some(key) = asked.key {
        query = query.filter(m::ci_key.eq(key));
    }
    if let Some(owners) = &asked.owners {
        let own = crate::store::dialect::lower(c::owner.assume_not_null()).eq_any(owners.clone());
        query = query.filter(c::owner.is_not_null().and(own));
    }
    if let Some((micros, key)) = request.after {
        let at = At(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MIN));
        query = query.filter(m::due_at.gt(at).or(m::due_at.eq(at).and(m::ci_key.gt(key))));
    }
    let rows: Vec<Row> = query
        .order((m::due_at, m::ci_key))
        .limit(request.rows_to_fetch())
        .select((
            (c::key, c::id, c::name, c::class),
            (c::organisation_id, c::owner),
            (p::id, p::name, p::renew_s),
            (m::since, m::due_at),
        ))
        .load(conn)?;
    let due = |((key, id, name, class), (organisation, owner), (policy, of, renew_s), (since, due_at)): Row| Due {
        key,
        ci: Reference { id: id.into(), name, class },
        organisation: organisation.into(),
        owner,
        policy: (policy.into(), of),
        renew_s: renew_s.unwrap_or_default(),
        since: since.0,
        until: due_at.0,
    };
    let rows: Vec<Due> = rows.into_iter().map(due).collect();
    Ok(Page::from_rows(rows, request, |one| (one.until.as_microsecond(), one.key)))
}

/// Who confirmed an item, latest first.
pub(super) fn list(conn: &mut Conn, keys: &[i32]) -> Result<Vec<Attestation>, StoreError> {
    type Row = (Key16, String, At, Option<String>, Option<String>, At);
    let rows: Vec<Row> = a::table
        .inner_join(p::table.on(p::id.eq(a::policy_id)))
        .filter(a::ci_key.eq_any(keys.to_vec()))
        .order((a::at.desc(), p::name_folded))
        .limit(TOLD)
        .select((p::id, p::name, a::at, a::by_name, a::note, a::expires_at))
        .load(conn)?;
    let attestation = |(policy, name, at, by, note, expires_at): Row| Attestation {
        policy: (policy.into(), name),
        at: at.0,
        by,
        note,
        expires_at: expires_at.0,
    };
    Ok(rows.into_iter().map(attestation).collect())
}

/// Writes one down.
pub(super) fn insert(conn: &mut Conn, ctx: &Ctx, key: i32, new: &Attestation) -> Result<(), StoreError> {
    diesel::insert_into(a::table)
        .values((
            (a::ci_key.eq(key), a::policy_id.eq(Key16::from(new.policy.0)), a::at.eq(At(new.at))),
            (a::by_id.eq(ctx.actor.id().map(Key16)), a::by_name.eq(&new.by)),
            (a::note.eq(&new.note), a::expires_at.eq(At(new.expires_at))),
        ))
        .execute(conn)?;
    Ok(())
}

/// What the caller is called as an owner, in lower case: his name and his login.
pub(super) fn names(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<String>, StoreError> {
    let Some(id) = ctx.actor.id() else { return Ok(Vec::new()) };
    let found: Option<(String, String)> =
        u::table.find(Key16(id)).select((u::display_name, u::login)).first(conn).optional()?;
    Ok(found.into_iter().flat_map(|(name, login)| [fold(&name), name.to_lowercase(), fold(&login)]).collect())
}
