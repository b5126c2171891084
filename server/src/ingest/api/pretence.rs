//! Headers by which somebody would be another agent than his certificate says.

use actix_web::{HttpRequest, web};
use serde_json::json;

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::api::kit::request_id;
use crate::audit::{self, Entry, Object};
use crate::fleet::KnownAgent;
use crate::ingest::peer;
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::scope::Scope;
use crate::store::{Store, StoreError};

/// By these a proxy would say who speaks. There is no such proxy: whoever sends one wants to be somebody else.
const FORWARDED: [&str; 5] =
    ["x-forwarded-client-cert", "x-client-cert", "x-ssl-client-cert", "x-ssl-cert", "ssl-client-cert"];

/// Refuses such a request of somebody of whom nothing is known.
pub(super) fn check(request: &HttpRequest) -> Result<(), Problem> {
    let Some(name) = FORWARDED.iter().find(|name| request.headers().contains_key(**name)) else { return Ok(()) };
    let address = peer::address(request).map(|address| address.to_string()).unwrap_or_default();
    tracing::warn!(header = name, address, "somebody wants to be another agent by a header");
    Err(Problem::because(Code::Forbidden, format!("the header {name} is not taken here")))
}

/// Refuses such a request of `agent`, and writes down that it was made. An agent that goes on is slowed down by the limit
/// on its requests.
pub(super) async fn refuse(request: &HttpRequest, agent: &KnownAgent) -> Result<(), Problem> {
    let Err(refusal) = check(request) else { return Ok(()) };
    let missing = || Problem::new(Code::Internal);
    let store = request.app_data::<web::Data<Store>>().ok_or_else(missing)?;
    let clock = request.app_data::<web::Data<Clock>>().ok_or_else(missing)?;
    let actor = Actor::Agent { id: agent.id, name: agent.hostname.clone() };
    let mut ctx = Ctx::new(actor, Scope::only([agent.organisation].into()), clock);
    ctx.address = peer::address(request).map(|address| address.to_string());
    ctx.request_id = request_id::of(request);
    let object = Object::named("agent", agent.id, &agent.hostname);
    let entry = Entry { action: "agent.pretended", object, details: json!({"detail": refusal.detail}) };
    let written = store.write(move |conn| -> Result<(), StoreError> { audit::record(conn, &ctx, entry) });
    written.await?;
    Err(refusal)
}
