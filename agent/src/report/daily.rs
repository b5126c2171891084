//! Where in its interval, and at which hour, an agent does what all agents do: spread by the hash of its id.

use terrier_shared::latest::hash::Hash;

const DAY_S: i64 = 24 * 60 * 60;

/// The number of the day, counted from the agent's own hour, in which `wall_s` lies. When it grows, a full report
/// is due.
#[must_use]
pub fn full_day(agent_id: &str, wall_s: i64) -> i64 {
    wall_s.saturating_sub(offset(agent_id, DAY_S)).div_euclid(DAY_S)
}

/// Seconds from `wall_s` to the agent's next turn: its turns are `interval_s` apart, at its own phase.
/// Always from 1 to `interval_s`.
#[must_use]
pub fn until_next_turn(agent_id: &str, wall_s: i64, interval_s: u32) -> u32 {
    let interval = i64::from(interval_s.max(1));
    let since_last = wall_s.saturating_sub(offset(agent_id, interval)).rem_euclid(interval);
    u32::try_from(interval - since_last).unwrap_or(interval_s)
}

fn offset(agent_id: &str, modulus: i64) -> i64 {
    let hash = Hash::of(agent_id.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    i64::from(u32::from_be_bytes([a, b, c, d])) % modulus
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DAY_S, full_day, until_next_turn};

    proptest! {
        #[test]
        fn turns_are_one_interval_apart_whatever_the_clock_says(agent_id: String, wall_s: i64, interval_s in 60_u32..=86_400) {
            let wait = until_next_turn(&agent_id, wall_s, interval_s);
            prop_assert!((1..=interval_s).contains(&wait));
            if let Some(at_turn) = wall_s.checked_add(i64::from(wait)).filter(|_| wall_s > i64::MIN / 2) {
                prop_assert_eq!(until_next_turn(&agent_id, at_turn, interval_s), interval_s);
            }
        }

        #[test]
        fn a_full_report_is_due_once_in_24_hours(agent_id: String, wall_s in 0_i64..4_000_000_000) {
            prop_assert_eq!(full_day(&agent_id, wall_s) + 1, full_day(&agent_id, wall_s + DAY_S));
        }
    }

    #[test]
    fn agents_do_not_take_their_turns_together() {
        let mut turns: Vec<u32> = (0..1000).map(|n| until_next_turn(&format!("agent-{n}"), 0, 300)).collect();
        turns.sort_unstable();
        turns.dedup();
        assert!(turns.len() > 250, "{}", turns.len());
    }
}
