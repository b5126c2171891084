//! The server's own history and the events.

use diesel::prelude::*;
use jiff::Timestamp;

use super::model::{Finding, Outage, Silence, Tally, Why};
use crate::kernel::id::OrganisationId;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::dialect::transaction_lock;
use crate::store::schema::{access_organisation as o, fleet_heartbeat as h, fleet_outage as u, fleet_silence as s};
use crate::store::{Conn, Inconsistent, StoreError};

/// Whoever judges holds this until his transaction ends: one server process at a time.
const WATCH_LOCK: i64 = 0x7465_7272_6965_7206;

/// The heartbeat's only row.
const ONLY: i32 = 1;

pub(super) fn lock(conn: &mut Conn) -> QueryResult<()> {
    transaction_lock(conn, WATCH_LOCK)
}

/// A server is alive at `now`; gives until when one was before.
pub(super) fn beat(conn: &mut Conn, now: Timestamp) -> QueryResult<Option<Timestamp>> {
    let before: Option<At> = h::table.find(ONLY).select(h::alive_until).first(conn).optional()?;
    let until = h::alive_until.eq(At(now));
    match before {
        Some(_) => diesel::update(h::table.find(ONLY)).set(until).execute(conn)?,
        None => diesel::insert_into(h::table).values((h::id.eq(ONLY), until)).execute(conn)?,
    };
    Ok(before.map(Timestamp::from))
}

/// The outages that ended at `since` or later.
pub(super) fn list_outages(conn: &mut Conn, since: Timestamp) -> Result<Vec<Outage>, StoreError> {
    let rows: Vec<(String, At, At)> = u::table.filter(u::ended_at.ge(At(since))).order(u::began_at).load(conn)?;
    let outage = |(cause, began_at, ended_at): (String, At, At)| {
        let cause = why("fleet_outage", "cause", &began_at.0.to_string(), &cause)?;
        Ok::<_, Inconsistent>(Outage { cause, began_at: began_at.0, ended_at: ended_at.0 })
    };
    Ok(rows.into_iter().map(outage).collect::<Result<_, _>>()?)
}

/// Notes an outage, or that one has lasted longer.
pub(super) fn save_outage(conn: &mut Conn, outage: &Outage) -> QueryResult<()> {
    let known = u::table.find((outage.cause.name(), At(outage.began_at)));
    if diesel::update(known).set(u::ended_at.eq(At(outage.ended_at))).execute(conn)? > 0 {
        return Ok(());
    }
    let (cause, began_at) = (u::cause.eq(outage.cause.name()), u::began_at.eq(At(outage.began_at)));
    diesel::insert_into(u::table).values((cause, began_at, u::ended_at.eq(At(outage.ended_at)))).execute(conn).map(drop)
}

/// Forgets the outages that ended before `until`.
pub(super) fn forget_outages(conn: &mut Conn, until: Timestamp) -> QueryResult<()> {
    diesel::delete(u::table.filter(u::ended_at.lt(At(until)))).execute(conn).map(drop)
}

type Columns = (Key16, Key16, String, (String, At, At, At), (i32, i32, i32));

/// The open events of organisations in scope, by the organisation's name.
pub(super) fn list_open(conn: &mut Conn, scope: &Scope) -> Result<Vec<Silence>, StoreError> {
    let mut query = s::table
        .inner_join(o::table)
        .filter(s::ended_at.is_null())
        .select((
            s::id,
            s::organisation_id,
            o::name,
            (s::why, s::since, s::noticed_at, s::held_until),
            (s::agents, s::most, s::missing),
        ))
        .into_boxed();
    if let Some(organisations) = scope.organisations() {
        let ids: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(s::organisation_id.eq_any(ids));
    }
    let rows: Vec<Columns> = query.order((o::name, s::id)).load(conn)?;
    Ok(rows.into_iter().map(silence).collect::<Result<_, _>>()?)
}

fn silence((id, organisation, name, judged, counted): Columns) -> Result<Silence, Inconsistent> {
    let (reason, since, noticed_at, held_until) = judged;
    let why = why("fleet_silence", "why", &id.0.to_string(), &reason)?;
    let count = |number: i32| usize::try_from(number).unwrap_or_default();
    let (agents, most, missing) = counted;
    Ok(Silence {
        id: id.into(),
        organisation: organisation.into(),
        organisation_name: name,
        finding: Finding { why, since: since.0, held_until: held_until.0 },
        noticed_at: noticed_at.0,
        tally: Tally { agents: count(agents), missing: count(missing) },
        most: count(most),
    })
}

/// Since when the organisations with an open event are held.
pub(super) fn list_holds(conn: &mut Conn) -> QueryResult<Vec<(OrganisationId, Timestamp)>> {
    let open = s::table.filter(s::ended_at.is_null()).select((s::organisation_id, s::since));
    let rows: Vec<(Key16, At)> = open.load(conn)?;
    Ok(rows.into_iter().map(|(organisation, since)| (organisation.into(), since.0)).collect())
}

/// What an organisation is called.
pub(super) fn find_name(conn: &mut Conn, organisation: OrganisationId) -> QueryResult<String> {
    o::table.find(Key16::from(organisation)).select(o::name).first(conn)
}

pub(super) fn insert(conn: &mut Conn, silence: &Silence) -> QueryResult<()> {
    diesel::insert_into(s::table)
        .values((
            (s::id.eq(Key16::from(silence.id)), s::organisation_id.eq(Key16::from(silence.organisation))),
            s::noticed_at.eq(At(silence.noticed_at)),
            changing(silence),
        ))
        .execute(conn)
        .map(drop)
}

/// Writes what changes while it is open.
pub(super) fn update(conn: &mut Conn, silence: &Silence) -> QueryResult<()> {
    diesel::update(s::table.find(Key16::from(silence.id))).set(changing(silence)).execute(conn).map(drop)
}

/// It is over.
pub(super) fn end(conn: &mut Conn, silence: &Silence, now: Timestamp) -> QueryResult<()> {
    diesel::update(s::table.find(Key16::from(silence.id)))
        .set((s::ended_at.eq(Some(At(now))), s::missing.eq(number(silence.tally.missing))))
        .execute(conn)
        .map(drop)
}

type Changing = (
    diesel::dsl::Eq<s::why, &'static str>,
    diesel::dsl::Eq<s::since, At>,
    diesel::dsl::Eq<s::held_until, At>,
    diesel::dsl::Eq<s::agents, i32>,
    diesel::dsl::Eq<s::most, i32>,
    diesel::dsl::Eq<s::missing, i32>,
);

fn changing(silence: &Silence) -> Changing {
    (
        s::why.eq(silence.finding.why.name()),
        s::since.eq(At(silence.finding.since)),
        s::held_until.eq(At(silence.finding.held_until)),
        s::agents.eq(number(silence.tally.agents)),
        s::most.eq(number(silence.most)),
        s::missing.eq(number(silence.tally.missing)),
    )
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn why(table: &'static str, column: &'static str, row: &str, name: &str) -> Result<Why, Inconsistent> {
    let unknown = || Inconsistent { table, column, row: row.to_owned(), value: name.to_owned() };
    Why::of_name(name).ok_or_else(unknown)
}
