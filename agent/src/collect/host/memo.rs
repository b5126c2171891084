//! What was found out in an earlier run and stays true while some files stay the same.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Host, Stamp};

/// Answers by question; nothing is an answer too.
pub type Answers = BTreeMap<Vec<u8>, Option<String>>;

#[derive(Debug, Default)]
pub(super) struct Memo(Mutex<Option<(Vec<Option<Stamp>>, Answers)>>);

impl Host {
    /// The answers that were kept while these `stamps` were what they are now.
    #[must_use]
    pub fn recall(&self, stamps: &[Option<Stamp>]) -> Answers {
        let kept = self.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| of == stamps).map(|(_, answers)| answers.clone()).unwrap_or_default()
    }

    /// Keeps `answers` instead of those before.
    pub fn keep(&self, stamps: Vec<Option<Stamp>>, answers: Answers) {
        *self.memo.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamps, answers));
    }
}
