//! Who reports of a CI, and whether what one says can be parted from it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::Timestamp;
use uuid::Uuid;

use crate::cmdb::item::row::CiRow;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::revision;
use crate::identification::reporter::{self, Reporter};
use crate::reconcile::known::CiKey;
use crate::store::column::{At, Key16};
use crate::store::schema::{cmdb_ci as c, fleet_agent as a, fleet_presence as p};
use crate::store::{Conn, StoreError};

/// Somebody who reports of a CI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reporting {
    /// By what revisions name it.
    pub(super) id: Uuid,
    /// Which row tells of it.
    pub(super) teller: Teller,
    /// The source of what it says.
    pub(super) source: SourceName,
    /// What it is called.
    pub(super) name: String,
    /// The row of the item that it writes.
    pub(super) ci_key: CiKey,
    /// When it reported first, if that is known.
    pub(super) first: Option<Timestamp>,
    /// When it reported last.
    pub(super) last: Option<Timestamp>,
    /// Why it cannot be given a CI of its own.
    pub(super) obstacle: Option<Obstacle>,
}

/// Who reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// An agent, by its row.
    Agent(i32),
    /// A device of an inventory, by its row.
    Device(i32),
}

impl Teller {
    /// The name in the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Agent(_) => "agent",
            Self::Device(_) => "device",
        }
    }
}

/// Why a reporter cannot be given a CI of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// It reports of what became part of the item by a merge; that is taken back instead.
    PartOfMerge,
    /// Nobody else ever said anything of the item.
    OnlyReporter,
}

impl Obstacle {
    /// The name in the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::PartOfMerge => "part_of_a_merge",
            Self::OnlyReporter => "only_reporter",
        }
    }
}

/// Everybody who reports of an item, or of what became part of it; agents first.
pub(super) fn list(conn: &mut Conn, item: &CiRow) -> Result<Vec<Reporting>, StoreError> {
    let records = Records::of(conn, &[item.key], None)?.keys();
    let mut found = agents(conn, &records)?;
    found.extend(reporter::list_of(conn, &records)?.into_iter().filter_map(of_device));
    let speakers: BTreeSet<(CiKey, Uuid)> = revision::list_speakers(conn, &records)?.into_iter().collect();
    for one in &mut found {
        let alone = !speakers.iter().any(|(key, id)| *key == one.ci_key && *id != one.id);
        one.obstacle =
            if one.ci_key == item.key { alone.then_some(Obstacle::OnlyReporter) } else { Some(Obstacle::PartOfMerge) };
    }
    Ok(found)
}

type AgentRow = (CiKey, i32, Key16, String, Option<At>, (Option<At>, Option<At>));

fn agents(conn: &mut Conn, records: &[CiKey]) -> Result<Vec<Reporting>, StoreError> {
    let rows: Vec<AgentRow> = c::table
        .inner_join(a::table)
        .left_join(p::table.on(p::agent_key.nullable().eq(c::agent_key)))
        .filter(c::key.eq_any(records))
        .order(c::key)
        .select((c::key, a::key, a::id, a::hostname, c::first_seen_at, (c::last_seen_at, p::last_seen_at.nullable())))
        .load(conn)?;
    let reporting = |(ci_key, key, id, name, first, (row, presence)): AgentRow| Reporting {
        id: id.0,
        teller: Teller::Agent(key),
        source: SourceName::AGENT,
        name,
        ci_key,
        first: first.map(Timestamp::from),
        last: row.max(presence).map(Timestamp::from),
        obstacle: None,
    };
    Ok(rows.into_iter().map(reporting).collect())
}

fn of_device(device: Reporter) -> Option<Reporting> {
    Some(Reporting {
        id: device.id.uuid(),
        teller: Teller::Device(device.key),
        source: device.source.parse().ok()?,
        name: device.external_id,
        ci_key: device.ci_key?,
        first: Some(device.first_reported_at),
        last: Some(device.last_reported_at),
        obstacle: None,
    })
}
