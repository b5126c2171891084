//! The rules every installation begins with.
//!
//! Does: hold them as data and add those that an installation does not have yet, at every start.
//! Does not: change or bring back what people changed or switched off.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::model::rule::{Rule, UnknownWord};
use super::store::rule as store;
use crate::cmdb::model::attribute::Label;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::RuleId;
use crate::store::{Conn, StoreError};

/// A rule as it is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedRule {
    /// The class it is for.
    pub class: String,
    /// By what it is known for ever.
    pub name: String,
    label: Label,
    needs: Vec<String>,
    vetoes: Vec<String>,
    outcome: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    rule: Vec<ShippedRule>,
}

/// Why the shipped rules could not be brought into the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The document inside the program does not parse.
    #[error("the shipped rules do not parse")]
    Malformed(#[from] toml::de::Error),
    /// A rule uses a word that no rule can have.
    #[error("the shipped rules do not parse")]
    Word(#[from] UnknownWord),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Reads the document inside the program.
///
/// # Errors
///
/// [`Error::Malformed`] when it does not parse, which a test rules out.
pub fn read() -> Result<Vec<ShippedRule>, Error> {
    Ok(toml::from_str::<Document>(include_str!("rules.toml"))?.rule)
}

impl ShippedRule {
    /// The rule with its words read; its position is for whoever puts it in.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] names the word, which a test rules out.
    pub fn into_rule(self, id: RuleId) -> Result<Rule, UnknownWord> {
        Ok(Rule {
            id,
            class: self.class,
            shipped_name: Some(self.name),
            position: 0,
            label: self.label,
            needs: self.needs.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            vetoes: self.vetoes.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            outcome: self.outcome.parse()?,
            enabled: true,
            version: 1,
        })
    }
}

/// Adds the rules that are missing, each behind the one that is before it here, wherever people have put that.
///
/// Runs in the caller's transaction, after the shipped classes; several servers may do so at once.
///
/// # Errors
///
/// [`Error::Store`] when the database refuses; then nothing was changed.
pub fn install(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    store::lock(conn)?;
    let mut places: BTreeMap<String, Places> = BTreeMap::new();
    for rule in store::list(conn)? {
        places.entry(rule.class).or_default().take(rule.shipped_name, rule.position);
    }
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    for shipped in read()? {
        let (class, name) = (shipped.class.clone(), shipped.name.clone());
        let places = places.entry(class.clone()).or_default();
        let before = before.insert(class, name.clone());
        if places.shipped.contains_key(&name) {
            continue;
        }
        let mut rule = shipped.into_rule(ctx.new_id())?;
        rule.position = places.behind(before.as_deref());
        places.take(Some(name), rule.position);
        store::insert(conn, &rule)?;
    }
    Ok(())
}

/// How far rules lie apart, so that others can come between them.
const APART: i32 = 10;

/// Where the rules of a class stand.
#[derive(Debug, Default)]
struct Places {
    taken: BTreeSet<i32>,
    shipped: BTreeMap<String, i32>,
}

impl Places {
    fn take(&mut self, shipped: Option<String>, position: i32) {
        self.taken.insert(position);
        self.shipped.extend(shipped.map(|name| (name, position)));
    }

    /// Behind this rule and before the next; at the end where there is no room.
    fn behind(&self, name: Option<&str>) -> i32 {
        let place = name.and_then(|name| self.shipped.get(name)).copied().unwrap_or_default();
        let end = self.taken.last().copied().unwrap_or_default().saturating_add(APART);
        let Some(next) = self.taken.range(place.saturating_add(1)..).next() else { return end };
        let middle = place.midpoint(*next);
        if middle > place { middle } else { end }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::identification::model::rule::Rule;
    use crate::kernel::id::Id;

    #[test]
    fn a_rule_that_is_new_comes_behind_the_one_before_it_or_where_there_is_room() {
        let mut places = Places::default();
        assert_eq!(places.behind(None), 10, "the first of a class");
        places.take(Some("cloud_instance".to_owned()), 10);
        assert_eq!(places.behind(Some("cloud_instance")), 20, "the last");
        places.take(Some("maker_and_serial".to_owned()), 20);
        assert_eq!(places.behind(Some("cloud_instance")), 15);
        assert_eq!((places.behind(None), places.behind(Some("another"))), (5, 5), "before all");
        places.take(None, 11);
        assert_eq!(places.behind(Some("cloud_instance")), 30, "there is no room");
    }

    #[test]
    fn every_shipped_rule_is_one_that_a_person_could_make() {
        for shipped in super::read().unwrap() {
            let rule = shipped.into_rule(Id::from_uuid(uuid::Uuid::nil())).unwrap();
            assert_eq!(Rule::check(&rule.needs, &rule.vetoes, rule.outcome), Ok(()), "{}", rule.label.en);
        }
    }
}
