//! When agents were last seen.

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::upsert::excluded;

use crate::fleet::presence::Sighting;
use crate::store::column::At;
use crate::store::dialect::storable;
use crate::store::schema::fleet_presence as p;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// Rows in one statement: PostgreSQL takes 65,535 values at most.
const ROWS: usize = 5_000;

/// One statement for all, because `json_each` reads the rows from a single value.
const SQLITE: &str = "INSERT INTO fleet_presence (agent_key, last_seen_at, agent_version, address, dropped_reports) \
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true \
     ON CONFLICT (agent_key) DO UPDATE SET last_seen_at = excluded.last_seen_at, \
     agent_version = excluded.agent_version, address = excluded.address, \
     dropped_reports = excluded.dropped_reports";

/// Notes when these agents were last seen.
pub(in crate::fleet) fn write_presence(conn: &mut Conn, seen: &[(i32, Sighting)]) -> Result<(), StoreError> {
    for rows in seen.chunks(ROWS) {
        match conn {
            Conn::Sqlite(conn) => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|(key, s)| {
                        (key, s.at.as_microsecond(), storable(&s.agent_version), &s.address, s.dropped_reports)
                    })
                    .collect();
                let rows = serde_json::to_string(&rows).map_err(|error| StoreError::Unstorable(error.to_string()))?;
                statement(SQLITE).bind::<Text, _>(rows).execute(conn)?;
            }
            Conn::Postgres(conn) => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|(key, s)| {
                        (
                            p::agent_key.eq(*key),
                            p::last_seen_at.eq(At(s.at)),
                            p::agent_version.eq(storable(&s.agent_version).into_owned()),
                            p::address.eq(s.address.as_str()),
                            p::dropped_reports.eq(s.dropped_reports),
                        )
                    })
                    .collect();
                diesel::insert_into(p::table)
                    .values(&rows)
                    .on_conflict(p::agent_key)
                    .do_update()
                    .set((
                        p::last_seen_at.eq(excluded(p::last_seen_at)),
                        p::agent_version.eq(excluded(p::agent_version)),
                        p::address.eq(excluded(p::address)),
                        p::dropped_reports.eq(excluded(p::dropped_reports)),
                    ))
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// When each agent was last seen.
pub(in crate::fleet) fn list_presence(conn: &mut Conn) -> Result<Vec<(i32, Sighting)>, StoreError> {
    type Columns = (i32, At, String, String, i64);
    let rows: Vec<Columns> = p::table.load(conn)?;
    let sighting = |(key, at, agent_version, address, dropped_reports): Columns| {
        (key, Sighting { at: at.0, agent_version, address, pending_reports: 0, dropped_reports })
    };
    Ok(rows.into_iter().map(sighting).collect())
}
