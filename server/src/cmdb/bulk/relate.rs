//! Relations of a batch: joined and parted.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Outcome, RelationWish};
use super::plan::{Done, Faults, Planner, one};
use crate::cmdb::observed::OBSERVED;

/// A relation between two items of a type: their places.
pub(super) type Pair = (usize, usize, String);

/// How a relation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) id: Uuid,
    /// The row, if it was there before.
    pub(super) key: Option<i64>,
    /// Whether agents see it.
    pub(super) observed: bool,
    /// Whether it is there after the batch.
    pub(super) open: bool,
}

/// The relations that a batch is about.
#[derive(Debug, Default)]
pub(super) struct Relations {
    pub(super) types: Vec<String>,
    pub(super) standing: HashMap<Pair, Standing>,
}

impl Planner<'_> {
    pub(super) fn relate(&mut self, wish: &RelationWish) -> Result<Done, Faults> {
        let pair = self.pair(wish)?;
        match self.relations.standing.get_mut(&pair) {
            Some(there) if there.open => Ok((Outcome::Unchanged, Some(there.id))),
            // It was to end in this very batch, and does not.
            Some(there) if there.key.is_some() => {
                there.open = true;
                Ok((Outcome::Updated, Some(there.id)))
            }
            _ => {
                let id = self.speaker.ctx.new_id::<crate::kernel::id::kind::Relation>().uuid();
                self.relations.standing.insert(pair, Standing { id, key: None, observed: false, open: true });
                Ok((Outcome::Created, Some(id)))
            }
        }
    }

    pub(super) fn part(&mut self, wish: &RelationWish) -> Result<Done, Faults> {
        let pair = self.pair(wish)?;
        match self.relations.standing.get_mut(&pair) {
            Some(there) if there.open && there.observed => {
                Err(one("type", OBSERVED, "agents see it: it ends when they no longer do"))
            }
            Some(there) if there.open => {
                there.open = false;
                Ok((Outcome::Updated, Some(there.id)))
            }
            Some(there) => Ok((Outcome::Unchanged, Some(there.id))),
            None => Ok((Outcome::Unchanged, None)),
        }
    }

    fn pair(&self, wish: &RelationWish) -> Result<Pair, Faults> {
        if !self.relations.types.contains(&wish.r#type) {
            return Err(one("type", "unknown", "there is no such type of relation"));
        }
        let (source, target) = (self.target("source", &wish.source)?, self.target("target", &wish.target)?);
        if source == target {
            return Err(one("target", "invalid", "an item is not related to itself"));
        }
        Ok((source, target, wish.r#type.clone()))
    }
}
