//! Chance that can be had again: the same seed throws the same numbers.

/// Throws numbers (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    /// Dice with the seed `TERRIER_TORTURE_SEED`, or else 1, for the test of this name.
    pub(super) fn of(test: &str) -> Self {
        let seed = std::env::var_os("TERRIER_TORTURE_SEED").map_or(1, |text| text.to_str().unwrap().parse().unwrap());
        Self(test.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())))
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
