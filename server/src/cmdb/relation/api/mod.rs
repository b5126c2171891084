//! `GET /cis/{id}/relations`.

pub(in crate::cmdb) mod list;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::NamedView;
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::item::service::at_time;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::confidence::{Sightings, confidence};
use crate::cmdb::relation::store::{self, Direction, Evidence, Filter, Related};
use crate::kernel::id::CiId;
use crate::kernel::page::PageRequest;
use crate::store::{Conn, Store};

/// Which relations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RelationQuery {
    /// Only those that go out from the item, or come in to it.
    #[param(inline)]
    direction: Option<Direction>,
    /// Only of this type.
    r#type: Option<String>,
    /// As they were then.
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

/// A page of relations.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelationPage {
    items: Vec<RelationView>,
    next_cursor: Option<String>,
}

/// A relation, seen from the item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelationView {
    id: Uuid,
    r#type: String,
    /// Read from the source.
    type_label: Label,
    /// Read from the target.
    inverse_label: Label,
    /// `out` when the item is the source, `in` when it is the target.
    #[schema(value_type = Direction)]
    direction: &'static str,
    other: OtherEndView,
    /// `observed`, `declared` or `derived`.
    origin: String,
    /// 0 to 1.
    confidence: f64,
    evidence: Option<EvidenceView>,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
}

/// The other end of a relation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OtherEndView {
    id: Uuid,
    name: String,
    class: String,
    host: Option<NamedView>,
}

/// What agents saw of a relation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    samples: i64,
    first_seen: Timestamp,
    last_seen: Timestamp,
    /// Which ends saw it: `source`, `target`.
    seen_by: Vec<String>,
    /// Ports of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    ports: Option<Vec<u16>>,
}

/// A relation as a row of a file.
const COLUMNS: Places = Places(&[
    "/id",
    "/type",
    "/direction",
    "/other/id",
    "/other/name",
    "/other/class",
    "/other/host/name",
    "/origin",
    "/confidence",
    "/evidence/samples",
    "/evidence/first_seen",
    "/evidence/last_seen",
    "/evidence/seen_by",
    "/evidence/ports",
    "/valid_from",
    "/valid_to",
]);

#[utoipa::path(get, path = "/cis/{id}/relations", operation_id = "list_ci_relations", tag = "cmdb",
    params(("id" = CiId, Path), RelationQuery), responses((status = 200, body = RelationPage)))]
pub(crate) async fn list_ci_relations(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<RelationQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let format = export::asked(&request, query.format.as_deref())?;
    let list = format!("relations {id} {:?} {:?} {:?}", query.direction, query.r#type, query.as_of);
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let now = allowed.ctx.now;
    let as_of = at_time(query.as_of.as_deref())?;
    let read = move |conn: &mut Conn, request: &PageRequest<i64>| {
        let row = row::find_at(conn, &allowed.ctx.scope, id, as_of)?.ok_or(Error::NotFound)?;
        let records = Records::of(conn, &[row.key], as_of)?.keys();
        let filter = Filter { records, direction: query.direction, kind: query.r#type.clone(), as_of };
        let page = store::list(conn, &allowed.ctx.scope, &filter, request)?;
        Ok::<_, Error>(page.map(|one| view(one, now)))
    };
    if let Some(format) = format {
        return COLUMNS.respond_from(format, "relations", &store, read).await;
    }
    let page = store.read(move |conn| read(conn, &request)).await?;
    let next_cursor = page.next.map(|key| cursors.seal(&list, &key)).transpose()?;
    Ok(HttpResponse::Ok().json(RelationPage { items: page.items, next_cursor }))
}

fn view(related: Related, now: Timestamp) -> RelationView {
    let confidence = confidence(&sightings(&related.evidence), now);
    let labels = related.labels;
    RelationView {
        id: related.id.uuid(),
        r#type: related.kind,
        type_label: Label { en: labels.en, ko: labels.ko },
        inverse_label: Label { en: labels.inverse_en, ko: labels.inverse_ko },
        direction: if related.direction == Direction::Out { "out" } else { "in" },
        other: OtherEndView {
            id: related.other.id.uuid(),
            name: related.other.name,
            class: related.other.class,
            host: related.host.map(|host| NamedView { id: host.id.uuid(), name: host.name }),
        },
        origin: related.origin,
        confidence,
        evidence: evidence_view(&related.evidence),
        valid_from: related.valid_from,
        valid_to: related.valid_to,
    }
}

fn sightings(seen: &[Evidence]) -> Vec<Sightings> {
    seen.iter().map(|one| Sightings { samples: one.samples, first: one.first_seen, last: one.last_seen }).collect()
}

fn evidence_view(seen: &[Evidence]) -> Option<EvidenceView> {
    let first_seen = seen.iter().map(|one| one.first_seen).min()?;
    let last_seen = seen.iter().map(|one| one.last_seen).max()?;
    let mut ports: Vec<u16> = seen.iter().flat_map(|one| one.ports.iter().copied()).collect();
    ports.sort_unstable();
    ports.dedup();
    let mut seen_by: Vec<String> = seen.iter().map(|one| one.seen_by.clone()).collect();
    seen_by.sort_unstable();
    seen_by.dedup();
    Some(EvidenceView {
        samples: seen.iter().map(|one| i64::from(one.samples)).sum(),
        first_seen,
        last_seen,
        seen_by,
        ports: (!ports.is_empty()).then_some(ports),
    })
}
