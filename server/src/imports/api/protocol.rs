//! The path on which agents of others speak: those of `FusionInventory` and OCS in XML, those of GLPI in JSON.
//!
//! Invariants: who speaks is settled by his token before the body is read; an inventory is on disk before it is
//! answered; an answer is packed as the question was.

use std::io::Write as _;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};

use super::SENT_BYTES;
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::api::kit::request_id;
use crate::api::kit::upload;
use crate::fleet::EnrolmentLimiter;
use crate::imports::map::Message;
use crate::imports::model::token;
use crate::imports::service::{self, Desk, Error, Who};
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::scope::Scope;
use crate::store::Store;

/// How the server stands to agents of others.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where they reach it; nowhere unless it is switched on.
    pub url: Option<String>,
    /// Hours between two inventories.
    pub hours: u32,
}

/// How often somebody may speak here. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Limiter(pub EnrolmentLimiter);

/// What agents find it asking for, and what people read in their logs.
const REALM: &str = "Basic realm=\"Terrier inventory\"";

/// The path.
pub fn configure(cfg: &mut web::ServiceConfig, path: &str) {
    cfg.service(web::resource(path).route(web::post().to(take)));
}

async fn take(
    request: HttpRequest,
    payload: web::Payload,
    store: web::Data<Store>,
    desk: web::Data<Desk>,
    clock: web::Data<Clock>,
    settings: web::Data<Settings>,
    limiter: web::Data<Limiter>,
) -> HttpResponse {
    let mut asked = Asked { packing: Packing::None, json: false };
    let answered = answer(&request, payload, (&store, &desk), &clock, &settings, &limiter, &mut asked).await;
    match answered {
        Ok(text) => asked.respond(StatusCode::OK, &text),
        Err(problem) => {
            let outcome = problem.code.name();
            metrics::counter!("inventory_refused_total", "why" => outcome).increment(1);
            Asked::refuse(&problem)
        }
    }
}

async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    (store, desk): (&Store, &Desk),
    clock: &Clock,
    settings: &Settings,
    limiter: &Limiter,
    asked: &mut Asked,
) -> Result<String, Problem> {
    let address = request.peer_addr().map(|peer| peer.ip().to_canonical());
    if let Some(Err(seconds)) = address.map(|address| limiter.0.admit(address)) {
        return Err(Problem { retry_after_s: Some(seconds), ..Problem::new(Code::TooManyRequests) });
    }
    let mut ctx = Ctx::new(Actor::System, Scope::only(std::collections::BTreeSet::new()), clock);
    (ctx.request_id, ctx.address) = (request_id::of(request), address.map(|address| address.to_string()));
    let who = speaker(request, store, &ctx, address).await?;
    let bytes = upload::read(request, payload, SENT_BYTES).await?;
    *asked = Asked::of(&bytes);
    match desk.read(bytes, ctx.now).await {
        Ok(Message::Prolog { .. }) => Ok(prolog(settings.hours)),
        Ok(Message::Contact { .. }) => {
            asked.json = true;
            Ok(contact(settings.hours))
        }
        Ok(Message::Inventories(inventories)) => {
            asked.json = inventories.iter().any(|one| one.format == crate::imports::model::inventory::Format::Glpi);
            let ctx = ctx.reaching(Scope::only([who.organisation].into()));
            desk.take(store, &ctx, &who, inventories).await?;
            metrics::counter!("inventory_taken_total").increment(1);
            Ok(if asked.json { "{\"status\":\"ok\"}".to_owned() } else { taken() })
        }
        Err(Error::Refused(refusal)) => {
            tracing::info!(%refusal, token = who.name, "an inventory of another agent was refused");
            Err(refusal.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn speaker(
    request: &HttpRequest,
    store: &Store,
    ctx: &Ctx,
    address: Option<std::net::IpAddr>,
) -> Result<Who, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = header.and_then(token::of_header).ok_or(Problem::new(Code::Unauthenticated))?;
    let own = ctx.clone();
    let who = store.write::<_, Error>(move |conn| Ok(service::speaker(conn, &own, &shown, address)?)).await?;
    who.ok_or(Problem::new(Code::Unauthenticated))
}

fn prolog(hours: u32) -> String {
    reply(&format!("<PROLOG_FREQ>{hours}</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>"))
}

fn taken() -> String {
    reply("<RESPONSE>NO_ACCOUNT_UPDATE</RESPONSE>")
}

fn reply(inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY>{inside}</REPLY>\n")
}

/// Only an inventory is asked for: there is nothing else that an agent should do for this server.
fn contact(hours: u32) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let disabled = ["collect", "deploy", "esx", "netdiscovery", "netinventory", "remoteinventory", "wakeonlan"];
    serde_json::json!({
        "status": "ok",
        "expiration": hours,
        "tasks": {"inventory": {"server": "glpi", "version": version}},
        "disabled": disabled,
    })
    .to_string()
}

/// How somebody asked: he is answered alike.
#[derive(Debug, Clone, Copy)]
struct Asked {
    packing: Packing,
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Zlib,
    Gzip,
}

impl Asked {
    fn of(bytes: &[u8]) -> Self {
        let packing = match bytes {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x78, ..] => Packing::Zlib,
            _ => Packing::None,
        };
        Self { packing, json: bytes.trim_ascii_start().first() == Some(&b'{') }
    }

    fn respond(self, status: StatusCode, text: &str) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        match self.pack(text) {
            Some((kind, bytes)) => response.content_type(kind).body(bytes),
            None if self.json => response.content_type("application/json").body(text.to_owned()),
            None => response.content_type("application/xml").body(text.to_owned()),
        }
    }

    fn pack(self, text: &str) -> Option<(&'static str, Vec<u8>)> {
        let level = flate2::Compression::default();
        match self.packing {
            Packing::None => None,
            Packing::Zlib => {
                let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), level);
                packed.write_all(text.as_bytes()).ok()?;
                Some(("application/x-compress-zlib", packed.finish().ok()?))
            }
            Packing::Gzip => {
                let mut packed = flate2::write::GzEncoder::new(Vec::new(), level);
                packed.write_all(text.as_bytes()).ok()?;
                Some(("application/x-compress-gzip", packed.finish().ok()?))
            }
        }
    }

    /// GLPI's agents read the reason in their own words; the others log the status.
    fn refuse(problem: &Problem) -> HttpResponse {
        let detail = problem.errors.first().map(|error| error.detail.clone()).or_else(|| problem.detail.clone());
        let message = detail.unwrap_or_else(|| problem.code.title().to_owned());
        let text = serde_json::json!({"status": "error", "message": message, "expiration": 24}).to_string();
        let mut response = Self { json: true, packing: Packing::None }.respond(problem.code.status(), &text);
        let headers = response.headers_mut();
        if problem.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(REALM));
        }
        if let Some(seconds) = problem.retry_after_s {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        response
    }
}
