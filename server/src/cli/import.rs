//! Files that are imported from the command line, also beside a running server.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{CliError, Desk, print, print_lines};
use crate::app::installation;
use crate::imports::model::run::{Item, Outcome};
use crate::imports::model::table::mapping::Mapping;
use crate::imports::service::{self, Desk as Reader, Imported, Order, TableOrder};
use crate::kernel::ctx::Ctx;
use crate::kernel::excerpt::Excerpt;
use crate::kernel::id::OrganisationId;
use crate::kernel::invalid::{Fault, Invalid};

/// Largest file in bytes.
const FILE_BYTES: u64 = 64 << 20;
/// As whom a table speaks that nobody vouches for.
const SOURCE: &str = "import";

/// Import a file: an inventory of GLPI's agent (JSON) or of OCS Inventory's or `FusionInventory`'s (XML), a dump of
/// `NetBox` (JSON), a table (CSV) or lines of JSON (NDJSON). Prints what became of each device or row.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    /// Only say what would happen.
    #[arg(long)]
    dry_run: bool,
    /// Where new items belong; the top organisation unless said.
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// A file with what the columns of a table mean, as JSON; without it their headings say.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The class of the rows of a table that do not say theirs.
    #[arg(long)]
    class: Option<String>,
    /// As whom a table speaks: a source of kind `import` or `integration` [import].
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Everything of a table or nothing.
    #[arg(long)]
    atomic: bool,
}

pub(super) fn import(desk: &Desk, import: &Import) -> Result<(), CliError> {
    desk.store.read_blocking(installation::pin)?.ok_or(CliError::NeverStarted)?;
    let bytes = read(&import.file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(CliError::Start)?;
    let imported = runtime.block_on(async {
        if is_table(import, &bytes) { table(desk, import, bytes).await } else { document(desk, import, bytes).await }
    })?;
    let (items, applied) = match imported {
        Imported::Applied(run) | Imported::Before(run) => (run.items, true),
        Imported::Preview { items, .. } => (items, false),
    };
    let left = items.iter().filter(|item| item.outcome == Outcome::Refused || !item.errors.is_empty()).count();
    let total = items.len();
    print_lines(items, |item| line(&item))?;
    print(&format!("{total} read, {left} not taken{}\n", if applied { "" } else { "; nothing was written" }))?;
    if left > 0 { Err(CliError::NotTaken(left)) } else { Ok(()) }
}

/// Whether the file is a table: its name says so, or that somebody says what its columns mean.
fn is_table(import: &Import, bytes: &[u8]) -> bool {
    let extension = import.file.extension().and_then(|one| one.to_str()).unwrap_or_default().to_ascii_lowercase();
    let is_document = bytes.trim_ascii_start().starts_with(b"<");
    !is_document && (import.mapping.is_some() || matches!(extension.as_str(), "csv" | "tsv" | "ndjson" | "jsonl"))
}

async fn document(desk: &Desk, import: &Import, bytes: Vec<u8>) -> Result<Imported, CliError> {
    let order = Order {
        bytes,
        file_name: file_name(&import.file),
        organisation: import.organisation,
        dry_run: import.dry_run,
        idempotency_key: None,
    };
    Ok(service::import(&Reader::default(), &desk.store, &Ctx::system(&desk.clock), order).await?)
}

async fn table(desk: &Desk, import: &Import, bytes: Vec<u8>) -> Result<Imported, CliError> {
    let (ctx, reader) = (Ctx::system(&desk.clock), Reader::default());
    let mut mapping: Mapping = match &import.mapping {
        Some(path) => serde_json::from_slice(&read(path)?)
            .map_err(|error| CliError::Values(vec![Invalid::new("mapping", Fault::Invalid, error.to_string())]))?,
        None => service::inspect(&reader, &desk.store, bytes.clone(), None, import.class.clone()).await?.proposal,
    };
    mapping.class = import.class.clone().or(mapping.class);
    mapping.source = import.source.clone().or(mapping.source).or_else(|| Some(SOURCE.to_owned()));
    let order = TableOrder {
        bytes,
        file_name: file_name(&import.file),
        organisation: import.organisation,
        dry_run: import.dry_run,
        atomic: import.atomic,
        idempotency_key: None,
        separator: None,
        mapping,
    };
    Ok(service::import_table(&reader, &desk.store, &ctx, order).await?)
}

fn file_name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().chars().take(255).collect())
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |error| CliError::File(path.display().to_string(), error);
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES {
        let detail = format!("larger than {FILE_BYTES} bytes");
        let limit = i64::try_from(FILE_BYTES).unwrap_or(i64::MAX);
        return Err(CliError::Values(vec![Invalid::beyond("file", Fault::TooLong, limit, detail)]));
    }
    fs::read(path).map_err(failed)
}

/// What became of one, with tabs between: place, outcome, class, name, id, and everything that was not taken.
fn line(item: &Item) -> String {
    let outcome = match item.outcome {
        Outcome::Created => "created",
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
        Outcome::Refused => "refused",
    };
    let place = item.line.map_or_else(|| item.reporter.clone(), |line| format!("line {line}"));
    let id = item.ci_id.map(|id| id.to_string()).unwrap_or_default();
    let faults: Vec<String> = item.errors.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect();
    let cells = [place.as_str(), outcome, &item.class, &item.name, &id, &faults.join("; ")];
    cells.map(|cell| Excerpt(cell).to_string()).join("\t")
}
