//! Calls that may never return: they get a thread, a deadline, and no second thread while the first one hangs.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::Host;
use crate::collect::failure::Failure;

/// The calls that have not returned yet, by what they are about.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<BTreeSet<String>>);

/// Takes a call off the list when it is dropped.
#[derive(Debug)]
pub struct Ticket {
    pending: Arc<Pending>,
    name: String,
}

impl Pending {
    /// Puts a call on the list; absent if it stands there already.
    pub(super) fn enter(self: &Arc<Self>, name: &str) -> Option<Ticket> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        is_new.then(|| Ticket { pending: Arc::clone(self), name: name.to_owned() })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.pending.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl Host {
    /// As [`Host::read`], of a file whose server may be gone: waits at most `budget`, and not at all while an earlier
    /// call for the same path still hangs.
    ///
    /// # Errors
    ///
    /// As [`Host::read`], and [`Failure::TimedOut`].
    pub fn read_within(&self, path: &Path, limit: usize, budget: Duration) -> Result<Vec<u8>, Failure> {
        let (host, place, name) = (self.clone(), path.to_owned(), path.display().to_string());
        within(&self.pending, &name, budget, move || host.read(&place, limit))
            .unwrap_or(Err(Failure::TimedOut { what: name, budget }))
    }
}

/// What `call` gives if it does so within `budget`.
///
/// Absent when it does not, and at once while an earlier call of the same `name` still hangs: a server that is
/// gone costs one thread, not one a minute.
pub(super) fn within<T: Send + 'static>(
    pending: &Arc<Pending>,
    name: &str,
    budget: Duration,
    call: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let ticket = pending.enter(name)?;
    let (answer, answered) = mpsc::sync_channel(1);
    let started = thread::Builder::new().name("slow-call".to_owned()).spawn(move || {
        let value = call();
        drop(ticket);
        drop(answer.try_send(value));
    });
    started.ok()?;
    answered.recv_timeout(budget).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    use super::{Pending, within};

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_call_that_hangs_is_given_up_and_not_repeated_until_it_returns() {
        let pending = Arc::new(Pending::default());
        let (release, released) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel::<()>();
        let hanging = move || {
            assert!(released.recv().is_err());
            drop(done);
        };
        assert_eq!(within(&pending, "/mnt", SHORT, hanging), None);
        assert_eq!(within(&pending, "/mnt", LONG, || 1), None);
        assert_eq!(within(&pending, "/srv", LONG, || 1), Some(1));
        drop(release);
        assert!(is_done.recv().is_err());
        let again = (0..1_000).find_map(|_| {
            std::thread::yield_now();
            within(&pending, "/mnt", LONG, || 2)
        });
        assert_eq!(again, Some(2));
    }
}
