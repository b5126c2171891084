//! Looking up what a host measured.

use super::model::{Line, Span, Wanted, Window, lines};
use super::store;
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::merge::records::Records;
use crate::kernel::id::CiId;
use crate::kernel::scope::Scope;
use crate::store::Conn;

/// What a CI measured over a stretch of time.
pub(super) fn list(conn: &mut Conn, scope: &Scope, id: CiId, span: &Span, wanted: &Wanted) -> Result<Vec<Line>, Error> {
    let row = row::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[row.key], None)?.keys();
    Ok(lines(store::list_windows(conn, &records, span.from, span.to)?, span, wanted))
}

/// The newest window of a CI, if it has any.
pub(super) fn latest(conn: &mut Conn, scope: &Scope, id: CiId) -> Result<Option<Window>, Error> {
    let row = row::find(conn, scope, id)?.ok_or(Error::NotFound)?;
    let records = Records::of(conn, &[row.key], None)?.keys();
    Ok(store::find_newest(conn, &records)?)
}
