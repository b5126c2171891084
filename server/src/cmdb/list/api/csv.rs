//! `GET /cis.csv`: the whole list, row by row as it is read.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use futures_util::stream;

use super::ListQuery;
use super::columns::{COLUMNS_MAX, Column, DEFAULT, Language, defused};
use super::parameters::{Pairs, Parameters};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Query;
use crate::api::kit::problem::Problem;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::summary::CiSummary;
use crate::cmdb::list::service::{self, Listing};
use crate::cmdb::list::sort::Position;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::value::shown::Find;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::{LIMIT_MAX, PageRequest};
use crate::store::Store;

/// Excel reads UTF-8 only behind this mark.
const BYTE_ORDER_MARK: &str = "\u{feff}";

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

/// An export under way.
struct Export {
    store: Store,
    ctx: Ctx,
    listing: Listing,
    columns: Vec<Column>,
}

/// How far an export has got.
enum Progress {
    Header,
    Rows(Option<Position>),
    Done,
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
    let (sort, language, freshness) = (asked.sort()?, language(&asked)?, *freshness.get_ref());
    let ctx = allowed.ctx.clone();
    let opened = store.read(move |conn| {
        let listing = service::open(conn, &ctx, freshness, &asked.filter, sort)?;
        let columns = columns(&listing, asked.other("cols").unwrap_or(DEFAULT), language)?;
        Ok::<_, Error>((listing, columns))
    });
    let (listing, columns) = opened.await?;
    let export = Arc::new(Export { store: store.get_ref().clone(), ctx: allowed.ctx, listing, columns });
    let chunks = stream::try_unfold(Progress::Header, move |progress| next(Arc::clone(&export), progress));
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"cis.csv\""))
        .streaming(chunks))
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
    let find = |name: &&str| Column::find(&listing.book, name, language).ok_or_else(|| unknown(name));
    names.iter().map(find).collect()
}

async fn next(export: Arc<Export>, progress: Progress) -> Result<Option<(web::Bytes, Progress)>, Problem> {
    let after = match progress {
        Progress::Done => return Ok(None),
        Progress::Header => return Ok(Some((export.header()?, Progress::Rows(None)))),
        Progress::Rows(after) => after,
    };
    let reader = Arc::clone(&export);
    let request = PageRequest { limit: LIMIT_MAX, after };
    let page =
        export.store.read(move |conn| reader.listing.page(conn, &reader.ctx, &request, Find::ItemByItem)).await?;
    let progress = page.next.map_or(Progress::Done, |position| Progress::Rows(Some(position)));
    Ok(Some((export.rows(&page.items)?, progress)))
}

impl Export {
    fn header(&self) -> Result<web::Bytes, Problem> {
        let headers = self.columns.iter().map(|column| defused(column.header.clone())).collect();
        written(BYTE_ORDER_MARK, [headers])
    }

    fn rows(&self, items: &[CiSummary]) -> Result<web::Bytes, Problem> {
        let cells = |ci: &CiSummary| self.columns.iter().map(|column| defused(column.cell(ci))).collect::<Vec<_>>();
        written("", items.iter().map(cells))
    }
}

fn written(before: &str, records: impl IntoIterator<Item = Vec<String>>) -> Result<web::Bytes, Problem> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(before.as_bytes().to_vec());
    for record in records {
        writer.write_record(&record).map_err(|error| Problem::internal(&error))?;
    }
    writer.into_inner().map(web::Bytes::from).map_err(|error| Problem::internal(error.error()))
}
