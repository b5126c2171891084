//! Reading sections.

use std::io::Read as _;

use diesel::prelude::*;
use jiff::Timestamp;
use serde::Deserialize;

use crate::store::column::At;
use crate::store::schema::cmdb_section as s;
use crate::store::{Conn, Inconsistent, StoreError};

/// Largest content in bytes once decompressed: as much as a whole report may hold.
const BODY_BYTES: u64 = 8 << 20;

/// What is known of a section, without its content.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// `present` or `fault`.
    pub state: String,
    /// SHA-256 of the content.
    pub hash: Option<Vec<u8>>,
    /// When the agent looked.
    pub observed_at: Option<Timestamp>,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Why it could not be collected lately.
    pub fault: Option<Fault>,
}

/// Why a section could not be collected.
#[derive(Debug, Clone)]
pub struct Fault {
    /// For programs: `permission_denied`, …
    pub cause: String,
    /// For people.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
}

#[derive(Deserialize)]
struct StoredFault {
    cause: String,
    detail: String,
}

type Row = (String, String, Option<Vec<u8>>, Option<At>, At, Option<String>, Option<At>);

/// The sections of an item that is made of these rows: of each, what came last.
pub fn list(conn: &mut Conn, records: &[i32]) -> Result<Vec<Section>, StoreError> {
    let rows: Vec<Row> = s::table
        .filter(s::ci_key.eq_any(records))
        .order((s::section, s::received_at.desc()))
        .select((s::section, s::state, s::hash, s::observed_at, s::received_at, s::fault, s::fault_since))
        .load(conn)?;
    let mut sections = rows.into_iter().map(section).collect::<Result<Vec<_>, _>>()?;
    sections.dedup_by(|later, first| later.name == first.name);
    Ok(sections)
}

/// One section of an item that is made of these rows, as it came last, with its content as JSON text, where it has any.
pub fn find(conn: &mut Conn, records: &[i32], name: &str) -> Result<Option<(Section, Option<String>)>, StoreError> {
    let found: Option<(Row, Option<Vec<u8>>)> = s::table
        .filter(s::ci_key.eq_any(records).and(s::section.eq(name)))
        .select(((s::section, s::state, s::hash, s::observed_at, s::received_at, s::fault, s::fault_since), s::body))
        .order(s::received_at.desc())
        .first(conn)
        .optional()?;
    let Some((row, body)) = found else { return Ok(None) };
    let body = body.map(|body| inflate(name, &body)).transpose()?;
    Ok(Some((section(row)?, body)))
}

fn section((name, state, hash, observed_at, received_at, fault, since): Row) -> Result<Section, StoreError> {
    let fault = match fault {
        None => None,
        Some(text) => {
            let StoredFault { cause, detail } =
                serde_json::from_str(&text).map_err(|_unknown| inconsistent("fault", &name, text))?;
            Some(Fault { cause, detail, since: since.unwrap_or(received_at).0 })
        }
    };
    Ok(Section { name, state, hash, observed_at: observed_at.map(Timestamp::from), received_at: received_at.0, fault })
}

fn inflate(name: &str, body: &[u8]) -> Result<String, StoreError> {
    let mut text = String::new();
    let read = zstd::stream::read::Decoder::with_buffer(body)
        .and_then(|decoder| decoder.take(BODY_BYTES).read_to_string(&mut text));
    read.map_err(|error| inconsistent("body", name, error.to_string()))?;
    Ok(text)
}

fn inconsistent(column: &'static str, section: &str, value: String) -> Inconsistent {
    Inconsistent { table: "cmdb_section", column, row: section.to_owned(), value }
}
