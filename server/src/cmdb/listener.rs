//! How many places a host accepts connections at, from the section that lists them.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::section::store as sections;
use crate::store::{Conn, StoreError};

/// The section that lists them.
const SECTION: &str = "sockets";

#[derive(Deserialize)]
struct Sockets {
    #[serde(default)]
    listeners: Vec<IgnoredAny>,
}

/// Listening sockets of the item's last report.
pub(super) fn count(conn: &mut Conn, records: &[i32]) -> Result<i64, StoreError> {
    let body = sections::find(conn, records, SECTION)?.and_then(|(_, body)| body);
    // What an agent of another version sends in another form cannot be counted.
    let sockets: Option<Sockets> = body.and_then(|body| serde_json::from_str(&body).ok());
    Ok(sockets.map_or(0, |sockets| i64::try_from(sockets.listeners.len()).unwrap_or(i64::MAX)))
}
