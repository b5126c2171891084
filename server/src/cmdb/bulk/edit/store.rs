//! The rows of edits.

use diesel::dsl::{count_star, exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::model::{Difference, Edit, Outcome, Person, State, Totals, scope_document, scope_of};
use crate::cmdb::bulk::model::ItemFault;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::observed::rows;
use crate::kernel::id::EditId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16, Uuid16};
use crate::store::conn::MultiBackend;
use crate::store::dialect::{either, storable};
use crate::store::schema::{cmdb_ci as c, cmdb_edit as e, cmdb_edit_item as i, cmdb_edit_organisation as o};
use crate::store::statement::statement;
use crate::store::{Conn, Inconsistent, StoreError};

type Said = (Key16, String, Document, Option<Document>, Option<String>);
type Author = (Option<Key16>, Option<String>, At);
type Acting = (Option<Key16>, Option<String>, Option<Document>);
type Times = (Option<At>, Option<At>, Option<String>, Option<At>, Option<String>);
type Counts = (i32, i32, i32, i32, i32, i32, i32, i32);
type Row = (Said, Author, Acting, Times, Counts);

type SaidColumns = (e::id, e::state, e::changes, e::filter, e::reason);
type AuthorColumns = (e::author_id, e::author_name, e::created_at);
type ActingColumns = (e::acting_id, e::acting_name, e::acting_scope);
type TimeColumns = (e::began_at, e::ended_at, e::undone_by, e::undone_at, e::undo_reason);
type CountColumns = (e::items, e::changing, e::same, e::refused, e::changed, e::restored, e::kept, e::next_place);
type Columns = (SaidColumns, AuthorColumns, ActingColumns, TimeColumns, CountColumns);

const COLUMNS: Columns = (
    (e::id, e::state, e::changes, e::filter, e::reason),
    (e::author_id, e::author_name, e::created_at),
    (e::acting_id, e::acting_name, e::acting_scope),
    (e::began_at, e::ended_at, e::undone_by, e::undone_at, e::undo_reason),
    (e::items, e::changing, e::same, e::refused, e::changed, e::restored, e::kept, e::next_place),
);

/// An item of an edit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) place: i32,
    pub(super) ci_key: i32,
    pub(super) outcome: Outcome,
    pub(super) faults: Vec<ItemFault>,
    pub(super) differences: Vec<Difference>,
}

/// An item as it is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) item: Item,
    pub(super) ci: Reference,
}

/// An item of a batch as one JSON value.
#[derive(Debug, Serialize)]
pub(super) struct NewItem {
    pub(super) place: i32,
    pub(super) ci_key: i32,
    pub(super) outcome: &'static str,
    pub(super) why: Option<String>,
    pub(super) faults: Vec<ItemFault>,
    pub(super) differences: Vec<Difference>,
}

/// Writes a new edit, without items.
pub(super) fn insert(conn: &mut Conn, edit: &Edit) -> Result<(), StoreError> {
    let changes = serde_json::to_value(&edit.changes).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    diesel::insert_into(e::table)
        .values((
            (e::id.eq(Key16::from(edit.id)), e::state.eq(edit.state.name()), e::changes.eq(Document(changes))),
            (e::filter.eq(edit.filter.clone().map(Document)), e::reason.eq(edit.reason.as_deref().map(storable))),
            (e::author_id.eq(edit.author.id.map(Key16)), e::author_name.eq(edit.author.name.as_deref().map(storable))),
            (e::created_at.eq(At(edit.created_at)), e::items.eq(edit.totals.items), e::next_place.eq(0)),
            (e::changing.eq(0), e::same.eq(0), e::refused.eq(0)),
            (e::changed.eq(0), e::restored.eq(0), e::kept.eq(0)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The edit, if all its items are in scope.
pub(super) fn find(conn: &mut Conn, scope: &Scope, id: EditId) -> Result<Option<Edit>, StoreError> {
    let row: Option<Row> = seen(scope).filter(e::id.eq(Key16::from(id))).select(COLUMNS).first(conn).optional()?;
    row.map(edit).transpose()
}

/// The edits all of whose items are in scope, the newest first.
pub(super) fn list(
    conn: &mut Conn,
    scope: &Scope,
    request: &PageRequest<(i64, EditId)>,
) -> Result<Page<Edit, (i64, EditId)>, StoreError> {
    let mut query = seen(scope).filter(e::state.ne(State::Preparing.name()));
    if let Some((micros, id)) = request.after {
        let at = At(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MIN));
        query = query.filter(e::created_at.lt(at).or(e::created_at.eq(at).and(e::id.lt(Key16::from(id)))));
    }
    let rows: Vec<Row> =
        query.order((e::created_at.desc(), e::id.desc())).limit(request.rows_to_fetch()).select(COLUMNS).load(conn)?;
    let edits = rows.into_iter().map(edit).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(edits, request, |one| (one.created_at.as_microsecond(), one.id)))
}

fn seen(scope: &Scope) -> e::BoxedQuery<'static, MultiBackend> {
    let query = e::table.into_boxed::<MultiBackend>();
    let Some(organisations) = scope.organisations() else { return query };
    let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
    let beyond = o::table.filter(o::edit_id.eq(e::id).and(o::organisation_id.ne_all(keys)));
    query.filter(not(exists(beyond)))
}

/// Whether any edit is to go on.
pub(super) fn is_any_under_way(conn: &mut Conn) -> Result<bool, StoreError> {
    let under_way = e::table.filter(e::state.eq_any([State::Applying.name(), State::Undoing.name()]));
    Ok(diesel::select(exists(under_way)).get_result(conn)?)
}

/// The edit that goes on next: of those that are to, the oldest.
pub(super) fn under_way(conn: &mut Conn) -> Result<Option<Edit>, StoreError> {
    let row: Option<Row> = e::table
        .filter(e::state.eq_any([State::Applying.name(), State::Undoing.name()]))
        .order((e::created_at, e::id))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(edit).transpose()
}

/// Writes where an edit is, who has it done, when, and what became of its items.
pub(super) fn update(conn: &mut Conn, edit: &Edit) -> Result<(), StoreError> {
    let (person, scope) = &edit.acting;
    let Totals { change, same, refused, changed, restored, kept, .. } = edit.totals;
    diesel::update(e::table.find(Key16::from(edit.id)))
        .set((
            (e::state.eq(edit.state.name()), e::next_place.eq(edit.next_place)),
            (e::acting_id.eq(person.id.map(Key16)), e::acting_name.eq(person.name.as_deref().map(storable))),
            e::acting_scope.eq(scope_document(scope).map(Document)),
            (e::began_at.eq(edit.began_at.map(At)), e::ended_at.eq(edit.ended_at.map(At))),
            (e::undone_by.eq(edit.undone_by.as_deref().map(storable)), e::undone_at.eq(edit.undone_at.map(At))),
            e::undo_reason.eq(edit.undo_reason.as_deref().map(storable)),
            (e::changing.eq(change), e::same.eq(same), e::refused.eq(refused)),
            (e::changed.eq(changed), e::restored.eq(restored), e::kept.eq(kept)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The items of an edit from a place on.
pub(super) fn items_from(conn: &mut Conn, id: EditId, place: i32, most: i64) -> Result<Vec<Item>, StoreError> {
    let from = i::edit_id.eq(Key16::from(id)).and(i::place.ge(place));
    let rows: Vec<ItemRow> = i::table.filter(from).order(i::place).limit(most).select(ITEM_COLUMNS).load(conn)?;
    rows.into_iter().map(|row| item(id, row)).collect()
}

/// A page of the items of an edit that are in scope.
pub(super) fn items(
    conn: &mut Conn,
    scope: &Scope,
    id: EditId,
    outcome: Option<Outcome>,
    request: &PageRequest<i32>,
) -> Result<Page<Told, i32>, StoreError> {
    let mut query = i::table
        .inner_join(c::table.on(c::key.eq(i::ci_key)))
        .into_boxed::<MultiBackend>()
        .filter(i::edit_id.eq(Key16::from(id)));
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(c::organisation_id.eq_any(keys));
    }
    if let Some(outcome) = outcome {
        query = query.filter(i::outcome.eq(outcome.name()));
    }
    if let Some(place) = request.after {
        query = query.filter(i::place.gt(place));
    }
    let rows: Vec<(ItemRow, (Key16, String, String))> = query
        .order(i::place)
        .limit(request.rows_to_fetch())
        .select((ITEM_COLUMNS, (c::id, c::name, c::class)))
        .load(conn)?;
    let told = |(row, (ci, name, class)): (ItemRow, (Key16, String, String))| {
        Ok::<_, StoreError>(Told { item: item(id, row)?, ci: Reference { id: ci.into(), name, class } })
    };
    let rows = rows.into_iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(rows, request, |one| one.item.place))
}

/// Why items are refused or kept, and how many for each reason.
pub(super) fn reasons(conn: &mut Conn, id: EditId) -> Result<Vec<(String, i64)>, StoreError> {
    let refused = i::edit_id.eq(Key16::from(id)).and(i::why.is_not_null());
    let refused = refused.and(i::outcome.eq_any([Outcome::Refused.name(), Outcome::Kept.name()]));
    let found: Vec<(Option<String>, i64)> = i::table
        .filter(refused)
        .group_by(i::why)
        .order((count_star().desc(), i::why))
        .select((i::why, count_star()))
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(why, count)| Some((why?, count))).collect())
}

/// Writes items, and to which organisations they belong.
pub(super) fn add(conn: &mut Conn, id: EditId, new: &[NewItem]) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_edit_item (edit_id, place, ci_key, outcome, why, faults, differences) \
         SELECT ?1, value ->> 'place', value ->> 'ci_key', value ->> 'outcome', value ->> 'why', value -> 'faults', \
             value -> 'differences' FROM json_each(?2)",
        "INSERT INTO cmdb_edit_item (edit_id, place, ci_key, outcome, why, faults, differences) \
         SELECT $1, place, ci_key, outcome, why, faults, differences FROM json_to_recordset($2::json) \
         AS new (place int4, ci_key int4, outcome text, why text, faults jsonb, differences jsonb)",
    );
    statement(sql).bind::<Uuid16, _>(Key16::from(id)).bind::<Text, _>(rows(new)?).execute(conn)?;
    let sql = either(
        conn,
        "INSERT INTO cmdb_edit_organisation (edit_id, organisation_id) SELECT DISTINCT ?1, c.organisation_id \
         FROM json_each(?2) JOIN cmdb_ci c ON c.key = value WHERE TRUE ON CONFLICT DO NOTHING",
        "INSERT INTO cmdb_edit_organisation (edit_id, organisation_id) SELECT DISTINCT $1, c.organisation_id \
         FROM json_array_elements_text($2::json) JOIN cmdb_ci c ON c.key = value::int4 ON CONFLICT DO NOTHING",
    );
    let keys: Vec<i32> = new.iter().map(|one| one.ci_key).collect();
    statement(sql).bind::<Uuid16, _>(Key16::from(id)).bind::<Text, _>(rows(&keys)?).execute(conn)?;
    Ok(())
}

/// Writes what became of items: place, outcome, why, faults. What differs stays as it was foreseen.
pub(super) fn settle(conn: &mut Conn, id: EditId, settled: &[NewItem]) -> Result<(), StoreError> {
    if settled.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "UPDATE cmdb_edit_item SET outcome = new.value ->> 'outcome', why = new.value ->> 'why', \
             faults = new.value -> 'faults' \
         FROM json_each(?2) AS new WHERE edit_id = ?1 AND place = new.value ->> 'place'",
        "UPDATE cmdb_edit_item SET outcome = new.outcome, why = new.why, faults = new.faults \
         FROM json_to_recordset($2::json) AS new (place int4, outcome text, why text, faults jsonb) \
         WHERE edit_id = $1 AND cmdb_edit_item.place = new.place",
    );
    statement(sql).bind::<Uuid16, _>(Key16::from(id)).bind::<Text, _>(rows(settled)?).execute(conn)?;
    Ok(())
}

/// Forgets what was prepared before a time and never begun.
pub(super) fn forget_old(conn: &mut Conn, before: Timestamp) -> Result<(), StoreError> {
    let old = || {
        let states = [State::Preparing.name(), State::Preview.name()];
        e::table.filter(e::state.eq_any(states).and(e::created_at.lt(At(before)))).select(e::id)
    };
    diesel::delete(i::table.filter(i::edit_id.eq_any(old()))).execute(conn)?;
    diesel::delete(o::table.filter(o::edit_id.eq_any(old()))).execute(conn)?;
    let states = [State::Preparing.name(), State::Preview.name()];
    diesel::delete(e::table.filter(e::state.eq_any(states).and(e::created_at.lt(At(before))))).execute(conn)?;
    Ok(())
}

type ItemRow = (i32, i32, String, Document, Document);
type ItemColumns = (i::place, i::ci_key, i::outcome, i::faults, i::differences);
const ITEM_COLUMNS: ItemColumns = (i::place, i::ci_key, i::outcome, i::faults, i::differences);

fn item(edit: EditId, (place, ci_key, outcome, faults, differences): ItemRow) -> Result<Item, StoreError> {
    let bad = |column: &'static str, value: String| {
        StoreError::from(Inconsistent { table: "cmdb_edit_item", column, row: format!("{edit} {place}"), value })
    };
    Ok(Item {
        place,
        ci_key,
        outcome: Outcome::of_name(&outcome).ok_or_else(|| bad("outcome", outcome.clone()))?,
        faults: serde_json::from_value(faults.0).map_err(|error| bad("faults", error.to_string()))?,
        differences: serde_json::from_value(differences.0).map_err(|error| bad("differences", error.to_string()))?,
    })
}

fn totals((items, change, same, refused, changed, restored, kept, next_place): Counts) -> (Totals, i32) {
    (Totals { items, change, same, refused, changed, restored, kept }, next_place)
}

fn edit((said, author, acting, times, counts): Row) -> Result<Edit, StoreError> {
    let (id, state, changes, filter, reason) = said;
    let (totals, next_place) = totals(counts);
    let bad = |column: &'static str, value: String| {
        StoreError::from(Inconsistent { table: "cmdb_edit", column, row: id.0.to_string(), value })
    };
    let (began_at, ended_at, undone_by, undone_at, undo_reason) = times;
    let document = |document: Option<Document>| document.map(|Document(value)| value);
    let scope: Option<Value> = document(acting.2);
    Ok(Edit {
        id: id.into(),
        state: State::of_name(&state).ok_or_else(|| bad("state", state.clone()))?,
        changes: serde_json::from_value(changes.0).map_err(|error| bad("changes", error.to_string()))?,
        filter: document(filter),
        reason,
        author: Person { id: author.0.map(|id| id.0), name: author.1 },
        created_at: author.2.0,
        acting: (Person { id: acting.0.map(|id| id.0), name: acting.1 }, scope_of(scope.as_ref())),
        began_at: began_at.map(Timestamp::from),
        ended_at: ended_at.map(Timestamp::from),
        undone_by,
        undone_at: undone_at.map(Timestamp::from),
        undo_reason,
        totals,
        next_place,
    })
}
