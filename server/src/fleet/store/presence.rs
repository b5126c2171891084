//! When agents were last seen.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::upsert::excluded;
use jiff::Timestamp;

use crate::fleet::model;
use crate::fleet::presence::Sighting;
use crate::store::column::At;
use crate::store::dialect::storable;
use crate::store::schema::fleet_presence as p;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// Rows in one statement: PostgreSQL takes 65,535 values at most.
const ROWS: usize = 5_000;

/// One statement for all, because `json_each` reads the rows from a single value.
const SQLITE: &str = "INSERT INTO fleet_presence \
     (agent_key, last_seen_at, agent_version, address, dropped_reports, interval_s, live_until, clock_offset_ms) \
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7 \
     FROM json_each(?) WHERE true \
     ON CONFLICT (agent_key) DO UPDATE SET last_seen_at = excluded.last_seen_at, \
     agent_version = excluded.agent_version, address = excluded.address, \
     dropped_reports = excluded.dropped_reports, interval_s = excluded.interval_s, \
     live_until = excluded.live_until, clock_offset_ms = excluded.clock_offset_ms";

/// Notes when these agents were last seen.
pub(in crate::fleet) fn write_presence(conn: &mut Conn, seen: &[(i32, Sighting)]) -> Result<(), StoreError> {
    for rows in seen.chunks(ROWS) {
        match conn {
            Conn::Sqlite(conn) => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|(key, s)| {
                        let live_until = live_until(s).map(Timestamp::as_microsecond);
                        let said = (storable(&s.agent_version), &s.address, s.dropped_reports);
                        let judged = (s.interval_s, live_until, s.clock_offset_ms);
                        (key, s.at.as_microsecond(), said.0, said.1, said.2, judged.0, judged.1, judged.2)
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
                            p::interval_s.eq(s.interval_s.and_then(|seconds| i32::try_from(seconds).ok())),
                            p::live_until.eq(live_until(s).map(At)),
                            p::clock_offset_ms.eq(s.clock_offset_ms),
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
                        p::interval_s.eq(excluded(p::interval_s)),
                        p::live_until.eq(excluded(p::live_until)),
                        p::clock_offset_ms.eq(excluded(p::clock_offset_ms)),
                    ))
                    .execute(conn)?;
            }
        }
    }
    Ok(())
}

/// Until when what was seen makes it live; nothing if its interval is not known.
fn live_until(sighting: &Sighting) -> Option<Timestamp> {
    let interval = Duration::from_secs(sighting.interval_s?.into());
    Some(model::live_until(sighting.at, interval))
}

/// When each agent was last seen.
pub(in crate::fleet) fn list_presence(conn: &mut Conn) -> Result<Vec<(i32, Sighting)>, StoreError> {
    type Columns = (i32, At, String, String, i64, Option<i32>, Option<i64>);
    let said = (p::agent_version, p::address, p::dropped_reports, p::interval_s, p::clock_offset_ms);
    let columns = (p::agent_key, p::last_seen_at, said.0, said.1, said.2, said.3, said.4);
    let rows: Vec<Columns> = p::table.select(columns).load(conn)?;
    let sighting = |(key, at, agent_version, address, dropped_reports, interval_s, clock_offset_ms): Columns| {
        let interval_s = interval_s.and_then(|seconds| u32::try_from(seconds).ok());
        let (at, pending_reports) = (at.0, 0);
        (key, Sighting { at, agent_version, address, pending_reports, dropped_reports, interval_s, clock_offset_ms })
    };
    Ok(rows.into_iter().map(sighting).collect())
}
