//! What ingest remembers and hands on, in as few statements as there are tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;
use terrier_shared::latest::report::Epoch;

use super::decide::{DeadLetter, Memory, Run};
use super::seen::SeenWindow;
use super::state::Sections;
use super::{dead_letter, inbox};
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::on_each_database;
use crate::store::column::At;
use crate::store::dialect::storable;
use crate::store::schema::{
    fleet_agent as a, ingest_dead_letter as d, ingest_epoch as e, ingest_inbox as i, ingest_state as s,
};
use crate::store::{Conn, Inconsistent, StoreError};

/// An agent that may still speak.
#[derive(Debug, Clone, Copy)]
pub(super) struct Locked {
    pub(super) key: i32,
    /// The run that speaks as it.
    pub(super) run: Option<Epoch>,
    /// Whether others want to.
    pub(super) is_contended: bool,
}

/// The agents among these that may still speak, held until the transaction ends, in the order of their rows so that
/// no two transactions wait for each other.
pub(super) fn lock_active(conn: &mut Conn, keys: &[i32]) -> QueryResult<Vec<Locked>> {
    let query = a::table.filter(a::key.eq_any(keys)).order(a::key);
    let query = query.select((a::key, a::state, a::run, a::contenders));
    let rows: Vec<(i32, String, Option<i64>, i32)> = match conn {
        // A transaction that writes is alone on SQLite.
        Conn::Sqlite(conn) => query.load(conn)?,
        Conn::Postgres(conn) => query.for_no_key_update().load(conn)?,
    };
    let active = rows.into_iter().filter(|(_, state, ..)| state == "active");
    let locked = |(key, _, run, contenders): (i32, String, Option<i64>, i32)| Locked {
        key,
        run: run.map(|run| Epoch(run.cast_unsigned())),
        is_contended: contenders > 0,
    };
    Ok(active.map(locked).collect())
}

/// What is remembered of these agents and of these runs of theirs.
pub(super) fn load(conn: &mut Conn, keys: &[i32], epochs: &[Epoch]) -> Result<HashMap<i32, Memory>, StoreError> {
    let mut memories: HashMap<i32, Memory> = keys.iter().map(|key| (*key, Memory::default())).collect();
    for (key, sections) in load_sections(conn, keys)? {
        memories.entry(key).or_default().sections = sections;
    }
    if epochs.is_empty() {
        return Ok(memories);
    }
    // Runs are numbered at random, so hardly any is asked for in vain.
    let numbers: Vec<i64> = epochs.iter().map(|epoch| epoch.0.cast_signed()).collect();
    let rows: Vec<(i32, i64, At, Vec<u8>)> = e::table
        .filter(e::agent_key.eq_any(keys).and(e::epoch.eq_any(numbers)))
        .select((e::agent_key, e::epoch, e::started_at, e::seen))
        .load(conn)?;
    for (key, number, began_at, seen) in rows {
        let seen = SeenWindow::from_bytes(&seen).map_err(|error| Inconsistent {
            table: "ingest_epoch",
            column: "seen",
            row: format!("{key}/{number}"),
            value: error.to_string(),
        })?;
        let run = Run { began_at: began_at.0, seen };
        memories.entry(key).or_default().runs.insert(Epoch(number.cast_unsigned()), run);
    }
    Ok(memories)
}

fn load_sections(conn: &mut Conn, keys: &[i32]) -> Result<Vec<(i32, Sections)>, StoreError> {
    let rows: Vec<(i32, String)> = s::table.filter(s::agent_key.eq_any(keys)).load(conn)?;
    let read = |(key, value): (i32, String)| match serde_json::from_str(&value) {
        Ok(sections) => Ok((key, sections)),
        Err(error) => Err(Inconsistent {
            table: "ingest_state",
            column: "sections",
            row: key.to_string(),
            value: error.to_string(),
        }
        .into()),
    };
    rows.into_iter().map(read).collect()
}

/// Remembers what was decided of these agents' runs, which were used at `now`.
pub(super) fn save_runs(conn: &mut Conn, memories: &BTreeMap<i32, &Memory>, now: Timestamp) -> QueryResult<()> {
    let rows: Vec<_> = memories
        .iter()
        .flat_map(|(key, memory)| memory.runs.iter().map(move |(epoch, run)| (*key, *epoch, run)))
        .map(|(key, epoch, run)| {
            (
                e::agent_key.eq(key),
                e::epoch.eq(epoch.0.cast_signed()),
                e::started_at.eq(At(run.began_at)),
                e::last_used_at.eq(At(now)),
                e::seen.eq(run.seen.to_bytes()),
            )
        })
        .collect();
    let changed = (
        e::started_at.eq(excluded(e::started_at)),
        e::last_used_at.eq(excluded(e::last_used_at)),
        e::seen.eq(excluded(e::seen)),
    );
    match conn {
        // Diesel writes no batch of upserts for SQLite, where a statement costs no way there and back.
        Conn::Sqlite(conn) => {
            for row in rows {
                let insert = diesel::insert_into(e::table).values(row);
                insert.on_conflict((e::agent_key, e::epoch)).do_update().set(changed).execute(conn)?;
            }
        }
        Conn::Postgres(conn) => {
            let insert = diesel::insert_into(e::table).values(&rows);
            insert.on_conflict((e::agent_key, e::epoch)).do_update().set(changed).execute(conn)?;
        }
    }
    Ok(())
}

/// Remembers what is held of these agents' sections.
pub(super) fn save_sections(conn: &mut Conn, memories: &BTreeMap<i32, &Memory>) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(memories.len());
    for (key, memory) in memories {
        let text =
            serde_json::to_string(&memory.sections).map_err(|error| StoreError::Unstorable(error.to_string()))?;
        rows.push((s::agent_key.eq(*key), s::sections.eq(storable(&text).into_owned())));
    }
    let changed = s::sections.eq(excluded(s::sections));
    match conn {
        Conn::Sqlite(conn) => {
            for row in rows {
                let insert = diesel::insert_into(s::table).values(row);
                insert.on_conflict(s::agent_key).do_update().set(changed).execute(conn)?;
            }
        }
        Conn::Postgres(conn) => {
            let insert = diesel::insert_into(s::table).values(&rows);
            insert.on_conflict(s::agent_key).do_update().set(changed).execute(conn)?;
        }
    }
    Ok(())
}

/// Puts requests into the inbox.
pub(super) fn insert_accepted(conn: &mut Conn, accepted: &[(i32, Timestamp, Cow<'_, [u8]>)]) -> Result<(), StoreError> {
    let row = |(agent_key, received_at, payload): &(i32, Timestamp, Cow<'_, [u8]>)| {
        let whose = (i::agent_key.eq(*agent_key), i::received_at.eq(At(*received_at)));
        (whose, i::payload.eq(payload.to_vec()), i::attempts.eq(0))
    };
    let rows: Vec<_> = accepted.iter().map(row).collect();
    on_each_database!(conn, |conn| diesel::insert_into(i::table).values(&rows).execute(conn))?;
    Ok(())
}

/// Keeps reports that were set aside.
pub(super) fn insert_dead(conn: &mut Conn, dead: &[(i32, Timestamp, DeadLetter)]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(dead.len());
    for (agent_key, received_at, letter) in dead {
        rows.push((
            d::agent_key.eq(*agent_key),
            d::epoch.eq(letter.epoch.0.cast_signed()),
            d::seq.eq(i64::try_from(letter.seq).unwrap_or(i64::MAX)),
            d::state.eq(letter.cause.name()),
            d::section.eq(letter.section.as_deref().map(storable)),
            d::reason.eq(storable(&letter.reason)),
            d::received_at.eq(At(*received_at)),
            d::body.eq(inbox::compress(letter.body.as_bytes())?),
        ));
    }
    on_each_database!(conn, |conn| diesel::insert_into(d::table).values(&rows).execute(conn))?;
    Ok(())
}

/// Doubts what is held of a section of this agent: what its sections add up to no longer is what the agent reckons, so
/// that it is asked for everything.
pub(super) fn forget_section(conn: &mut Conn, agent_key: i32, section: &str) -> Result<(), StoreError> {
    // As a writer does, so that none writes between reading and writing here.
    let active: Vec<i32> = lock_active(conn, &[agent_key])?.into_iter().map(|locked| locked.key).collect();
    let mut memories = load(conn, &active, &[])?;
    if let Some(memory) = memories.get_mut(&agent_key) {
        memory.sections.doubt(section);
        save_sections(conn, &BTreeMap::from([(agent_key, &*memory)]))?;
    }
    Ok(())
}

/// Forgets dead letters from before `letters` and runs last used before `runs`.
///
/// # Errors
///
/// The database fails.
pub fn forget_old(conn: &mut Conn, letters: Timestamp, runs: Timestamp) -> Result<(), StoreError> {
    dead_letter::store::forget(conn, letters)?;
    diesel::delete(e::table.filter(e::last_used_at.lt(At(runs)))).execute(conn)?;
    fail_point(FailPoint::Housekeeping);
    Ok(())
}
