use std::time::Duration;

use jiff::Timestamp;
use terrier_shared::latest::machine::{Machine, Mark};
use terrier_shared::latest::report::Epoch;

use super::{Claimants, Finding, Process, Scene, Standing, Verdict};

const PATIENCE: Duration = Duration::from_mins(17);

/// An agent's claimants, and the clock by which they speak.
#[derive(Default)]
struct Stage {
    claimants: Claimants,
    last_heard: Option<Timestamp>,
    findings: Vec<Finding>,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// A process of the machine with this number, in the boot that began then.
fn process(run: u64, machine: &str, booted_s: i64) -> Process {
    let machine_marks = Machine { product_uuid: Some(Mark::of(machine)), ..Machine::default() };
    Process {
        run: Epoch(run),
        boot_id: format!("{machine} at {booted_s}"),
        booted_at: at(booted_s),
        machine: machine_marks,
        address: String::new(),
    }
}

impl Stage {
    fn hear(&mut self, second: i64, process: Process) -> Verdict {
        let scene = Scene { now: at(second), judged_at: at(second), last_heard: self.last_heard, patience: PATIENCE };
        let hearing = self.claimants.hear(process, scene);
        if hearing.verdict == Verdict::Speaks {
            self.last_heard = Some(at(second));
        }
        self.findings.extend(hearing.findings);
        hearing.verdict
    }

    fn standing(&self, run: u64) -> Standing {
        self.claimants.find(Epoch(run)).unwrap().standing
    }
}

#[test]
fn a_restart_and_a_reboot_of_the_same_machine_are_nothing() {
    let mut stage = Stage::default();
    assert_eq!(stage.hear(0, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.hear(10, process(2, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.hear(100, process(3, "a", 50)), Verdict::Speaks);
    assert_eq!((stage.findings.len(), stage.claimants.contenders()), (0, 0));
    assert_eq!(stage.standing(1), Standing::Past);
}

#[test]
fn another_machine_waits_until_the_agent_speaks_again_and_is_a_copy_then() {
    let mut stage = Stage::default();
    stage.hear(0, process(1, "a", -100));
    assert_eq!(stage.hear(5, process(2, "b", -100)), Verdict::Waits);
    // On its way when the other first spoke: no proof.
    assert_eq!(stage.hear(20, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.hear(40, process(2, "b", -100)), Verdict::Waits);
    assert_eq!(stage.hear(300, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.findings, [Finding::Copied(Epoch(2))]);
    assert_eq!(stage.hear(310, process(2, "b", -100)), Verdict::IsCopy);
    // Neither a restart nor a reboot makes it the agent.
    assert_eq!(stage.hear(320, process(3, "b", -100)), Verdict::IsCopy);
    assert_eq!(stage.hear(380, process(4, "b", 350)), Verdict::IsCopy);
    assert_eq!(stage.claimants.contenders(), 1);
    assert_eq!(stage.hear(600, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.findings.len(), 1);
}

#[test]
fn another_machine_is_the_agent_once_the_first_is_gone() {
    let mut stage = Stage::default();
    stage.hear(0, process(1, "a", -100));
    assert_eq!(stage.hear(300, process(2, "b", 200)), Verdict::Waits);
    assert_eq!(stage.hear(1_020, process(2, "b", 200)), Verdict::Waits);
    assert_eq!(stage.hear(1_021, process(2, "b", 200)), Verdict::Speaks);
    assert_eq!(stage.findings, [Finding::Moved(Epoch(2))]);
    assert_eq!(stage.claimants.contenders(), 0);
    // Long after its last word it is taken at once.
    assert_eq!(stage.hear(9_000, process(3, "c", 8_000)), Verdict::Speaks);
}

#[test]
fn copies_that_cannot_be_told_apart_are_found_when_they_take_turns_and_the_first_stays() {
    let mut stage = Stage::default();
    for run in 1..=50 {
        assert_eq!(stage.hear(i64::try_from(run).unwrap(), process(run, "a", 0)), Verdict::Speaks);
    }
    let verdicts: Vec<_> = (1..=50).map(|run| stage.hear(300, process(run, "a", 0))).collect();
    assert_eq!(verdicts[0], Verdict::Speaks);
    assert!(verdicts[1..].iter().all(|verdict| *verdict == Verdict::IsCopy));
    assert_eq!((stage.claimants.speaking(), stage.claimants.contenders()), (Some(Epoch(1)), 49));
    assert_eq!(stage.hear(600, process(1, "a", 0)), Verdict::Speaks);
}

#[test]
fn fifty_disks_of_one_image_in_fifty_machines_leave_the_first_undisturbed() {
    let mut stage = Stage::default();
    let machines: Vec<String> = (0..50).map(|number| format!("machine {number}")).collect();
    let speak = |stage: &mut Stage, second: i64| -> Vec<Verdict> {
        let processes = machines.iter().zip(1..).map(|(machine, run)| process(run, machine, 0));
        processes.map(|process| stage.hear(second, process)).collect()
    };
    for (second, others) in [(10, Verdict::Waits), (310, Verdict::IsCopy), (610, Verdict::IsCopy)] {
        let verdicts = speak(&mut stage, second);
        assert_eq!(verdicts[0], Verdict::Speaks, "{second}");
        assert!(verdicts[1..].iter().all(|verdict| *verdict == others), "{second}: {verdicts:?}");
    }
    assert_eq!(stage.findings.len(), 49);
}

#[test]
fn two_kernels_that_ran_at_once_are_two_machines_whatever_they_say() {
    let mut stage = Stage::default();
    let twin = |run, boot: &str| Process { boot_id: boot.to_owned(), ..process(run, "a", -3_600) };
    stage.hear(0, twin(1, "one"));
    assert_eq!(stage.hear(5, twin(2, "two")), Verdict::Waits);
    assert_eq!(stage.hear(300, twin(1, "one")), Verdict::Speaks);
    assert_eq!(stage.hear(305, twin(2, "two")), Verdict::IsCopy);
}

#[test]
fn a_machine_set_back_to_an_earlier_run_stays_the_agent() {
    let mut stage = Stage::default();
    stage.hear(0, process(1, "a", -100));
    stage.hear(1_000, process(2, "a", 900));
    assert_eq!(stage.hear(4_000, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.hear(4_300, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!((stage.claimants.contenders(), stage.findings.len()), (0, 0));
}

#[test]
fn a_request_that_was_long_on_its_way_changes_nothing() {
    let mut stage = Stage::default();
    stage.hear(0, process(1, "a", -100));
    stage.hear(30, process(2, "a", -100));
    assert_eq!(stage.hear(31, process(1, "a", -100)), Verdict::Speaks);
    assert_eq!(stage.claimants.speaking(), Some(Epoch(2)));
}

#[test]
fn a_copy_that_became_an_agent_of_its_own_is_no_contender_until_it_speaks_as_the_other_again() {
    let mut stage = Stage::default();
    stage.hear(0, process(1, "a", -100));
    stage.hear(5, process(2, "b", -100));
    stage.hear(300, process(1, "a", -100));
    stage.claimants.set(Epoch(2), Standing::Enrolled, at(301));
    assert_eq!(stage.claimants.contenders(), 0);
    assert_eq!(stage.hear(900, process(7, "b", -100)), Verdict::IsCopy);
    assert_eq!(stage.claimants.contenders(), 1);
}

#[test]
fn runs_beyond_what_is_remembered_are_forgotten_and_the_agent_never_is() {
    let mut stage = Stage::default();
    for run in 0..600 {
        stage.hear(i64::try_from(run).unwrap(), process(run, "a", 0));
    }
    assert_eq!(stage.claimants.all().len(), 512);
    assert_eq!(stage.claimants.speaking(), Some(Epoch(599)));
}
