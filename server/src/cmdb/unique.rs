//! Whether another item has a value that has to be unique: for people, imports and agents alike.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::prelude::*;

use super::model::check::{self, Among};
use super::model::class::ClassBook;
use super::model::lifecycle::Lifecycle;
use crate::kernel::id::OrganisationId;
use crate::store::column::Key16;
use crate::store::dialect::transaction_lock;
use crate::store::schema::{cmdb_ci as c, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// Any number will do, as long as every server of one database takes the same.
const UNIQUE_LOCK: i64 = 0x7465_7272_6965_7206;

/// A value that an item is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The item, if it is there already.
    pub ci_key: Option<i32>,
    /// Its class.
    pub class: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The attribute.
    pub attribute_id: i32,
    /// The value as JSON text.
    pub value: String,
}

/// Waits until nobody else is about to claim values. To be called before any row is written, so that two who wait for
/// each other's rows cannot both hold it.
pub fn lock(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(transaction_lock(conn, UNIQUE_LOCK)?)
}

/// Whether values of the attribute have to be unique in the class.
#[must_use]
pub fn concerns(book: &ClassBook, class: &str, attribute_id: i32) -> bool {
    book.attribute_by_id(attribute_id).is_some_and(|one| !check::unique(book, class, one).is_empty())
}

/// Whether any value of these attributes has to be unique anywhere.
#[must_use]
pub fn concerns_any(book: &ClassBook, attributes: &BTreeSet<i32>) -> bool {
    book.constraints().any(|one| one.rules.unique.is_some() && attributes.contains(&one.attribute_id))
}

#[derive(Debug)]
struct Holder {
    ci_key: Option<i32>,
    class: String,
    organisation: OrganisationId,
}

/// Who has values that others must not have: items that are there, and claims that were heard.
#[derive(Debug, Default)]
pub struct Holders(HashMap<(i32, String), Vec<Holder>>);

impl Holders {
    /// The items that have any of these values, attribute and JSON text, where nobody else may: one statement, or none
    /// if nothing of it has to be unique.
    pub fn of(conn: &mut Conn, book: &ClassBook, values: &[(i32, String)]) -> Result<Self, StoreError> {
        let attributes: HashSet<i32> = values.iter().map(|(attribute_id, _)| *attribute_id).collect();
        let unique = book.constraints().filter(|one| one.rules.unique.is_some());
        let unique: Vec<_> = unique.filter(|one| attributes.contains(&one.attribute_id)).collect();
        let below = unique.iter().flat_map(|one| book.with_subclasses(&one.class));
        let classes: HashSet<&String> = below.map(|class| &class.name).collect();
        if classes.is_empty() {
            return Ok(Self::default());
        }
        let attributes = unique.iter().map(|one| one.attribute_id).collect();
        load(conn, &classes, attributes, values.iter().map(|(_, value)| value).collect())
    }

    /// Whether another item or an earlier claim stands against this one.
    #[must_use]
    pub fn stand_against(&self, book: &ClassBook, claim: &Claim) -> bool {
        let Some(holders) = self.0.get(&(claim.attribute_id, claim.value.clone())) else { return false };
        let among = among(book, claim);
        let is_other = |one: &Holder| one.ci_key.is_none() || one.ci_key != claim.ci_key;
        holders.iter().any(|one| is_other(one) && stands_against(&among, claim, &one.class, one.organisation))
    }

    /// Hears a claim: later ones are held against it, too.
    pub fn hear(&mut self, claim: Claim) {
        let Claim { ci_key, class, organisation, attribute_id, value } = claim;
        self.0.entry((attribute_id, value)).or_default().push(Holder { ci_key, class, organisation });
    }
}

/// Which of these claims another item stands against, or an earlier one of them: in one statement for however many,
/// and in none if nothing of it has to be unique.
pub fn taken(conn: &mut Conn, book: &ClassBook, claims: &[Claim]) -> Result<Vec<bool>, StoreError> {
    let among: Vec<Vec<Among>> = claims.iter().map(|claim| among(book, claim)).collect();
    if among.iter().all(Vec::is_empty) {
        return Ok(vec![false; claims.len()]);
    }
    let asked = || claims.iter().zip(&among).filter(|(_, among)| !among.is_empty());
    let classes = asked().flat_map(|(_, among)| among).flat_map(|one| &one.classes).collect();
    let attributes = asked().map(|(claim, _)| claim.attribute_id).collect();
    let mut holders = load(conn, &classes, attributes, asked().map(|(claim, _)| &claim.value).collect())?;
    let mut verdicts = Vec::with_capacity(claims.len());
    for claim in claims {
        verdicts.push(holders.stand_against(book, claim));
        holders.hear(claim.clone());
    }
    Ok(verdicts)
}

fn among(book: &ClassBook, claim: &Claim) -> Vec<Among> {
    book.attribute_by_id(claim.attribute_id).map_or_else(Vec::new, |one| check::unique(book, &claim.class, one))
}

fn stands_against(among: &[Among], claim: &Claim, class: &str, organisation: OrganisationId) -> bool {
    among.iter().any(|one| {
        one.classes.iter().any(|known| known == class) && (!one.same_organisation || organisation == claim.organisation)
    })
}

/// Items that are in use by somebody: what is retired or disposed of holds nothing.
fn load(
    conn: &mut Conn,
    classes: &HashSet<&String>,
    attributes: HashSet<i32>,
    values: HashSet<&String>,
) -> Result<Holders, StoreError> {
    let over = [Lifecycle::Retired.name(), Lifecycle::Disposed.name()];
    let rows: Vec<(i32, i32, String, String, Key16)> = c::table
        .inner_join(v::table.on(v::ci_key.eq(c::key)))
        .filter(c::class.eq_any(classes.iter().copied().cloned().collect::<Vec<_>>()).and(c::lifecycle.ne_all(over)))
        .filter(v::attribute_id.eq_any(attributes.into_iter().collect::<Vec<_>>()).and(v::valid_to.is_null()))
        .filter(v::value.eq_any(values.into_iter().cloned().collect::<Vec<_>>()))
        .select((c::key, v::attribute_id, v::value, c::class, c::organisation_id))
        .load(conn)?;
    let mut holders = Holders::default();
    for (ci_key, attribute_id, value, class, organisation) in rows {
        let (ci_key, organisation) = (Some(ci_key), organisation.into());
        holders.hear(Claim { ci_key, class, organisation, attribute_id, value });
    }
    Ok(holders)
}
