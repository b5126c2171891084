use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Candidate, Finding, Moment, Rival, Verdict, identify};
use crate::identification::model::evidence::{Evidence, IdentifierKind as Kind};
use crate::identification::model::rule::{Need, Outcome, Rule, Veto};
use crate::identification::shipped;
use crate::kernel::id::Id;

fn rules() -> Vec<Rule> {
    let shipped = shipped::read().unwrap().into_iter().filter(|rule| rule.class == "host");
    shipped.map(|rule| rule.into_rule(Id::from_uuid(uuid::Uuid::nil())).unwrap()).collect()
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn at_once() -> Moment {
    Moment { since: now(), now: now(), judged_at: now(), can_wait: true }
}

fn evidence(said: &[(Kind, &str)]) -> Evidence {
    let mut evidence = said.iter().fold(Evidence::default(), |evidence, (kind, value)| evidence.with(*kind, value));
    evidence.add_maker("Dell Inc.");
    evidence
}

fn candidate(ci_key: i32, evidence: Evidence) -> Candidate {
    Candidate { ci_key, evidence, retired: false, rival: None }
}

fn rival(ago: SignedDuration) -> Rival {
    Rival { heard: now() - ago, interval_s: None, is_older: true }
}

const MACHINE: &str = "0123456789abcdef0123456789abcde1";
const OTHER_MACHINE: &str = "0123456789abcdef0123456789abcde2";
const UUID: &str = "4c4c4544-0034-5310-8052-b4c04f4a4e31";
const OTHER_UUID: &str = "4c4c4544-0034-5310-8052-b4c04f4a4e32";
const MAC: &str = "ac:1f:6b:00:11:22";
const OTHER_MAC: &str = "ac:1f:6b:00:11:23";

#[test]
fn a_machine_that_was_installed_anew_is_found_by_its_serial_number_or_its_firmware() {
    let known =
        candidate(7, evidence(&[(Kind::Serial, "CZJ9510B2T"), (Kind::MachineId, MACHINE), (Kind::ProductUuid, UUID)]));
    let again = evidence(&[(Kind::Serial, "CZJ9510B2T"), (Kind::MachineId, OTHER_MACHINE), (Kind::ProductUuid, UUID)]);
    let found = identify(&rules(), &again, std::slice::from_ref(&known), at_once());
    assert!(matches!(found.verdict, Verdict::Existing { ci_key: 7, .. }), "{found:?}");
    let known = candidate(7, evidence(&[(Kind::Mac, MAC), (Kind::ProductUuid, UUID), (Kind::MachineId, MACHINE)]));
    let again = evidence(&[
        (Kind::Mac, MAC),
        (Kind::Mac, OTHER_MAC),
        (Kind::ProductUuid, UUID),
        (Kind::MachineId, OTHER_MACHINE),
    ]);
    assert!(matches!(identify(&rules(), &again, &[known], at_once()).verdict, Verdict::Existing { ci_key: 7, .. }));
}

#[test]
fn the_same_serial_number_of_another_maker_is_another_machine() {
    let known = candidate(7, Evidence::default().with(Kind::Serial, "CZJ9510B2T"));
    let found = identify(&rules(), &evidence(&[(Kind::Serial, "CZJ9510B2T")]), &[known], at_once());
    assert_eq!(found.verdict, Verdict::New);
}

#[test]
fn a_weak_match_makes_a_new_ci_and_asks_a_person() {
    let known = candidate(7, evidence(&[(Kind::Mac, MAC), (Kind::Hostname, "db")]));
    let found = identify(&rules(), &evidence(&[(Kind::Mac, MAC), (Kind::Hostname, "DB")]), &[known], at_once());
    assert_eq!(found.verdict, Verdict::New);
    assert!(found.questions().any(|(ci_key, _, veto)| (ci_key, veto) == (7, None)), "{found:?}");
}

#[test]
fn a_host_name_alone_is_not_even_asked_about() {
    let known = candidate(7, evidence(&[(Kind::Hostname, "db"), (Kind::Fqdn, "db.example.com")]));
    let found = identify(&rules(), &known.evidence.clone(), &[known], at_once());
    assert_eq!((found.verdict, found.questions().count()), (Verdict::New, 0));
}

#[test]
fn a_serial_number_that_everything_else_contradicts_is_a_question() {
    let known = candidate(
        7,
        evidence(&[(Kind::Serial, "MB-1234"), (Kind::MachineId, MACHINE), (Kind::ProductUuid, UUID), (Kind::Mac, MAC)]),
    );
    let other = evidence(&[
        (Kind::Serial, "MB-1234"),
        (Kind::MachineId, OTHER_MACHINE),
        (Kind::ProductUuid, OTHER_UUID),
        (Kind::Mac, OTHER_MAC),
    ]);
    let found = identify(&rules(), &other, &[known], at_once());
    assert_eq!(found.verdict, Verdict::New);
    assert_eq!(
        found.questions().map(|(ci_key, _, veto)| (ci_key, veto)).collect::<Vec<_>>(),
        [(7, Some(Veto::Contradicted))]
    );
}

#[test]
fn while_the_first_agent_may_live_the_second_waits_and_then_it_is_clear() {
    let known = candidate(7, evidence(&[(Kind::Serial, "CZJ9510B2T")]));
    let heard = |ago: i64| Candidate { rival: Some(rival(SignedDuration::from_secs(ago))), ..known.clone() };
    let ask = |candidate: Candidate, since: Timestamp| {
        identify(&rules(), &known.evidence, &[candidate], Moment { since, ..at_once() }).verdict
    };
    let until = now() + SignedDuration::from_secs(300 + 120 - 200);
    assert!(matches!(ask(heard(200), now()), Verdict::Wait { ci_key: 7, until: said, .. } if said == until));
    assert_eq!(ask(heard(200), now() - SignedDuration::from_secs(201)), Verdict::New, "it spoke after the newcomer");
    let silent = ask(heard(421), now() - SignedDuration::from_secs(400));
    assert!(matches!(silent, Verdict::Existing { ci_key: 7, .. }), "{silent:?}");
}

#[test]
fn a_silence_that_is_nobodys_own_proves_nothing() {
    let known = Candidate {
        rival: Some(rival(SignedDuration::from_hours(1))),
        ..candidate(7, evidence(&[(Kind::Serial, "CZJ9510B2T")]))
    };
    let held = Moment { judged_at: now() - SignedDuration::from_hours(1), ..at_once() };
    let found = identify(&rules(), &known.evidence.clone(), &[known], held);
    assert!(matches!(found.verdict, Verdict::Wait { ci_key: 7, until, .. } if until > now()), "{found:?}");
}

#[test]
fn an_agent_in_the_same_boot_is_the_same_machine_however_lately_the_other_was_heard() {
    let mut who = evidence(&[(Kind::Serial, "CZJ9510B2T")]);
    who.boot_id = Some("6f1e2d3c-0000-4000-8000-000000000001".to_owned());
    let live = Candidate { rival: Some(rival(SignedDuration::ZERO)), ..candidate(7, who.clone()) };
    let found = identify(&rules(), &who, std::slice::from_ref(&live), at_once());
    assert!(matches!(found.verdict, Verdict::Existing { ci_key: 7, .. }));
    let retired = identify(&rules(), &who, &[Candidate { retired: true, ..live }], at_once());
    assert_eq!((retired.verdict, retired.predecessor()), (Verdict::New, Some(7)));
}

#[test]
fn nothing_retired_comes_back_by_itself() {
    let known = Candidate { retired: true, ..candidate(7, evidence(&[(Kind::Serial, "CZJ9510B2T")])) };
    let found = identify(&rules(), &known.evidence.clone(), &[known], at_once());
    assert_eq!((found.verdict, found.predecessor()), (Verdict::New, Some(7)));
}

#[test]
fn an_identifier_that_two_cis_carry_decides_nothing_and_is_a_question() {
    let who = evidence(&[(Kind::Serial, "CZJ9510B2T")]);
    let found = identify(&rules(), &who, &[candidate(8, who.clone()), candidate(7, who.clone())], at_once());
    assert_eq!(found.verdict, Verdict::New);
    assert_eq!(found.questions().map(|(ci_key, _, _)| ci_key).collect::<Vec<_>>(), [7, 8]);
}

#[test]
fn a_rule_that_is_switched_off_is_not_asked() {
    let who = evidence(&[(Kind::Serial, "CZJ9510B2T")]);
    let off: Vec<Rule> = rules().into_iter().map(|rule| Rule { enabled: false, ..rule }).collect();
    let found = identify(&off, &who, &[candidate(7, who.clone())], at_once());
    assert_eq!((found.verdict, found.steps.len()), (Verdict::New, 0));
}

#[test]
fn every_rule_that_was_held_against_a_candidate_is_told() {
    let known = candidate(7, evidence(&[(Kind::MachineId, MACHINE), (Kind::ProductUuid, UUID)]));
    let found = identify(&rules(), &known.evidence.clone(), &[known], at_once());
    assert_eq!(found.steps.last().unwrap().finding, Finding::Decides);
    assert!(found.steps.iter().any(|step| step.finding == Finding::NoEvidence), "{found:?}");
}

proptest! {
    #[test]
    fn the_order_of_candidates_does_not_matter(
        spec in prop::collection::vec((0_u8..3, 0_u8..3, 0_u8..3, any::<bool>(), 0_i64..900), 0..6),
    ) {
        let candidates: Vec<_> = spec.iter().zip(1..).map(|((serial, uuid, mac, retired, ago), key)| {
            let said = [
                (Kind::Serial, format!("serial{serial}")),
                (Kind::ProductUuid, format!("4c4c4544-0034-5310-8052-b4c04f4a4e0{uuid}")),
                (Kind::Mac, format!("ac:1f:6b:00:11:0{mac}")),
            ];
            let said: Vec<(Kind, &str)> = said.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
            Candidate { retired: *retired, rival: Some(rival(SignedDuration::from_secs(*ago))), ..candidate(key, evidence(&said)) }
        }).collect();
        let mut reversed = candidates.clone();
        reversed.reverse();
        let who = evidence(&[(Kind::Serial, "serial1"), (Kind::ProductUuid, UUID), (Kind::Mac, "ac:1f:6b:00:11:01")]);
        prop_assert_eq!(
            identify(&rules(), &who, &candidates, at_once()),
            identify(&rules(), &who, &reversed, at_once())
        );
    }

    #[test]
    fn two_that_speak_in_turns_are_never_one(ago in 0_i64..300, since in 1_i64..10_000) {
        let rule = Rule { needs: vec![Need::Serial], vetoes: vec![Veto::Retired, Veto::Live], outcome: Outcome::Match, ..rules().remove(0) };
        let who = evidence(&[(Kind::Serial, "CZJ9510B2T")]);
        let known = Candidate { rival: Some(rival(SignedDuration::from_secs(ago))), ..candidate(7, who.clone()) };
        let moment = Moment { since: now() - SignedDuration::from_secs(ago + since), ..at_once() };
        prop_assert_eq!(identify(&[rule], &who, &[known], moment).verdict, Verdict::New);
    }
}
