//! The runs that have spoken as an agent.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::upsert::excluded;
use jiff::Timestamp;
use terrier_shared::latest::report::Epoch;

use crate::fleet::identity::{Claimants, Known, Process, Standing};
use crate::on_each_database;
use crate::store::column::{At, Document};
use crate::store::dialect::storable;
use crate::store::schema::{fleet_agent as a, fleet_run as r};
use crate::store::{Conn, Inconsistent, StoreError};

#[derive(Queryable, Selectable)]
#[diesel(table_name = r)]
struct RunRow {
    agent_key: i32,
    run: i64,
    standing: String,
    boot_id: String,
    booted_at: At,
    machine: Document,
    address: String,
    began_at: At,
    heard_at: At,
}

impl TryFrom<RunRow> for Known {
    type Error = Inconsistent;

    fn try_from(row: RunRow) -> Result<Self, Inconsistent> {
        let name = format!("{}/{}", row.agent_key, row.run);
        let standing = standing(&row.standing, &name)?;
        let machine = serde_json::from_value(row.machine.0).map_err(|error| Inconsistent {
            table: "fleet_run",
            column: "machine",
            row: name,
            value: error.to_string(),
        })?;
        let process = Process {
            run: Epoch(row.run.cast_unsigned()),
            boot_id: row.boot_id,
            booted_at: row.booted_at.0,
            machine,
            address: row.address,
        };
        Ok(Self { process, standing, began_at: row.began_at.0, heard_at: row.heard_at.0 })
    }
}

fn standing(name: &str, row: &str) -> Result<Standing, Inconsistent> {
    Standing::of_name(name).ok_or_else(|| Inconsistent {
        table: "fleet_run",
        column: "standing",
        row: row.to_owned(),
        value: name.to_owned(),
    })
}

/// Every run of these agents.
pub(in crate::fleet) fn load_runs(conn: &mut Conn, keys: &[i32]) -> Result<HashMap<i32, Claimants>, StoreError> {
    let rows: Vec<RunRow> = r::table.filter(r::agent_key.eq_any(keys)).select(RunRow::as_select()).load(conn)?;
    let mut known: HashMap<i32, Vec<Known>> = HashMap::new();
    for row in rows {
        known.entry(row.agent_key).or_default().push(row.try_into()?);
    }
    Ok(known.into_iter().map(|(key, known)| (key, Claimants::new(known))).collect())
}

/// What this run is to the agent.
pub(in crate::fleet) fn find_standing(
    conn: &mut Conn,
    agent_key: i32,
    run: Epoch,
) -> Result<Option<Standing>, StoreError> {
    let name = |number: i64| format!("{agent_key}/{number}");
    let number = run.0.cast_signed();
    let found: Option<String> = r::table.find((agent_key, number)).select(r::standing).first(conn).optional()?;
    Ok(found.map(|found| standing(&found, &name(number))).transpose()?)
}

/// Writes what has changed of an agent's runs.
pub(in crate::fleet) fn save_runs(
    conn: &mut Conn,
    key: i32,
    before: &Claimants,
    after: &Claimants,
) -> Result<(), StoreError> {
    let kept: BTreeSet<Epoch> = after.all().iter().map(|known| known.process.run).collect();
    let gone: Vec<i64> = before
        .all()
        .iter()
        .map(|known| known.process.run)
        .filter(|run| !kept.contains(run))
        .map(|run| run.0.cast_signed())
        .collect();
    if !gone.is_empty() {
        diesel::delete(r::table.filter(r::agent_key.eq(key).and(r::run.eq_any(gone)))).execute(conn)?;
    }
    for known in after.all().iter().filter(|known| !before.all().contains(known)) {
        save_run(conn, key, known)?;
    }
    note_on_agent(conn, key, after)
}

fn save_run(conn: &mut Conn, key: i32, known: &Known) -> Result<(), StoreError> {
    let Process { run, boot_id, booted_at, machine, address } = &known.process;
    let machine = serde_json::to_value(machine).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    let row = (
        r::agent_key.eq(key),
        r::run.eq(run.0.cast_signed()),
        r::standing.eq(known.standing.name()),
        r::boot_id.eq(storable(boot_id).into_owned()),
        r::booted_at.eq(At(*booted_at)),
        r::machine.eq(Document(machine)),
        r::address.eq(address.as_str()),
        r::began_at.eq(At(known.began_at)),
        r::heard_at.eq(At(known.heard_at)),
    );
    let changed = (r::standing.eq(excluded(r::standing)), r::heard_at.eq(excluded(r::heard_at)));
    on_each_database!(conn, |conn| diesel::insert_into(r::table)
        .values(row)
        .on_conflict((r::agent_key, r::run))
        .do_update()
        .set(changed)
        .execute(conn))?;
    Ok(())
}

/// What a request is held against first stands in the agent's own row.
fn note_on_agent(conn: &mut Conn, key: i32, claimants: &Claimants) -> Result<(), StoreError> {
    let run = claimants.speaking().map(|run| run.0.cast_signed());
    let contenders = i32::try_from(claimants.contenders()).unwrap_or(i32::MAX);
    diesel::update(a::table.find(key)).set((a::run.eq(run), a::contenders.eq(contenders))).execute(conn)?;
    Ok(())
}

/// This run is an agent of its own now.
pub(in crate::fleet) fn settle_run(conn: &mut Conn, key: i32, run: Epoch) -> Result<(), StoreError> {
    let row = r::table.find((key, run.0.cast_signed()));
    diesel::update(row).set(r::standing.eq(Standing::Enrolled.name())).execute(conn)?;
    recount(conn, &[key])
}

/// Forgets contenders that have not asked since `contenders`, and runs that are over and began before `runs`.
pub(in crate::fleet) fn forget_runs(conn: &mut Conn, contenders: Timestamp, runs: Timestamp) -> Result<(), StoreError> {
    let contending = [Standing::Waiting.name(), Standing::Copy.name()];
    let silent = r::table.filter(r::standing.eq_any(contending).and(r::heard_at.lt(At(contenders))));
    diesel::delete(silent).execute(conn)?;
    let over = [Standing::Past.name(), Standing::Enrolled.name()];
    diesel::delete(r::table.filter(r::standing.eq_any(over).and(r::heard_at.lt(At(runs))))).execute(conn)?;
    let contended: Vec<i32> = a::table.filter(a::contenders.gt(0)).select(a::key).load(conn)?;
    recount(conn, &contended)
}

fn recount(conn: &mut Conn, keys: &[i32]) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let claimants = load_runs(conn, keys)?;
    let nobody = Claimants::default();
    keys.iter().try_for_each(|key| note_on_agent(conn, *key, claimants.get(key).unwrap_or(&nobody)))
}
