//! The rules every installation begins with.
//!
//! Does: hold them as data and add those that an installation does not have yet, at every start.
//! Does not: change or bring back what people changed or switched off.

use std::collections::HashSet;

use serde::Deserialize;

use super::model::rule::{Rule, UnknownWord};
use super::store::rule as store;
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

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    en: String,
    ko: String,
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
            label_en: self.label.en,
            label_ko: self.label.ko,
            needs: self.needs.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            vetoes: self.vetoes.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            outcome: self.outcome.parse()?,
            enabled: true,
            version: 1,
        })
    }
}

/// Adds the rules that are missing, behind those of their class that are there.
///
/// Runs in the caller's transaction, after the shipped classes; several servers may do so at once.
///
/// # Errors
///
/// [`Error::Store`] when the database refuses; then nothing was changed.
pub fn install(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    store::lock(conn)?;
    let there = store::list(conn)?;
    let known: HashSet<(&str, &str)> =
        there.iter().filter_map(|rule| Some((rule.class.as_str(), rule.shipped_name.as_deref()?))).collect();
    let missing = read()?.into_iter().filter(|rule| !known.contains(&(rule.class.as_str(), rule.name.as_str())));
    let mut last: std::collections::HashMap<String, i32> = std::collections::HashMap::new();
    for rule in &there {
        let place = last.entry(rule.class.clone()).or_default();
        *place = rule.position.max(*place);
    }
    for shipped in missing {
        let mut rule = shipped.into_rule(ctx.new_id())?;
        let place = last.entry(rule.class.clone()).or_default();
        *place = place.saturating_add(10);
        rule.position = *place;
        store::insert(conn, &rule)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::identification::model::rule::Rule;
    use crate::kernel::id::Id;

    #[test]
    fn every_shipped_rule_is_one_that_a_person_could_make() {
        for shipped in super::read().unwrap() {
            let rule = shipped.into_rule(Id::from_uuid(uuid::Uuid::nil())).unwrap();
            assert_eq!(Rule::check(&rule.needs, &rule.vetoes, rule.outcome), Ok(()), "{}", rule.label_en);
        }
    }
}
