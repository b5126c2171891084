//! Tokens of agents of others.

use std::net::IpAddr;

use serde_json::json;

use super::{Error, Who};
use crate::audit::{self, Entry, Object};
use crate::cmdb::organisation::load_tree;
use crate::imports::model::token::{NewToken, Shown, Token, make};
use crate::imports::store;
use crate::kernel::actor::Actor;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{InventoryTokenId, OrganisationId};
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, StoreError};

/// Makes a token. Gives it with its text, which nobody sees again.
///
/// # Errors
///
/// [`Error::UnknownOrganisation`].
pub fn create(
    conn: &mut Conn,
    ctx: &Ctx,
    new: &NewToken,
    organisation: Option<OrganisationId>,
) -> Result<(Token, String), Error> {
    let tree = load_tree(conn)?;
    let wanted = organisation.or_else(|| tree.top_of(&ctx.scope));
    let organisation = wanted.filter(|id| tree.name(*id).is_some() && ctx.scope.contains(*id));
    let organisation = organisation.ok_or(Error::UnknownOrganisation)?;
    let id: InventoryTokenId = ctx.new_id();
    let (text, secret_hash) = make(id);
    let created_by = if let Actor::User { id, .. } = &ctx.actor { Some(id.uuid()) } else { None };
    store::insert_token(conn, id, new, organisation, &secret_hash, (created_by, ctx.now))?;
    let token = store::find_token(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    let cidrs: Vec<String> = new.cidrs.iter().map(ToString::to_string).collect();
    let details = json!({"organisation": organisation, "cidrs": cidrs});
    record(conn, ctx, "inventory_token.created", &token, details)?;
    Ok((token, text))
}

/// Tokens in reach, the latest first.
///
/// # Errors
///
/// The database fails.
pub fn list(
    conn: &mut Conn,
    ctx: &Ctx,
    page: &PageRequest<InventoryTokenId>,
) -> Result<Page<Token, InventoryTokenId>, Error> {
    let rows = store::list_tokens(conn, &ctx.scope, page.after, page.rows_to_fetch())?;
    Ok(Page::from_rows(rows, page, |token| token.id))
}

/// Revokes a token; one that was revoked before stays as it is.
///
/// # Errors
///
/// [`Error::NotFound`].
pub fn revoke(conn: &mut Conn, ctx: &Ctx, id: InventoryTokenId) -> Result<(), Error> {
    let token = store::find_token(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    if token.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke_token(conn, id, ctx.now)?;
    Ok(record(conn, ctx, "inventory_token.revoked", &token, json!({}))?)
}

fn record(
    conn: &mut Conn,
    ctx: &Ctx,
    action: &'static str,
    token: &Token,
    details: serde_json::Value,
) -> Result<(), StoreError> {
    let object = Object::named("inventory_token", token.id, token.name.clone());
    audit::record(conn, ctx, Entry { action, object, details })
}

/// Who speaks with this token from this address; nobody if it does not count. Notes that it was used.
///
/// # Errors
///
/// The database fails.
pub fn speaker(conn: &mut Conn, ctx: &Ctx, shown: &Shown, address: Option<IpAddr>) -> Result<Option<Who>, StoreError> {
    let Some((token, secret_hash)) = store::find_secret(conn, shown.id)? else { return Ok(None) };
    let same = subtle::ConstantTimeEq::ct_eq(secret_hash.as_slice(), shown.secret_hash.as_slice());
    if !bool::from(same) || !token.admits(address) {
        return Ok(None);
    }
    store::touch_token(conn, &token, address.map(|address| address.to_string()).as_deref(), ctx.now)?;
    Ok(Some(Who { organisation: token.organisation, actor: None, name: token.name }))
}
