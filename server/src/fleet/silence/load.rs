//! How many requests of agents were taken and how many sent away since it was last asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::model::Taken;

/// Counts requests of agents. Cheap to clone; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Load(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    refused: AtomicU64,
}

impl Load {
    /// A request was answered.
    pub fn answered(&self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
    }

    /// A request was sent away because the server could not take it.
    pub fn refused(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// What there was since the last call.
    pub(super) fn take(&self) -> Taken {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        Taken { answered: take(&self.0.answered), refused: take(&self.0.refused) }
    }
}
