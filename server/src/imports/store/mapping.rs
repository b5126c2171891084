//! What people keep of what columns mean.

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use crate::imports::model::table::mapping::Mapping;
use crate::kernel::id::UserId;
use crate::store::column::{At, Document, Key16};
use crate::store::schema::imports_mapping as m;
use crate::store::{Conn, Inconsistent, StoreError};

/// Somebody's mappings by name.
pub(in crate::imports) fn list_mappings(
    conn: &mut Conn,
    owner: UserId,
) -> Result<Vec<(Uuid, String, Mapping)>, StoreError> {
    let rows: Vec<(Key16, String, Document)> = m::table
        .filter(m::owner_id.eq(Key16::from(owner)))
        .order(m::name)
        .select((m::id, m::name, m::mapping))
        .load(conn)?;
    let read = |(id, name, document): (Key16, String, Document)| {
        let mapping = serde_json::from_value(document.0).map_err(|error| Inconsistent {
            table: "imports_mapping",
            column: "mapping",
            row: id.0.to_string(),
            value: error.to_string(),
        })?;
        Ok((id.0, name, mapping))
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, Inconsistent>>()?)
}

/// Keeps a mapping in the place of the one of that name.
pub(in crate::imports) fn put_mapping(
    conn: &mut Conn,
    (owner, name): (UserId, &str),
    id: Uuid,
    mapping: &Mapping,
    at: Timestamp,
) -> Result<Uuid, StoreError> {
    let document = serde_json::to_value(mapping);
    let document = Document(document.map_err(|error| diesel::result::Error::SerializationError(error.into()))?);
    let of_name = m::table.filter(m::owner_id.eq(Key16::from(owner)).and(m::name.eq(name)));
    let there: Option<Key16> = of_name.select(m::id).first(conn).optional()?;
    if let Some(there) = there {
        let values = (m::mapping.eq(document), m::changed_at.eq(At(at)));
        diesel::update(m::table.filter(m::id.eq(there))).set(values).execute(conn)?;
        return Ok(there.0);
    }
    let values = (
        (m::id.eq(Key16(id)), m::owner_id.eq(Key16::from(owner)), m::name.eq(name)),
        (m::mapping.eq(document), m::changed_at.eq(At(at))),
    );
    diesel::insert_into(m::table).values(values).execute(conn)?;
    Ok(id)
}

/// Removes one; whether it was there.
pub(in crate::imports) fn delete_mapping(conn: &mut Conn, owner: UserId, id: Uuid) -> Result<bool, StoreError> {
    let own = m::owner_id.eq(Key16::from(owner)).and(m::id.eq(Key16(id)));
    Ok(diesel::delete(m::table.filter(own)).execute(conn)? > 0)
}
