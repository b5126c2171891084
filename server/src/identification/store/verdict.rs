//! Which identifiers tell nothing: learned from what is seen, or decided by people.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jiff::{SignedDuration, Timestamp};

use crate::identification::model::evidence::IdentifierKind;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Instant, Key16, Uuid16};
use crate::store::dialect::either;
use crate::store::schema::identification_verdict as v;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// On how many CIs that are alive at once an identifier tells nothing any more.
pub const SHARED_BY: i32 = 3;
/// A CI is alive if it was seen within this time.
const ALIVE: SignedDuration = SignedDuration::from_hours(24);

/// An identifier that was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its kind.
    pub kind: String,
    /// The identifier.
    pub value: String,
    /// Whether people say that it tells something after all.
    pub trusted: bool,
    /// Whose CIs it is about.
    pub organisation: OrganisationId,
    /// When.
    pub at: Timestamp,
    /// On how many CIs it was seen.
    pub seen_on: i32,
    /// Who decided; none if it was learned.
    pub decided_by: Option<String>,
}

type Row = (String, String, String, Key16, At, i32, Option<String>);

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = Integer)]
    seen_on: i32,
}

/// Of these identifiers, kind and value, those that tell nothing in this organisation.
pub fn shared(
    conn: &mut Conn,
    organisation: OrganisationId,
    values: &[&str],
) -> Result<HashSet<(String, String)>, StoreError> {
    let rows: Vec<(String, String)> = v::table
        .filter(v::organisation_id.eq(Key16::from(organisation)).and(v::verdict.eq("shared")))
        .filter(v::value.eq_any(values))
        .select((v::kind, v::value))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Learns which of the identifiers of these CIs are on so many that are alive that they tell nothing; those that
/// people trust stay. Gives what was learned.
pub fn learn(
    conn: &mut Conn,
    organisation: OrganisationId,
    values: &[(&str, &str)],
    now: Timestamp,
) -> Result<Vec<(IdentifierKind, String, i32)>, StoreError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let sql = either(
        conn,
        "SELECT i.kind, i.value, CAST(count(DISTINCT coalesce(c.survivor_key, c.key)) AS INTEGER) AS seen_on \
         FROM json_each(?1) AS said \
         JOIN cmdb_identifier i ON i.value = said.value ->> 1 AND i.kind = said.value ->> 0 AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key AND c.organisation_id = ?2 AND c.last_seen_at >= ?3 \
             AND c.lifecycle NOT IN ('retired', 'disposed') \
         WHERE NOT EXISTS (SELECT 1 FROM identification_verdict j WHERE j.organisation_id = ?2 AND j.kind = i.kind \
             AND j.value = i.value) \
         GROUP BY i.kind, i.value HAVING count(DISTINCT coalesce(c.survivor_key, c.key)) >= ?4",
        "SELECT i.kind, i.value, count(DISTINCT coalesce(c.survivor_key, c.key))::int4 AS seen_on \
         FROM json_array_elements($1::json) AS said \
         JOIN cmdb_identifier i ON i.value = said ->> 1 AND i.kind = said ->> 0 AND i.valid_to IS NULL \
         JOIN cmdb_ci c ON c.key = i.ci_key AND c.organisation_id = $2 AND c.last_seen_at >= $3 \
             AND c.lifecycle NOT IN ('retired', 'disposed') \
         WHERE NOT EXISTS (SELECT 1 FROM identification_verdict j WHERE j.organisation_id = $2 AND j.kind = i.kind \
             AND j.value = i.value) \
         GROUP BY i.kind, i.value HAVING count(DISTINCT coalesce(c.survivor_key, c.key)) >= $4",
    );
    let said = serde_json::to_string(values).map_err(|error| StoreError::Unstorable(error.to_string()))?;
    let alive = now.checked_sub(ALIVE).unwrap_or(Timestamp::MIN);
    let found: Vec<Counted> = statement(sql)
        .bind::<Text, _>(said)
        .bind::<Uuid16, _>(Key16::from(organisation))
        .bind::<Instant, _>(At(alive))
        .bind::<Integer, _>(SHARED_BY)
        .load(conn)?;
    for one in &found {
        put(conn, organisation, (&one.kind, &one.value), ("shared", one.seen_on, None), now)?;
    }
    Ok(found.into_iter().filter_map(|one| Some((one.kind.parse().ok()?, one.value, one.seen_on))).collect())
}

/// Writes a verdict over whatever was judged before.
pub fn put(
    conn: &mut Conn,
    organisation: OrganisationId,
    (kind, value): (&str, &str),
    (verdict, seen_on, decided_by): (&str, i32, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    let of = v::organisation_id.eq(Key16::from(organisation)).and(v::kind.eq(kind)).and(v::value.eq(value));
    diesel::delete(v::table.filter(of)).execute(conn)?;
    diesel::insert_into(v::table)
        .values((
            (v::organisation_id.eq(Key16::from(organisation)), v::kind.eq(kind), v::value.eq(value)),
            (v::verdict.eq(verdict), v::at.eq(At(now)), v::seen_on.eq(seen_on), v::decided_by.eq(decided_by)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every identifier that was judged in these organisations, newest first; all organisations if none is given.
pub fn list(conn: &mut Conn, organisations: Option<&[OrganisationId]>, limit: i64) -> Result<Vec<Judged>, StoreError> {
    let mut query = v::table.order((v::at.desc(), v::kind, v::value)).into_boxed();
    if let Some(organisations) = organisations {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(v::organisation_id.eq_any(keys));
    }
    let rows: Vec<Row> = query
        .limit(limit)
        .select((v::kind, v::value, v::verdict, v::organisation_id, v::at, v::seen_on, v::decided_by))
        .load(conn)?;
    Ok(rows.into_iter().map(judged).collect())
}

fn judged((kind, value, verdict, organisation, at, seen_on, decided_by): Row) -> Judged {
    let (trusted, organisation, at) = (verdict == "trusted", organisation.into(), at.0);
    Judged { kind, value, trusted, organisation, at, seen_on, decided_by }
}
