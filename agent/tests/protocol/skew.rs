//! An agent whose wall clock is wrong, against a server whose certificates are good for 90 days as real ones are.

use std::fs;
use std::time::Duration;

use rcgen::date_time_ymd;
use terrier_agent::clock::{Clock as _, Moment, SystemClock};
use terrier_agent::run::{Agent, Delivery};
use terrier_agent::transport::enrol::Step;

use crate::authority::Authority;
use crate::dice::{is_long, tell};
use crate::estate::{Estate, window};
use crate::server::TestServer;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// By how much a clock is wrong.
const SKEWS: [i64; 11] =
    [-30 * YEAR, -YEAR, -10 * HOUR, -5 * MINUTE, -2 * SECOND, 0, 2 * SECOND, 5 * MINUTE, 10 * HOUR, YEAR, 30 * YEAR];

/// When it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// From the start of the process on.
    Constant,
    /// From the middle of a batch on.
    Jump,
    /// From the start, until somebody sets it right in the middle of a batch.
    JumpBack,
    /// Each other turn.
    Flutter,
    /// It is right, the host is suspended for three days, and wakes up with it wrong.
    Suspend,
}

const COURSES: [Course; 5] = [Course::Constant, Course::Jump, Course::JumpBack, Course::Flutter, Course::Suspend];

/// A host whose server shows a certificate that began an hour ago and ends in 90 days, and whose own is good for 14.
fn estate() -> Estate {
    let authority = Authority::new();
    let now_s = u64::try_from(SystemClock.now().wall_s()).unwrap();
    let at = |s: u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(s);
    let identity = authority.server_with("127.0.0.1", |params| {
        (params.not_before, params.not_after) = (at(now_s - 3_600), at(now_s + 90 * 86_400));
    });
    let estate = Estate::with(TestServer::start_with(authority, identity));
    estate.write("proc/sys/kernel/hostname", "h\n");
    estate.server.held().lifetime_s = Some(14 * 86_400);
    estate
}

/// One run of an agent, and what it was the truth about everything it observed.
struct Run {
    estate: Estate,
    agent: Option<Agent>,
    recorded: usize,
    skew_ms: i64,
    what: String,
}

impl Run {
    fn start(&mut self) {
        self.agent = None;
        self.agent = Some(self.estate.agent());
    }

    /// Five minutes pass; the agent observes, the clock may change, the agent delivers.
    async fn turn(&mut self, skew_ms: i64) {
        self.estate.clock.advance(Duration::from_mins(5));
        let now = self.estate.clock.now();
        let agent = self.agent.as_mut().unwrap();
        agent.record_metrics(&window(now.wall_ms));
        agent.observe().await;
        self.recorded += 1;
        let before_ms = self.skew_ms;
        self.set(skew_ms);
        let agent = self.agent.as_mut().unwrap();
        assert_eq!(agent.deliver().await, Delivery::Done, "{}", self.what);
        assert_eq!(agent.outlook().unwrap().pending, 0, "{}", self.what);
        assert!((1..=agent.interval_s()).contains(&agent.until_next_turn()), "{}", self.what);
        self.check_times(now, before_ms);
    }

    fn set(&mut self, skew_ms: i64) {
        self.skew_ms = skew_ms;
        self.estate.clock.skew(skew_ms);
    }

    /// What the server works out from the two clocks of the batch is when it really was.
    fn check_times(&self, observed: Moment, skew_then_ms: i64) {
        let clock = &self.estate.clock;
        let held = self.estate.server.held();
        for batch in &held.batches[held.batches.len() - 1..] {
            let received_ms = clock.true_ms();
            assert_eq!(batch.sent_wall_ms - self.skew_ms, clock.true_ms_at(batch.sent_mono_ms), "{}", self.what);
            for report in &batch.reports {
                assert_eq!(report.boot_id, None, "{}", self.what);
                let since_ms = i64::try_from(batch.sent_mono_ms - report.at_mono_ms).unwrap();
                let stored_ms = received_ms - since_ms;
                assert!((stored_ms - clock.true_ms_at(observed.mono_ms)).abs() <= 2_000, "{}", self.what);
                assert_eq!(report.at_wall_ms - skew_then_ms, clock.true_ms_at(report.at_mono_ms), "{}", self.what);
            }
        }
    }
}

async fn live_with(skew_ms: i64, course: Course) {
    let estate = estate();
    assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
    let key = fs::read_to_string(estate.state_file("credentials.json")).unwrap();
    let what = format!("{course:?} by {skew_ms} ms");
    let mut run = Run { estate, agent: None, recorded: 0, skew_ms: 0, what };
    let first = if matches!(course, Course::Constant | Course::JumpBack) { skew_ms } else { 0 };
    run.set(first);
    run.start();
    run.turn(first).await;
    if course == Course::Suspend {
        run.estate.clock.advance(Duration::from_hours(72));
    }
    for turn in 0..6 {
        let next_ms = match course {
            Course::JumpBack => 0,
            Course::Flutter if turn % 2 == 0 => 0,
            _ => skew_ms,
        };
        run.turn(next_ms).await;
    }
    run.start();
    run.turn(run.skew_ms).await;
    assert_eq!(fs::read_to_string(run.estate.state_file("credentials.json")).unwrap(), key, "{}", run.what);
    assert_eq!(run.estate.server.held().renewals, 0, "{}: a clock renews nothing", run.what);

    // Half of the certificate's life is over: it is renewed once, and the next half a life later.
    for renewals in 1..=2 {
        run.estate.clock.advance(Duration::from_hours(7 * 24));
        for _ in 0..3 {
            run.turn(run.skew_ms).await;
        }
        assert_eq!(run.estate.server.held().renewals, renewals, "{}", run.what);
    }
    let outlook = run.agent.as_ref().unwrap().outlook().unwrap();
    assert_eq!((outlook.dead, outlook.dropped), (0, 0), "{}", run.what);
    let held = run.estate.server.held();
    assert_eq!((held.enrolments.len(), held.metrics), (1, run.recorded), "{}", run.what);
    assert!(held.applied.values().all(|(_, times)| *times == 1), "{}", run.what);
}

#[tokio::test]
async fn whatever_its_wall_clock_shows_an_agent_connects_keeps_its_key_and_loses_nothing() {
    let mut runs = 0;
    for skew_ms in SKEWS {
        // A large skew meets every rule that a small one does.
        for course in
            COURSES.into_iter().filter(|course| is_long() || *course == Course::Constant || skew_ms.abs() >= YEAR)
        {
            live_with(skew_ms, course).await;
            runs += 1;
        }
    }
    tell(&format!("{runs} wrong clocks: 0 enrolments again, 0 renewals too many, 0 reports lost"));
}

#[tokio::test]
async fn a_host_whose_clock_begins_in_1970_enrols_and_reports_though_its_server_is_younger_than_the_agent() {
    let estate = estate();
    estate.clock.skew(-estate.clock.now().wall_ms);
    assert_eq!(estate.clock.now().wall_ms, 0);
    assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
    let mut agent = estate.agent();
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    assert_eq!(estate.server.held().sections.len(), 2);
}

#[tokio::test]
async fn what_waits_for_a_server_that_is_away_does_not_grow_old_because_the_clock_jumps() {
    for (before_ms, after_ms) in [(0, YEAR), (0, 30 * YEAR), (-30 * YEAR, 0), (30 * YEAR, 0), (-YEAR, YEAR)] {
        let estate = estate();
        assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
        estate.clock.skew(before_ms);
        let mut agent = estate.agent();
        for _ in 0..20 {
            estate.clock.advance(Duration::from_mins(5));
            agent.record_metrics(&window(estate.clock.now().wall_ms));
        }
        agent.observe().await;
        drop(agent);
        // The next boot has another clock.
        estate.write("proc/sys/kernel/random/boot_id", "99999999-2222-4333-8444-555555555555\n");
        estate.clock.skew(after_ms);
        let mut agent = estate.agent();
        for _ in 0..3 {
            agent.observe().await;
        }
        let outlook = agent.outlook().unwrap();
        assert_eq!((outlook.pending, outlook.dropped), (22, 0), "from {before_ms} to {after_ms}");
        assert_eq!(agent.deliver().await, Delivery::Done);
        assert_eq!(estate.server.held().metrics, 20);
    }
}

#[tokio::test]
async fn a_server_whose_certificate_has_ended_is_not_believed_by_a_clock_that_is_right() {
    let authority = Authority::new();
    let now_s = u64::try_from(SystemClock.now().wall_s()).unwrap();
    let at = |s: u64| date_time_ymd(1970, 1, 1) + Duration::from_secs(s);
    let identity = authority.server_with("127.0.0.1", |params| {
        (params.not_before, params.not_after) = (at(now_s - 3_600), at(now_s + 86_400));
    });
    let estate = Estate::with(TestServer::start_with(authority, identity));
    estate.server.held().lifetime_s = Some(14 * 86_400);
    assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
    let mut agent = estate.agent();
    agent.observe().await;
    assert_eq!(agent.deliver().await, Delivery::Done);
    let requests = estate.server.held().requests.len();
    estate.clock.advance(Duration::from_hours(48));
    agent.observe().await;
    assert!(matches!(agent.deliver().await, Delivery::Failed { .. }));
    assert_eq!(estate.server.held().requests.len(), requests, "not one byte of a report has left");
}
