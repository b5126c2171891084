//! Whether what people say agrees with what other items are: references lead somewhere, what is unique stays so.

use diesel::prelude::*;
use uuid::Uuid;

use super::draft::Statement;
use super::standing::{Standing, field};
use crate::cmdb::error::FieldFault;
use crate::cmdb::model::check::Fault;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::unique::{self, Claim};
use crate::cmdb::value::expression::in_scope;
use crate::kernel::id::OrganisationId;
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// Whose values are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) key: Option<i32>,
    pub(super) class: &'a str,
    pub(super) organisation: OrganisationId,
}

/// References to what is not there, or not in scope, or of another class: in one statement, or none.
pub(super) fn references(
    conn: &mut Conn,
    scope: &Scope,
    book: &ClassBook,
    statements: &[Statement],
) -> Result<Vec<FieldFault>, StoreError> {
    let named: Vec<(i32, Uuid)> = statements
        .iter()
        .filter_map(|one| match one.value {
            Some(AttributeValue::Reference(id)) => Some((one.attribute_id, id)),
            _ => None,
        })
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key16> = named.iter().map(|(_, id)| Key16(*id)).collect();
    let found: Vec<(Key16, String)> = in_scope(scope).filter(c::id.eq_any(ids)).select((c::id, c::class)).load(conn)?;
    let leads_somewhere = |id: Uuid, target: Option<&str>| {
        let class = found.iter().find(|(one, _)| one.0 == id).map(|(_, class)| class);
        class.is_some_and(|class| target.is_none_or(|target| book.is_a(class, target)))
    };
    let fault = |(attribute_id, id): (i32, Uuid)| {
        let attribute = book.attribute_by_id(attribute_id)?;
        let fine = leads_somewhere(id, attribute.target.as_deref());
        (!fine).then(|| FieldFault::of_value(field(attribute), &Fault::NoItem))
    };
    Ok(named.into_iter().filter_map(fault).collect())
}

/// Waits for others who claim values, if any of these has to be unique. Before anything is written.
pub(super) fn lock(conn: &mut Conn, book: &ClassBook, class: &str, attributes: &[i32]) -> Result<(), StoreError> {
    if attributes.iter().any(|id| unique::concerns(book, class, *id)) { unique::lock(conn) } else { Ok(()) }
}

/// Values of these attributes that another item has and must not: in one statement, or none.
pub(super) fn duplicates(
    conn: &mut Conn,
    book: &ClassBook,
    subject: Subject<'_>,
    standing: &Standing,
    attributes: &[i32],
) -> Result<Vec<FieldFault>, StoreError> {
    let claim = |attribute_id: &i32| {
        let attribute = book.attribute_by_id(*attribute_id)?;
        Some(Claim {
            ci_key: subject.key,
            class: subject.class.to_owned(),
            organisation: subject.organisation,
            attribute_id: *attribute_id,
            value: standing.shown(book, subject.class, attribute)?.to_string(),
        })
    };
    let claims: Vec<Claim> = attributes.iter().filter_map(claim).collect();
    let taken = unique::taken(conn, book, &claims)?;
    let fault = |(claim, _): (&Claim, bool)| {
        let attribute = book.attribute_by_id(claim.attribute_id)?;
        Some(FieldFault::of_value(field(attribute), &Fault::Taken))
    };
    Ok(claims.iter().zip(taken).filter(|(_, taken)| *taken).filter_map(fault).collect())
}
