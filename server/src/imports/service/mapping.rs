//! Mappings that people keep for their next file.

use serde_json::json;
use uuid::Uuid;

use super::Error;
use super::file::check;
use crate::audit::{self, Entry, Object};
use crate::imports::model::table::COLUMNS_MAX;
use crate::imports::model::table::mapping::Mapping;
use crate::imports::store;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{Id, UserId, kind};
use crate::kernel::invalid::{Fault, Invalid};
use crate::store::Conn;
use crate::store::dialect::{storable, transaction_lock};

/// Most mappings of one person.
const MAPPINGS_MAX: usize = 100;
/// One person's mappings are changed one after the other.
const LOCK: i64 = 0x7465_7272_6965_7215;

/// The caller's mappings by name; what has no account keeps none.
///
/// # Errors
///
/// The database fails.
pub fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<(Uuid, String, Mapping)>, Error> {
    match owner(ctx) {
        Some(owner) => Ok(store::list_mappings(conn, owner)?),
        None => Ok(Vec::new()),
    }
}

/// Keeps a mapping under a name, in the place of the one of that name.
///
/// # Errors
///
/// The name is none, or too many are kept already.
pub fn save(conn: &mut Conn, ctx: &Ctx, name: &str, mapping: &Mapping) -> Result<Uuid, Error> {
    let name = storable(name.trim()).into_owned();
    check([("name", &Some(name.clone()))])?;
    let beyond = |field: &'static str, limit: usize, what: &str| {
        let number = i64::try_from(limit).unwrap_or(i64::MAX);
        Error::Invalid(vec![Invalid::beyond(field, Fault::TooLong, number, format!("more than {limit} {what}"))])
    };
    if mapping.columns.len() > COLUMNS_MAX {
        return Err(beyond("mapping.columns", COLUMNS_MAX, "columns"));
    }
    if serde_json::to_string(mapping).is_ok_and(|text| text.contains("\\u0000")) {
        return Err(Error::Invalid(vec![Invalid::new("mapping", Fault::Invalid, "a NUL character")]));
    }
    let owner = owner(ctx).ok_or(Error::NotFound)?;
    transaction_lock(conn, LOCK)?;
    let there = store::list_mappings(conn, owner)?;
    if there.len() >= MAPPINGS_MAX && !there.iter().any(|(_, one, _)| *one == name) {
        return Err(beyond("name", MAPPINGS_MAX, "mappings"));
    }
    let id = store::put_mapping(conn, (owner, &name), ctx.new_id::<kind::Import>().uuid(), mapping, ctx.now)?;
    let object = Object::named("import_mapping", id, name);
    audit::record(conn, ctx, Entry { action: "import_mapping.saved", object, details: json!({ "after": mapping }) })?;
    Ok(id)
}

/// Removes a mapping of the caller's.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn delete(conn: &mut Conn, ctx: &Ctx, id: Uuid) -> Result<(), Error> {
    let owner = owner(ctx).ok_or(Error::NotFound)?;
    if !store::delete_mapping(conn, owner, id)? {
        return Err(Error::NotFound);
    }
    let object = Object::new("import_mapping", id);
    Ok(audit::record(conn, ctx, Entry { action: "import_mapping.deleted", object, details: json!({}) })?)
}

fn owner(ctx: &Ctx) -> Option<UserId> {
    ctx.actor.id().map(Id::from_uuid)
}
