//! A page of an item's history.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::edge::{Place, Stream};
use super::event::{Event, EventPage, assemble};
use super::store::{self, Request};
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::merge::records::Records;
use crate::kernel::id::CiId;
use crate::kernel::page::PageRequest;
use crate::kernel::scope::Scope;
use crate::store::column::At;
use crate::store::{Conn, StoreError};

/// What kind of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = HistoryKind)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Attribute,
    Relation,
    Software,
    Lifecycle,
}

/// Reads a page.
pub(super) fn page(
    conn: &mut Conn,
    scope: &Scope,
    id: CiId,
    kind: Option<Kind>,
    request: &PageRequest<Place>,
) -> Result<EventPage, Error> {
    let row = row::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[row.key], None)?.keys();
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    // Twice the page, because two edges make one change; and two more to see whether there is another page.
    let rows = i64::from(request.limit) * 2 + 2;
    let wanted = Request { records: &records, scope, after: request.after, rows };
    let is = |one| kind.is_none_or(|kind| kind == one);
    let mut batches = Vec::new();
    if is(Kind::Attribute) || is(Kind::Lifecycle) {
        let of_lifecycle: Vec<bool> = [(Kind::Lifecycle, true), (Kind::Attribute, false)]
            .into_iter()
            .filter(|(one, _)| is(*one))
            .map(|one| one.1)
            .collect();
        batches.push(store::values_begun(conn, wanted, &of_lifecycle)?);
        batches.push(store::values_ended(conn, wanted, &of_lifecycle)?);
    }
    if is(Kind::Relation) {
        batches.push(store::relations_begun(conn, wanted)?);
        batches.push(store::relations_ended(conn, wanted)?);
    }
    if is(Kind::Software) {
        batches.push(store::installations_begun(conn, wanted)?);
        batches.push(store::installations_ended(conn, wanted)?);
    }
    let mut page = assemble(batches, limit);
    sign_software(conn, &records, &mut page.events)?;
    Ok(page)
}

fn sign_software(conn: &mut Conn, records: &[i32], events: &mut [Event]) -> Result<(), StoreError> {
    let unsigned = |event: &Event| event.place.stream == Stream::Software;
    let mut times: Vec<i64> = events.iter().filter(|event| unsigned(event)).map(|event| event.place.at).collect();
    times.dedup();
    let times = times.into_iter().filter_map(|at| Timestamp::from_microsecond(at).ok()).map(At).collect();
    let signatures: BTreeMap<i64, _> = store::signatures(conn, records, times)?.into_iter().collect();
    for event in events.iter_mut().filter(|event| unsigned(event)) {
        if let Some(signature) = signatures.get(&event.place.at) {
            event.signature = signature.clone();
        }
    }
    Ok(())
}
