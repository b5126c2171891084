//! When agents that are sent away may come again. Pure: time is an argument.
//!
//! Whoever is sent away gets a place in a line that moves at four fifths of the pace at which requests are written, so
//! that all who wait come one after the other, however many there are and however badly they spread themselves.

use std::collections::HashMap;

/// Shortest time for which anybody is sent away, in microseconds.
const SHORTEST_US: u64 = 5_000_000;
/// Longest, in microseconds: agents believe no longer one.
const LONGEST_US: u64 = 3_600_000_000;
/// Between two places in the line, in microseconds, at one request per second.
const STEP_US: u64 = 1_250_000;

/// Who was sent away and has not come again.
#[derive(Debug, Default)]
pub struct Line {
    /// When each may come, in microseconds.
    places: HashMap<i32, u64>,
    /// The last place that was given away, in microseconds.
    last_us: u64,
}

impl Line {
    /// Sends an agent away at `now_us`, while requests are written at `pace` thousandths of one per second: the seconds
    /// after which it may come again. One that comes before its time keeps its place.
    pub fn send_away(&mut self, agent_key: i32, now_us: u64, pace: u64) -> u32 {
        let kept = self.places.get(&agent_key).copied().filter(|kept| *kept > now_us);
        let due_us = kept.unwrap_or_else(|| self.next_us(now_us, pace));
        self.places.insert(agent_key, due_us);
        let wait_us = due_us.saturating_sub(now_us).min(LONGEST_US);
        u32::try_from(wait_us.div_ceil(1_000_000)).unwrap_or(u32::MAX)
    }

    /// The place behind the last that was given away.
    fn next_us(&mut self, now_us: u64, pace: u64) -> u64 {
        let step = STEP_US.saturating_mul(1_000) / pace.max(1);
        let next = self.last_us.max(now_us.saturating_add(SHORTEST_US)).saturating_add(step);
        self.last_us = next.min(now_us.saturating_add(LONGEST_US));
        self.last_us
    }

    /// An agent was served.
    pub fn served(&mut self, agent_key: i32) {
        self.places.remove(&agent_key);
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    /// Requests per second, in thousandths.
    const PACE: u64 = 500_000;

    #[test]
    fn however_many_are_sent_away_at_once_they_come_at_four_fifths_of_the_pace() {
        let mut line = Line::default();
        let mut waits: Vec<u32> = (0..100_000).map(|agent| line.send_away(agent, 0, PACE)).collect();
        waits.sort_unstable();
        assert_eq!((waits[0], waits[99_999]), (6, 5 + 250));
        let busiest = waits.chunk_by(|one, other| one == other).map(<[u32]>::len).max();
        assert_eq!(busiest, Some(400));
    }

    #[test]
    fn whoever_comes_too_early_keeps_his_place_and_takes_none_from_others() {
        let mut line = Line::default();
        let first = line.send_away(1, 0, 1_000);
        assert_eq!(first, 7);
        for second in 1..6 {
            assert_eq!(line.send_away(1, second * 1_000_000, 1_000), first - u32::try_from(second).unwrap());
        }
        assert_eq!(line.send_away(2, 5_900_000, 1_000), 7, "5 s from now, and a step");
    }

    #[test]
    fn whoever_was_served_begins_anew_and_nobody_waits_more_than_an_hour() {
        let mut line = Line::default();
        assert_eq!(line.send_away(1, 0, 1_000), 7);
        line.served(1);
        assert_eq!(line.send_away(1, 0, 1_000), 8);
        assert!((2..10_000).map(|agent| line.send_away(agent, 0, 1_000)).max() <= Some(3_600));
        assert!(line.send_away(1, u64::MAX - 1, 0) <= 3_600);
    }
}
