//! Writing documents.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use serde::Serialize;

use super::model::gram::Gram;
use super::model::text::{Kind, Texts};
use crate::store::column::Key16;
use crate::store::dialect::either;
use crate::store::schema::index_document as d;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A document as one JSON value.
#[derive(Serialize)]
struct Row {
    item: i32,
    /// 32 hexadecimal digits.
    organisation: Option<String>,
    name: String,
    folded: String,
    grams: String,
}

/// Writes the documents of these things of one kind; those of `items` that have no text are gone. What is written
/// already is left alone.
pub fn write(conn: &mut Conn, kind: Kind, items: &[i32], texts: &[Texts]) -> Result<(), StoreError> {
    let known = load(conn, kind, items)?;
    let present: BTreeSet<i32> = texts.iter().map(|one| one.item).collect();
    let gone: Vec<i32> =
        items.iter().copied().filter(|item| !present.contains(item) && known.contains_key(item)).collect();
    let mut rows = Vec::new();
    for one in texts {
        let document = one.document();
        let organisation = one.organisation.map(|id| id.uuid().simple().to_string());
        let same = known.get(&one.item).is_some_and(|(of, name, folded)| {
            of.as_ref() == organisation.as_ref() && *name == document.name && *folded == document.folded
        });
        if !same {
            let grams = grams(conn, document.grams);
            let (name, folded) = (document.name, document.folded);
            rows.push(Row { item: one.item, organisation, name, folded, grams });
        }
    }
    remove(conn, kind, &gone)?;
    if rows.is_empty() { Ok(()) } else { put(conn, kind, &rows) }
}

/// N-grams as the database at hand takes them: numbers with a sign on PostgreSQL, words on SQLite.
#[must_use]
pub fn grams(conn: &Conn, grams: impl IntoIterator<Item = Gram>) -> String {
    let written = |gram: Gram| match conn {
        Conn::Sqlite(_) => format!("{gram:08x}"),
        Conn::Postgres(_) => gram.cast_signed().to_string(),
    };
    grams.into_iter().map(written).collect::<Vec<_>>().join(" ")
}

type Known = HashMap<i32, (Option<String>, String, String)>;

fn load(conn: &mut Conn, kind: Kind, items: &[i32]) -> Result<Known, StoreError> {
    let of_items = d::table.filter(d::kind.eq(kind.number()).and(d::item.eq_any(items)));
    let rows: Vec<(i32, Option<Key16>, String, String)> =
        of_items.select((d::item, d::organisation_id, d::name, d::folded)).load(conn)?;
    let hexadecimal = |id: Option<Key16>| id.map(|id| id.0.simple().to_string());
    Ok(rows.into_iter().map(|(item, of, name, folded)| (item, (hexadecimal(of), name, folded))).collect())
}

fn remove(conn: &mut Conn, kind: Kind, items: &[i32]) -> Result<(), StoreError> {
    if items.is_empty() {
        return Ok(());
    }
    if let Conn::Sqlite(_) = conn {
        remove_grams(conn, kind, &json(items)?)?;
    }
    diesel::delete(d::table.filter(d::kind.eq(kind.number()).and(d::item.eq_any(items)))).execute(conn)?;
    Ok(())
}

fn put(conn: &mut Conn, kind: Kind, rows: &[Row]) -> Result<(), StoreError> {
    let said = json(rows)?;
    if let Conn::Sqlite(_) = conn {
        remove_grams(conn, kind, &json(&rows.iter().map(|row| row.item).collect::<Vec<_>>())?)?;
    }
    let upsert = either(
        conn,
        "INSERT INTO index_document (kind, item, organisation_id, name, folded) \
         SELECT ?2, value ->> 'item', unhex(value ->> 'organisation'), value ->> 'name', value ->> 'folded' \
         FROM json_each(?1) WHERE true \
         ON CONFLICT (kind, item) DO UPDATE SET organisation_id = excluded.organisation_id, name = excluded.name, \
             folded = excluded.folded",
        "INSERT INTO index_document (kind, item, organisation_id, name, folded, grams) \
         SELECT $2, item, organisation, name, folded, string_to_array(grams, ' ')::int4[] \
         FROM json_to_recordset($1::json) AS new (item int4, organisation uuid, name text, folded text, grams text) \
         ON CONFLICT (kind, item) DO UPDATE SET organisation_id = excluded.organisation_id, name = excluded.name, \
             folded = excluded.folded, grams = excluded.grams",
    );
    statement(upsert).bind::<Text, _>(&said).bind::<Integer, _>(kind.number()).execute(conn)?;
    if let Conn::Sqlite(_) = conn {
        statement(
            // The rows come first: with the documents first all of them would be read for each batch.
            "INSERT INTO index_gram (rowid, grams) SELECT d.id, value ->> 'grams' FROM json_each(?1) \
             CROSS JOIN index_document d ON d.kind = ?2 AND d.item = value ->> 'item'",
        )
        .bind::<Text, _>(&said)
        .bind::<Integer, _>(kind.number())
        .execute(conn)?;
    }
    Ok(())
}

fn remove_grams(conn: &mut Conn, kind: Kind, items: &str) -> Result<(), StoreError> {
    statement(
        "DELETE FROM index_gram WHERE rowid IN (SELECT id FROM index_document WHERE kind = ?2 \
             AND item IN (SELECT value FROM json_each(?1)))",
    )
    .bind::<Text, _>(items)
    .bind::<Integer, _>(kind.number())
    .execute(conn)?;
    Ok(())
}

fn json<T: Serialize>(rows: &[T]) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
