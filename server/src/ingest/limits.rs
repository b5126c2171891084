//! How much is taken at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::rate::AgentRate;

/// How much is taken at once. What one body may hold is fixed by the protocol.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest time a body may take to arrive.
    pub body: Duration,
    /// Time after which a body has to arrive at 1 KiB/s at least.
    pub slow_body: Duration,
    /// Most requests that wait to be written.
    pub queue: usize,
    /// Longest time a request waits for room among those.
    pub queue_wait: Duration,
    /// Most requests that are written in one transaction.
    pub group: usize,
    /// How often one agent may ask.
    pub rate: AgentRate,
}

/// Bytes that all requests together may hold decoded. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

/// A part of the budget; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

/// What is taken of the budget at once, in bytes.
pub(super) const STEP: usize = 64 << 10;

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much is being read at the moment")]
pub(super) struct Spent;

impl Budget {
    /// A budget of this many mebibytes.
    #[must_use]
    pub fn of_mebibytes(mebibytes: u32) -> Self {
        let steps = usize::try_from(mebibytes).unwrap_or(usize::MAX).saturating_mul((1 << 20) / STEP);
        Self(Arc::new(Semaphore::new(steps.min(Semaphore::MAX_PERMITS))))
    }

    pub(super) fn share(&self) -> Share {
        Share { budget: self.clone(), permit: None }
    }
}

impl Share {
    /// How many bytes it is for.
    pub(super) fn bytes(&self) -> usize {
        self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits) * STEP
    }

    /// Takes another step.
    pub(super) fn grow(&mut self) -> Result<(), Spent> {
        let more = Arc::clone(&self.budget.0).try_acquire_owned().map_err(|_none_left| Spent)?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}
