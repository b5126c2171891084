//! `/sources`, `/source-orders` and what drops a source.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::service::{self, Dropped, Example, Mode, NewSource, OrderCommand, Preview, SourceChange, StaleAfter};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::export::{FormatQuery, Places};
use crate::api::kit::json::{Body, Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::cmdb::model::attribute::Label;
use crate::cmdb::model::order::{Held, Subject};
use crate::cmdb::model::source::{Source, SourceKind};
use crate::cmdb::value::settle::Spoken;
use crate::kernel::id::CiId;
use crate::store::Store;

/// A text in both languages.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceLabel {
    en: String,
    ko: String,
}

/// A source that may say something of items.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is something of its own that can be done with a source")]
pub(crate) struct SourceView {
    name: String,
    #[schema(value_type = SourceKind)]
    kind: &'static str,
    label: SourceLabel,
    /// Whether what it says may be shown.
    enabled: bool,
    /// Seconds after which what it has not confirmed counts as stale; null: never.
    stale_after_s: Option<i64>,
    /// Whether it can be disabled.
    can_be_disabled: bool,
    /// Whether what it says can go stale.
    can_go_stale: bool,
    /// Whether it has a place in orders; what is inherited is shown where nobody else says anything.
    can_be_ordered: bool,
    version: i32,
}

/// Every source.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceList {
    items: Vec<SourceView>,
}

/// A new source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSourceBody {
    /// 1 to 64 lower-case letters, digits and underscores, a letter first.
    name: String,
    /// `inventory`, `import` or `integration`.
    #[schema(value_type = SourceKind)]
    kind: String,
    label: SourceLabel,
    /// Never unless said.
    stale_after_s: Option<i64>,
}

/// What changes of a source. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceChangeBody {
    label: Option<SourceLabel>,
    enabled: Option<bool>,
    /// Null: never.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<i64>)]
    stale_after_s: Option<Value>,
    /// Tells what would change and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// A source after a change, and what the change does to what is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceChanged {
    source: SourceView,
    preview: PreviewView,
}

/// Who is asked first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceOrderView {
    /// A class and all that inherit from it.
    class: String,
    /// Null: all attributes that have no order of their own.
    attribute: Option<String>,
    /// Most believed first; sources that are not named come after these.
    sources: Vec<String>,
    /// Whether it can be taken away; the one for everything cannot.
    can_be_removed: bool,
}

/// Every order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceOrderList {
    items: Vec<SourceOrderView>,
}

/// An order to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceOrderBody {
    class: String,
    attribute: Option<String>,
    sources: Vec<String>,
    /// Tells what would change and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Which order is taken away.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SourceOrderQuery {
    class: String,
    attribute: Option<String>,
    /// Tells what would change and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Why a source is dropped.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DropQuery {
    /// Needed unless it is a dry run.
    reason: Option<String>,
    /// Tells what would change and changes nothing.
    #[serde(default)]
    dry_run: bool,
}

/// What changes, or would change, of what is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PreviewView {
    /// Shown values that change.
    changed: i64,
    /// Some of them, of items in reach.
    examples: Vec<ExampleView>,
}

/// A shown value that changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExampleView {
    ci: CiReferenceView,
    attribute: String,
    before: Option<SpokenView>,
    after: Option<SpokenView>,
}

/// What a source says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpokenView {
    source: String,
    #[schema(value_type = serde_json::Value)]
    value: Box<RawValue>,
}

/// What dropping a source ends, or would end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DroppedView {
    /// Statements.
    statements: i64,
    /// Items they are about.
    items: i64,
    preview: PreviewView,
}

/// A source as a row of a file.
const COLUMNS: Places = Places(&[
    "/name",
    "/kind",
    "/label/en",
    "/label/ko",
    "/enabled",
    "/stale_after_s",
    "/can_be_disabled",
    "/can_go_stale",
    "/can_be_ordered",
]);

#[utoipa::path(get, path = "/sources", operation_id = "list_sources", tag = "cmdb", params(FormatQuery),
    responses((status = 200, body = SourceList)))]
pub(crate) async fn list_sources(
    _allowed: Allowed<may::CiRead>,
    Query(query): Query<FormatQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let format = query.asked(&request)?;
    let sources = store.read(service::list).await?;
    let items: Vec<_> = sources.into_iter().map(SourceView::from).collect();
    if let Some(format) = format {
        return COLUMNS.respond_whole(format, "sources", &items).await;
    }
    Ok(HttpResponse::Ok().json(SourceList { items }))
}

#[utoipa::path(post, path = "/sources", operation_id = "create_source", tag = "cmdb", request_body = NewSourceBody,
    responses((status = 201, body = SourceView)))]
pub(crate) async fn create_source(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<NewSourceBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let NewSourceBody { name, kind, label, stale_after_s } = body;
    let new = NewSource { name, kind, label: label.into(), stale_after_s };
    let source = store.write(move |conn| service::add(conn, &allowed.ctx, new)).await?;
    let mut response = HttpResponseBuilder::new(StatusCode::CREATED);
    response.insert_header((header::ETAG, etag(source.version)));
    Ok(response.json(SourceView::from(source)))
}

#[utoipa::path(patch, path = "/sources/{name}", operation_id = "update_source", tag = "cmdb",
    request_body = SourceChangeBody, params(("name" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = SourceChanged)))]
pub(crate) async fn update_source(
    allowed: Allowed<may::RegisterConfigure>,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
    Body(body): Body<SourceChangeBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mode = mode(body.dry_run);
    let SourceChangeBody { label, enabled, stale_after_s, .. } = body;
    let stale_after = stale_after_s.map(stale_after).transpose()?;
    let change = SourceChange { label: label.map(Label::from), enabled, stale_after };
    let (source, preview) =
        store.write(move |conn| service::change(conn, &allowed.ctx, (&name, version), change, mode)).await?;
    let tag = etag(source.version);
    let changed = SourceChanged { source: source.into(), preview: view(preview)? };
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(changed))
}

#[utoipa::path(delete, path = "/sources/{name}/statements", operation_id = "drop_source", tag = "cmdb",
    params(("name" = String, Path), DropQuery), responses((status = 200, body = DroppedView)))]
pub(crate) async fn drop_source(
    allowed: Allowed<may::RegisterConfigure>,
    Path(name): Path<String>,
    Query(query): Query<DropQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<DroppedView>, Problem> {
    let (mode, reason) = (mode(query.dry_run), query.reason);
    let dropped =
        store.write(move |conn| service::drop_everywhere(conn, &allowed.ctx, &name, reason.as_deref(), mode)).await?;
    dropped_view(dropped)
}

#[utoipa::path(delete, path = "/cis/{id}/sources/{source}", operation_id = "drop_ci_source", tag = "cmdb",
    params(("id" = CiId, Path), ("source" = String, Path), DropQuery), responses((status = 200, body = DroppedView)))]
pub(crate) async fn drop_ci_source(
    allowed: Allowed<may::CiWrite>,
    Path((id, source)): Path<(CiId, String)>,
    Query(query): Query<DropQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<DroppedView>, Problem> {
    let (mode, reason) = (mode(query.dry_run), query.reason);
    let dropped = store
        .write(move |conn| service::drop_from_item(conn, &allowed.ctx, (id, &source), reason.as_deref(), mode))
        .await?;
    dropped_view(dropped)
}

#[utoipa::path(get, path = "/source-orders", operation_id = "list_source_orders", tag = "cmdb",
    responses((status = 200, body = SourceOrderList)))]
pub(crate) async fn list_source_orders(
    _allowed: Allowed<may::CiRead>,
    store: web::Data<Store>,
) -> Result<web::Json<SourceOrderList>, Problem> {
    let orders = store.read(service::list_orders).await?;
    Ok(web::Json(SourceOrderList { items: orders.iter().map(SourceOrderView::from).collect() }))
}

#[utoipa::path(put, path = "/source-orders", operation_id = "set_source_order", tag = "cmdb",
    request_body = SourceOrderBody, responses((status = 200, body = PreviewView)))]
pub(crate) async fn set_source_order(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<SourceOrderBody>,
    store: web::Data<Store>,
) -> Result<web::Json<PreviewView>, Problem> {
    let mode = mode(body.dry_run);
    let subject = Subject { class: body.class, attribute: body.attribute };
    let command = OrderCommand { subject, sources: body.sources };
    let preview = store.write(move |conn| service::put_order(conn, &allowed.ctx, &command, mode)).await?;
    Ok(web::Json(view(preview)?))
}

#[utoipa::path(delete, path = "/source-orders", operation_id = "remove_source_order", tag = "cmdb",
    params(SourceOrderQuery), responses((status = 200, body = PreviewView)))]
pub(crate) async fn remove_source_order(
    allowed: Allowed<may::RegisterConfigure>,
    Query(query): Query<SourceOrderQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<PreviewView>, Problem> {
    let mode = mode(query.dry_run);
    let subject = Subject { class: query.class, attribute: query.attribute };
    let preview = store.write(move |conn| service::remove_order(conn, &allowed.ctx, &subject, mode)).await?;
    Ok(web::Json(view(preview)?))
}

const fn mode(dry_run: bool) -> Mode {
    if dry_run { Mode::Preview } else { Mode::Apply }
}

/// Tells null from absent.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn stale_after(written: Value) -> Result<StaleAfter, Problem> {
    match written {
        Value::Null => Ok(StaleAfter::Never),
        other => other
            .as_i64()
            .map(StaleAfter::Seconds)
            .ok_or_else(|| Problem::field("stale_after_s", "invalid", "not a whole number".to_owned())),
    }
}

fn dropped_view(dropped: Dropped) -> Result<web::Json<DroppedView>, Problem> {
    let Dropped { statements, items, preview } = dropped;
    Ok(web::Json(DroppedView { statements, items, preview: view(preview)? }))
}

fn view(preview: Preview) -> Result<PreviewView, Problem> {
    let examples = preview.examples.into_iter().map(ExampleView::try_from).collect::<Result<_, _>>();
    Ok(PreviewView { changed: preview.changed, examples: examples.map_err(|error| Problem::internal(&error))? })
}

impl TryFrom<Example> for ExampleView {
    type Error = serde_json::Error;

    fn try_from(Example { ci, attribute, difference }: Example) -> Result<Self, serde_json::Error> {
        let spoken = |spoken: Option<Spoken>| spoken.map(SpokenView::try_from).transpose();
        let (before, after) = (spoken(difference.before)?, spoken(difference.after)?);
        Ok(Self { ci: ci.into(), attribute, before, after })
    }
}

impl TryFrom<Spoken> for SpokenView {
    type Error = serde_json::Error;

    fn try_from(Spoken { source, value, .. }: Spoken) -> Result<Self, serde_json::Error> {
        Ok(Self { source: source.to_string(), value: RawValue::from_string(value)? })
    }
}

impl From<SourceLabel> for Label {
    fn from(SourceLabel { en, ko }: SourceLabel) -> Self {
        Self { en, ko }
    }
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        let Label { en, ko } = source.label;
        Self {
            name: source.name.to_string(),
            kind: source.kind.name(),
            label: SourceLabel { en, ko },
            enabled: source.enabled,
            stale_after_s: source.stale_after.map(|duration| duration.as_secs()),
            can_be_disabled: source.kind.can_be_disabled(),
            can_go_stale: source.kind.can_go_stale(),
            can_be_ordered: source.kind.can_be_ordered(),
            version: source.version,
        }
    }
}

impl From<Held<'_>> for SourceOrderView {
    fn from(held: Held<'_>) -> Self {
        Self {
            class: held.subject.class.clone(),
            attribute: held.subject.attribute.clone(),
            sources: held.sources.iter().map(ToString::to_string).collect(),
            can_be_removed: !held.subject.is_everything(),
        }
    }
}
