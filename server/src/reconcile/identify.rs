//! Which CI is this host?
//!
//! Rules, in order; the first that matches without a veto wins:
//!
//! 1. the CI that is bound to this agent;
//! 2. maker and serial number;
//! 3. machine id and SMBIOS UUID together.
//!
//! Vetoes: the CI's own agent was heard within its interval (two machines with one identity), people retired the CI,
//! or two CIs match alike (the identifier tells nothing). Then, and when nothing matches, the host is a new CI: a
//! weaker match (machine id alone, hardware addresses, a host name) never merges two. An agent that speaks from the
//! very boot the CI's agent last spoke from, and was enrolled after it, is the same machine enrolled anew: the kernel
//! draws a boot id at random (`/proc/sys/kernel/random/boot_id`, random(4)), so that only a machine copied while it ran
//! has the same. Of such two the one enrolled first is vetoed when it speaks again: they part, and do not take turns.

use jiff::{SignedDuration, Timestamp};
use terrier_shared::latest::section::Identity;

use super::placeholder;

/// Seconds between two reports of an agent of which nothing else is known.
const USUAL_INTERVAL_S: i32 = 300;
/// What delays a report on its way.
const DELAY: SignedDuration = SignedDuration::from_mins(2);

/// What a machine carries that may identify it. Placeholders are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its maker, in lower case.
    pub vendor: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its machine id.
    pub machine_id: Option<String>,
    /// Its SMBIOS UUID.
    pub product_uuid: Option<String>,
    /// Its boot. Of no use to find a machine by, but two that are in one boot are one.
    pub boot_id: Option<String>,
}

/// A CI that carries at least one of the same identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The CI.
    pub ci_key: i32,
    /// What it carries.
    pub evidence: Evidence,
    /// Whether people retired or disposed of it.
    pub retired: bool,
    /// When its agent was last heard, if it has one that is not revoked.
    pub agent_last_seen: Option<Timestamp>,
    /// Seconds between two of its reports; nothing if that is not known.
    pub agent_interval_s: Option<i32>,
    /// Whether its agent was enrolled before the one that reports.
    pub agent_is_older: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It is this CI.
    Existing {
        /// The CI.
        ci_key: i32,
        /// By which rule.
        rule: &'static str,
    },
    /// It is a new CI.
    New {
        /// Why a CI that matched was not taken.
        veto: Option<&'static str>,
    },
}

impl Evidence {
    /// What this identity section carries. A container carries its host's firmware, which is not its own.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        let machine_id = identity.machine_id.as_deref().and_then(placeholder::machine_id);
        if identity.container.is_some() {
            return Self { machine_id, ..Self::default() };
        }
        Self {
            vendor: identity.system.vendor.as_deref().map(vendor),
            serial: identity.system.serial.as_deref().and_then(placeholder::serial),
            machine_id,
            product_uuid: identity.product_uuid.as_deref().and_then(placeholder::product_uuid),
            boot_id: identity.boot_id.clone(),
        }
    }
}

/// A maker's name as it is compared.
#[must_use]
pub fn vendor(raw: &str) -> String {
    raw.trim().to_lowercase()
}

/// Which of the candidates it is, for an agent that no CI is bound to yet.
#[must_use]
pub fn identify(evidence: &Evidence, candidates: &[Candidate], now: Timestamp) -> Match {
    let mut veto = None;
    for (rule, matches) in RULES {
        let found: Vec<_> = candidates.iter().filter(|candidate| matches(evidence, &candidate.evidence)).collect();
        match found.as_slice() {
            [] => {}
            [one] => match veto_of(one, evidence, now) {
                None => return Match::Existing { ci_key: one.ci_key, rule },
                Some(reason) => veto = veto.or(Some(reason)),
            },
            _ => veto = veto.or(Some("several CIs carry the same identifier")),
        }
    }
    Match::New { veto }
}

type Rule = (&'static str, fn(&Evidence, &Evidence) -> bool);

const RULES: [Rule; 2] = [
    ("maker and serial number", |one, other| {
        both(one.serial.as_ref(), other.serial.as_ref()) && both(one.vendor.as_ref(), other.vendor.as_ref())
    }),
    ("machine id and SMBIOS UUID", |one, other| {
        both(one.machine_id.as_ref(), other.machine_id.as_ref())
            && both(one.product_uuid.as_ref(), other.product_uuid.as_ref())
    }),
];

fn both(one: Option<&String>, other: Option<&String>) -> bool {
    one.is_some() && one == other
}

fn veto_of(candidate: &Candidate, evidence: &Evidence, now: Timestamp) -> Option<&'static str> {
    if candidate.retired {
        return Some("the CI with this identifier is retired");
    }
    if candidate.agent_is_older && both(evidence.boot_id.as_ref(), candidate.evidence.boot_id.as_ref()) {
        return None;
    }
    let heard = candidate.agent_last_seen?;
    let interval = SignedDuration::from_secs(candidate.agent_interval_s.unwrap_or(USUAL_INTERVAL_S).into());
    // It is taken to be there until a report of it is overdue.
    (now.duration_since(heard) <= interval + DELAY).then_some("another agent with this identifier is live")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use terrier_shared::latest::section::Identity;

    use super::{Candidate, Evidence, Match, identify};
    use jiff::{SignedDuration, Timestamp};

    fn evidence(vendor: &str, serial: &str, machine_id: &str, uuid: &str) -> Evidence {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (vendor, serial, machine_id, product_uuid) = (some(vendor), some(serial), some(machine_id), some(uuid));
        Evidence { vendor, serial, machine_id, product_uuid, boot_id: None }
    }

    fn candidate(ci_key: i32, evidence: Evidence) -> Candidate {
        Candidate {
            ci_key,
            evidence,
            retired: false,
            agent_last_seen: None,
            agent_interval_s: None,
            agent_is_older: true,
        }
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_new_agent_on_a_known_machine_gets_its_ci() {
        let known = candidate(7, evidence("dell", "abc123", "m1", "u1"));
        let reinstalled = evidence("dell", "abc123", "m2", "u1");
        let by_serial = identify(&reinstalled, std::slice::from_ref(&known), now());
        assert_eq!(by_serial, Match::Existing { ci_key: 7, rule: "maker and serial number" });
        let board_swapped = evidence("dell", "other", "m1", "u1");
        let by_ids = identify(&board_swapped, &[known], now());
        assert_eq!(by_ids, Match::Existing { ci_key: 7, rule: "machine id and SMBIOS UUID" });
    }

    #[test]
    fn the_same_serial_of_another_maker_is_another_machine() {
        let known = candidate(7, evidence("dell", "abc123", "", ""));
        assert_eq!(identify(&evidence("acme", "abc123", "", ""), &[known], now()), Match::New { veto: None });
    }

    #[test]
    fn a_weak_match_never_merges() {
        let known = [candidate(7, evidence("", "", "m1", "")), candidate(8, evidence("", "", "", "u1"))];
        assert_eq!(identify(&evidence("dell", "", "m1", "u1"), &known, now()), Match::New { veto: None });
    }

    #[test]
    fn a_live_agent_keeps_its_ci_and_a_silent_one_gives_it_up() {
        let mut known = candidate(7, evidence("dell", "abc123", "m1", "u1"));
        known.agent_last_seen = Some(now() - SignedDuration::from_secs(200));
        let clone = known.evidence.clone();
        assert!(matches!(identify(&clone, std::slice::from_ref(&known), now()), Match::New { veto: Some(_) }));
        known.agent_last_seen = Some(now() - SignedDuration::from_mins(50));
        known.agent_interval_s = Some(3_600);
        let hourly = identify(&clone, std::slice::from_ref(&known), now());
        assert!(matches!(hourly, Match::New { veto: Some(_) }), "it reports every hour: {hourly:?}");
        known.agent_interval_s = Some(300);
        known.agent_last_seen = Some(now() - SignedDuration::from_hours(1));
        assert!(matches!(identify(&clone, &[known], now()), Match::Existing { ci_key: 7, .. }));
    }

    #[test]
    fn an_agent_in_the_same_boot_is_the_same_machine_however_lately_the_other_was_heard() {
        let boot_id = Some("6f1e2d3c-0000-4000-8000-000000000001".to_owned());
        let who = Evidence { boot_id, ..evidence("dell", "abc123", "m1", "u1") };
        let live = Candidate { agent_last_seen: Some(now()), ..candidate(7, who.clone()) };
        assert!(matches!(identify(&who, std::slice::from_ref(&live), now()), Match::Existing { ci_key: 7, .. }));
        let retired = Candidate { retired: true, ..live };
        assert!(matches!(identify(&who, &[retired], now()), Match::New { veto: Some(_) }));
    }

    #[test]
    fn nothing_retired_comes_back_by_itself() {
        let known = Candidate { retired: true, ..candidate(7, evidence("dell", "abc123", "", "")) };
        let found = identify(&known.evidence.clone(), &[known], now());
        assert_eq!(found, Match::New { veto: Some("the CI with this identifier is retired") });
    }

    #[test]
    fn an_identifier_that_two_cis_carry_tells_nothing() {
        let known =
            [candidate(7, evidence("dell", "abc123", "", "")), candidate(8, evidence("dell", "abc123", "", ""))];
        assert!(matches!(identify(&known[0].evidence, &known, now()), Match::New { veto: Some(_) }));
    }

    #[test]
    fn a_container_does_not_take_its_hosts_firmware_for_its_own() {
        let mut identity = Identity { container: Some("docker".into()), ..Identity::default() };
        identity.system.vendor = Some("Dell Inc.".into());
        identity.system.serial = Some("ABC123".into());
        identity.product_uuid = Some("4c4c4544-0034-5310-8052-b4c04f4a4e31".into());
        assert_eq!(Evidence::of(&identity), Evidence::default());
    }

    proptest! {
        #[test]
        fn the_order_of_candidates_does_not_matter(keys in prop::collection::vec(0_u8..4, 0..5)) {
            let candidates: Vec<_> = keys.iter().zip(1..)
                .map(|(kind, key)| candidate(key, evidence("dell", &format!("serial{kind}"), "m", &format!("u{kind}"))))
                .collect();
            let mut reversed = candidates.clone();
            reversed.reverse();
            let who = evidence("dell", "serial1", "m", "u2");
            prop_assert_eq!(identify(&who, &candidates, now()), identify(&who, &reversed, now()));
        }
    }
}
