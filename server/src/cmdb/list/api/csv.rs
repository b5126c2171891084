//! `GET /cis.csv`, and `GET /cis` as a file: the whole list, page by page as it is read.

use actix_web::{HttpResponse, web};

use super::ListQuery;
use super::columns::{self, COLUMNS_MAX, DEFAULT, Language};
use super::parameters::{Pairs, Parameters};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::export::{self, Column, Format, Rows};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::list::service::{self, Listing};
use crate::cmdb::list::sort::Position;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::value::shown::Find;
use crate::kernel::ctx::Ctx;
use crate::store::{Store, StoreError};

/// How it is written.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what is read pair by pair")]
pub(crate) struct ExportQuery {
    /// Columns in order: `name`, `class`, `last_seen`, …, and any attribute.
    cols: Option<Vec<String>>,
    /// The language of the header, `en` unless said, or `ko`.
    lang: Option<String>,
}

#[utoipa::path(get, path = "/cis.csv", operation_id = "export_cis", tag = "cmdb", params(ListQuery, ExportQuery),
    responses((status = 200, description = "CSV (RFC 4180) in UTF-8 with a byte order mark; cells that begin like a \
    formula begin with an apostrophe.", content_type = "text/csv", body = String)))]
pub(crate) async fn export_cis(
    allowed: Allowed<may::CiRead>,
    Query(pairs): Query<Pairs>,
    store: web::Data<Store>,
    freshness: web::Data<Freshness>,
) -> Result<HttpResponse, Problem> {
    let asked = Parameters::read(pairs, &["cols", "lang"])?;
    respond(&store, allowed.ctx, *freshness.get_ref(), asked, Format::Csv).await
}

/// The list as a file.
pub(super) async fn respond(
    store: &Store,
    ctx: Ctx,
    freshness: Freshness,
    asked: Parameters,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let (sort, language) = (asked.sort()?, language(&asked)?);
    let own = ctx.clone();
    let opened = store.read(move |conn| {
        let listing = service::open(conn, &own, freshness, &asked.filter, sort)?;
        let columns = columns(&listing, asked.other("cols").unwrap_or(DEFAULT), language)?;
        Ok::<_, Error>((listing, columns))
    });
    let (listing, columns) = opened.await?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let read = export::from_store(store, move |conn, request| {
        let page = listing.page(conn, &ctx, request, Find::ItemByItem)?;
        let cells = |ci| names.iter().map(|name| columns::cell(name, &ci)).collect();
        Ok::<Rows<Position>, StoreError>(page.map(cells))
    });
    export::respond(format, "cis", columns, read).await
}

fn language(asked: &Parameters) -> Result<Language, Problem> {
    match asked.other("lang") {
        None | Some("en") => Ok(Language::En),
        Some("ko") => Ok(Language::Ko),
        Some(_) => Err(Problem::field("lang", "unknown", "`en` or `ko`")),
    }
}

fn columns(listing: &Listing, names: &str, language: Language) -> Result<Vec<Column>, FieldFault> {
    let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    if names.len() > COLUMNS_MAX {
        let limit = i64::try_from(COLUMNS_MAX).ok();
        return Err(FieldFault { limit, ..FieldFault::new("cols", "too_long", format!("more than {COLUMNS_MAX}")) });
    }
    let unknown = |name: &str| FieldFault::new("cols", "unknown", format!("`{name}` is no column"));
    let find = |name: &&str| columns::find(&listing.book, name, language).ok_or_else(|| unknown(name));
    names.iter().map(find).collect()
}
