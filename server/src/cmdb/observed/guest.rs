//! Which hosts are guests, and on which hosts guests run: by the UUID that both name.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::rows;
use crate::kernel::id::OrganisationId;
use crate::store::column::{Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// A host that has one of the identifiers now.
#[derive(Debug, Clone, QueryableByName)]
pub struct GuestRow {
    /// What kind of identifier.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The identifier.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// The host.
    #[diesel(sql_type = Integer)]
    pub ci_key: i32,
}

/// The hosts of an organisation with these identifiers, kind and value, but for what people retired.
pub fn holders(
    conn: &mut Conn,
    identifiers: &[(&str, &str)],
    organisation: OrganisationId,
) -> Result<Vec<GuestRow>, StoreError> {
    let sql = either(
        conn,
        "SELECT i.kind, i.value, i.ci_key FROM json_each(?1) AS said \
         JOIN cmdb_identifier i ON i.value = said.value ->> 1 AND i.kind = said.value ->> 0 AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key \
         WHERE c.organisation_id = ?2 AND c.lifecycle NOT IN ('retired', 'disposed')",
        "SELECT i.kind, i.value, i.ci_key FROM json_array_elements($1::json) AS said \
         JOIN cmdb_identifier i ON i.value = said ->> 1 AND i.kind = said ->> 0 AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key \
         WHERE c.organisation_id = $2 AND c.lifecycle NOT IN ('retired', 'disposed')",
    );
    Ok(statement(sql).bind::<Text, _>(rows(identifiers)?).bind::<Uuid16, _>(Key16::from(organisation)).load(conn)?)
}
