//! Files that were imported.

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use crate::imports::model::run::{Item, Run, Totals};
use crate::kernel::id::{ImportId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::{At, Document, Key16};
use crate::store::schema::{access_organisation as o, access_user as u, imports_run as r};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = r)]
struct Row {
    id: Key16,
    organisation_id: Key16,
    created_at: At,
    format: String,
    file_name: Option<String>,
    digest: Vec<u8>,
    size_bytes: i64,
    items: i32,
    created: i32,
    changed: i32,
    unchanged: i32,
    not_taken: i32,
}

/// A file to remember.
pub(in crate::imports) struct NewRun<'a> {
    pub(in crate::imports) id: ImportId,
    pub(in crate::imports) organisation: OrganisationId,
    pub(in crate::imports) created_by: Option<Uuid>,
    pub(in crate::imports) created_at: Timestamp,
    pub(in crate::imports) format: &'a str,
    pub(in crate::imports) file_name: Option<&'a str>,
    pub(in crate::imports) digest: &'a [u8],
    pub(in crate::imports) size_bytes: i64,
    pub(in crate::imports) idempotency_key: Option<&'a str>,
    pub(in crate::imports) items: &'a [Item],
}

type Listed = (Row, String, Option<(Key16, String)>);

fn read((row, organisation, created_by): Listed, items: Vec<Item>) -> Run {
    Run {
        id: row.id.into(),
        organisation: (row.organisation_id.into(), organisation),
        created_by: created_by.map(|(id, name)| (id.into(), name)),
        created_at: row.created_at.0,
        format: row.format,
        file_name: row.file_name,
        digest: row.digest,
        size_bytes: row.size_bytes,
        totals: Totals {
            items: row.items,
            created: row.created,
            changed: row.changed,
            unchanged: row.unchanged,
            not_taken: row.not_taken,
        },
        items,
    }
}

/// Files, the latest first, without what became of each device.
pub(in crate::imports) fn list_runs(
    conn: &mut Conn,
    scope: &Scope,
    before: Option<ImportId>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let mut query = r::table
        .inner_join(o::table)
        .left_join(u::table.on(r::created_by.eq(u::id.nullable())))
        .select((Row::as_select(), o::name, (u::id, u::display_name).nullable()))
        .into_boxed();
    if let Some(organisations) = scope.organisations() {
        let ids: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(r::organisation_id.eq_any(ids));
    }
    if let Some(before) = before {
        query = query.filter(r::id.lt(Key16::from(before)));
    }
    // Ids are made in the order of time.
    let rows: Vec<Listed> = query.order(r::id.desc()).limit(limit).load(conn)?;
    Ok(rows.into_iter().map(|row| read(row, Vec::new())).collect())
}

/// A file, if it is in scope, with what became of each device.
pub(in crate::imports) fn find_run(conn: &mut Conn, scope: &Scope, id: ImportId) -> Result<Option<Run>, StoreError> {
    let query = r::table
        .inner_join(o::table)
        .left_join(u::table.on(r::created_by.eq(u::id.nullable())))
        .filter(r::id.eq(Key16::from(id)))
        .select((Row::as_select(), o::name, (u::id, u::display_name).nullable()));
    let Some(row): Option<Listed> = query.first(conn).optional()? else { return Ok(None) };
    if !scope.contains(row.0.organisation_id.into()) {
        return Ok(None);
    }
    let report: Document = r::table.find(Key16::from(id)).select(r::report).first(conn)?;
    let items = serde_json::from_value(report.0).map_err(|error| Inconsistent {
        table: "imports_run",
        column: "report",
        row: id.to_string(),
        value: error.to_string(),
    })?;
    Ok(Some(read(row, items)))
}

/// The file that somebody imported under this key.
pub(in crate::imports) fn find_by_key(
    conn: &mut Conn,
    created_by: Option<Uuid>,
    key: &str,
) -> Result<Option<ImportId>, StoreError> {
    let own = r::created_by.eq(created_by.map(Key16)).and(r::idempotency_key.eq(key));
    let id: Option<Key16> = r::table.filter(own).select(r::id).first(conn).optional()?;
    Ok(id.map(ImportId::from))
}

pub(in crate::imports) fn insert_run(conn: &mut Conn, new: &NewRun<'_>) -> Result<(), StoreError> {
    let totals = Totals::of(new.items);
    let report = serde_json::to_value(new.items);
    let report = report.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    diesel::insert_into(r::table)
        .values((
            (
                r::id.eq(Key16::from(new.id)),
                r::organisation_id.eq(Key16::from(new.organisation)),
                r::created_by.eq(new.created_by.map(Key16)),
                r::created_at.eq(At(new.created_at)),
                r::format.eq(new.format),
                r::file_name.eq(new.file_name),
                r::digest.eq(new.digest),
                r::size_bytes.eq(new.size_bytes),
                r::idempotency_key.eq(new.idempotency_key),
            ),
            (
                r::items.eq(totals.items),
                r::created.eq(totals.created),
                r::changed.eq(totals.changed),
                r::unchanged.eq(totals.unchanged),
                r::not_taken.eq(totals.not_taken),
                r::report.eq(Document(report)),
            ),
        ))
        .execute(conn)?;
    Ok(())
}
