//! What a list shows of an item.

use std::collections::BTreeMap;

use diesel::prelude::*;
use jiff::Timestamp;

use super::reference;
use super::row::CiRow;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::organisation::OrganisationTree;
use crate::cmdb::value::expression::in_scope;
use crate::cmdb::value::rules::{AsOf, Rules};
use crate::cmdb::value::store::{self as values, Stated};
use crate::fleet::silence::Holds;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{CiId, OrganisationId};
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// An item as lists show it.
#[derive(Debug, Clone)]
pub struct CiSummary {
    /// The database's key.
    pub key: i32,
    /// The id.
    pub id: CiId,
    /// The class.
    pub class: String,
    /// The name.
    pub name: String,
    /// Whose it is.
    pub organisation: (OrganisationId, String),
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who supports it.
    pub support_team: Option<String>,
    /// 1 to 4; 1 matters most.
    pub criticality: Option<i32>,
    /// What it is used for.
    pub environment: Option<String>,
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// How sure we are that it is there, today.
    pub observation: Observation,
    /// When an agent first saw it.
    pub first_seen: Option<Timestamp>,
    /// When an agent last saw it.
    pub last_seen: Option<Timestamp>,
    /// What is shown of the attributes of its class, as JSON text by name.
    pub attributes: BTreeMap<String, String>,
    /// The attributes of which what is shown is inherited.
    pub inherited: Vec<String>,
    /// The host of a dependent item.
    pub parent: Option<Reference>,
}

/// Another item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its id.
    pub id: CiId,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
}

/// What describing an item needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Every class and attribute.
    pub book: &'a ClassBook,
    /// Every organisation.
    pub organisations: &'a OrganisationTree,
    /// When silence begins to mean something.
    pub freshness: Freshness,
    /// Whose silence does not.
    pub holds: &'a Holds,
    /// Who is believed.
    pub rules: &'a Rules,
}

/// Describes rows as of a time or now, in a fixed number of queries for however many.
pub fn describe(
    conn: &mut Conn,
    ctx: &Ctx,
    around: &Surroundings<'_>,
    rows: Vec<CiRow>,
    as_of: Option<Timestamp>,
) -> Result<Vec<CiSummary>, StoreError> {
    let keys: Vec<i32> = rows.iter().map(|row| row.key).collect();
    let hosts: Vec<i32> = rows.iter().filter_map(|row| row.parent_key).collect();
    let records = Records::around(conn, &keys, &hosts, as_of)?;
    let mut stated: BTreeMap<i32, Vec<Stated>> = BTreeMap::new();
    for value in shown(conn, around, &rows, &records, as_of)? {
        stated.entry(records.item_of(value.ci_key).unwrap_or(value.ci_key)).or_default().push(value);
    }
    let parents = match as_of {
        None => parents(conn, &ctx.scope, &hosts, |host| records.item_of(host).unwrap_or(host))?,
        Some(_) => reference::of_rows(conn, &ctx.scope, &hosts, as_of)?,
    };
    let describe_one = |row: CiRow| {
        let said = stated.remove(&row.key).unwrap_or_default();
        let parent = row.parent_key.and_then(|key| parents.get(&key).cloned());
        let summary = summary(around, ctx.now, row, parent);
        with_values(around.book, summary, said, as_of.is_some())
    };
    Ok(rows.into_iter().map(describe_one).collect())
}

/// What is shown of these items: now it is marked, at another time it is chosen from what was said then.
fn shown(
    conn: &mut Conn,
    around: &Surroundings<'_>,
    rows: &[CiRow],
    records: &Records,
    as_of: Option<Timestamp>,
) -> Result<Vec<Stated>, StoreError> {
    let Some(at) = as_of else { return values::list_shown(conn, &records.keys()) };
    let (book, rules) = (around.book, around.rules);
    let classes: BTreeMap<i32, &str> = rows.iter().map(|row| (row.key, row.class.as_str())).collect();
    let mut said: BTreeMap<(i32, i32), Vec<Stated>> = BTreeMap::new();
    for stated in values::list(conn, &records.keys(), at)? {
        let Some(item) = records.item_of(stated.ci_key) else { continue };
        said.entry((item, stated.attribute_id)).or_default().push(stated);
    }
    let choose = |((item, attribute_id), mut statements): ((i32, i32), Vec<Stated>)| {
        let (class, attribute) = (classes.get(&item)?, book.attribute_by_id(attribute_id)?);
        let all: Vec<&Stated> = statements.iter().collect();
        let choice = rules.choose(book, (item, class, &attribute.name), &all, &AsOf(at))?;
        Some(statements.swap_remove(choice.place))
    };
    Ok(said.into_iter().filter_map(choose).collect())
}

/// The items in scope that these rows are part of, by row; `item_of` knows of which.
pub fn parents(
    conn: &mut Conn,
    scope: &Scope,
    rows: &[i32],
    item_of: impl Fn(i32) -> i32,
) -> Result<BTreeMap<i32, Reference>, StoreError> {
    let items: BTreeMap<i32, i32> = rows.iter().map(|row| (*row, item_of(*row))).collect();
    let wanted: Vec<i32> = items.values().copied().collect();
    let found: Vec<(i32, Key16, String, String)> =
        in_scope(scope).filter(c::key.eq_any(wanted)).select((c::key, c::id, c::name, c::class)).load(conn)?;
    let named: BTreeMap<i32, Reference> =
        found.into_iter().map(|(key, id, name, class)| (key, Reference { id: id.into(), name, class })).collect();
    Ok(items.into_iter().filter_map(|(key, item)| Some((key, named.get(&item)?.clone()))).collect())
}

fn summary(around: &Surroundings<'_>, now: Timestamp, row: CiRow, parent: Option<Reference>) -> CiSummary {
    let organisation = around.organisations.name(row.organisation_id).unwrap_or_default().to_owned();
    CiSummary {
        key: row.key,
        id: row.id,
        class: row.class,
        name: row.name,
        organisation: (row.organisation_id, organisation),
        owner: row.owner,
        support_team: row.support_team,
        criticality: row.criticality,
        environment: row.environment,
        lifecycle: row.lifecycle,
        observation: around.freshness.judge(row.sightings, around.holds.judged_at(row.organisation_id, now)),
        first_seen: row.first_seen,
        last_seen: row.sightings.last_seen,
        attributes: BTreeMap::new(),
        inherited: Vec::new(),
        parent,
    }
}

/// Puts in what is shown of the attributes; of another time also what else stands in the row.
fn with_values(book: &ClassBook, mut summary: CiSummary, said: Vec<Stated>, of_another_time: bool) -> CiSummary {
    if of_another_time {
        summary.forget_decisions();
    }
    for value in said {
        let Some(attribute) = book.attribute_by_id(value.attribute_id) else { continue };
        if value.source == SourceName::INHERITED {
            summary.inherited.push(attribute.name.clone());
        }
        if !attribute.is_decided() {
            summary.attributes.insert(attribute.name.clone(), value.value);
        } else if of_another_time {
            summary.decide(&attribute.name, &value.value);
        }
    }
    summary.inherited.sort_unstable();
    summary
}

impl CiSummary {
    /// What people decide is not known yet; the name stays, because everything has one.
    fn forget_decisions(&mut self) {
        (self.owner, self.support_team, self.criticality, self.environment) = (None, None, None, None);
        self.lifecycle = Lifecycle::UNSAID;
    }

    fn decide(&mut self, attribute: &str, value: &str) {
        let text = || serde_json::from_str::<String>(value).ok();
        match attribute {
            "name" => self.name = text().unwrap_or_else(|| std::mem::take(&mut self.name)),
            "owner" => self.owner = text(),
            "support_team" => self.support_team = text(),
            "environment" => self.environment = text(),
            "criticality" => self.criticality = serde_json::from_str(value).ok(),
            "lifecycle" => self.lifecycle = text().and_then(|text| text.parse().ok()).unwrap_or(Lifecycle::UNSAID),
            _ => {}
        }
    }
}
