//! What people decide, in the item's own row: a column each.

use diesel::RunQueryDsl as _;
use diesel::sql_types::{Integer, Text};
use serde_json::{Value, json};

use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::observed::rows;
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// What the column of an attribute holds where this is shown of it, as JSON text; nothing where what it holds stays:
/// of a name that nobody gives, the last one does.
pub(super) fn column(name: &str, shown: Option<&str>) -> Option<Value> {
    let value: Value = shown.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    match name {
        "name" => value.is_string().then_some(value),
        "lifecycle" => {
            let known = value.as_str().is_some_and(|text| text.parse::<Lifecycle>().is_ok());
            Some(if known { value } else { json!(Lifecycle::UNSAID.name()) })
        }
        _ => Some(value),
    }
}

/// Puts values into the column of an attribute, and so many to the version of each row.
pub(super) fn put(conn: &mut Conn, name: &str, values: &[(i32, Value)], counted: i32) -> Result<(), StoreError> {
    let Some(sql) = column_sql(conn, name).filter(|_| !values.is_empty()) else { return Ok(()) };
    statement(sql).bind::<Text, _>(rows(values)?).bind::<Integer, _>(counted).execute(conn)?;
    Ok(())
}

macro_rules! column {
    ($conn:expr, $column:literal, $cast:literal) => {
        either(
            $conn,
            concat!(
                "UPDATE cmdb_ci SET ",
                $column,
                " = new.value ->> 1, version = version + ?2 FROM json_each(?1) AS new WHERE cmdb_ci.key = new.value ->> 0"
            ),
            concat!(
                "UPDATE cmdb_ci SET ",
                $column,
                " = (new ->> 1)::",
                $cast,
                ", version = version + $2 FROM json_array_elements($1::json) AS new WHERE cmdb_ci.key = (new ->> 0)::int4"
            ),
        )
    };
}

fn column_sql(conn: &Conn, name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => column!(conn, "name", "text"),
        "owner" => column!(conn, "owner", "text"),
        "support_team" => column!(conn, "support_team", "text"),
        "criticality" => column!(conn, "criticality", "int4"),
        "environment" => column!(conn, "environment", "text"),
        "lifecycle" => column!(conn, "lifecycle", "text"),
        _ => return None,
    })
}
