//! Listing.

use jiff::Timestamp;

use super::filter::{Filter, RawFilter, as_of};
use super::sort::{Position, Sort, SortBy, micros};
use super::store::{self, Search};
use crate::cmdb::class::store::load_book;
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::gone::gone_by;
use crate::cmdb::item::row::CiRow;
use crate::cmdb::item::summary::{self, CiSummary, Surroundings};
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::organisation::{OrganisationTree, load_tree};
use crate::cmdb::query::Known;
use crate::cmdb::value::rules::Rules;
use crate::cmdb::value::shown::{Find, Past};
use crate::fleet::silence::{self, Holds};
use crate::index::condition::Dialect;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, StoreError};

/// From so many matches on a page is full sooner by walking along the list than by sorting all of them.
const MANY: i64 = 2_000;

/// A page of items, how many there are in all, and the classes they are of.
#[derive(Debug)]
pub struct Found {
    /// The page.
    pub page: Page<CiSummary, Position>,
    /// How many items match, on all pages.
    pub total: i64,
}

/// A list that was checked and can be walked along.
#[derive(Debug)]
pub struct Listing {
    /// Every class and attribute.
    pub book: ClassBook,
    pub(super) organisations: OrganisationTree,
    filter: Filter,
    sort: Sort,
    freshness: Freshness,
    holds: Holds,
    /// Who is believed; of nobody unless the list is of another time.
    rules: Rules,
    dialect: Dialect,
}

/// A page of the items that match.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read.
pub fn page(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    (filter, sort): (&RawFilter, Sort),
    request: &PageRequest<Position>,
) -> Result<Found, Error> {
    let listing = open(conn, ctx, freshness, filter, sort)?;
    let total = store::count(conn, listing.search(ctx, Find::FromValue))?;
    let find = if total > MANY { Find::ItemByItem } else { Find::FromValue };
    Ok(Found { page: listing.page(conn, ctx, request, find)?, total })
}

/// Checks a filter against the classes and organisations there are.
pub(super) fn open(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    filter: &RawFilter,
    sort: Sort,
) -> Result<Listing, Error> {
    let (book, dialect) = (load_book(conn)?, Dialect::of(conn));
    let (organisations, holds) = (load_tree(conn)?, silence::holds(conn)?);
    let then = as_of(filter.as_of.as_deref(), &mut Vec::new());
    let known = Known::load(conn, ctx, (filter.q.as_deref(), then))?;
    let filter = filter.check(&book, &organisations, &known).map_err(Error::Invalid)?;
    let rules = filter.as_of().map(|_at| Rules::load(conn)).transpose()?.unwrap_or_default();
    Ok(Listing { book, organisations, filter, sort, freshness, holds, rules, dialect })
}

/// How many items in scope match.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read.
pub fn count(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, filter: &RawFilter) -> Result<i64, Error> {
    let listing = open(conn, ctx, freshness, filter, Sort::DEFAULT)?;
    Ok(store::count(conn, listing.search(ctx, Find::FromValue))?)
}

/// Most items that are looked at as a whole.
pub const WHOLE_MAX: i64 = 20_000;

/// Every item in scope that matches as of a time or now, but those that were no more by then.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read, and when more match than are looked at as a whole.
pub fn whole(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    filter: &RawFilter,
    as_of: Option<Timestamp>,
) -> Result<Vec<CiRow>, Error> {
    let filter = RawFilter { as_of: as_of.map(|at| at.to_string()), ..filter.clone() };
    let listing = open(conn, ctx, freshness, &filter, Sort::DEFAULT)?;
    let most = WHOLE_MAX.saturating_add(1);
    let rows = store::whole(conn, listing.search(ctx, Find::FromValue), most)?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > WHOLE_MAX {
        let detail = format!("more than {WHOLE_MAX} items match; narrow the filter");
        return Err(FieldFault { limit: Some(WHOLE_MAX), ..FieldFault::new("q", "too_long", detail) }.into());
    }
    let Some(at) = as_of else {
        return Ok(rows.into_iter().filter(|row| row.sightings.gone_at.is_none()).collect());
    };
    let gone = gone_by(conn, &rows, at)?;
    Ok(rows.into_iter().filter(|row| !gone.contains(&row.key)).collect())
}

/// The rows in scope that match; of these only, if some are named.
///
/// # Errors
///
/// [`Error::Invalid`] when the filter cannot be read.
pub fn keys(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    filter: &RawFilter,
    among: Option<&[i32]>,
) -> Result<Vec<i32>, Error> {
    let listing = open(conn, ctx, freshness, filter, Sort::DEFAULT)?;
    Ok(store::keys(conn, listing.search(ctx, Find::FromValue), among)?)
}

impl Listing {
    /// A page.
    pub(super) fn page(
        &self,
        conn: &mut Conn,
        ctx: &Ctx,
        request: &PageRequest<Position>,
        find: Find,
    ) -> Result<Page<CiSummary, Position>, StoreError> {
        let after = request.after.as_ref().filter(|position| self.sort.has(position));
        let mut rows = store::list(conn, self.search(ctx, find), self.sort, after, request.rows_to_fetch())?;
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let (book, organisations, rules) = (&self.book, &self.organisations, &self.rules);
        let around = Surroundings { book, organisations, freshness: self.freshness, holds: &self.holds, rules };
        let items = summary::describe(conn, ctx, &around, rows, self.filter.as_of())?;
        let next = if more { items.last().map(|item| self.position(item)) } else { None };
        Ok(Page { items, next })
    }

    pub(super) fn search<'a>(&'a self, ctx: &'a Ctx, find: Find) -> Search<'a> {
        let (book, freshness, holds, dialect) = (&self.book, self.freshness, &self.holds, self.dialect);
        let past = self.filter.as_of().map(|at| Past { at, book, rules: &self.rules });
        Search { scope: &ctx.scope, filter: &self.filter, freshness, holds, now: ctx.now, past, find, dialect }
    }

    fn position(&self, item: &CiSummary) -> Position {
        match self.sort.by {
            SortBy::Name => Position::Name(self.sorted_name(item), item.key),
            SortBy::Class => Position::Class(item.class.clone(), self.sorted_name(item), item.key),
            SortBy::LastSeen => Position::Time(micros(item.last_seen), item.key),
            SortBy::FirstSeen => Position::Time(micros(item.first_seen), item.key),
        }
    }

    /// The name as the query sorts it: of another time, it is its JSON text without the quotes around it.
    fn sorted_name(&self, item: &CiSummary) -> String {
        match self.filter.as_of() {
            None => item.name.clone(),
            Some(_) => serde_json::Value::from(item.name.as_str()).to_string().trim_matches('"').to_owned(),
        }
    }
}
