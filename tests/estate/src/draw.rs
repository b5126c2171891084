//! Chance that can be repeated: the same seed and the same question have the same answer in every run.

/// A point from which numbers are drawn. Drawing does not move it: another question needs another point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw(u64);

impl Draw {
    /// The point that belongs to a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(mixed(seed))
    }

    /// The point of question `number`, as seen from here.
    #[must_use]
    pub const fn of(self, number: u64) -> Self {
        Self(mixed(self.0 ^ mixed(number)))
    }

    /// 64 bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A number from 0 to below `limit`, which is at least 1.
    #[must_use]
    pub fn below(self, limit: u32) -> u32 {
        u32::try_from(((self.0 >> 32) * u64::from(limit)) >> 32).unwrap_or(0)
    }

    /// Whether the one case in so many is this.
    #[must_use]
    pub fn one_in(self, cases: u32) -> bool {
        self.below(cases) == 0
    }

    /// A number from 0 to below 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.below(u32::MAX)) / f64::from(u32::MAX)
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014).
const fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn a_question_has_one_answer_and_answers_are_spread_evenly() {
        let draw = Draw::new(7);
        assert_eq!(draw.of(3), Draw::new(7).of(3));
        assert_ne!(draw.of(3), draw.of(4));
        let mut counts = [0_u32; 10];
        (0..10_000).for_each(|n| counts[usize::try_from(draw.of(n).below(10)).unwrap()] += 1);
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }
}
