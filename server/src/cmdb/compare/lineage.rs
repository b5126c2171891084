//! What was part of what, at every time of a window.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use jiff::Timestamp;

use super::store::Window;
use crate::cmdb::merge::records::end_of;
use crate::store::column::At;
use crate::store::schema::cmdb_merge as m;
use crate::store::{Conn, StoreError};

/// Every merge that held at some time of a window.
#[derive(Debug, Clone, Default)]
pub(in crate::cmdb) struct Lineage {
    steps: Vec<Step>,
    /// Of what each row was part.
    above: BTreeMap<i32, Vec<i32>>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    part: i32,
    whole: i32,
    from: Timestamp,
    to: Option<Timestamp>,
}

/// What was part of what at one time.
#[derive(Debug, Clone, Default)]
pub(in crate::cmdb) struct Moment(BTreeMap<i32, i32>);

impl Moment {
    /// The row that stands for the item that a row was part of.
    pub(in crate::cmdb) fn item_of(&self, record: i32) -> i32 {
        end_of(&self.0, record)
    }
}

impl Lineage {
    /// Reads them: one statement.
    pub(in crate::cmdb) fn load(conn: &mut Conn, window: Window) -> Result<Self, StoreError> {
        let held = m::at.le(At(window.to)).and(m::undone_at.is_null().or(m::undone_at.gt(At(window.from))));
        let rows: Vec<(i32, i32, At, Option<At>)> =
            m::table.filter(held).select((m::merged_key, m::survivor_key, m::at, m::undone_at)).load(conn)?;
        let step = |(part, whole, from, to): (i32, i32, At, Option<At>)| Step {
            part,
            whole,
            from: from.0,
            to: to.map(Timestamp::from),
        };
        let steps: Vec<Step> = rows.into_iter().map(step).collect();
        let mut above: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for step in &steps {
            above.entry(step.part).or_default().push(step.whole);
        }
        Ok(Self { steps, above })
    }

    /// What was part of what at a time.
    pub(in crate::cmdb) fn at(&self, at: Timestamp) -> Moment {
        let held = self.steps.iter().filter(|step| step.from <= at && step.to.is_none_or(|to| to > at));
        Moment(held.map(|step| (step.part, step.whole)).collect())
    }

    /// The items among these that a row was or may have been part of within the window.
    pub(super) fn homes(&self, record: i32, items: &BTreeSet<i32>) -> Vec<i32> {
        if !self.above.contains_key(&record) {
            return if items.contains(&record) { vec![record] } else { Vec::new() };
        }
        let (mut reached, mut next) = (BTreeSet::from([record]), vec![record]);
        while let Some(one) = next.pop() {
            let above = self.above.get(&one).into_iter().flatten().copied();
            next.extend(above.filter(|whole| reached.insert(*whole)));
        }
        reached.into_iter().filter(|key| items.contains(key)).collect()
    }

    /// The rows of these items at any time of the window.
    pub(super) fn records(&self, items: &BTreeSet<i32>) -> BTreeSet<i32> {
        let parts = self.above.keys().copied().filter(|part| !self.homes(*part, items).is_empty());
        items.iter().copied().chain(parts).collect()
    }

    /// The items among these that were put together or taken apart within the window.
    pub(super) fn moved(&self, window: Window, items: &BTreeSet<i32>) -> BTreeSet<i32> {
        let within = |at: Timestamp| at > window.from && at <= window.to;
        let turned = self.steps.iter().filter(|step| within(step.from) || step.to.is_some_and(within));
        turned.flat_map(|step| self.homes(step.part, items)).collect()
    }
}
