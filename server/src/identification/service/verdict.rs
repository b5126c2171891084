//! Identifiers that tell nothing: learned, listed, decided on.

use jiff::Timestamp;
use serde_json::json;

use super::Error;
use crate::audit::{self, Entry, Object};
use crate::identification::model::evidence::IdentifierKind;
use crate::identification::store::verdict as store;
use crate::identification::store::verdict::Judged;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::{Conn, StoreError};

/// Most that are listed.
const LISTED: i64 = 1_000;

/// What a person says of an identifier.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Whose CIs it is about.
    pub organisation: OrganisationId,
    /// Its kind.
    pub kind: IdentifierKind,
    /// The identifier.
    pub value: String,
    /// Whether it tells something.
    pub trusted: bool,
}

/// Learns which of these identifiers, kind and value, are on so many CIs that live that they tell nothing.
///
/// # Errors
///
/// The database fails.
pub fn learn(
    conn: &mut Conn,
    ctx: &Ctx,
    organisation: OrganisationId,
    opened: &[(&str, &str)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for (kind, value, seen_on) in store::learn(conn, organisation, opened, now)? {
        tracing::info!(%kind, value, seen_on, "an identifier is on several CIs that live and tells nothing any more");
        let object = Object::named("identifier", format!("{kind}/{value}"), value);
        let details = json!({ "kind": kind.name(), "seen_on": seen_on, "organisation_id": organisation });
        audit::record(conn, ctx, Entry { action: "identifier.demoted", object, details })?;
    }
    Ok(())
}

/// What was judged in the caller's scope, newest first.
///
/// # Errors
///
/// The database fails.
pub fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Judged>, StoreError> {
    let organisations: Option<Vec<OrganisationId>> =
        ctx.scope.organisations().map(|organisations| organisations.iter().copied().collect());
    store::list(conn, organisations.as_deref(), LISTED)
}

/// Says that an identifier tells something, or nothing, whatever is seen.
///
/// # Errors
///
/// [`Error::NotFound`] outside the caller's scope, [`Error::Field`] for a value that is a placeholder anyway.
pub fn judge(conn: &mut Conn, ctx: &Ctx, judgement: &Judgement) -> Result<(), Error> {
    if !ctx.scope.contains(judgement.organisation) {
        return Err(Error::NotFound);
    }
    let placeholder = || Error::field("value", "invalid", "an identifier that tells nothing wherever it is seen");
    let value = judgement.kind.normal(&judgement.value).ok_or_else(placeholder)?;
    let verdict = if judgement.trusted { "trusted" } else { "shared" };
    let kind = judgement.kind.name();
    let by = ctx.actor.name();
    store::put(conn, judgement.organisation, (kind, &value), (verdict, 0, by), ctx.now)?;
    let object = Object::named("identifier", format!("{kind}/{value}"), value.clone());
    let details = json!({ "kind": kind, "verdict": verdict, "organisation_id": judgement.organisation });
    audit::record(conn, ctx, Entry { action: "identifier.judged", object, details })?;
    Ok(())
}
