//! What becomes true by time alone: pins end, sources fall silent and are heard again. A job settles what is shown.

use std::collections::BTreeSet;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;

use super::merge::records::Records;
use super::model::source::{Source, SourceKind, SourceName};
use super::observed::rows;
use super::pin::store as pins;
use super::value::end::Ending;
use super::value::settle::{Settler, Touched, Versions};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Key16};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_ci as c, cmdb_standing as s, cmdb_value as v, fleet_presence as fp};
use crate::store::statement::statement;
use crate::store::{Conn, Store, StoreError};

/// How many items are settled in one transaction.
const CHUNK: usize = 500;

/// A source that fell silent about an item or was heard again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Turn {
    ci_key: i32,
    source: SourceName,
    stale: bool,
}

/// A turn of the upkeep. It takes no input: a turn too many changes nothing.
///
/// # Errors
///
/// The database fails; the next turn makes up for it.
pub async fn turn(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    loop {
        let ctx = Ctx::system(clock);
        if !store.write(move |conn| end_pins(conn, &ctx)).await? {
            break;
        }
    }
    let now = clock.now();
    let turns = store.read(move |conn| turns(conn, now)).await?;
    for chunk in turns.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        store.write(move |conn| note(conn, &chunk, now)).await?;
    }
    Ok(())
}

/// Ends pins whose time is over; whether there may be more.
fn end_pins(conn: &mut Conn, ctx: &Ctx) -> Result<bool, StoreError> {
    let over = pins::list_over(conn, ctx.now, i64::try_from(CHUNK).unwrap_or(i64::MAX))?;
    if over.is_empty() {
        return Ok(false);
    }
    let ending = Ending { ctx, source: &SourceName::PIN, by: &SourceName::PIN, reason: None };
    ending.end(conn, &over.iter().map(|(key, attribute)| (*key, Some(*attribute))).collect::<Vec<_>>())?;
    let keys: BTreeSet<i32> = over.iter().map(|(key, _)| *key).collect();
    let attributes: BTreeSet<i32> = over.iter().map(|(_, attribute)| *attribute).collect();
    let (keys, attributes): (Vec<i32>, Vec<i32>) = (keys.into_iter().collect(), attributes.into_iter().collect());
    pins::set_ended(conn, &over, ctx.now)?;
    let touched = Touched { keys: &keys, attributes: Some(&attributes), without: None };
    Settler::load(conn, ctx.now)?.settle(conn, touched, Versions::Count)?;
    Ok(over.len() == CHUNK)
}

/// Who fell silent and who was heard again since that was last noted.
fn turns(conn: &mut Conn, now: Timestamp) -> Result<Vec<Turn>, StoreError> {
    let settler = Settler::load(conn, now)?;
    let mut turns = Vec::new();
    for source in settler.rules.sources.values() {
        match source.kind {
            SourceKind::Person | SourceKind::Inherited => {}
            SourceKind::Agent => turns.extend(turns_of_agents(conn, &settler, source)?),
            SourceKind::Inventory | SourceKind::Import | SourceKind::Integration => {
                turns.extend(turns_of(conn, source, now)?);
            }
        }
    }
    Ok(turns)
}

/// When agents were heard is told by their presence, and a silence that is held is nobody's fault.
fn turns_of_agents(conn: &mut Conn, settler: &Settler, source: &Source) -> Result<Vec<Turn>, StoreError> {
    let known = s::table.filter(s::ci_key.eq(c::key).and(s::source.eq(source.name.as_str())).and(s::stale));
    let earliest = settler.holds.by_time().into_keys().next().map_or(settler.now, |held| held.min(settler.now));
    let before = |at: Timestamp| source.stale_after.and_then(|after| at.checked_sub(after).ok()).map(At);
    let heard = c::table.inner_join(fp::table.on(fp::agent_key.nullable().eq(c::agent_key)));
    let columns = (c::key, c::organisation_id, fp::last_seen_at);
    let mut turns = Vec::new();
    let is_stale = |organisation: Key16, seen: At| {
        let at = settler.holds.judged_at(OrganisationId::from(organisation), settler.now);
        source.stale_since(seen.0, at).is_some()
    };
    if let Some(limit) = before(settler.now) {
        let rows: Vec<(i32, Key16, At)> =
            heard.filter(fp::last_seen_at.lt(limit).and(not(exists(known)))).select(columns).load(conn)?;
        let silent = rows.into_iter().filter(|(_, organisation, seen)| is_stale(*organisation, *seen));
        turns.extend(silent.map(|(ci_key, ..)| Turn { ci_key, source: source.name.clone(), stale: true }));
    }
    let limit = before(earliest).unwrap_or(At(Timestamp::MIN));
    let noted = s::table.filter(s::source.eq(source.name.as_str()).and(s::stale)).select(s::ci_key);
    let again = fp::last_seen_at.ge(limit).and(c::key.eq_any(noted));
    let rows: Vec<(i32, Key16, At)> = heard.filter(again).select(columns).load(conn)?;
    let heard = rows.into_iter().filter(|(_, organisation, seen)| !is_stale(*organisation, *seen));
    turns.extend(heard.map(|(ci_key, ..)| Turn { ci_key, source: source.name.clone(), stale: false }));
    Ok(turns)
}

fn turns_of(conn: &mut Conn, source: &Source, now: Timestamp) -> Result<Vec<Turn>, StoreError> {
    let of = s::source.eq(source.name.as_str());
    let limit = source.stale_after.and_then(|after| now.checked_sub(after).ok()).map_or(At(Timestamp::MIN), At);
    let silent: Vec<i32> = s::table
        .filter(of.and(not(s::stale)).and(s::confirmed_at.assume_not_null().lt(limit)))
        .select(s::ci_key)
        .load(conn)?;
    let heard: Vec<i32> = s::table
        .filter(of.and(s::stale).and(s::confirmed_at.assume_not_null().ge(limit)))
        .select(s::ci_key)
        .load(conn)?;
    let turn = |ci_key, stale| Turn { ci_key, source: source.name.clone(), stale };
    Ok(silent.into_iter().map(|key| turn(key, true)).chain(heard.into_iter().map(|key| turn(key, false))).collect())
}

/// Notes it, and settles what is shown of these items and of what is under them where sources differ.
fn note(conn: &mut Conn, turns: &[Turn], now: Timestamp) -> Result<(), StoreError> {
    let noted: Vec<_> = turns.iter().map(|turn| (turn.ci_key, turn.source.as_str(), turn.stale)).collect();
    let sql = either(
        conn,
        "INSERT INTO cmdb_standing (ci_key, source, stale) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) WHERE TRUE \
         ON CONFLICT (ci_key, source) DO UPDATE SET stale = excluded.stale",
        "INSERT INTO cmdb_standing (ci_key, source, stale) \
         SELECT (turn ->> 0)::int4, turn ->> 1, (turn ->> 2)::bool FROM json_array_elements($1::json) AS turn \
         ON CONFLICT (ci_key, source) DO UPDATE SET stale = excluded.stale",
    );
    statement(sql).bind::<Text, _>(rows(&noted)?).execute(conn)?;
    let heads: Vec<i32> = turns.iter().map(|turn| turn.ci_key).collect();
    let heads = Records::with(conn, &heads)?.keys();
    let family = c::table.filter(c::key.eq_any(&heads).or(c::parent_key.eq_any(&heads))).select(c::key);
    let contested = v::valid_to.is_null().and(not(v::shown)).and(v::ci_key.eq_any(family));
    let keys: Vec<i32> = v::table.filter(contested).select(v::ci_key).distinct().load(conn)?;
    let settler = Settler::load(conn, now)?;
    for keys in keys.chunks(CHUNK) {
        settler.settle(conn, Touched { keys, attributes: None, without: None }, Versions::Count)?;
    }
    Ok(())
}
