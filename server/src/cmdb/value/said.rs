//! Who said what: every statement about an item, how old it is, which is shown and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::rules::{Age, Ages, AsOf};
use super::settle::Settler;
use super::shown::NOW;
use super::standing::Standings;
use super::store::{self as values, Signed, Stated};
use crate::cmdb::inheritance::origin::{self, Origin};
use crate::cmdb::item::row;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::model::order::Subject;
use crate::cmdb::model::precedence::Rule;
use crate::cmdb::model::source::SourceName;
use crate::kernel::scope::Scope;
use crate::store::{Conn, StoreError};

/// What is said of one attribute of an item.
#[derive(Debug, Clone)]
pub struct Account {
    /// The attribute.
    pub attribute: String,
    /// Its number.
    pub attribute_id: i32,
    /// For what the order was set that holds here, and who comes first by it.
    pub order: Option<(Subject, Vec<String>)>,
    /// Why what is shown is.
    pub rule: Option<Rule>,
    /// Whether nothing is inherited because containers that are as near say different things.
    pub is_ambiguous: bool,
    /// What each source says, those asked first before the others.
    pub statements: Vec<Said>,
}

/// What one source says of one attribute.
#[derive(Debug, Clone)]
pub struct Said {
    /// The attribute.
    pub attribute: String,
    /// What, since when and who.
    pub signed: Signed,
    /// Whether this is what is shown.
    pub shown: bool,
    /// How old it is.
    pub age: Age,
    /// Its source's place in the order.
    pub rank: usize,
    /// Whether what its source says may be shown.
    pub enabled: bool,
    /// From what it is inherited, if that is in scope.
    pub inherited_from: Option<Reference>,
}

/// From where what is inherited is.
#[derive(Debug, Default)]
struct Origins {
    /// Containers in scope, by row and attribute.
    named: BTreeMap<(i32, i32), Reference>,
    /// Attributes of which containers that are as near say different things.
    ambiguous: BTreeSet<i32>,
}

impl Origins {
    fn load(conn: &mut Conn, scope: &Scope, records: &[i32], as_of: Option<Timestamp>) -> Result<Self, StoreError> {
        let (mut from, mut ambiguous) = (BTreeMap::new(), BTreeSet::new());
        for ((key, attribute), origin) in origin::load(conn, records, as_of)? {
            match origin {
                Origin::From(container) => {
                    from.insert((key, attribute), container);
                }
                Origin::Ambiguous => {
                    ambiguous.insert(attribute);
                }
            }
        }
        if from.is_empty() {
            return Ok(Self { named: BTreeMap::new(), ambiguous });
        }
        let containers: BTreeSet<i32> = from.values().copied().collect();
        let all = row::named(conn, scope, containers.into_iter().collect())?;
        let reached = from.into_iter().filter_map(|(place, container)| Some((place, all.get(&container)?.clone())));
        Ok(Self { named: reached.collect(), ambiguous })
    }

    fn of(&self, stated: &Stated) -> Option<Reference> {
        let is_inherited = stated.source == SourceName::INHERITED;
        self.named.get(&(stated.ci_key, stated.attribute_id)).filter(|_| is_inherited).cloned()
    }
}

impl Account {
    /// The pin, if there is one.
    #[must_use]
    pub fn pin(&self) -> Option<&Said> {
        self.statements.iter().find(|one| one.signed.stated.pin.is_some())
    }
}

/// What is said of an item of a class that is made of these rows, now or at another time: six statements at most.
/// Containers outside the scope are not named.
pub fn load(
    conn: &mut Conn,
    (settler, scope): (&Settler, &Scope),
    of: (i32, &str),
    records: &[i32],
    as_of: Option<Timestamp>,
) -> Result<Vec<Account>, StoreError> {
    let signed = values::list_signed(conn, records, as_of.unwrap_or(NOW))?;
    let mut said: BTreeMap<i32, Vec<Signed>> = BTreeMap::new();
    for one in signed {
        said.entry(one.stated.attribute_id).or_default().push(one);
    }
    let origins = Origins::load(conn, scope, records, as_of)?;
    for attribute in &origins.ambiguous {
        said.entry(*attribute).or_default();
    }
    let accounts = |ages: &dyn Ages| {
        let account = |(attribute_id, statements)| account(settler, of, (attribute_id, statements), &origins, ages);
        said.into_iter().filter_map(account).collect()
    };
    if let Some(at) = as_of {
        return Ok(accounts(&AsOf(at)));
    }
    let standings = Standings::load(conn, records, &settler.rules.sources, &settler.holds, settler.now)?;
    Ok(accounts(&standings))
}

/// The same for an attribute of which nobody says anything.
#[must_use]
pub fn unsaid(settler: &Settler, of: (i32, &str), attribute_id: i32) -> Option<Account> {
    account(settler, of, (attribute_id, Vec::new()), &Origins::default(), &AsOf(settler.now))
}

fn account(
    settler: &Settler,
    (item, class): (i32, &str),
    (attribute_id, statements): (i32, Vec<Signed>),
    origins: &Origins,
    ages: &dyn Ages,
) -> Option<Account> {
    let attribute = settler.book.attribute_by_id(attribute_id)?.name.clone();
    let stated: Vec<&Stated> = statements.iter().map(|one| &one.stated).collect();
    let choice = settler.rules.choose(&settler.book, (item, class, &attribute), &stated, ages);
    let held = settler.rules.held(&settler.book, class, &attribute);
    let said = |(place, signed): (usize, Signed)| Said {
        attribute: attribute.clone(),
        shown: choice.is_some_and(|choice| choice.place == place),
        age: ages.age(&signed.stated),
        rank: held.map_or(0, |held| held.rank(&signed.stated.source)),
        enabled: settler.rules.may_be_shown(&signed.stated.source),
        inherited_from: origins.of(&signed.stated),
        signed,
    };
    let mut statements: Vec<Said> = statements.into_iter().enumerate().map(said).collect();
    statements.sort_by_key(|one| {
        let Stated { pin, source, ci_key, .. } = &one.signed.stated;
        (pin.is_none(), one.rank, source.clone(), *ci_key != item, *ci_key)
    });
    let names = |sources: &[SourceName]| sources.iter().map(ToString::to_string).collect();
    let order = held.map(|held| (held.subject.clone(), names(held.sources)));
    Some(Account {
        attribute: attribute.clone(),
        attribute_id,
        order,
        rule: choice.map(|choice| choice.rule),
        is_ambiguous: origins.ambiguous.contains(&attribute_id),
        statements,
    })
}
