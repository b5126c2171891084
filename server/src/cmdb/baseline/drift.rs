//! What differs from a baseline.

use jiff::Timestamp;

use super::model::{Baseline, Expected, FilterBody};
use super::store;
use crate::cmdb::compare::model::Topic;
use crate::cmdb::compare::report::{Entry, Only, Position, Report, Times, report};
use crate::cmdb::compare::{Lineage, Window, entries};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::gone::gone_by;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::list::{self, RawFilter};
use crate::cmdb::model::observation::Freshness;
use crate::kernel::ctx::Ctx;
use crate::kernel::page::PageRequest;
use crate::store::Conn;

/// Who looks, and when.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) freshness: Freshness,
    pub(super) at: Timestamp,
    /// What was accepted by then counts.
    pub(super) known_at: Timestamp,
}

/// What differs from what is expected.
pub(super) struct Drift {
    pub(super) expected: Expected,
    pub(super) entries: Vec<Entry>,
    /// Why the filter cannot be read any more.
    pub(super) filter_fault: Option<String>,
}

impl Look<'_> {
    fn window(self, baseline: &Baseline) -> Window {
        Window { from: baseline.taken_at, to: self.at }
    }

    /// Since when this is as it should be. What was accepted as it was later than what is looked at does not differ.
    fn since(self, expected: &Expected, item: i32, topic: &Topic) -> Timestamp {
        expected.since(item, topic).min(self.at)
    }

    /// All that differs: a fixed number of statements.
    pub(super) fn drift(self, conn: &mut Conn, baseline: &Baseline) -> Result<Drift, Error> {
        if self.at < baseline.taken_at || self.at > self.ctx.now {
            let detail = format!("it lies before {} or in the future", baseline.taken_at);
            return Err(FieldFault::new("as_of", "invalid", detail).into());
        }
        let accepted = store::accepted(conn, baseline.key, self.known_at)?;
        let expected = Expected::new(baseline.taken_at, store::members(conn, baseline.key)?, accepted);
        let keys: Vec<i32> = expected.members.iter().copied().collect();
        let before = row::with_keys(conn, &self.ctx.scope, &keys)?;
        let (after, filter_fault) = self.present(conn, baseline, &before)?;
        let since = |item: i32, topic: &_| self.since(&expected, item, topic);
        let times = Times { window: self.window(baseline), since: &since, to: self.at };
        let entries = entries(conn, self.ctx, (before, after), times)?;
        Ok(Drift { expected, entries, filter_fault })
    }

    /// A page of it.
    pub(super) fn page(
        self,
        conn: &mut Conn,
        baseline: &Baseline,
        page: (&Only, &PageRequest<Position>),
    ) -> Result<(Report, Option<String>), Error> {
        let Drift { expected, entries, filter_fault } = self.drift(conn, baseline)?;
        let since = |item: i32, topic: &_| self.since(&expected, item, topic);
        let times = Times { window: self.window(baseline), since: &since, to: self.at };
        Ok((report(conn, &self.ctx.scope, entries, times, page)?, filter_fault))
    }

    /// The items that are in the set by then, and why that cannot be told by its filter.
    fn present(
        self,
        conn: &mut Conn,
        baseline: &Baseline,
        before: &[CiRow],
    ) -> Result<(Vec<CiRow>, Option<String>), Error> {
        let fault = match &baseline.filter {
            None => None,
            Some(filter) => match found(conn, self, filter) {
                Ok(rows) => return Ok((rows, None)),
                Err(Error::Invalid(faults)) => faults.into_iter().next().map(|fault| fault.detail),
                Err(error) => return Err(error),
            },
        };
        let then = Lineage::load(conn, self.window(baseline))?.at(self.at);
        let gone = gone_by(conn, before, self.at)?;
        let is_there = |row: &&CiRow| then.item_of(row.key) == row.key && !gone.contains(&row.key);
        Ok((before.iter().filter(is_there).cloned().collect(), fault))
    }
}

/// What a filter finds as of a time; texts are looked for as at any other time, so that a set stays what it is.
pub(super) fn found(conn: &mut Conn, look: Look<'_>, filter: &FilterBody) -> Result<Vec<CiRow>, Error> {
    let filter = RawFilter::from(filter.clone());
    list::whole(conn, look.ctx, look.freshness, &filter, Some(look.at))
}
