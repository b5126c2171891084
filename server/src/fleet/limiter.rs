//! How often somebody may try to enrol: decided before anything is read or looked up.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::kernel::clock::Clock;

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
    steady: Steady,
    addresses: Limiter<Network, DashMapStateStore<Network>>,
    all: Limiter<NotKeyed, InMemoryState>,
}

type Limiter<K, S> = RateLimiter<K, S, Steady, NoOpMiddleware<Nanos>>;

/// The clock's steady time: nobody waits for longer because the time of day was set.
#[derive(Debug, Clone)]
struct Steady(Clock);

impl governor::clock::Clock for Steady {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.steady().into()
    }
}

/// An IPv4 address, or the network of an IPv6 one: whoever has one such address has all 2^64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u64);

impl EnrolmentLimiter {
    /// A limiter at these rates.
    #[must_use]
    pub fn new(rates: Rates, clock: &Clock) -> Self {
        let steady = Steady(clock.clone());
        let addresses = RateLimiter::dashmap_with_clock(Quota::per_second(rates.per_address), steady.clone());
        let all = Quota::per_second(rates.per_second).allow_burst(rates.burst);
        let all = RateLimiter::direct_with_clock(all, steady.clone());
        Self(Arc::new(Inner { steady, addresses, all }))
    }

    /// Lets an attempt through.
    ///
    /// # Errors
    ///
    /// Seconds until the next.
    pub fn admit(&self, address: IpAddr) -> Result<(), u32> {
        let wait = |until: governor::NotUntil<Nanos>| {
            u32::try_from(until.wait_time_from(self.0.steady.now()).as_secs()).unwrap_or(u32::MAX).max(1)
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
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::{EnrolmentLimiter, Rates};
    use crate::kernel::clock::Clock;

    /// Guesses of each attack.
    const GUESSES: u32 = 1_000_000;
    /// How many of them come in a second.
    const PER_SECOND: u32 = 1_000;

    fn limiter(per_second: u32, burst: u32) -> (EnrolmentLimiter, Clock) {
        let number = |number| NonZeroU32::new(number).unwrap();
        let clock = Clock::manual("2026-11-21T12:00:00Z".parse().unwrap());
        let rates = Rates { per_address: number(1), per_second: number(per_second), burst: number(burst) };
        (EnrolmentLimiter::new(rates, &clock), clock)
    }

    /// How many of a million guesses within a thousand seconds are let through, with the `n`th from an address of its
    /// own, and how many of a thousand attempts of somebody else's, one each second.
    fn attack(address: impl Fn(u32) -> IpAddr) -> (u32, u32) {
        let (limiter, clock) = limiter(10, 100);
        let (mut guesses, mut honest) = (0, 0);
        for number in 0..GUESSES {
            guesses += u32::from(limiter.admit(address(number)).is_ok());
            if number % PER_SECOND == PER_SECOND - 1 {
                honest += u32::from(limiter.admit(IpAddr::from([198, 51, 100, 7])).is_ok());
                clock.advance(Duration::from_secs(1));
                limiter.forget();
            }
        }
        (guesses, honest)
    }

    #[test]
    fn one_address_has_its_own_rate_and_all_together_have_one() {
        let (limiter, _) = limiter(1, 3);
        let admitted = |address: &str| limiter.admit(address.parse().unwrap()).is_ok();
        assert!(admitted("192.0.2.1"));
        assert!(!admitted("192.0.2.1"));
        assert!(!admitted("::ffff:192.0.2.1"));
        assert!(admitted("2001:db8::1"));
        assert!(!admitted("2001:db8::2"));
        assert!(admitted("192.0.2.2"));
        assert_eq!(limiter.admit("192.0.2.3".parse().unwrap()), Err(1));
    }

    #[test]
    fn whoever_has_one_address_guesses_once_a_second_and_is_in_nobodys_way() {
        assert_eq!(attack(|_| IpAddr::from([192, 0, 2, 1])), (1_000, 1_000));
    }

    #[test]
    fn whoever_has_a_network_of_ipv6_has_one_address() {
        let of_a_network = |host: u32| Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(host) << 31)).into();
        assert_eq!(attack(of_a_network), (1_000, 1_000));
        let of_ipv4 = |port: u32| Ipv4Addr::new(192, 0, 2, u8::from(port.is_multiple_of(2))).to_ipv6_mapped().into();
        assert_eq!(attack(of_ipv4), (2_000, 1_000));
    }

    #[test]
    fn however_many_addresses_guess_ten_a_second_come_through_after_the_first_hundred() {
        let any = |number: u32| Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::from(number) << 64)).into();
        let (guesses, honest) = attack(any);
        assert_eq!(guesses + honest, 100 + 999 * 10);
    }

    #[test]
    fn addresses_that_no_longer_try_are_forgotten() {
        let (limiter, clock) = limiter(10, 100);
        for number in 0..10_000 {
            let _any_outcome = limiter.admit(Ipv4Addr::from_bits(number).into());
        }
        assert_eq!(limiter.0.addresses.len(), 10_000);
        clock.advance(Duration::from_secs(3));
        limiter.forget();
        assert!(limiter.0.addresses.is_empty());
    }
}
