//! CIs that carry the same identifiers as a host that reports for the first time.

use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
use jiff::Timestamp;

use super::rows;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// One identifier of one candidate.
#[derive(Debug, Clone, QueryableByName)]
pub struct CandidateRow {
    /// The CI.
    #[diesel(sql_type = Integer)]
    pub ci_key: i32,
    /// What kind of identifier.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The identifier.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// The maker, as the JSON text of the attribute.
    #[diesel(sql_type = Nullable<Text>)]
    pub vendor: Option<String>,
    /// Whether people retired or disposed of it.
    #[diesel(sql_type = Bool)]
    pub retired: bool,
    /// When its agent was last heard; none if it has none or a revoked one.
    #[diesel(sql_type = Nullable<Instant>)]
    pub agent_last_seen: Option<At>,
    /// Seconds between two reports of that agent, as it was told; none if that is not known.
    #[diesel(sql_type = Nullable<Integer>)]
    pub agent_interval_s: Option<i32>,
    /// When the CI's agent last reported, which its presence may not say yet; none as above.
    #[diesel(sql_type = Nullable<Instant>)]
    pub agent_last_reported: Option<At>,
    /// Its agent; none as above.
    #[diesel(sql_type = Nullable<Integer>)]
    pub agent_key: Option<i32>,
    /// Its identity section as it is stored: compressed JSON.
    #[diesel(sql_type = Nullable<Binary>)]
    pub identity: Option<Vec<u8>>,
}

impl CandidateRow {
    /// When its agent was last heard.
    #[must_use]
    pub fn heard(&self) -> Option<Timestamp> {
        self.agent_last_seen.max(self.agent_last_reported).map(Timestamp::from)
    }
}

/// The hosts of an organisation that carry at least one of these identifiers, kind and value, with what they carry.
///
/// Hosts of other organisations are none: who enrols there takes nothing from here.
pub fn list(
    conn: &mut Conn,
    identifiers: &[(&str, &str)],
    organisation: OrganisationId,
    vendor_attribute: i32,
) -> Result<Vec<CandidateRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT c.key AS ci_key, i.kind, i.value, v.value AS vendor, \
             c.lifecycle IN ('retired', 'disposed') AS retired, p.last_seen_at AS agent_last_seen, \
             p.interval_s AS agent_interval_s, \
             CASE WHEN a.key IS NOT NULL THEN c.last_seen_at END AS agent_last_reported, a.key AS agent_key, \
             s.body AS identity \
         FROM cmdb_ci c \
         JOIN cmdb_identifier i ON i.ci_key = c.key AND i.valid_to IS NULL \
             AND i.kind IN ('serial', 'machine_id', 'product_uuid') \
         LEFT JOIN cmdb_value v ON v.ci_key = c.key AND v.attribute_id = ?3 AND v.source <> 'person' \
             AND v.valid_to IS NULL \
         LEFT JOIN fleet_agent a ON a.key = c.agent_key AND a.revoked_at IS NULL \
         LEFT JOIN fleet_presence p ON p.agent_key = a.key \
         LEFT JOIN cmdb_section s ON s.ci_key = c.key AND s.section = 'identity' \
         WHERE c.organisation_id = ?2 AND c.key IN ( \
             SELECT known.ci_key FROM json_each(?1) AS said \
             JOIN cmdb_identifier known ON known.value = said.value ->> 1 AND known.kind = said.value ->> 0 \
                 AND known.valid_to IS NULL LIMIT 100)",
        "SELECT c.key AS ci_key, i.kind, i.value, v.value AS vendor, \
             c.lifecycle IN ('retired', 'disposed') AS retired, p.last_seen_at AS agent_last_seen, \
             p.interval_s AS agent_interval_s, \
             CASE WHEN a.key IS NOT NULL THEN c.last_seen_at END AS agent_last_reported, a.key AS agent_key, \
             s.body AS identity \
         FROM cmdb_ci c \
         JOIN cmdb_identifier i ON i.ci_key = c.key AND i.valid_to IS NULL \
             AND i.kind IN ('serial', 'machine_id', 'product_uuid') \
         LEFT JOIN cmdb_value v ON v.ci_key = c.key AND v.attribute_id = $3 AND v.source <> 'person' \
             AND v.valid_to IS NULL \
         LEFT JOIN fleet_agent a ON a.key = c.agent_key AND a.revoked_at IS NULL \
         LEFT JOIN fleet_presence p ON p.agent_key = a.key \
         LEFT JOIN cmdb_section s ON s.ci_key = c.key AND s.section = 'identity' \
         WHERE c.organisation_id = $2 AND c.key IN ( \
             SELECT known.ci_key FROM json_array_elements($1::json) AS said \
             JOIN cmdb_identifier known ON known.value = said ->> 1 AND known.kind = said ->> 0 \
                 AND known.valid_to IS NULL LIMIT 100)",
    );
    Ok(statement(sql)
        .bind::<Text, _>(rows(identifiers)?)
        .bind::<Uuid16, _>(Key16::from(organisation))
        .bind::<Integer, _>(vendor_attribute)
        .load(conn)?)
}
