//! What hosts can be recognised and found by, as intervals.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::Timestamp;

use super::rows;
use crate::store::column::{At, Instant};
use crate::store::dialect::either;
use crate::store::schema::cmdb_identifier as i;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// Kind and value of the open identifiers of a CI.
pub fn list_open(conn: &mut Conn, ci_key: i32) -> Result<Vec<(String, String)>, StoreError> {
    let open = i::ci_key.eq(ci_key).and(i::valid_to.is_null());
    Ok(i::table.filter(open).select((i::kind, i::value)).load(conn)?)
}

/// Closes identifiers of a CI: kind and value.
pub fn close(conn: &mut Conn, ci_key: i32, closed: &[(&str, &str)], at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "UPDATE cmdb_identifier SET valid_to = ?3 FROM json_each(?2) AS old \
         WHERE ci_key = ?1 AND kind = old.value ->> 0 AND cmdb_identifier.value = old.value ->> 1 \
             AND valid_to IS NULL",
        "UPDATE cmdb_identifier SET valid_to = $3 FROM json_array_elements($2::json) AS old \
         WHERE ci_key = $1 AND kind = old ->> 0 AND cmdb_identifier.value = old ->> 1 AND valid_to IS NULL",
    );
    statement(sql)
        .bind::<Integer, _>(ci_key)
        .bind::<Text, _>(rows(closed)?)
        .bind::<Instant, _>(At(at))
        .execute(conn)?;
    Ok(())
}

/// Opens identifiers: CI, kind and value.
pub fn open(conn: &mut Conn, opened: &[(i32, &str, &str)], at: Timestamp) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO cmdb_identifier (ci_key, kind, value, valid_from) \
         SELECT value ->> 0, value ->> 1, value ->> 2, ?2 FROM json_each(?1)",
        "INSERT INTO cmdb_identifier (ci_key, kind, value, valid_from) \
         SELECT (new ->> 0)::int4, new ->> 1, new ->> 2, $2 FROM json_array_elements($1::json) AS new",
    );
    statement(sql).bind::<Text, _>(rows(opened)?).bind::<Instant, _>(At(at)).execute(conn)?;
    Ok(())
}
