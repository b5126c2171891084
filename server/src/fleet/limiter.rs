//! How often somebody may try to enrol: decided before anything is read or looked up.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Attempts to enrol per second. Guessing a token of 256 bits is hopeless at any rate; this is what a flood may cost.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// From one address.
    pub per_address: NonZeroU32,
    /// From all addresses together.
    pub per_second: NonZeroU32,
    /// At once from all addresses together, after a time without any.
    pub burst: NonZeroU32,
}

/// Lets attempts through at their rates. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EnrolmentLimiter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    addresses: DefaultKeyedRateLimiter<Network>,
    all: DefaultDirectRateLimiter,
}

/// An IPv4 address, or the network of an IPv6 one: whoever has one such address has all 2^64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u64);

impl EnrolmentLimiter {
    /// A limiter at these rates.
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        let addresses = RateLimiter::keyed(Quota::per_second(rates.per_address));
        let all = RateLimiter::direct(Quota::per_second(rates.per_second).allow_burst(rates.burst));
        Self(Arc::new(Inner { addresses, all }))
    }

    /// Lets an attempt through.
    ///
    /// # Errors
    ///
    /// Seconds until the next.
    pub fn admit(&self, address: IpAddr) -> Result<(), u32> {
        let wait = |until: governor::NotUntil<_>| {
            u32::try_from(until.wait_time_from(DefaultClock::default().now()).as_secs()).unwrap_or(u32::MAX).max(1)
        };
        // The address first: a single one never uses up what is meant for all.
        self.0.addresses.check_key(&Network::of(address)).map_err(wait)?;
        self.0.all.check().map_err(wait)
    }

    /// Forgets addresses that have not tried for a while.
    pub fn forget(&self) {
        self.0.addresses.retain_recent();
    }
}

impl Network {
    /// What `address` counts as.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u64::from(address.to_bits())),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self([a, b, c, d].into_iter().fold(0, |bits, segment| (bits << 16) | u64::from(segment)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::{EnrolmentLimiter, Rates};

    #[test]
    fn one_address_has_its_own_rate_and_all_together_have_one() {
        let number = |number| NonZeroU32::new(number).unwrap();
        let limiter = EnrolmentLimiter::new(Rates { per_address: number(1), per_second: number(1), burst: number(3) });
        let admitted = |address: &str| limiter.admit(address.parse().unwrap()).is_ok();
        assert!(admitted("192.0.2.1"));
        assert!(!admitted("192.0.2.1"));
        assert!(!admitted("::ffff:192.0.2.1"));
        assert!(admitted("2001:db8::1"));
        assert!(!admitted("2001:db8::2"));
        assert!(admitted("192.0.2.2"));
        assert_eq!(limiter.admit("192.0.2.3".parse().unwrap()), Err(1));
    }
}
