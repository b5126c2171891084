//! `GET /cis/{id}/sections` and `GET /cis/{id}/sections/{section}`.

use std::fmt::Write as _;

use actix_web::web;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::store::{self, Fault, Section};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Path;
use crate::api::kit::problem::Problem;
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::merge::records::Records;
use crate::kernel::id::CiId;
use crate::store::{Conn, Store};

/// A section without its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SectionView {
    section: String,
    /// SHA-256 of the content, in hexadecimal.
    hash: Option<String>,
    /// When the agent looked.
    observed_at: Option<Timestamp>,
    received_at: Timestamp,
    /// `present` or `fault`.
    state: String,
}

/// Why a section could not be collected. What was known before still stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FaultView {
    section: String,
    /// `permission_denied`, `not_found`, `malformed`, `timed_out`, `too_large`, `over_budget`, `io` or `unknown`.
    cause: String,
    detail: String,
    since: Timestamp,
}

/// A section with its content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SectionContent {
    #[serde(flatten)]
    section: SectionView,
    fault: Option<FaultView>,
    /// As the agent sent it; absent for `software`, which has an endpoint of its own.
    #[schema(value_type = Option<serde_json::Value>)]
    body: Option<Box<RawValue>>,
}

/// What an item's agent last said of each section, without the contents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SectionList {
    items: Vec<SectionView>,
    /// Those that could not be collected lately.
    faults: Vec<FaultView>,
}

#[utoipa::path(get, path = "/cis/{id}/sections", operation_id = "list_ci_sections", tag = "cmdb",
    params(("id" = CiId, Path)), responses((status = 200, body = SectionList)))]
pub(crate) async fn list_ci_sections(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<SectionList>, Problem> {
    let list = move |conn: &mut Conn| {
        let row = row::find(conn, &allowed.ctx.scope, id)?.ok_or(Error::NotFound)?;
        let records = Records::of(conn, &[row.key], None)?.keys();
        Ok::<_, Error>(store::list(conn, &records)?)
    };
    let (items, faults): (Vec<_>, Vec<_>) = store.read(list).await?.into_iter().map(views).unzip();
    Ok(web::Json(SectionList { items, faults: faults.into_iter().flatten().collect() }))
}

#[utoipa::path(get, path = "/cis/{id}/sections/{section}", operation_id = "get_ci_section", tag = "cmdb",
    params(("id" = CiId, Path), ("section" = String, Path)), responses((status = 200, body = SectionContent)))]
pub(crate) async fn get_ci_section(
    allowed: Allowed<may::CiRead>,
    Path((id, name)): Path<(CiId, String)>,
    store: web::Data<Store>,
) -> Result<web::Json<SectionContent>, Problem> {
    let find = move |conn: &mut Conn| {
        let row = row::find(conn, &allowed.ctx.scope, id)?.ok_or(Error::NotFound)?;
        let records = Records::of(conn, &[row.key], None)?.keys();
        store::find(conn, &records, &name)?.ok_or(Error::NotFound)
    };
    let (section, body) = store.read(find).await?;
    let body = body.map(RawValue::from_string).transpose().map_err(|error| Problem::internal(&error))?;
    let (section, fault) = views(section);
    Ok(web::Json(SectionContent { section, fault, body }))
}

/// What is sent of a section, and of its fault.
pub(crate) fn views(section: Section) -> (SectionView, Option<FaultView>) {
    let name = section.name.clone();
    let fault = section.fault.map(|Fault { cause, detail, since }| FaultView { section: name, cause, detail, since });
    let view = SectionView {
        section: section.name,
        hash: section.hash.as_deref().map(hexadecimal),
        observed_at: section.observed_at,
        received_at: section.received_at,
        state: section.state,
    };
    (view, fault)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}
