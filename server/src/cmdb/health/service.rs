//! From what was counted to what is told.

use std::collections::BTreeMap;

use super::model::{Check, Tally};
use crate::cmdb::error::Error;
use crate::cmdb::list::RawFilter;
use crate::cmdb::list::figures::{self, Cell, Counted, Verdict};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::query::check::health::{Judgement, Missing};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::Conn;

/// How good the register is.
#[derive(Debug)]
pub struct Health {
    /// How many items there are, judged or not.
    pub items: u64,
    /// One of each check.
    pub checks: Vec<(Check, Tally)>,
    /// One of each attribute that a class requires or recommends.
    pub attributes: Vec<(String, Tally)>,
    /// Of each class, with all that inherit from it.
    pub classes: Vec<Group<String>>,
    /// Of each team, and of none.
    pub teams: Vec<Group<Option<String>>>,
    /// Of each organisation, with all below it.
    pub organisations: Vec<Group<(OrganisationId, String)>>,
    /// Every class and attribute.
    pub book: ClassBook,
}

/// Some of the items.
#[derive(Debug)]
pub struct Group<K> {
    /// What they have in common.
    pub of: K,
    /// How many there are, judged or not.
    pub items: u64,
    /// One of each area.
    pub areas: Vec<(Check, Tally)>,
}

#[derive(Debug, Default)]
struct Sum {
    items: u64,
    tallies: Vec<Tally>,
}

/// Counts the items in scope that match.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read.
pub fn load(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, filter: &RawFilter) -> Result<Health, Error> {
    let counted = figures::count(conn, ctx, freshness, filter, judgements)?;
    let Counted { cells, book, organisations } = counted;
    let cells: Vec<(Cell, Vec<Tally>)> = cells.into_iter().map(with_tallies).collect();
    let mut whole = Sum::default();
    for (cell, tallies) in &cells {
        whole.add(cell.items, tallies);
    }
    let lineage = |cell: &Cell| book.lineage(&cell.class).map(|class| class.name.clone()).collect::<Vec<_>>();
    let by_class = grouped(&cells, lineage);
    let in_order = book.classes().iter().filter_map(|class| by_class.get(&class.name).map(|sum| (&class.name, sum)));
    let classes = in_order.map(|(name, sum)| sum.group(name.clone())).collect();
    let by_team = grouped(&cells, |cell| vec![cell.team.clone()]);
    let teams = by_team.into_iter().map(|(team, sum)| sum.group(team)).collect();
    let by_organisation = grouped(&cells, |cell| organisations.upwards(cell.organisation));
    let named = organisations.within(&ctx.scope).filter_map(|(id, name)| Some(((id, name), by_organisation.get(&id)?)));
    let mut organisations: Vec<_> = named.map(|((id, name), sum)| sum.group((id, name.to_owned()))).collect();
    organisations.sort_by(|left, right| left.of.1.cmp(&right.of.1));
    let tally = |place: usize| whole.tallies.get(place).copied().unwrap_or_default();
    let checks = Check::ALL.into_iter().enumerate().map(|(place, check)| (check, tally(place))).collect();
    let attributes = Missing::offered(&book).into_iter().zip(Check::ALL.len()..);
    let attributes = attributes.map(|(name, place)| (name, tally(place))).collect();
    Ok(Health { items: whole.items, checks, attributes, classes, teams, organisations, book })
}

/// Checks that stand for no others, then attributes.
fn judgements(book: &ClassBook) -> Vec<Judgement> {
    let checks = single().map(|check| Judgement::of(book, check));
    let attributes = Missing::offered(book);
    checks.chain(attributes.iter().filter_map(|name| Missing::judgement(book, name))).collect()
}

fn single() -> impl Iterator<Item = Check> {
    Check::ALL.into_iter().filter(|check| !check.is_area())
}

/// In the order in which they are told: checks, then attributes. Whatever fails a part of an area fails the area.
fn with_tallies(cell: Cell) -> (Cell, Vec<Tally>) {
    let told: BTreeMap<Check, Verdict> = single().zip(cell.verdicts.iter().copied()).collect();
    let of_check = |check: Check| check.parts().filter_map(|part| told.get(&part).copied()).max();
    let checks = Check::ALL.into_iter().map(|check| of_check(check).unwrap_or(Verdict::NotJudged));
    let verdicts = checks.chain(cell.verdicts.iter().skip(told.len()).copied());
    let tallies = verdicts.map(|verdict| tally(verdict, cell.items)).collect();
    (cell, tallies)
}

fn tally(verdict: Verdict, items: u64) -> Tally {
    match verdict {
        Verdict::NotJudged => Tally::default(),
        Verdict::Passes => Tally { judged: items, failing: 0 },
        Verdict::Fails => Tally { judged: items, failing: items },
    }
}

fn grouped<K: Ord>(cells: &[(Cell, Vec<Tally>)], of: impl Fn(&Cell) -> Vec<K>) -> BTreeMap<K, Sum> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for (cell, tallies) in cells {
        for key in of(cell) {
            sums.entry(key).or_default().add(cell.items, tallies);
        }
    }
    sums
}

impl Sum {
    fn add(&mut self, items: u64, tallies: &[Tally]) {
        self.items += items;
        self.tallies.resize(tallies.len(), Tally::default());
        for (sum, more) in self.tallies.iter_mut().zip(tallies) {
            *sum += *more;
        }
    }

    fn group<K>(&self, of: K) -> Group<K> {
        let all = Check::ALL.into_iter().zip(&self.tallies);
        let areas = all.filter(|(check, _)| check.is_area()).map(|(check, tally)| (check, *tally)).collect();
        Group { of, items: self.items, areas }
    }
}
