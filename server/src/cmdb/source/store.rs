//! Sources and their orders, as rows.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::SignedDuration;

use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::order::{Orders, Subject};
use crate::cmdb::model::source::{Source, SourceName};
use crate::store::column::Document;
use crate::store::schema::{cmdb_source as s, cmdb_source_order as o};
use crate::store::{Conn, Inconsistent, StoreError};

type Row = (String, String, String, String, bool, Option<i32>, i32);

/// Every source, by name.
pub fn list(conn: &mut Conn) -> Result<BTreeMap<SourceName, Source>, StoreError> {
    let rows: Vec<Row> = s::table
        .order(s::name)
        .select((s::name, s::kind, s::label_en, s::label_ko, s::enabled, s::stale_after_s, s::version))
        .load(conn)?;
    let sources = rows.into_iter().map(source).collect::<Result<Vec<_>, _>>()?;
    Ok(sources.into_iter().map(|source| (source.name.clone(), source)).collect())
}

/// Every order.
pub fn list_orders(conn: &mut Conn) -> Result<Orders, StoreError> {
    let rows: Vec<(String, String, Document)> = o::table.select((o::class, o::attribute, o::sources)).load(conn)?;
    let order = |(class, attribute, Document(sources)): (String, String, Document)| {
        let inconsistent = || Inconsistent {
            table: "cmdb_source_order",
            column: "sources",
            row: class.clone(),
            value: sources.to_string(),
        };
        let names: Vec<String> = serde_json::from_value(sources.clone()).map_err(|_no_list| inconsistent())?;
        let names = names.iter().map(|name| name.parse().map_err(|_no_name| inconsistent()));
        let names = names.collect::<Result<Vec<SourceName>, _>>()?;
        Ok((Subject { class: class.clone(), attribute: (!attribute.is_empty()).then_some(attribute) }, names))
    };
    Ok(rows.into_iter().map(order).collect::<Result<_, Inconsistent>>()?)
}

/// Adds a source; whether there was none of that name.
pub(in crate::cmdb) fn insert(conn: &mut Conn, source: &Source) -> Result<bool, StoreError> {
    let there: i64 = s::table.filter(s::name.eq(source.name.as_str())).count().get_result(conn)?;
    if there > 0 {
        return Ok(false);
    }
    diesel::insert_into(s::table)
        .values((
            s::name.eq(source.name.as_str()),
            s::kind.eq(source.kind.name()),
            s::label_en.eq(&source.label.en),
            s::label_ko.eq(&source.label.ko),
            s::enabled.eq(source.enabled),
            s::stale_after_s.eq(seconds(source.stale_after)),
            s::version.eq(source.version),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Writes what can be changed of a source, if it is still at the version before this one.
pub(super) fn update(conn: &mut Conn, source: &Source) -> Result<bool, StoreError> {
    let at_version = s::name.eq(source.name.as_str()).and(s::version.eq(source.version.saturating_sub(1)));
    let rows = diesel::update(s::table.filter(at_version))
        .set((
            s::label_en.eq(&source.label.en),
            s::label_ko.eq(&source.label.ko),
            s::enabled.eq(source.enabled),
            s::stale_after_s.eq(seconds(source.stale_after)),
            s::version.eq(source.version),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Puts an order in the place of the one there was.
pub(in crate::cmdb) fn put_order(conn: &mut Conn, subject: &Subject, sources: &[SourceName]) -> Result<(), StoreError> {
    delete_order(conn, subject)?;
    let names: Vec<&str> = sources.iter().map(SourceName::as_str).collect();
    diesel::insert_into(o::table)
        .values((
            o::class.eq(&subject.class),
            o::attribute.eq(subject.attribute.as_deref().unwrap_or_default()),
            o::sources.eq(Document(names.into())),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes an order away; whether there was one.
pub(super) fn delete_order(conn: &mut Conn, subject: &Subject) -> Result<bool, StoreError> {
    let attribute = subject.attribute.as_deref().unwrap_or_default();
    let found = o::table.filter(o::class.eq(&subject.class).and(o::attribute.eq(attribute)));
    Ok(diesel::delete(found).execute(conn)? > 0)
}

fn seconds(duration: Option<SignedDuration>) -> Option<i32> {
    duration.map(|duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX))
}

fn source((name, kind, en, ko, enabled, stale_after_s, version): Row) -> Result<Source, Inconsistent> {
    let inconsistent =
        |column, value: &str| Inconsistent { table: "cmdb_source", column, row: name.clone(), value: value.to_owned() };
    Ok(Source {
        name: name.parse().map_err(|_no_name| inconsistent("name", &name))?,
        kind: kind.parse().map_err(|_unknown| inconsistent("kind", &kind))?,
        label: Label { en, ko },
        enabled,
        stale_after: stale_after_s.map(|seconds| SignedDuration::from_secs(i64::from(seconds))),
        version,
    })
}
