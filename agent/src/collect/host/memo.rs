//! What was found out in an earlier run and stays true while some files stay the same.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Host, Stamp};

/// Answers by question; nothing is an answer too.
pub type Answers = BTreeMap<Vec<u8>, Option<String>>;

/// What is remembered of a topic, and of which state of the files.
type Kept = (Vec<Option<Stamp>>, Answers);

#[derive(Debug, Default)]
pub(super) struct Memo(Mutex<BTreeMap<&'static str, Kept>>);

impl Host {
    /// The answers about `topic` that were kept while these `stamps` were what they are now.
    #[must_use]
    pub fn recall(&self, topic: &'static str, stamps: &[Option<Stamp>]) -> Answers {
        let kept = self.memo.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(topic).filter(|(of, _)| of == stamps).map(|(_, answers)| answers.clone()).unwrap_or_default()
    }

    /// Keeps `answers` about `topic` instead of those before.
    pub fn keep(&self, topic: &'static str, stamps: Vec<Option<Stamp>>, answers: Answers) {
        self.memo.0.lock().unwrap_or_else(PoisonError::into_inner).insert(topic, (stamps, answers));
    }
}
