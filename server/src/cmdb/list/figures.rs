//! Counting what is judged, and what of it fails, of the items of a list.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::condition::holds;
use super::filter::RawFilter;
use super::service;
use super::sort::Sort;
use super::store::{Search, conditions, team};
use crate::cmdb::error::Error;
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

/// What a judgement says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does not judge the item.
    NotJudged,
    /// The item passes.
    Passes,
    /// The item fails.
    Fails,
}

/// Items of one class, team and organisation of which every judgement says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Their class.
    pub class: String,
    /// Who supports them.
    pub team: Option<String>,
    /// Whose they are.
    pub organisation: OrganisationId,
    /// How many there are.
    pub items: u64,
    /// One of each judgement.
    pub verdicts: Vec<Verdict>,
}

/// What was counted, and what it takes to tell it.
#[derive(Debug)]
pub struct Counted {
    /// All that there are any items of.
    pub cells: Vec<Cell>,
    /// Every class and attribute.
    pub book: ClassBook,
    /// Every organisation.
    pub organisations: OrganisationTree,
}

/// Counts the items that match by what these judgements say of them, each item once by each: one statement, whatever
/// their number.
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
        .group_by(sql::<Text>("1, 2, 3, 4"))
        .select((
            sql::<Text>("cmdb_ci.class"),
            sql::<Nullable<Text>>("").bind::<Nullable<Text>, _>(team(search)),
            sql::<Uuid16>("cmdb_ci.organisation_id"),
            sql::<Text>("").bind::<Text, _>(verdicts(search, judgements)),
            sql::<BigInt>("count(*)"),
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
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(cell).collect()
}

/// A figure of each judgement in one text: a row of fixed width could not hold them.
fn verdicts(search: Search<'_>, judgements: &[Judgement]) -> OfCi<Text> {
    let nothing: OfCi<Text> = Box::new(sql::<Text>("''"));
    judgements.iter().fold(nothing, |before, judgement| {
        let judged = sql::<Text>("").bind::<Text, _>(before).sql(" || CASE WHEN ");
        let judged = judged.bind::<Nullable<Bool>, _>(holds(&judgement.judged, search)).sql(" THEN CASE WHEN ");
        let failing = judged.bind::<Nullable<Bool>, _>(holds(&judgement.failing, search));
        Box::new(failing.sql(" THEN '2' ELSE '1' END ELSE '0' END"))
    })
}

type Row = (String, Option<String>, Key16, String, i64);

fn cell((class, team, organisation, told, items): Row) -> Result<Cell, StoreError> {
    let verdict = |figure| match figure {
        '0' => Some(Verdict::NotJudged),
        '1' => Some(Verdict::Passes),
        '2' => Some(Verdict::Fails),
        _ => None,
    };
    let verdicts: Option<Vec<Verdict>> = told.chars().map(verdict).collect();
    let (Some(verdicts), Ok(items)) = (verdicts, u64::try_from(items)) else {
        return Err(Inconsistent { table: "cmdb_ci", column: "verdicts", row: class, value: told }.into());
    };
    Ok(Cell { class, team, organisation: organisation.into(), items, verdicts })
}
