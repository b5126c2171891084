//! Writing what items inherit: what differs from what stands there, as intervals, in a fixed number of statements.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::{SignedDuration, Timestamp};

use super::model::Inherited;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::rows;
use crate::cmdb::value::end::Ending;
use crate::kernel::ctx::Ctx;
use crate::store::column::{At, Instant};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_inheritance as h, cmdb_value as v};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A row and an attribute.
pub(super) type Place = (i32, i32);

/// What some items are to inherit.
pub(super) type Wanted = BTreeMap<Place, Inherited>;

/// What is to be written.
#[derive(Debug, Default)]
struct Changes {
    ended: Vec<Place>,
    opened: Vec<(Place, String)>,
    left: Vec<Place>,
    taken: Vec<(Place, Option<i32>)>,
}

/// Makes these rows inherit what is wanted and nothing else; gives the attributes of which anything changed.
pub(super) fn put(conn: &mut Conn, ctx: &Ctx, keys: &[i32], wanted: &Wanted) -> Result<BTreeSet<i32>, StoreError> {
    let changes = changes(conn, keys, wanted)?;
    let said: BTreeSet<Place> =
        changes.ended.iter().copied().chain(changes.opened.iter().map(|(place, _)| *place)).collect();
    let from = changes.left.iter().copied().chain(changes.taken.iter().map(|(place, _)| *place));
    let concerned: BTreeSet<i32> = said.iter().copied().chain(from).map(|(key, _)| key).collect();
    if concerned.is_empty() {
        return Ok(BTreeSet::new());
    }
    let concerned: Vec<i32> = concerned.into_iter().collect();
    let speaker = SourceName::INHERITED;
    let ending = Ending { ctx, source: &speaker, by: &speaker, reason: None };
    let at = moment(conn, &ending, &concerned)?;
    if !said.is_empty() {
        let revised: BTreeSet<i32> = said.iter().map(|(key, _)| *key).collect();
        let revised: Vec<i32> = revised.into_iter().collect();
        let revisions = ending.revisions(conn, &revised, at)?;
        let revisions = revisions.into_iter().map(|one| (one.subject_key, one.id)).collect();
        write_said(conn, &changes, &revisions, at)?;
    }
    write_from(conn, &changes, at)?;
    Ok(said.into_iter().map(|(_, attribute)| attribute).collect())
}

fn changes(conn: &mut Conn, keys: &[i32], wanted: &Wanted) -> Result<Changes, StoreError> {
    let said: Vec<(i32, i32, String)> = v::table
        .filter(v::ci_key.eq_any(keys).and(v::valid_to.is_null()))
        .filter(v::source.eq(SourceName::INHERITED.as_str()))
        .select((v::ci_key, v::attribute_id, v::value))
        .load(conn)?;
    let said: BTreeMap<Place, String> = said.into_iter().map(|(key, id, value)| ((key, id), value)).collect();
    let from: Vec<(i32, i32, Option<i32>)> = h::table
        .filter(h::ci_key.eq_any(keys).and(h::valid_to.is_null()))
        .select((h::ci_key, h::attribute_id, h::from_key))
        .load(conn)?;
    let from: BTreeMap<Place, Option<i32>> = from.into_iter().map(|(key, id, from)| ((key, id), from)).collect();
    let value = |place: &Place| wanted.get(place).and_then(Inherited::value);
    let container = |place: &Place| wanted.get(place).map(Inherited::from_key);
    let ended = said.iter().filter(|(place, there)| value(place) != Some(there.as_str()));
    let opened = wanted.iter().filter_map(|(place, one)| Some((*place, one.value()?.to_owned())));
    let left = from.iter().filter(|(place, there)| container(place) != Some(**there));
    let taken = wanted.iter().map(|(place, one)| (*place, one.from_key()));
    Ok(Changes {
        ended: ended.map(|(place, _)| *place).collect(),
        opened: opened.filter(|(place, value)| said.get(place) != Some(value)).collect(),
        left: left.map(|(place, _)| *place).collect(),
        taken: taken.filter(|(place, container)| from.get(place) != Some(container)).collect(),
    })
}

/// Now, or after all that is known of these rows already.
fn moment(conn: &mut Conn, ending: &Ending<'_>, keys: &[i32]) -> Result<Timestamp, StoreError> {
    let at = ending.moment(conn, keys)?;
    let of_keys = || h::table.filter(h::ci_key.eq_any(keys));
    let from: Option<At> = of_keys().order(h::valid_from.desc()).select(h::valid_from).first(conn).optional()?;
    let ended = of_keys().filter(h::valid_to.is_not_null()).order(h::valid_to.desc());
    let to: Option<At> = ended.select(h::valid_to.assume_not_null()).first(conn).optional()?;
    let after = from.max(to).and_then(|last| last.0.checked_add(SignedDuration::from_micros(1)).ok());
    Ok(after.map_or(at, |after| after.max(at)))
}

fn write_said(
    conn: &mut Conn,
    changes: &Changes,
    revisions: &BTreeMap<i32, i64>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if !changes.ended.is_empty() {
        let ended = changes.ended.iter().filter_map(|(key, id)| Some((*key, *id, *revisions.get(key)?)));
        let sql = either(
            conn,
            "UPDATE cmdb_value SET valid_to = ?2, closed_by = old.value ->> 2, shown = FALSE FROM json_each(?1) AS old \
             WHERE ci_key = old.value ->> 0 AND attribute_id = old.value ->> 1 AND source = 'inherited' \
                 AND valid_to IS NULL",
            "UPDATE cmdb_value SET valid_to = $2, closed_by = (old ->> 2)::int8, shown = FALSE \
             FROM json_array_elements($1::json) AS old WHERE ci_key = (old ->> 0)::int4 \
                 AND attribute_id = (old ->> 1)::int4 AND source = 'inherited' AND valid_to IS NULL",
        );
        let ended = rows(&ended.collect::<Vec<_>>())?;
        statement(sql).bind::<Text, _>(ended).bind::<Instant, _>(At(at)).execute(conn)?;
    }
    if !changes.opened.is_empty() {
        let opened = changes.opened.iter();
        let opened = opened.filter_map(|((key, id), value)| Some((*key, *id, value, *revisions.get(key)?)));
        let sql = either(
            conn,
            "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
             SELECT value ->> 0, value ->> 1, 'inherited', ?2, value ->> 3, value ->> 2, FALSE FROM json_each(?1)",
            "INSERT INTO cmdb_value (ci_key, attribute_id, source, valid_from, opened_by, value, shown) \
             SELECT (new ->> 0)::int4, (new ->> 1)::int4, 'inherited', $2, (new ->> 3)::int8, new ->> 2, FALSE \
             FROM json_array_elements($1::json) AS new",
        );
        let opened = rows(&opened.collect::<Vec<_>>())?;
        statement(sql).bind::<Text, _>(opened).bind::<Instant, _>(At(at)).execute(conn)?;
    }
    Ok(())
}

fn write_from(conn: &mut Conn, changes: &Changes, at: Timestamp) -> Result<(), StoreError> {
    if !changes.left.is_empty() {
        let sql = either(
            conn,
            "UPDATE cmdb_inheritance SET valid_to = ?2 FROM json_each(?1) AS old WHERE ci_key = old.value ->> 0 \
             AND attribute_id = old.value ->> 1 AND valid_to IS NULL",
            "UPDATE cmdb_inheritance SET valid_to = $2 FROM json_array_elements($1::json) AS old \
             WHERE ci_key = (old ->> 0)::int4 AND attribute_id = (old ->> 1)::int4 AND valid_to IS NULL",
        );
        statement(sql).bind::<Text, _>(rows(&changes.left)?).bind::<Instant, _>(At(at)).execute(conn)?;
    }
    if !changes.taken.is_empty() {
        let taken: Vec<(i32, i32, Option<i32>)> =
            changes.taken.iter().map(|((key, id), from)| (*key, *id, *from)).collect();
        let sql = either(
            conn,
            "INSERT INTO cmdb_inheritance (ci_key, attribute_id, valid_from, from_key) \
             SELECT value ->> 0, value ->> 1, ?2, value ->> 2 FROM json_each(?1)",
            "INSERT INTO cmdb_inheritance (ci_key, attribute_id, valid_from, from_key) \
             SELECT (new ->> 0)::int4, (new ->> 1)::int4, $2, (new ->> 2)::int4 \
             FROM json_array_elements($1::json) AS new",
        );
        statement(sql).bind::<Text, _>(rows(&taken)?).bind::<Instant, _>(At(at)).execute(conn)?;
    }
    Ok(())
}
