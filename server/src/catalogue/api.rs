//! Software over HTTP.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::cursor::CursorKey;
use crate::api::kit::export::{self, Places};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::catalogue::model::{Installation, Package, Product, Version, Wanted};
use crate::catalogue::product::store::Filter;
use crate::catalogue::service::{self, Installed};
use crate::catalogue::version::Comparison;
use crate::cmdb::error::Error;
use crate::cmdb::item::service::at_time;
use crate::kernel::id::CiId;
use crate::store::{Conn, Store, StoreError};

/// Longest text to search for, and longest version to compare with, in bytes.
const SEARCH_BYTES: usize = 256;

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_software, get_software, list_installations, list_ci_software))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/software").route(web::get().to(list_software)))
        .service(web::resource("/software/{id}").route(web::get().to(get_software)))
        .service(web::resource("/software/{id}/installations").route(web::get().to(list_installations)))
        .service(web::resource("/cis/{id}/software").route(web::get().to(list_ci_software)));
}

/// Which products.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProductQuery {
    /// A part of the name.
    q: Option<String>,
    /// Only of this ecosystem: `deb`, `rpm`, `apk`, `alpm`, `snap`, `flatpak`, `pypi`, `npm`, `gem`.
    ecosystem: Option<String>,
    /// What was installed then, and on how many items (RFC 3339).
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
    /// `text/csv` or `application/x-ndjson`.
    format: Option<String>,
}

/// As of when.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ProductTimeQuery {
    /// What was installed then, and on how many items (RFC 3339).
    as_of: Option<String>,
}

/// Which installations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InstallationQuery {
    /// A version to compare with.
    version: Option<String>,
    /// How the installed version relates to it: `lt`, `le`, `eq` (unless said), `ge`, `gt`.
    op: Option<String>,
    /// A part of the item's name.
    q: Option<String>,
    /// Those that held then (RFC 3339).
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
    /// `text/csv` or `application/x-ndjson`.
    format: Option<String>,
}

/// Which packages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PackageQuery {
    /// A part of the product's name.
    q: Option<String>,
    /// What was installed then (RFC 3339).
    as_of: Option<String>,
    /// 1 to 200; 50 unless said.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `json` unless said; `csv` and `ndjson` give the whole list as a file, and so does a header `Accept` with
    /// `text/csv` or `application/x-ndjson`.
    format: Option<String>,
}

/// A page of products by name.
#[derive(Debug, Serialize, ToSchema)]
struct SoftwarePage {
    items: Vec<SoftwareView>,
    next_cursor: Option<String>,
    total: i64,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
struct SoftwareView {
    id: i32,
    /// How its versions are written and compared: `deb`, `rpm`.
    ecosystem: String,
    name: String,
    vendor: Option<String>,
    /// Items in scope that have it installed.
    hosts: i64,
    /// Versions installed in scope.
    versions: i64,
}

/// A product with its versions, newest first as its ecosystem compares them.
#[derive(Debug, Serialize, ToSchema)]
struct SoftwareDetail {
    id: i32,
    ecosystem: String,
    name: String,
    vendor: Option<String>,
    hosts: i64,
    versions: Vec<SoftwareVersionView>,
}

/// A version for one architecture.
#[derive(Debug, Serialize, ToSchema)]
struct SoftwareVersionView {
    version: String,
    architecture: Option<String>,
    hosts: i64,
}

/// A page of installations by the item's name.
#[derive(Debug, Serialize, ToSchema)]
struct InstallationPage {
    items: Vec<InstallationView>,
    next_cursor: Option<String>,
    total: i64,
}

/// A product on an item.
#[derive(Debug, Serialize, ToSchema)]
struct InstallationView {
    ci: InstalledOn,
    version: String,
    architecture: Option<String>,
    since: Timestamp,
}

/// The item that has it installed.
#[derive(Debug, Serialize, ToSchema)]
struct InstalledOn {
    id: Uuid,
    name: String,
    class: String,
}

/// A page of an item's packages by name.
#[derive(Debug, Serialize, ToSchema)]
struct PackagePage {
    items: Vec<PackageView>,
    next_cursor: Option<String>,
    total: i64,
}

/// A package of an item.
#[derive(Debug, Serialize, ToSchema)]
struct PackageView {
    product: ProductReference,
    version: String,
    architecture: Option<String>,
    /// The source package where it has another name.
    source: Option<String>,
    vendor: Option<String>,
    valid_from: Timestamp,
    valid_to: Option<Timestamp>,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
struct ProductReference {
    id: i32,
    ecosystem: String,
    name: String,
}

/// A product as a row of a file.
const PRODUCTS: Places = Places(&["/id", "/ecosystem", "/name", "/vendor", "/hosts", "/versions"]);
/// An installation as a row of a file.
const INSTALLATIONS: Places = Places(&["/ci/id", "/ci/name", "/ci/class", "/version", "/architecture", "/since"]);
/// A package of an item as a row of a file.
const PACKAGES: Places = Places(&[
    "/product/ecosystem",
    "/product/name",
    "/version",
    "/architecture",
    "/source",
    "/vendor",
    "/valid_from",
    "/valid_to",
]);

#[utoipa::path(get, path = "/software", operation_id = "list_software", tag = "catalogue", params(ProductQuery),
    responses((status = 200, body = SoftwarePage)))]
async fn list_software(
    allowed: Allowed<may::SoftwareRead>,
    Query(query): Query<ProductQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let (q, ecosystem) = (searched("q", query.q)?, searched("ecosystem", query.ecosystem)?);
    let filter = Filter { q, ecosystem, as_of: at_time(query.as_of.as_deref())? };
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let found = service::list_products(conn, &allowed.ctx.scope, &filter, request)?;
            Ok::<_, StoreError>(found.page.map(SoftwareView::from))
        };
        return PRODUCTS.respond_from(format, "software", &store, read).await;
    }
    let list = format!("software {filter:?}");
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let found = store.read(move |conn| service::list_products(conn, &allowed.ctx.scope, &filter, &request)).await?;
    let next_cursor = found.page.next.map(|place| cursors.seal(&list, &place)).transpose()?;
    let items = found.page.items.into_iter().map(SoftwareView::from).collect();
    Ok(HttpResponse::Ok().json(SoftwarePage { items, next_cursor, total: found.total }))
}

#[utoipa::path(get, path = "/software/{id}", operation_id = "get_software", tag = "catalogue",
    params(("id" = i32, Path), ProductTimeQuery), responses((status = 200, body = SoftwareDetail)))]
async fn get_software(
    allowed: Allowed<may::SoftwareRead>,
    Path(id): Path<i32>,
    Query(query): Query<ProductTimeQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<SoftwareDetail>, Problem> {
    let as_of = at_time(query.as_of.as_deref())?;
    let read = move |conn: &mut Conn| service::get_product(conn, (&allowed.ctx.scope, as_of), id);
    let (product, versions) = store.read(read).await?;
    let Product { id, ecosystem, name, vendor, hosts, .. } = product;
    let versions = versions.into_iter().map(SoftwareVersionView::from).collect();
    Ok(web::Json(SoftwareDetail { id, ecosystem, name, vendor, hosts, versions }))
}

#[utoipa::path(get, path = "/software/{id}/installations", operation_id = "list_installations", tag = "catalogue",
    params(("id" = i32, Path), InstallationQuery), responses((status = 200, body = InstallationPage)))]
async fn list_installations(
    allowed: Allowed<may::SoftwareRead>,
    Path(id): Path<i32>,
    Query(query): Query<InstallationQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let wanted = wanted(searched("version", query.version)?, query.op.as_deref())?;
    let (q, as_of) = (searched("q", query.q)?, at_time(query.as_of.as_deref())?);
    let asked = Installed { id, wanted, q, as_of };
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let found = service::list_installations(conn, &allowed.ctx.scope, &asked, request)?;
            Ok::<_, Error>(found.page.map(InstallationView::from))
        };
        return INSTALLATIONS.respond_from(format, "installations", &store, read).await;
    }
    let list = format!("installations {asked:?}");
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let read = move |conn: &mut Conn| service::list_installations(conn, &allowed.ctx.scope, &asked, &request);
    let found = store.read(read).await?;
    let next_cursor = found.page.next.map(|place| cursors.seal(&list, &place)).transpose()?;
    let items = found.page.items.into_iter().map(InstallationView::from).collect();
    Ok(HttpResponse::Ok().json(InstallationPage { items, next_cursor, total: found.total }))
}

#[utoipa::path(get, path = "/cis/{id}/software", operation_id = "list_ci_software", tag = "catalogue",
    params(("id" = CiId, Path), PackageQuery), responses((status = 200, body = PackagePage)))]
async fn list_ci_software(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<PackageQuery>,
    request: HttpRequest,
    store: web::Data<Store>,
    cursors: web::Data<CursorKey>,
) -> Result<HttpResponse, Problem> {
    let (as_of, q) = (at_time(query.as_of.as_deref())?, searched("q", query.q)?);
    if let Some(format) = export::asked(&request, query.format.as_deref())? {
        let read = move |conn: &mut Conn, request: &_| {
            let found = service::list_packages(conn, &allowed.ctx.scope, (id, as_of, q.clone()), request)?;
            Ok::<_, Error>(found.page.map(PackageView::from))
        };
        return PACKAGES.respond_from(format, "packages", &store, read).await;
    }
    let list = format!("packages {id} {as_of:?} {q:?}");
    let request = cursors.page(&list, query.limit, query.cursor.as_deref())?;
    let found =
        store.read(move |conn| service::list_packages(conn, &allowed.ctx.scope, (id, as_of, q), &request)).await?;
    let next_cursor = found.page.next.map(|place| cursors.seal(&list, &place)).transpose()?;
    let items = found.page.items.into_iter().map(PackageView::from).collect();
    Ok(HttpResponse::Ok().json(PackagePage { items, next_cursor, total: found.total }))
}

/// Text to look for: nothing when empty, without NUL, which no stored text has.
fn searched(field: &'static str, text: Option<String>) -> Result<Option<String>, Problem> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) if text.len() > SEARCH_BYTES => {
            let mut problem = Problem::field(field, "too_long", format!("longer than {SEARCH_BYTES} bytes"));
            problem.errors.iter_mut().for_each(|error| error.limit = i64::try_from(SEARCH_BYTES).ok());
            Err(problem)
        }
        text => Ok(text.map(|text| text.replace('\0', "\u{2400}"))),
    }
}

fn wanted(version: Option<String>, op: Option<&str>) -> Result<Option<Wanted>, Problem> {
    let unknown = || Problem::field("op", "unknown", "one of: lt, le, eq, ge, gt");
    let comparison = op.map(|op| Comparison::from_name(op).ok_or_else(unknown)).transpose()?;
    match (version, comparison) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Problem::field("version", "required", "`op` compares with a version")),
        (Some(version), comparison) => Ok(Some(Wanted { version, comparison: comparison.unwrap_or(Comparison::Eq) })),
    }
}

/// Packages without an architecture have an empty one.
fn architecture(text: String) -> Option<String> {
    if text.is_empty() { None } else { Some(text) }
}

impl From<Product> for SoftwareView {
    fn from(product: Product) -> Self {
        let Product { id, ecosystem, name, vendor, hosts, versions } = product;
        Self { id, ecosystem, name, vendor, hosts, versions }
    }
}

impl From<Version> for SoftwareVersionView {
    fn from(version: Version) -> Self {
        Self { version: version.text, architecture: architecture(version.architecture), hosts: version.hosts }
    }
}

impl From<Installation> for InstallationView {
    fn from(one: Installation) -> Self {
        Self {
            ci: InstalledOn { id: one.item.id.uuid(), name: one.item.name, class: one.item.class },
            version: one.version,
            architecture: architecture(one.architecture),
            since: one.since,
        }
    }
}

impl From<Package> for PackageView {
    fn from(package: Package) -> Self {
        Self {
            product: ProductReference { id: package.product_id, ecosystem: package.ecosystem, name: package.name },
            version: package.version,
            architecture: architecture(package.architecture),
            source: package.source,
            vendor: package.vendor,
            valid_from: package.valid_from,
            valid_to: package.valid_to,
        }
    }
}
