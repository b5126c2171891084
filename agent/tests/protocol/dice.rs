//! Chance that a test can repeat, how much of it is tried, and what came of it.

/// Numbers that look random and depend on the seed alone (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`; 0 where that is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// Whether the long form of the tests is asked for, by `TERRIER_TORTURE=long`.
#[expect(clippy::disallowed_methods, reason = "the long form is asked for from outside")]
pub(crate) fn is_long() -> bool {
    std::env::var("TERRIER_TORTURE").is_ok_and(|form| form == "long")
}

/// How many cases a test tries: `short` with the other tests, or `long`.
pub(crate) fn cases(short: u64, long: u64) -> u64 {
    if is_long() { long } else { short }
}

/// Says what was found out, for who runs the long form.
#[expect(clippy::print_stdout, reason = "figures are what the long form is for")]
pub(crate) fn tell(figures: &str) {
    println!("FIGURES {figures}");
}
