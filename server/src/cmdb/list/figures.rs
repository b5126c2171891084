//! Counting what is judged, and what of it fails, of the items of a list.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::condition::{Holds, holds};
use super::filter::RawFilter;
use super::service;
use super::sort::Sort;
use super::store::{Search, conditions, team};
use crate::cmdb::error::Error;
use crate::cmdb::health::model::Tally;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::organisation::OrganisationTree;
use crate::cmdb::query::check::health::Judgement;
use crate::cmdb::value::expression::OfCi;
use crate::cmdb::value::shown::Find;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::column::{Key16, Uuid16};
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, Inconsistent, StoreError};

/// Items of one class, team and organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Their class.
    pub class: String,
    /// Who supports them.
    pub team: Option<String>,
    /// Whose they are.
    pub organisation: OrganisationId,
    /// How many there are, judged or not.
    pub items: u64,
    /// One of each judgement.
    pub tallies: Vec<Tally>,
}

/// What was counted, and what it takes to tell it.
#[derive(Debug)]
pub struct Counted {
    /// Every class, team and organisation that there is anything of.
    pub cells: Vec<Cell>,
    /// Every class and attribute.
    pub book: ClassBook,
    /// Every organisation.
    pub organisations: OrganisationTree,
}

/// Counts the items that match by these judgements: one statement, whatever their number.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read.
pub fn count(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    filter: &RawFilter,
    judgements: impl FnOnce(&ClassBook) -> Vec<Judgement>,
) -> Result<Counted, Error> {
    let listing = service::open(conn, ctx, freshness, filter, Sort::DEFAULT)?;
    let judgements = judgements(&listing.book);
    let cells = cells(conn, listing.search(ctx, Find::ItemByItem), &judgements)?;
    Ok(Counted { cells, book: listing.book, organisations: listing.organisations })
}

fn cells(conn: &mut Conn, search: Search<'_>, judgements: &[Judgement]) -> Result<Vec<Cell>, StoreError> {
    // By their places, because what is shown of another time is no column.
    let query = c::table
        .group_by(sql::<Text>("1, 2, 3"))
        .select((
            sql::<Text>("cmdb_ci.class"),
            sql::<Nullable<Text>>("").bind::<Nullable<Text>, _>(team(search)),
            sql::<Uuid16>("cmdb_ci.organisation_id"),
            sql::<Text>("").bind::<Text, _>(counts(search, judgements)),
        ))
        .into_boxed::<MultiBackend>();
    let mut query = match search.scope.organisations() {
        None => query,
        Some(organisations) => {
            let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
            query.filter(c::organisation_id.eq_any(keys))
        }
    };
    for condition in conditions(search) {
        query = query.filter(condition);
    }
    let rows: Vec<(String, Option<String>, Key16, String)> = query.load(conn)?;
    rows.into_iter().map(cell).collect()
}

/// As many numbers as there are judgements, twice, in one text: a row of fixed width could not hold them.
fn counts(search: Search<'_>, judgements: &[Judgement]) -> OfCi<Text> {
    let first: OfCi<Text> = Box::new(sql::<Text>("CAST(count(*) AS TEXT)"));
    judgements.iter().fold(first, |before, judgement| {
        let judged = number(before, holds(&judgement.judged, search), None);
        number(judged, holds(&judgement.judged, search), Some(holds(&judgement.failing, search)))
    })
}

fn number(before: OfCi<Text>, judged: Holds, failing: Option<Holds>) -> OfCi<Text> {
    let opened = sql::<Text>("").bind::<Text, _>(before).sql(" || ',' || CAST(count(CASE WHEN ");
    let condition: Holds = match failing {
        None => judged,
        Some(failing) => Box::new(judged.and(failing)),
    };
    Box::new(opened.bind::<Nullable<diesel::sql_types::Bool>, _>(condition).sql(" THEN 1 END) AS TEXT)"))
}

fn cell((class, team, organisation, counts): (String, Option<String>, Key16, String)) -> Result<Cell, StoreError> {
    let numbers: Result<Vec<u64>, _> = counts.split(',').map(str::parse).collect();
    let wrong = |_not_a_number| Inconsistent { table: "cmdb_ci", column: "count", row: class.clone(), value: counts };
    let numbers = numbers.map_err(wrong)?;
    let (items, rest) = numbers.split_first().map_or((0, [].as_slice()), |(first, rest)| (*first, rest));
    let (pairs, _) = rest.as_chunks::<2>();
    let tallies = pairs.iter().map(|[judged, failing]| Tally { judged: *judged, failing: *failing }).collect();
    Ok(Cell { class, team, organisation: organisation.into(), items, tallies })
}
