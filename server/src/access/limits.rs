//! How often somebody may try.
//!
//! Counted in this process: with several servers behind one address, each allows as much.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Keys that are remembered at most; beyond that the least exhausted half is forgotten.
const KEYS_MAX: usize = 50_000;

/// A bucket of permits for each key, which fills up again one by one: the generic cell rate algorithm.
///
/// A key has used up nothing (no entry), or stands at the time at which its bucket will be full again.
#[derive(Debug)]
pub(super) struct Buckets {
    refill: i64,
    capacity: i64,
    full_at: Mutex<HashMap<String, i64>>,
}

impl Buckets {
    /// Buckets of `capacity` permits, each of which comes back after `refill`.
    #[must_use]
    pub(super) fn new(capacity: u32, refill: SignedDuration) -> Self {
        let refill = i64::try_from(refill.as_micros()).unwrap_or(i64::MAX);
        Self { refill, capacity: i64::from(capacity), full_at: Mutex::default() }
    }

    /// Takes a permit.
    ///
    /// # Errors
    ///
    /// Seconds until there is one.
    pub(super) fn take(&self, key: &str, now: Timestamp) -> Result<(), u32> {
        let now = now.as_microsecond();
        let mut full_at = self.lock();
        let next = full_at.get(key).copied().unwrap_or(now).max(now).saturating_add(self.refill);
        let too_early = next.saturating_sub(now).saturating_sub(self.refill.saturating_mul(self.capacity));
        if too_early > 0 {
            return Err(u32::try_from(too_early.saturating_add(999_999) / 1_000_000).unwrap_or(u32::MAX));
        }
        if full_at.len() >= KEYS_MAX {
            forget(&mut full_at, now);
        }
        full_at.insert(key.to_owned(), next);
        Ok(())
    }

    /// Puts a permit back.
    pub(super) fn give_back(&self, key: &str) {
        if let Some(full_at) = self.lock().get_mut(key) {
            *full_at = full_at.saturating_sub(self.refill);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Full buckets go; if that is not enough, those that are nearest to full.
fn forget(full_at: &mut HashMap<String, i64>, now: i64) {
    full_at.retain(|_, time| *time > now);
    if full_at.len() < KEYS_MAX {
        return;
    }
    let mut times: Vec<i64> = full_at.values().copied().collect();
    let (_, median, _) = times.select_nth_unstable(KEYS_MAX / 2);
    let median = *median;
    full_at.retain(|_, time| *time > median);
}

/// The limits of signing in.
#[derive(Debug)]
pub struct LoginLimits {
    accounts: Buckets,
    addresses: Buckets,
    trail: TrailBudget,
}

impl Default for LoginLimits {
    fn default() -> Self {
        Self {
            // Ten at once and one each six minutes: at most 20 in any hour.
            accounts: Buckets::new(10, SignedDuration::from_mins(6)),
            // An office behind one address forgets its passwords on Monday morning.
            addresses: Buckets::new(50, SignedDuration::from_secs(72)),
            trail: TrailBudget::default(),
        }
    }
}

impl LoginLimits {
    /// Asks whether a password of this account may be tried from this address; each try that fails counts on both.
    ///
    /// # Errors
    ///
    /// Seconds to wait.
    pub fn admit(&self, folded_login: &str, address: Option<IpAddr>, now: Timestamp) -> Result<(), u32> {
        let address = network(address);
        self.addresses.take(&address, now)?;
        self.accounts.take(folded_login, now).inspect_err(|_| self.addresses.give_back(&address))
    }

    /// The password was right: the try does not count.
    pub fn succeeded(&self, folded_login: &str, address: Option<IpAddr>) {
        self.accounts.give_back(folded_login);
        self.addresses.give_back(&network(address));
    }

    /// What may be written to the audit trail of what failed.
    #[must_use]
    pub const fn trail(&self) -> &TrailBudget {
        &self.trail
    }
}

/// Whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64, which one customer holds.
fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [one, two, three, four, ..] = address.segments();
            format!("{one:x}:{two:x}:{three:x}:{four:x}::/64")
        }
        Some(IpAddr::V4(address)) => address.to_string(),
        None => "-".to_owned(),
    }
}

/// How many refusals an hour are written to the audit trail, so that nobody can flood it.
///
/// What goes beyond is counted, and the next row that is written says how many were left out.
#[derive(Debug)]
pub struct TrailBudget {
    all: Buckets,
    each: Buckets,
    omitted: AtomicU64,
}

impl Default for TrailBudget {
    fn default() -> Self {
        Self {
            all: Buckets::new(500, SignedDuration::from_millis(7_200)),
            each: Buckets::new(1, SignedDuration::from_hours(1)),
            omitted: AtomicU64::new(0),
        }
    }
}

impl TrailBudget {
    /// Whether one more may be written; says how many were left out before it.
    pub fn take(&self, now: Timestamp) -> Option<u64> {
        if self.all.take("", now).is_ok() {
            return Some(self.omitted.swap(0, Ordering::Relaxed));
        }
        self.omitted.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// The same for something of which the first in an hour is enough.
    pub fn take_first(&self, key: &str, now: Timestamp) -> Option<u64> {
        self.each.take(key, now).ok().and_then(|()| self.take(now))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Buckets, LoginLimits, TrailBudget, network};

    fn minute(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn an_account_has_at_most_20_tries_in_any_hour() {
        let limits = LoginLimits::default();
        let mut admitted = Vec::new();
        for at in 0..600 {
            for peer in 0..50_u8 {
                let address = std::net::IpAddr::from([10, 0, u8::try_from(at % 250).unwrap(), peer]);
                if limits.admit("ada", Some(address), minute(at)).is_ok() {
                    admitted.push(at);
                }
            }
        }
        let most = (0..600).map(|from| admitted.iter().filter(|at| (from..from + 60).contains(*at)).count()).max();
        assert!(matches!(most, Some(19 | 20)), "{most:?}");
    }

    #[test]
    fn a_try_that_succeeds_does_not_count() {
        let limits = LoginLimits::default();
        for _ in 0..1_000 {
            limits.admit("ada", None, minute(0)).unwrap();
            limits.succeeded("ada", None);
        }
    }

    #[test]
    fn an_exhausted_account_does_not_use_up_the_address() {
        let limits = LoginLimits::default();
        let refused = (0..500).filter(|_| limits.admit("ada", None, minute(0)).is_err()).count();
        assert_eq!(refused, 490);
        assert!(limits.admit("bob", None, minute(0)).is_ok());
    }

    #[test]
    fn the_wait_is_as_long_as_it_takes() {
        let buckets = Buckets::new(1, SignedDuration::from_mins(6));
        assert_eq!(buckets.take("ada", minute(0)), Ok(()));
        assert_eq!(buckets.take("ada", minute(1)), Err(300));
        assert_eq!(buckets.take("ada", minute(6)), Ok(()));
    }

    #[test]
    fn a_customers_ipv6_network_counts_as_one_and_a_mapped_address_as_its_ipv4() {
        let of = |address: &str| network(Some(address.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn memory_stays_bounded_and_the_exhausted_stay_known() {
        let buckets = Buckets::new(2, SignedDuration::from_hours(1));
        buckets.take("victim", minute(0)).unwrap();
        buckets.take("victim", minute(0)).unwrap();
        for number in 0..120_000 {
            let _ = buckets.take(&format!("login{number}"), minute(0));
        }
        assert!(buckets.lock().len() <= super::KEYS_MAX);
        assert!(buckets.take("victim", minute(0)).is_err());
    }

    #[test]
    fn what_is_left_out_of_the_trail_is_counted() {
        let budget = TrailBudget::default();
        let written = (0..2_000).filter(|_| budget.take(minute(0)).is_some()).count();
        assert_eq!(written, 500);
        assert_eq!(budget.take(minute(60)), Some(1_500));
        assert_eq!(budget.take_first("ada", minute(60)), Some(0));
        assert_eq!(budget.take_first("ada", minute(61)), None);
    }
}
