//! CIs that carry some of the same identifiers as a reporter that no CI is bound to yet: a fixed number of statements.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
use jiff::Timestamp;

use crate::cmdb::merge::records::Records;
use crate::identification::model::evidence::{Evidence, IdentifierKind};
use crate::kernel::id::{CiId, OrganisationId};
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_attribute as a, cmdb_identifier as i, cmdb_value as v};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A CI that carries one of the identifiers.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// Its key.
    pub ci_key: i32,
    /// Its id.
    pub id: CiId,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
    /// Whether people retired or disposed of it.
    pub retired: bool,
    /// Everything it carries but its boot.
    pub evidence: Evidence,
    /// The agent that reports as it, if that is not revoked.
    pub agent: Option<Speaker>,
    /// Its identity section as it is stored: compressed JSON.
    pub identity: Option<Vec<u8>>,
}

/// An agent that reports as a CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaker {
    /// Its row.
    pub key: i32,
    /// When it was last heard.
    pub heard: Option<Timestamp>,
    /// Seconds between two of its reports; none if that is not known.
    pub interval_s: Option<i32>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    ci_key: i32,
    #[diesel(sql_type = Integer)]
    record_key: i32,
    #[diesel(sql_type = Uuid16)]
    id: Key16,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Bool)]
    retired: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    agent_key: Option<i32>,
    #[diesel(sql_type = Nullable<Instant>)]
    last_seen_at: Option<At>,
    #[diesel(sql_type = Nullable<Instant>)]
    reported_at: Option<At>,
    #[diesel(sql_type = Nullable<Integer>)]
    interval_s: Option<i32>,
    #[diesel(sql_type = Nullable<Binary>)]
    identity: Option<Vec<u8>>,
}

/// The CIs of an organisation that carry at least one of the distinctive identifiers, with all that they carry.
///
/// Those of other organisations are none: who enrols there takes nothing from here. Dependent CIs are none either:
/// they are identified under their host.
pub fn list(conn: &mut Conn, organisation: OrganisationId, evidence: &Evidence) -> Result<Vec<Carrier>, StoreError> {
    let carried: Vec<(&str, &str)> = IdentifierKind::DISTINCTIVE
        .into_iter()
        .flat_map(|kind| evidence.of(kind).map(move |value| (kind.name(), value.as_str())))
        .collect();
    if carried.is_empty() {
        return Ok(Vec::new());
    }
    let mut carriers: BTreeMap<i32, Carrier> = BTreeMap::new();
    for row in rows(conn, organisation, &carried)? {
        join(&mut carriers, row);
    }
    let records = Records::of(conn, &carriers.keys().copied().collect::<Vec<_>>(), None)?;
    let keys = records.keys();
    for (record, kind, value) in identifiers(conn, &keys)? {
        let found = records.item_of(record).and_then(|item| carriers.get_mut(&item));
        if let (Some(one), Ok(kind)) = (found, kind.parse()) {
            one.evidence.add(kind, &value);
        }
    }
    for (record, json) in makers(conn, &keys)? {
        let found = records.item_of(record).and_then(|item| carriers.get_mut(&item));
        if let (Some(one), Ok(maker)) = (found, serde_json::from_str::<String>(&json)) {
            one.evidence.add_maker(&maker);
        }
    }
    Ok(carriers.into_values().collect())
}

fn rows(conn: &mut Conn, organisation: OrganisationId, carried: &[(&str, &str)]) -> Result<Vec<Row>, StoreError> {
    let sql = either(
        conn,
        "SELECT coalesce(c.survivor_key, c.key) AS ci_key, c.key AS record_key, c.id, c.name, c.class, c.lifecycle IN ('retired', 'disposed') AS retired, \
             a.key AS agent_key, p.last_seen_at, p.interval_s, \
             CASE WHEN a.key IS NOT NULL THEN c.last_seen_at END AS reported_at, s.body AS identity \
         FROM cmdb_ci c \
         LEFT JOIN fleet_agent a ON a.key = c.agent_key AND a.revoked_at IS NULL \
         LEFT JOIN fleet_presence p ON p.agent_key = a.key \
         LEFT JOIN cmdb_section s ON s.ci_key = c.key AND s.section = 'identity' \
         WHERE c.organisation_id = ?2 AND c.parent_key IS NULL AND c.key IN ( \
             SELECT known.ci_key FROM json_each(?1) AS said \
             JOIN cmdb_identifier known ON known.value = said.value ->> 1 AND known.kind = said.value ->> 0 \
                 AND known.valid_to IS NULL LIMIT 100)",
        "SELECT coalesce(c.survivor_key, c.key) AS ci_key, c.key AS record_key, c.id, c.name, c.class, c.lifecycle IN ('retired', 'disposed') AS retired, \
             a.key AS agent_key, p.last_seen_at, p.interval_s, \
             CASE WHEN a.key IS NOT NULL THEN c.last_seen_at END AS reported_at, s.body AS identity \
         FROM cmdb_ci c \
         LEFT JOIN fleet_agent a ON a.key = c.agent_key AND a.revoked_at IS NULL \
         LEFT JOIN fleet_presence p ON p.agent_key = a.key \
         LEFT JOIN cmdb_section s ON s.ci_key = c.key AND s.section = 'identity' \
         WHERE c.organisation_id = $2 AND c.parent_key IS NULL AND c.key IN ( \
             SELECT known.ci_key FROM json_array_elements($1::json) AS said \
             JOIN cmdb_identifier known ON known.value = said ->> 1 AND known.kind = said ->> 0 \
                 AND known.valid_to IS NULL LIMIT 100)",
    );
    let carried = serde_json::to_string(carried).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    Ok(statement(sql).bind::<Text, _>(carried).bind::<Uuid16, _>(Key16::from(organisation)).load(conn)?)
}

fn identifiers(conn: &mut Conn, keys: &[i32]) -> Result<Vec<(i32, String, String)>, StoreError> {
    let open = i::ci_key.eq_any(keys).and(i::valid_to.is_null());
    Ok(i::table.filter(open).select((i::ci_key, i::kind, i::value)).load(conn)?)
}

fn makers(conn: &mut Conn, keys: &[i32]) -> Result<Vec<(i32, String)>, StoreError> {
    let said = v::ci_key.eq_any(keys).and(v::valid_to.is_null()).and(a::name.eq("vendor"));
    Ok(v::table.inner_join(a::table).filter(said).select((v::ci_key, v::value)).load(conn)?)
}

/// Rows that make up one CI are one carrier: who it is says its own row, who speaks as it whoever was heard last.
fn join(carriers: &mut BTreeMap<i32, Carrier>, row: Row) {
    let (ci_key, is_own) = (row.ci_key, row.ci_key == row.record_key);
    let new = carrier(row);
    match carriers.remove(&ci_key) {
        None => drop(carriers.insert(ci_key, new)),
        Some(known) => {
            let (mut kept, other) = if is_own { (new, known) } else { (known, new) };
            if other.agent.and_then(|agent| agent.heard) > kept.agent.and_then(|agent| agent.heard) {
                (kept.agent, kept.identity) = (other.agent, other.identity);
            }
            carriers.insert(ci_key, kept);
        }
    }
}

fn carrier(row: Row) -> Carrier {
    let heard = row.last_seen_at.max(row.reported_at).map(Timestamp::from);
    Carrier {
        ci_key: row.ci_key,
        id: row.id.into(),
        name: row.name,
        class: row.class,
        retired: row.retired,
        evidence: Evidence::default(),
        agent: row.agent_key.map(|key| Speaker { key, heard, interval_s: row.interval_s }),
        identity: row.identity,
    }
}
