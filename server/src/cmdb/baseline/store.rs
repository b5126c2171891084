//! `cmdb_baseline` and what belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::Timestamp;

use super::model::{Acceptance, Accepted, Baseline, Draft, FilterBody};
use crate::cmdb::compare::model::Topic;
use crate::index::model::fold::fold;
use crate::kernel::id::{AcceptanceId, BaselineId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16};
use crate::store::dialect::{either, transaction_lock};
use crate::store::schema::{
    cmdb_baseline as b, cmdb_baseline_acceptance as a, cmdb_baseline_accepted as d, cmdb_baseline_member as m,
};
use crate::store::statement::statement;
use crate::store::{Conn, Inconsistent, StoreError};

/// Most baselines that are listed.
const LISTED_MAX: i64 = 1_000;
/// Most acceptances of one baseline that are listed.
const ACCEPTANCES_MAX: i64 = 200;

/// Changes of baselines come one after the other.
const LOCK: i64 = 0x7465_7272_6965_7213;

type Named = (i32, Key16, Key16, String, Option<String>, Option<Document>);
type Row = (Named, (At, Option<String>, At, i32));
type AcceptanceRow = ((i32, Key16, At, String), (Option<String>, At), (Option<String>, Option<At>, Option<String>));

/// Keeps others from changing baselines until the transaction ends.
pub(super) fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(transaction_lock(conn, LOCK)?)
}

/// Those in scope, by name: two statements.
pub(super) fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<Baseline>, StoreError> {
    let mut query = b::table.into_boxed();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(b::organisation_id.eq_any(keys));
    }
    let rows: Vec<Row> = query
        .order((b::name_folded, b::key))
        .limit(LISTED_MAX)
        .select((
            (b::key, b::id, b::organisation_id, b::name, b::note, b::filter),
            (b::taken_at, b::created_by, b::created_at, b::version),
        ))
        .load(conn)?;
    let keys: Vec<i32> = rows.iter().map(|row| row.0.0).collect();
    let counts: Vec<(i32, i64)> = m::table
        .filter(m::baseline_key.eq_any(keys))
        .group_by(m::baseline_key)
        .select((m::baseline_key, diesel::dsl::count_star()))
        .load(conn)?;
    let counts: BTreeMap<i32, i64> = counts.into_iter().collect();
    Ok(rows.into_iter().map(|row| baseline(row, &counts)).collect::<Result<_, _>>()?)
}

/// One in scope: two statements.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: BaselineId) -> Result<Option<Baseline>, StoreError> {
    let row: Option<Row> = b::table
        .filter(b::id.eq(Key16::from(id)))
        .select((
            (b::key, b::id, b::organisation_id, b::name, b::note, b::filter),
            (b::taken_at, b::created_by, b::created_at, b::version),
        ))
        .first(conn)
        .optional()?;
    let Some(row) = row.filter(|row| scope.contains(row.0.2.into())) else { return Ok(None) };
    let count = m::table.filter(m::baseline_key.eq(row.0.0)).count().get_result(conn)?;
    let counts = BTreeMap::from([(row.0.0, count)]);
    Ok(Some(baseline(row, &counts)?))
}

/// Whether another baseline of the organisation has this name.
pub(super) fn is_taken(
    conn: &mut Conn,
    organisation: OrganisationId,
    name: &str,
    own: Option<i32>,
) -> Result<bool, StoreError> {
    let of_name = b::table.filter(b::organisation_id.eq(Key16::from(organisation)).and(b::name_folded.eq(fold(name))));
    let keys: Vec<i32> = of_name.select(b::key).load(conn)?;
    Ok(keys.into_iter().any(|key| Some(key) != own))
}

/// Writes a new one with its items.
pub(super) fn insert(conn: &mut Conn, new: &Baseline, members: &BTreeSet<i32>) -> Result<(), StoreError> {
    let filter = new.filter.as_ref().map(serde_json::to_value).transpose().map_err(|error| unwritable(&error))?;
    diesel::insert_into(b::table)
        .values((
            (b::id.eq(Key16::from(new.id)), b::organisation_id.eq(Key16::from(new.organisation))),
            (b::name.eq(&new.name), b::name_folded.eq(fold(&new.name)), b::note.eq(new.note.as_deref())),
            (b::filter.eq(filter.map(Document)), b::taken_at.eq(At(new.taken_at))),
            (b::created_by.eq(new.created_by.as_deref()), b::created_at.eq(At(new.created_at)), b::version.eq(1)),
        ))
        .execute(conn)?;
    let key: i32 = b::table.filter(b::id.eq(Key16::from(new.id))).select(b::key).first(conn)?;
    let all = serde_json::json!(members).to_string();
    let sql = either(
        conn,
        "INSERT INTO cmdb_baseline_member (baseline_key, ci_key) SELECT $1, value FROM json_each($2)",
        "INSERT INTO cmdb_baseline_member (baseline_key, ci_key) \
         SELECT $1, value::int4 FROM json_array_elements_text($2::json)",
    );
    statement(sql).bind::<Integer, _>(key).bind::<Text, _>(all).execute(conn)?;
    Ok(())
}

/// Makes one what the draft says, if it has this version still; whether it had.
pub(super) fn update(conn: &mut Conn, (key, version): (i32, i32), draft: &Draft) -> Result<bool, StoreError> {
    let unchanged = b::table.filter(b::key.eq(key).and(b::version.eq(version)));
    let values = (
        (b::name.eq(&draft.name), b::name_folded.eq(fold(&draft.name)), b::note.eq(draft.note.as_deref())),
        b::version.eq(version.wrapping_add(1)),
    );
    Ok(diesel::update(unchanged).set(values).execute(conn)? == 1)
}

/// Removes one and what was accepted of it.
pub(super) fn delete(conn: &mut Conn, key: i32) -> Result<(), StoreError> {
    let acceptances = a::table.filter(a::baseline_key.eq(key)).select(a::key);
    diesel::delete(d::table.filter(d::acceptance_key.eq_any(acceptances))).execute(conn)?;
    diesel::delete(a::table.filter(a::baseline_key.eq(key))).execute(conn)?;
    diesel::delete(m::table.filter(m::baseline_key.eq(key))).execute(conn)?;
    diesel::delete(b::table.filter(b::key.eq(key))).execute(conn)?;
    Ok(())
}

/// The rows of the items that one was taken of.
pub(super) fn members(conn: &mut Conn, key: i32) -> Result<BTreeSet<i32>, StoreError> {
    let keys: Vec<i32> = m::table.filter(m::baseline_key.eq(key)).select(m::ci_key).load(conn)?;
    Ok(keys.into_iter().collect())
}

/// What was accepted by a time and not taken back by then, in order.
pub(super) fn accepted(conn: &mut Conn, key: i32, at: Timestamp) -> Result<Vec<Accepted>, StoreError> {
    let held = a::accepted_at.le(At(at)).and(a::undone_at.is_null().or(a::undone_at.gt(At(at))));
    let rows: Vec<(i32, String, bool, At)> = d::table
        .inner_join(a::table)
        .filter(a::baseline_key.eq(key))
        .filter(held)
        .order(a::key)
        .select((d::ci_key, d::topic, d::is_member, a::at))
        .load(conn)?;
    let one = |(ci_key, topic, is_member, at): (i32, String, bool, At)| {
        Ok(Accepted { ci_key, topic: read_topic(&topic)?, at: at.0, is_member })
    };
    Ok(rows.into_iter().map(one).collect::<Result<_, Inconsistent>>()?)
}

/// Writes down what was accepted.
pub(super) fn accept(
    conn: &mut Conn,
    baseline: i32,
    new: &Acceptance,
    differences: &[Accepted],
) -> Result<(), StoreError> {
    diesel::insert_into(a::table)
        .values((
            (a::id.eq(Key16::from(new.id)), a::baseline_key.eq(baseline), a::at.eq(At(new.at))),
            (a::reason.eq(&new.reason), a::accepted_by.eq(new.accepted_by.as_deref())),
            a::accepted_at.eq(At(new.accepted_at)),
        ))
        .execute(conn)?;
    let key: i32 = a::table.filter(a::id.eq(Key16::from(new.id))).select(a::key).first(conn)?;
    let one = |one: &Accepted| serde_json::json!([one.ci_key, one.topic.name(), i32::from(one.is_member)]);
    let all = serde_json::Value::from(differences.iter().map(one).collect::<Vec<_>>()).to_string();
    let sql = either(
        conn,
        "INSERT INTO cmdb_baseline_accepted (acceptance_key, ci_key, topic, is_member) SELECT $1, \
         json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each($2)",
        "INSERT INTO cmdb_baseline_accepted (acceptance_key, ci_key, topic, is_member) SELECT $1, \
         (value->>0)::int4, value->>1, value->>2 = '1' FROM json_array_elements($2::json)",
    );
    statement(sql).bind::<Integer, _>(key).bind::<Text, _>(all).execute(conn)?;
    Ok(())
}

/// What was accepted of one, newest first: two statements.
pub(super) fn acceptances(conn: &mut Conn, baseline: i32) -> Result<Vec<Acceptance>, StoreError> {
    let rows: Vec<AcceptanceRow> = a::table
        .filter(a::baseline_key.eq(baseline))
        .order(a::key.desc())
        .limit(ACCEPTANCES_MAX)
        .select((
            (a::key, a::id, a::at, a::reason),
            (a::accepted_by, a::accepted_at),
            (a::undone_by, a::undone_at, a::undo_reason),
        ))
        .load(conn)?;
    with_topics(conn, rows)
}

/// One of them.
pub(super) fn find_acceptance(
    conn: &mut Conn,
    baseline: i32,
    id: AcceptanceId,
) -> Result<Option<Acceptance>, StoreError> {
    let rows: Vec<AcceptanceRow> = a::table
        .filter(a::baseline_key.eq(baseline).and(a::id.eq(Key16::from(id))))
        .select((
            (a::key, a::id, a::at, a::reason),
            (a::accepted_by, a::accepted_at),
            (a::undone_by, a::undone_at, a::undo_reason),
        ))
        .load(conn)?;
    Ok(with_topics(conn, rows)?.pop())
}

/// Takes one back.
pub(super) fn undo(
    conn: &mut Conn,
    key: i32,
    now: Timestamp,
    (by, reason): (Option<&str>, Option<&str>),
) -> Result<(), StoreError> {
    diesel::update(a::table.filter(a::key.eq(key).and(a::undone_at.is_null())))
        .set((a::undone_at.eq(Some(At(now))), a::undone_by.eq(by), a::undo_reason.eq(reason)))
        .execute(conn)?;
    Ok(())
}

fn with_topics(conn: &mut Conn, rows: Vec<AcceptanceRow>) -> Result<Vec<Acceptance>, StoreError> {
    let keys: Vec<i32> = rows.iter().map(|row| row.0.0).collect();
    let counts: Vec<(i32, String, i64)> = d::table
        .filter(d::acceptance_key.eq_any(keys))
        .group_by((d::acceptance_key, d::topic))
        .select((d::acceptance_key, d::topic, diesel::dsl::count_star()))
        .load(conn)?;
    let mut topics: BTreeMap<i32, BTreeMap<Topic, i64>> = BTreeMap::new();
    for (key, topic, count) in counts {
        topics.entry(key).or_default().insert(read_topic(&topic)?, count);
    }
    let acceptance = |((key, id, at, reason), (accepted_by, accepted_at), undone): AcceptanceRow| {
        let (undone_by, undone_at, undo_reason) = undone;
        Acceptance {
            key,
            id: id.into(),
            at: at.0,
            reason,
            accepted_by,
            accepted_at: accepted_at.0,
            undone_by,
            undone_at: undone_at.map(Timestamp::from),
            undo_reason,
            topics: topics.remove(&key).unwrap_or_default(),
        }
    };
    Ok(rows.into_iter().map(acceptance).collect())
}

fn read_topic(name: &str) -> Result<Topic, Inconsistent> {
    Topic::from_name(name).ok_or_else(|| Inconsistent {
        table: "cmdb_baseline_accepted",
        column: "topic",
        row: String::new(),
        value: name.to_owned(),
    })
}

fn unwritable(error: &serde_json::Error) -> StoreError {
    StoreError::Unstorable(error.to_string())
}

fn baseline((named, made): Row, counts: &BTreeMap<i32, i64>) -> Result<Baseline, Inconsistent> {
    let (key, id, organisation, name, note, filter) = named;
    let (taken_at, created_by, created_at, version) = made;
    let read = |Document(filter): Document| -> Result<FilterBody, Inconsistent> {
        serde_json::from_value(filter.clone()).map_err(|_no_filter| Inconsistent {
            table: "cmdb_baseline",
            column: "filter",
            row: key.to_string(),
            value: filter.to_string(),
        })
    };
    Ok(Baseline {
        key,
        id: id.into(),
        organisation: organisation.into(),
        name,
        note,
        filter: filter.map(read).transpose()?,
        taken_at: taken_at.0,
        created_by,
        created_at: created_at.0,
        version,
        members: counts.get(&key).copied().unwrap_or_default(),
    })
}
