//! When each source last confirmed what it says of an item.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::Text;
use jiff::Timestamp;
use serde_json::Value;

use super::decided;
use super::expression::row_last_seen;
use super::rules::{Age, Ages};
use super::store::Stated;
use crate::cmdb::model::source::{Source, SourceKind, SourceName};
use crate::cmdb::observed::rows;
use crate::fleet::silence::Holds;
use crate::kernel::id::OrganisationId;
use crate::store::column::{At, Instant, Key16};
use crate::store::dialect::either;
use crate::store::schema::{cmdb_ci as c, cmdb_standing as s};
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// An item, as far as its statements' age depends on it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its class.
    pub class: String,
    organisation_id: OrganisationId,
    parent_key: Option<i32>,
    /// When an agent last saw it.
    seen: Option<Timestamp>,
    /// What stands in its own row of what people decide.
    decided: [(&'static str, Value); 6],
}

impl Subject {
    /// Whether its own row says what follows from this being shown, as JSON text.
    pub(super) fn stands(&self, attribute: &str, shown: Option<&str>) -> bool {
        let Some((_, standing)) = self.decided.iter().find(|(name, _)| *name == attribute) else { return true };
        decided::column(attribute, shown).is_none_or(|value| value == *standing)
    }
}

/// How old statements about some items are now.
#[derive(Debug)]
pub struct Standings<'a> {
    /// The items.
    pub subjects: BTreeMap<i32, Subject>,
    confirmed: BTreeMap<(i32, SourceName), Timestamp>,
    sources: &'a BTreeMap<SourceName, Source>,
    holds: &'a Holds,
    now: Timestamp,
}

type Decided = (String, Option<String>, Option<String>, Option<i32>, Option<String>, String);
type Row = (i32, String, Key16, Option<i32>, (Option<At>, Option<At>), Decided);

impl<'a> Standings<'a> {
    /// Reads how sources stand to these items: two statements.
    pub fn load(
        conn: &mut Conn,
        keys: &[i32],
        sources: &'a BTreeMap<SourceName, Source>,
        holds: &'a Holds,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let rows: Vec<Row> = c::table
            .filter(c::key.eq_any(keys))
            .select((
                c::key,
                c::class,
                c::organisation_id,
                c::parent_key,
                (row_last_seen(), c::last_seen_at),
                (c::name, c::owner, c::support_team, c::criticality, c::environment, c::lifecycle),
            ))
            .load(conn)?;
        let subjects: BTreeMap<i32, Subject> = rows.into_iter().map(subject).collect();
        let parents = subjects.values().filter_map(|one| one.parent_key);
        let family: BTreeSet<i32> = keys.iter().copied().chain(parents).collect();
        let rows: Vec<(i32, String, Option<At>)> = s::table
            .filter(s::ci_key.eq_any(family.into_iter().collect::<Vec<_>>()))
            .select((s::ci_key, s::source, s::confirmed_at))
            .load(conn)?;
        let confirmed =
            rows.into_iter().filter_map(|(key, source, at)| Some(((key, source.parse().ok()?), at?.0))).collect();
        Ok(Self { subjects, confirmed, sources, holds, now })
    }

    fn heard(&self, stated: &Stated, kind: SourceKind) -> Option<Timestamp> {
        let subject = self.subjects.get(&stated.ci_key)?;
        match kind {
            SourceKind::Agent => subject.seen,
            SourceKind::Person | SourceKind::Inherited => None,
            SourceKind::Inventory | SourceKind::Import | SourceKind::Integration => {
                let of = |key: i32| self.confirmed.get(&(key, stated.source.clone())).copied();
                of(stated.ci_key).max(subject.parent_key.and_then(of))
            }
        }
    }
}

impl Ages for Standings<'_> {
    fn at(&self) -> Timestamp {
        self.now
    }

    fn age(&self, stated: &Stated) -> Age {
        let Some(source) = self.sources.get(&stated.source) else {
            return Age { confirmed_at: stated.valid_from, stale_since: None };
        };
        let heard = self.heard(stated, source.kind);
        let confirmed_at = heard.map_or(stated.valid_from, |heard| heard.max(stated.valid_from));
        let judged_at = match self.subjects.get(&stated.ci_key) {
            Some(subject) if source.kind == SourceKind::Agent => {
                self.holds.judged_at(subject.organisation_id, self.now)
            }
            _ => self.now,
        };
        Age { confirmed_at, stale_since: source.stale_since(confirmed_at, judged_at) }
    }
}

fn subject((key, class, organisation_id, parent_key, (last_seen, row_seen), decided): Row) -> (i32, Subject) {
    let seen = last_seen.max(row_seen).map(Timestamp::from);
    let (name, owner, support_team, criticality, environment, lifecycle) = decided;
    let decided = [
        ("name", Value::from(name)),
        ("owner", Value::from(owner)),
        ("support_team", Value::from(support_team)),
        ("criticality", Value::from(criticality)),
        ("environment", Value::from(environment)),
        ("lifecycle", Value::from(lifecycle)),
    ];
    (key, Subject { class, organisation_id: organisation_id.into(), parent_key, seen, decided })
}

/// A source that is not our own agent mentioned these items and all it says of what is under them.
pub fn confirm(conn: &mut Conn, source: &SourceName, keys: &[i32], at: Timestamp) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "INSERT INTO cmdb_standing (ci_key, source, confirmed_at, stale) \
         SELECT value, ?2, ?3, FALSE FROM json_each(?1) WHERE TRUE \
         ON CONFLICT (ci_key, source) DO UPDATE SET confirmed_at = excluded.confirmed_at \
         WHERE cmdb_standing.confirmed_at IS NULL OR cmdb_standing.confirmed_at < excluded.confirmed_at",
        "INSERT INTO cmdb_standing (ci_key, source, confirmed_at, stale) \
         SELECT value::int4, $2, $3, FALSE FROM json_array_elements_text($1::json) \
         ON CONFLICT (ci_key, source) DO UPDATE SET confirmed_at = excluded.confirmed_at \
         WHERE cmdb_standing.confirmed_at IS NULL OR cmdb_standing.confirmed_at < excluded.confirmed_at",
    );
    statement(sql)
        .bind::<Text, _>(rows(keys)?)
        .bind::<Text, _>(source.as_str())
        .bind::<Instant, _>(At(at))
        .execute(conn)?;
    Ok(())
}
