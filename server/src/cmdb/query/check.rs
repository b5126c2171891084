//! From what is written to what is looked for.

use jiff::SignedDuration;

use super::known::Known;
use super::names::{self, Filter};
use super::parse::parse;
use super::syntax::{Asked, Expr, Fault, Value};
use super::value::{Relation, pattern};
use crate::cmdb::list::filter::AttributeFilter;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;
use crate::cmdb::organisation::OrganisationTree;
use crate::index::address::Network;
use crate::index::model::term::Term;
use crate::kernel::id::OrganisationId;

mod attribute;
mod filter;
pub mod health;
mod software;

/// Most saved searches within one another.
const GROUPS_DEEP: usize = 8;
/// Most parts of a query when every saved search in it is written out.
const PARTS: usize = 500;

/// A query that can be evaluated.
#[derive(Debug, Clone)]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// Any of these; of none, nothing.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A text of the item.
    Text(Term),
    /// One of these classes.
    Class(Vec<String>),
    /// Of one of these organisations.
    Organisation(Vec<OrganisationId>),
    /// In one of these lifecycles.
    Lifecycle(Vec<Lifecycle>),
    /// Observed so.
    Observation(Vec<Observation>),
    /// What people decide of it.
    Decided(Decided, Test, Box<AttributeFilter>),
    /// What is shown of an attribute.
    Attribute(AttributeFilter),
    /// It has one of these tags today; of another time, what was shown then.
    Tagged(Vec<Tagged>, Box<AttributeFilter>),
    /// How long ago something happened.
    Age(Moment, Relation, SignedDuration),
    /// It has an identifier of one of these kinds that is like one of these patterns.
    Identifier(&'static [&'static str], Vec<String>),
    /// It has an identifier of one of these kinds, or none.
    Identified(&'static [&'static str], bool),
    /// It has an address in one of these networks.
    Address(Vec<Network>),
    /// It has one of these versions installed.
    Installed(Installed),
    /// It is used or meant to be, and is more than a leftover of a host that is not.
    InService(Place),
    /// Nothing is known to do with it.
    Orphan,
    /// It is asked whether it is the same as another.
    Duplicate,
    /// A source says something of it that its class forbids.
    Refused,
    /// A policy asks for somebody to confirm it; nobody did in time, or it does not matter whether somebody did.
    Attested {
        /// Whether nobody did in time.
        overdue: bool,
    },
}

/// What is to be installed on an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Any of these versions.
    pub versions: Vec<i32>,
    /// The rows whose lists of software do not count.
    pub outdated_lists: Vec<i32>,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// By itself, under no host.
    Alone,
    /// By itself or under a host.
    Anywhere,
}

/// A tag that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    /// Whatever it is.
    Any,
    /// This one.
    Exactly(String),
    /// One that begins so.
    Beginning(String),
    /// One that is like this pattern, in lower case.
    Like(String),
}

/// A column of the item's own row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Decided {
    Name,
    Owner,
    Team,
    Environment,
    Criticality,
}

/// A time in the life of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Moment {
    Seen,
    FirstSeen,
    Created,
}

/// What a value has to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Like one of these patterns, in lower case.
    Like(Vec<String>),
    /// One of these, as JSON text.
    OneOf(Vec<String>),
    /// A number that compares so.
    Compares(Relation, f64),
    /// A text that compares so: a time.
    Follows(Relation, String),
    /// Anything, or nothing.
    Present(bool),
}

/// What a query is checked against.
#[derive(Clone, Copy)]
pub struct Checker<'a> {
    /// Every class and attribute.
    pub book: &'a ClassBook,
    /// Every organisation.
    pub organisations: &'a OrganisationTree,
    /// Groups and products.
    pub known: &'a Known,
}

impl Checker<'_> {
    /// Reads a query as far as it can be evaluated.
    ///
    /// # Errors
    ///
    /// The first [`Fault`] it has.
    pub fn check(self, query: &str) -> Result<Condition, Fault> {
        let mut left = PARTS;
        self.condition(&parse(query)?, &mut Vec::new(), &mut left)
    }

    fn condition(self, query: &Expr, within: &mut Vec<String>, left: &mut usize) -> Result<Condition, Fault> {
        *left = left.checked_sub(1).ok_or_else(|| too_many(query))?;
        let mut each = |parts: &[Expr]| -> Result<Vec<Condition>, Fault> {
            parts.iter().map(|part| self.condition(part, within, left)).collect()
        };
        match query {
            Expr::All(parts) => Ok(Condition::All(each(parts)?)),
            Expr::Any(parts) => Ok(Condition::Any(each(parts)?)),
            Expr::Not(part) => Ok(Condition::Not(Box::new(self.condition(part, within, left)?))),
            Expr::Text(value) => Ok(text(value)),
            Expr::Filter(asked) if names::find(&asked.name) == Some(Filter::Group) => self.groups(asked, within, left),
            Expr::Filter(asked) => self.filter(asked),
        }
    }

    fn groups(self, asked: &Asked, within: &mut Vec<String>, left: &mut usize) -> Result<Condition, Fault> {
        let at = asked.at.0;
        let mut groups = Vec::new();
        for value in &asked.values {
            let unknown = || {
                let all = self.known.groups.iter().map(|group| group.name.clone());
                Fault::new(at, "unknown", format!("there is no saved search `{}`", value.text)).allowing(all)
            };
            let group = self.known.group(&value.text).ok_or_else(unknown)?;
            if within.contains(&group.name_folded) {
                return Err(Fault::new(at, "invalid", format!("the saved search `{}` contains itself", group.name)));
            }
            if within.len() >= GROUPS_DEEP {
                let detail = format!("saved searches stand {GROUPS_DEEP} deep in one another at most");
                return Err(Fault::new(at, "too_long", detail));
            }
            within.push(group.name_folded.clone());
            let inner = parse(&group.query).and_then(|query| self.condition(&query, within, left));
            within.pop();
            let in_group =
                |fault: Fault| Fault { column: at, detail: format!("in `{}`: {}", group.name, fault.detail), ..fault };
            groups.push(inner.map_err(in_group)?);
        }
        Ok(Condition::Any(groups))
    }
}

fn text(value: &Value) -> Condition {
    // Of what consists of nothing but blanks everything has a part.
    Term::new(value.needle()).map_or(Condition::All(Vec::new()), Condition::Text)
}

fn too_many(query: &Expr) -> Fault {
    let at = query.filters().first().map_or(1, |asked| asked.at.0);
    Fault::new(at, "too_long", format!("with its saved searches written out the query has more than {PARTS} parts"))
}

/// Patterns of values.
fn patterns(values: &[Value]) -> Vec<String> {
    values.iter().map(pattern).collect()
}
