//! Which reports of an agent's run were decided already. Pure.

use std::collections::BTreeMap;

/// How many decided reports are remembered with their content; of older ones only that they were decided.
const REMEMBERED: usize = 128;
/// How many runs of decided numbers are kept apart. Beyond that the lowest gap is taken as decided: agents send their
/// backlog in order, so what is missing below everything else was dropped by them.
const RUNS: usize = 512;

/// The first eight bytes of a report's hash: enough to tell a repetition from another report under the same number.
pub(super) type ShortHash = [u8; 8];

/// The decided numbers of one run, and the content of the latest of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SeenWindow {
    /// First to last number of each run of decided numbers, apart from one another.
    runs: BTreeMap<u64, u64>,
    recent: BTreeMap<u64, ShortHash>,
}

/// What is known of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing: it is to be decided.
    New,
    /// It was decided, with this content as far as is remembered.
    Same,
    /// It was decided with other content.
    Other,
}

/// The bytes are not what [`SeenWindow::to_bytes`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored window of decided reports cannot be read")]
pub(super) struct Unreadable;

const VERSION: u8 = 1;

impl SeenWindow {
    /// What is known of report `seq` with this content.
    pub(super) fn look_up(&self, seq: u64, hash: ShortHash) -> Seen {
        match self.recent.get(&seq) {
            Some(known) if *known == hash => Seen::Same,
            Some(_) => Seen::Other,
            None if self.run_around(seq).is_some() => Seen::Same,
            None => Seen::New,
        }
    }

    /// Report `seq` is decided.
    pub(super) fn decide(&mut self, seq: u64, hash: ShortHash) {
        if self.run_around(seq).is_none() {
            self.join(seq);
        }
        self.recent.insert(seq, hash);
        if self.recent.len() > REMEMBERED {
            self.recent.pop_first();
        }
        if self.runs.len() > RUNS {
            self.close_lowest_gap();
        }
    }

    fn run_around(&self, seq: u64) -> Option<(u64, u64)> {
        let (first, last) = self.runs.range(..=seq).next_back()?;
        (seq <= *last).then_some((*first, *last))
    }

    fn join(&mut self, seq: u64) {
        let below = seq.checked_sub(1).and_then(|below| self.run_around(below));
        let above = seq.checked_add(1).and_then(|above| self.runs.remove(&above));
        let first = below.map_or(seq, |(first, _)| first);
        self.runs.insert(first, above.unwrap_or(seq));
    }

    fn close_lowest_gap(&mut self) {
        if let Some((first, _)) = self.runs.pop_first()
            && let Some((_, last)) = self.runs.pop_first()
        {
            self.runs.insert(first, last);
        }
    }

    /// How it is stored: a version, the number of runs, the runs, then what is remembered; all numbers little-endian.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(5 + self.runs.len() * 16 + self.recent.len() * 16);
        bytes.push(VERSION);
        bytes.extend(u32::try_from(self.runs.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (first, last) in &self.runs {
            bytes.extend(first.to_le_bytes());
            bytes.extend(last.to_le_bytes());
        }
        for (seq, hash) in &self.recent {
            bytes.extend(seq.to_le_bytes());
            bytes.extend(hash);
        }
        bytes
    }

    /// Reads what [`SeenWindow::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let ([VERSION, a, b, c, d], rest) = bytes.split_first_chunk::<5>().ok_or(Unreadable)? else {
            return Err(Unreadable);
        };
        let count = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let (pairs, left) = rest.as_chunks::<16>();
        let (runs, recent) = pairs.split_at_checked(count).ok_or(Unreadable)?;
        if !left.is_empty() {
            return Err(Unreadable);
        }
        Ok(Self {
            runs: runs.iter().filter_map(halves).map(|(first, last)| (number(first), number(last))).collect(),
            recent: recent.iter().filter_map(halves).map(|(seq, hash)| (number(seq), hash)).collect(),
        })
    }
}

fn halves(pair: &[u8; 16]) -> Option<([u8; 8], [u8; 8])> {
    let (first, rest) = pair.split_first_chunk::<8>()?;
    Some((*first, rest.try_into().ok()?))
}

const fn number(bytes: [u8; 8]) -> u64 {
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{REMEMBERED, RUNS, Seen, SeenWindow};

    proptest! {
        #[test]
        fn every_number_is_new_once_in_whatever_order_they_come(numbers in prop::collection::vec(1_u64..300, 1..400)) {
            let mut window = SeenWindow::default();
            let mut decided = HashMap::new();
            for seq in numbers {
                let hash = seq.to_be_bytes();
                let known = decided.insert(seq, hash).is_some();
                prop_assert_eq!(window.look_up(seq, hash) == Seen::New, !known);
                if !known {
                    window.decide(seq, hash);
                }
                window = SeenWindow::from_bytes(&window.to_bytes()).unwrap();
            }
        }

        #[test]
        fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
            let _any_outcome = SeenWindow::from_bytes(&bytes);
        }
    }

    #[test]
    fn a_number_that_comes_again_with_other_content_is_noticed() {
        let mut window = SeenWindow::default();
        window.decide(7, [1; 8]);
        assert_eq!(window.look_up(7, [1; 8]), Seen::Same);
        assert_eq!(window.look_up(7, [2; 8]), Seen::Other);
        assert_eq!(window.look_up(8, [1; 8]), Seen::New);
    }

    #[test]
    fn the_ends_of_the_numbers_are_numbers_too() {
        let mut window = SeenWindow::default();
        for seq in [u64::MAX, 0, u64::MAX - 1, 1] {
            assert_eq!(window.look_up(seq, [0; 8]), Seen::New);
            window.decide(seq, [0; 8]);
            assert_eq!(window.look_up(seq, [0; 8]), Seen::Same);
        }
    }

    #[test]
    fn what_is_kept_stays_small_for_years_of_reports_and_for_any_gaps() {
        let mut window = SeenWindow::default();
        for seq in 1..=100_000 {
            window.decide(seq, [0; 8]);
        }
        assert!(window.to_bytes().len() <= 5 + 16 + REMEMBERED * 16);
        for seq in (200_000..300_000).step_by(2) {
            window.decide(seq, [0; 8]);
        }
        assert!(window.to_bytes().len() <= 5 + (RUNS + REMEMBERED) * 16);
        assert_eq!(window.look_up(299_999, [0; 8]), Seen::New);
        assert_eq!(window.look_up(1, [0; 8]), Seen::Same);
    }
}
