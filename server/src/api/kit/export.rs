//! Lists as files: CSV for people and spreadsheets, lines of JSON for programs, page by page as they are read.
//!
//! Invariants: a page is in memory at a time, however long the list; the first page is read before the answer begins,
//! so that what is refused is refused as any other request.

mod places;

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use self::places::Places;
use super::problem::Problem;
use crate::kernel::cell::{defused, plain};
use crate::kernel::page::{LIMIT_MAX, Page, PageRequest};
use crate::store::{Conn, Store, StoreError};

/// Excel reads UTF-8 only behind this mark.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, in UTF-8 with a byte order mark.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in an object.
    pub name: String,
    /// What stands above it.
    pub header: String,
}

impl Column {
    /// A column that is called the same everywhere.
    #[must_use]
    pub fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), header: name.to_owned() }
    }
}

/// The rows of a page, and where the next goes on.
pub type Rows<K> = Page<Vec<Value>, K>;

/// Reads a page.
pub type Reading<K> = Box<dyn Fn(PageRequest<K>) -> LocalBoxFuture<'static, Result<Rows<K>, Problem>>>;

/// Reads pages from the database.
#[must_use]
pub fn from_store<K, E>(
    store: &Store,
    page: impl Fn(&mut Conn, &PageRequest<K>) -> Result<Rows<K>, E> + Send + Sync + 'static,
) -> Reading<K>
where
    K: Send + 'static,
    E: From<StoreError> + Send + 'static,
    Problem: From<E>,
{
    let (store, page) = (store.clone(), Arc::new(page));
    Box::new(move |request| {
        let (store, page) = (store.clone(), Arc::clone(&page));
        Box::pin(async move { Ok(store.read(move |conn| page(conn, &request)).await?) })
    })
}

/// How a list without pages is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormatQuery {
    /// `csv` or `ndjson`: the whole list as a file.
    format: Option<String>,
}

impl FormatQuery {
    /// The file that is asked for, as [`asked`] has it.
    ///
    /// # Errors
    ///
    /// `validation_failed` on `format`.
    pub fn asked(&self, request: &HttpRequest) -> Result<Option<Format>, Problem> {
        asked(request, self.format.as_deref())
    }
}

/// The file that is asked for: by `format`, or by what the caller accepts; none where it is a page of JSON.
///
/// # Errors
///
/// `validation_failed` on `format`.
pub fn asked(request: &HttpRequest, format: Option<&str>) -> Result<Option<Format>, Problem> {
    match format {
        Some("csv") => Ok(Some(Format::Csv)),
        Some("ndjson") => Ok(Some(Format::Ndjson)),
        Some("json") => Ok(None),
        Some(_) => Err(Problem::field("format", "unknown", "`json`, `csv` or `ndjson`")),
        None => Ok(accepted(request)),
    }
}

fn accepted(request: &HttpRequest) -> Option<Format> {
    let accept = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    let essences = accept.split(',').filter_map(|one| one.split(';').next()).map(str::trim);
    essences.into_iter().find_map(|essence| match essence {
        "text/csv" => Some(Format::Csv),
        "application/x-ndjson" | "application/jsonl" => Some(Format::Ndjson),
        _ => None,
    })
}

struct Export<K> {
    format: Format,
    columns: Vec<Column>,
    read: Reading<K>,
}

/// How far an export has got.
enum Progress<K> {
    Begun(Rows<K>),
    At(K),
}

/// The list as a file of this name.
///
/// # Errors
///
/// What the first page is refused for.
pub async fn respond<K: Clone + 'static>(
    format: Format,
    name: &str,
    columns: Vec<Column>,
    read: Reading<K>,
) -> Result<HttpResponse, Problem> {
    let export = Arc::new(Export { format, columns, read });
    let first = (export.read)(PageRequest { limit: LIMIT_MAX, after: None }).await?;
    let chunks = stream::try_unfold(Some(Progress::Begun(first)), move |progress| next(Arc::clone(&export), progress));
    let (content_type, extension) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{extension}\"")))
        .streaming(chunks))
}

type Step<K> = Option<(web::Bytes, Option<Progress<K>>)>;

async fn next<K: Clone>(export: Arc<Export<K>>, progress: Option<Progress<K>>) -> Result<Step<K>, Problem> {
    let (mut written, page) = match progress {
        None => return Ok(None),
        Some(Progress::Begun(page)) => (export.head()?, page),
        Some(Progress::At(after)) => {
            let request = PageRequest { limit: LIMIT_MAX, after: Some(after) };
            (Vec::new(), (export.read)(request).await?)
        }
    };
    export.rows(&mut written, page.items)?;
    Ok(Some((web::Bytes::from(written), page.next.map(Progress::At))))
}

impl<K> Export<K> {
    fn head(&self) -> Result<Vec<u8>, Problem> {
        if self.format == Format::Ndjson {
            return Ok(Vec::new());
        }
        let mut head = BYTE_ORDER_MARK.as_bytes().to_vec();
        record(&mut head, self.columns.iter().map(|column| defused(column.header.clone())))?;
        Ok(head)
    }

    fn rows(&self, out: &mut Vec<u8>, rows: Vec<Vec<Value>>) -> Result<(), Problem> {
        for row in rows {
            match self.format {
                Format::Csv => record(out, row.iter().map(|value| defused(plain(value))))?,
                Format::Ndjson => {
                    let names = self.columns.iter().map(|column| column.name.clone());
                    let object: Map<String, Value> = names.zip(row).collect();
                    serde_json::to_writer(&mut *out, &object).map_err(|error| Problem::internal(&error))?;
                    out.push(b'\n');
                }
            }
        }
        Ok(())
    }
}

/// Writes a record of CSV.
///
/// # Errors
///
/// `internal`.
pub fn record(out: &mut Vec<u8>, cells: impl IntoIterator<Item = String>) -> Result<(), Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(cells).map_err(|error| Problem::internal(&error))?;
    writer.flush().map_err(|error| Problem::internal(&error))
}
