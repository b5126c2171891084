//! When the power is cut, and with what luck.

use std::fmt;

use super::image::{Disk, Image};
use super::trace::Step;

/// How much of what is pending the disk still got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Luck {
    /// Nothing.
    None,
    /// All of it.
    All,
    /// Each change or not.
    Some,
    /// Each change or not, and of each write only some sectors.
    Torn,
}

/// A power cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut<'a> {
    /// The steps that were done, of which the last may be pending as others before it may.
    pub done: &'a [Step],
    /// What the disk still got.
    pub luck: Luck,
    /// Which of several cuts after these steps it is.
    pub turn: u64,
}

impl fmt::Display for Cut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, luck, turn } = self;
        write!(f, "the power is cut after step {}, ", done.len())?;
        match done.last() {
            Some(Step::Wrote(name, at, bytes)) => write!(f, "{} bytes to {name} at {at}", bytes.len())?,
            last => write!(f, "{last:?}")?,
        }
        write!(f, "; of what is pending, the disk got {luck:?} (turn {turn})")
    }
}

/// Looks at an image for each of about `wanted` power cuts, spread over all steps after which something is not durable:
/// all of it, none of it and some of it. `chance_of` gives for a seed what draws numbers below another. Gives how many
/// images there were.
pub fn each_image<C: FnMut(usize) -> usize>(
    steps: &[Step],
    wanted: u64,
    chance_of: impl Fn(u64) -> C,
    mut look: impl FnMut(Cut<'_>, &Image),
) -> u64 {
    let cuts = u64::try_from(steps.len()).unwrap_or(u64::MAX).max(1);
    let (per_cut, stride) = (wanted.div_ceil(cuts), (cuts.saturating_mul(3)).div_ceil(wanted.max(1)));
    let (mut disk, mut images) = (Disk::default(), 0_u64);
    for (at, step) in (0_u64..).zip(steps) {
        disk.take(step);
        if at % stride != 0 || !disk.is_unsettled() {
            continue;
        }
        let done = usize::try_from(at).ok().and_then(|at| steps.get(..=at)).unwrap_or(steps);
        for turn in 0..per_cut + 2 {
            let luck = match turn {
                0 => Luck::None,
                1 => Luck::All,
                turn if (at / stride + turn) % 2 == 0 => Luck::Torn,
                _ => Luck::Some,
            };
            let image = disk.image(luck, &mut chance_of(at << 16 | turn));
            look(Cut { done, luck, turn }, &image);
            images += 1;
        }
    }
    images
}
