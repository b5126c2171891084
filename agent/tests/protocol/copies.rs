//! What an agent does that has the identity of another machine.

use std::time::Duration;

use terrier_agent::run::{Agent, Delivery};
use terrier_shared::latest::report::Outcome;

use crate::estate::{Estate, window};
use crate::server::{AGENT_ID, OWN_ID, Turn, problem};

fn told() -> Turn {
    Turn::Raw(problem(409, "identity_conflict", Some("re_enrol_as_new")))
}

async fn turn(agent: &mut Agent) -> Delivery {
    agent.observe().await;
    agent.deliver().await
}

#[tokio::test]
async fn every_request_says_which_process_of_which_machine_speaks() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    turn(&mut agent).await;
    let first = estate.server.last_batch();
    drop(agent);
    let mut agent = estate.agent();
    turn(&mut agent).await;
    let second = estate.server.last_batch();
    assert!(first.run.is_some() && first.run != second.run);
    assert_eq!(first.machine.unwrap().machine_id, None);
    assert!(second.machine.unwrap().machine_id.is_some());
}

#[tokio::test]
async fn a_copy_keeps_everything_until_it_is_an_agent_of_its_own_and_tells_it_then() {
    let (estate, mut agent) = Estate::enrolled().await;
    turn(&mut agent).await;
    agent.record_metrics(&window(0));
    estate.server.next(told());
    assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    estate.server.held().pending_re_enrolments = 2;
    for _ in 0..2 {
        agent.record_metrics(&window(0));
        assert!(matches!(turn(&mut agent).await, Delivery::Failed { wait_ms } if wait_ms >= 30_000));
    }
    let before = estate.server.held().batches.len();
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!((held.re_enrolments.len(), held.metrics), (3, 3));
    // Whole, because the new agent has told nothing yet.
    assert_eq!(held.batches[before..].iter().flat_map(|batch| &batch.reports).count(), 3 + 2);
    drop(held);
    assert_eq!(estate.credentials().issued.agent_id, OWN_ID);
}

#[tokio::test]
async fn a_copy_that_is_started_again_still_asks_before_it_tells_anything() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.next(told());
    turn(&mut agent).await;
    drop(agent);
    let mut agent = estate.agent();
    estate.server.held().pending_re_enrolments = 1;
    assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    assert_eq!(estate.server.held().batches.len(), 0);
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert_eq!(estate.credentials().issued.agent_id, OWN_ID);
}

#[tokio::test]
async fn one_that_turns_out_to_be_no_copy_goes_on_as_it_was() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.next(told());
    estate.server.next(Turn::Raw(problem(409, "conflict", None)));
    turn(&mut agent).await;
    assert!(matches!(agent.deliver().await, Delivery::Failed { .. }));
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert_eq!(estate.credentials().issued.agent_id, AGENT_ID);
}

#[tokio::test]
async fn a_machine_in_doubt_waits_and_loses_nothing() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.record_metrics(&window(0));
    estate.server.next(Turn::Raw(problem(409, "identity_conflict", None)));
    assert!(matches!(turn(&mut agent).await, Delivery::Failed { .. }));
    estate.clock.advance(Duration::from_mins(20));
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    assert_eq!((held.metrics, held.sections.len(), held.re_enrolments.len()), (1, 2, 0));
}

#[tokio::test]
async fn a_renewal_that_somebody_else_has_made_before_makes_it_a_copy() {
    let estate = Estate::new();
    estate.write("proc/sys/kernel/hostname", "web-1\n");
    estate.server.held().renew_at_s = 0;
    assert!(estate.ask().await.is_ok());
    let mut agent = estate.agent();
    // The reports are taken, the renewal behind them is not.
    estate.server.next(Turn::Honest);
    estate.server.next(told());
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    estate.server.held().renew_at_s = i64::MAX;
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    assert_eq!(estate.credentials().issued.agent_id, OWN_ID);
}

#[tokio::test]
async fn what_the_server_knows_under_the_same_name_with_other_content_gets_another_name() {
    let (estate, mut agent) = Estate::enrolled().await;
    agent.record_metrics(&window(0));
    estate.server.next(Turn::Reject(Outcome::Quarantined));
    assert_eq!(turn(&mut agent).await, Delivery::Done);
    let held = estate.server.held();
    let names =
        |at: usize| held.batches[at].reports.iter().map(|report| (report.epoch, report.seq)).collect::<Vec<_>>();
    assert!(names(0).iter().all(|name| !names(1).contains(name)));
    assert_eq!((held.metrics, held.sections.len()), (1, 2));
}
