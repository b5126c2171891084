//! Who holds an address, and where they listen.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};

use super::rows;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A CI that holds an address or name now.
#[derive(Debug, Clone, QueryableByName)]
pub struct HolderRow {
    /// The address or name.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// The CI.
    #[diesel(sql_type = Integer)]
    pub ci_key: i32,
    /// Its class.
    #[diesel(sql_type = Text)]
    pub class: String,
    /// Whether it is of the organisation that asks.
    #[diesel(sql_type = Bool)]
    pub near: bool,
    /// When agents last saw it.
    #[diesel(sql_type = Nullable<Instant>)]
    pub last_seen_at: Option<At>,
    /// Since when agents no longer see it.
    #[diesel(sql_type = Nullable<Instant>)]
    pub gone_at: Option<At>,
}

/// An instance's value of the attribute that says where it listens.
#[derive(Debug, Clone, QueryableByName)]
pub struct ListenerRow {
    /// The host it is under.
    #[diesel(sql_type = Integer)]
    pub host_key: i32,
    /// The instance.
    #[diesel(sql_type = Integer)]
    pub ci_key: i32,
    /// The JSON text.
    #[diesel(sql_type = Text)]
    pub value: String,
}

/// Who holds these addresses and names, but for what people retired.
pub fn holders(conn: &mut Conn, names: &[&str], organisation: OrganisationId) -> Result<Vec<HolderRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT i.value, c.key AS ci_key, c.class, c.organisation_id = ?2 AS near, c.last_seen_at, c.gone_at \
         FROM json_each(?1) AS name \
         JOIN cmdb_identifier i ON i.value = name.value AND i.kind IN ('address', 'fqdn', 'hostname') \
             AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key WHERE c.lifecycle NOT IN ('retired', 'disposed')",
        "SELECT i.value, c.key AS ci_key, c.class, c.organisation_id = $2 AS near, c.last_seen_at, c.gone_at \
         FROM json_array_elements_text($1::json) AS name \
         JOIN cmdb_identifier i ON i.value = name AND i.kind IN ('address', 'fqdn', 'hostname') \
             AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key WHERE c.lifecycle NOT IN ('retired', 'disposed')",
    );
    Ok(statement(sql).bind::<Text, _>(rows(names)?).bind::<Uuid16, _>(Key16::from(organisation)).load(conn)?)
}

/// Where the instances of these hosts listen.
pub fn listeners(conn: &mut Conn, hosts: &[i32], listens_attribute: i32) -> Result<Vec<ListenerRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT c.parent_key AS host_key, c.key AS ci_key, v.value FROM cmdb_ci c \
         JOIN cmdb_value v ON v.ci_key = c.key AND v.attribute_id = ?2 AND v.shown AND v.valid_to IS NULL \
         WHERE c.parent_key IN (SELECT value FROM json_each(?1)) AND c.gone_at IS NULL",
        "SELECT c.parent_key AS host_key, c.key AS ci_key, v.value FROM cmdb_ci c \
         JOIN cmdb_value v ON v.ci_key = c.key AND v.attribute_id = $2 AND v.shown AND v.valid_to IS NULL \
         WHERE c.parent_key IN (SELECT value::int4 FROM json_array_elements_text($1::json)) AND c.gone_at IS NULL",
    );
    Ok(statement(sql).bind::<Text, _>(rows(hosts)?).bind::<Integer, _>(listens_attribute).load(conn)?)
}
