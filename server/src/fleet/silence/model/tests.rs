use std::time::Duration;

use jiff::Timestamp;

use super::{Course, Finding, HELD_AT_MOST, Holds, Outage, Taken, Watched, Why, go_on, judge, tally};
use crate::fleet::model::Presence;
use crate::kernel::id::OrganisationId;

const FIVE: Duration = Duration::from_mins(5);
const MINUTE: u64 = 60;

/// Seconds after the hour at which every table begins.
fn at(second: u64) -> Timestamp {
    "2026-11-26T12:00:00Z".parse::<Timestamp>().unwrap() + Duration::from_secs(second)
}

/// `count` agents that report every five minutes, spread over them, and were last heard in the five minutes to `until`.
fn fleet(count: u64, until: u64) -> Vec<Watched> {
    (0..count).map(|n| Watched { last_seen: at(until - n * 300 / count.max(1)), interval: FIVE }).collect()
}

fn outage(cause: Why, from: u64, until: u64) -> Outage {
    Outage { cause, began_at: at(from), ended_at: at(until) }
}

fn why(found: Option<Finding>) -> Option<&'static str> {
    found.map(|found| found.why.name())
}

/// Turns of the watch every half minute from `from` to `until`: what is open at the end, and how many events began.
fn run(
    agents: impl Fn(u64) -> Vec<Watched>,
    outages: &[Outage],
    (from, until): (u64, u64),
) -> (Option<Finding>, usize) {
    let (mut open, mut begun) = (None, 0);
    for second in (from..=until).step_by(30) {
        let (now, agents) = (at(second), agents(second));
        let known: Vec<Outage> = outages.iter().filter(|one| one.ended_at <= now).copied().collect();
        let found = judge(&agents, &known, now);
        open = match open {
            None => found.inspect(|_| begun += 1),
            Some(open) => match go_on(open, found, tally(&agents, open.since, now), now) {
                Course::On(finding) => Some(finding),
                Course::Returned | Course::GivenUp => None,
            },
        };
        let marked = agents.iter().filter(|agent| {
            let judged_at = open.map_or(now, |open| open.since.min(now));
            Presence::of(Some(agent.last_seen), judged_at, agent.interval) != Presence::Live
        });
        if second < until {
            assert_eq!(marked.count(), 0, "{second} s");
        }
    }
    (open, begun)
}

#[test]
fn ten_thousand_agents_that_are_starved_for_an_hour_are_one_event_and_none_of_them_is_marked() {
    let starved = fleet(10_000, 3_600);
    let (open, begun) = run(|_| starved.clone(), &[], (3_600, 3_600 + 60 * MINUTE));
    let open = open.unwrap();
    assert_eq!((open.why, begun), (Why::ManyAtOnce, 1));
    let tally = tally(&starved, open.since, at(3_600 + 60 * MINUTE));
    assert_eq!((tally.agents, tally.missing), (10_000, 10_000));
}

#[test]
fn the_event_is_there_before_the_first_agent_would_be_late_whatever_the_interval() {
    for interval in [60, 300, 3_600, 86_400] {
        let end = interval * 10;
        let interval = Duration::from_secs(interval);
        let starved: Vec<Watched> =
            (0..200).map(|n| Watched { last_seen: at(end) - interval * n / 200, interval }).collect();
        let (open, begun) = run(|_| starved.clone(), &[], (end, end + interval.as_secs() * 3 + 30 * MINUTE));
        assert_eq!((open.map(|open| open.why), begun), (Some(Why::ManyAtOnce), 1), "{interval:?}");
    }
}

#[test]
fn how_many_make_a_silence_of_the_fleet() {
    // Agents, how many of them stopped, whether that is one of the fleet.
    let table = [
        (2, 1, false),
        (4, 4, false),
        (5, 1, false),
        (5, 2, true),
        (10, 2, false),
        (10, 3, true),
        (1_000, 200, false),
        (1_000, 201, true),
    ];
    for (all, stopped, expected) in table {
        let mut agents = fleet(stopped, 3_600);
        agents.extend(fleet(all - stopped, 3_600 + 15 * MINUTE));
        let found = judge(&agents, &[], at(3_600 + 15 * MINUTE));
        assert_eq!(found.is_some(), expected, "{stopped} of {all}");
    }
}

#[test]
fn hosts_that_go_one_after_another_are_no_silence_of_the_fleet() {
    let mut agents = fleet(70, 3 * 3_600);
    // Thirty of a hundred, one every twenty minutes.
    agents.extend((0..30).map(|n| Watched { last_seen: at(3 * 3_600) - FIVE * 4 * (n + 1), interval: FIVE }));
    assert_eq!(judge(&agents, &[], at(3 * 3_600)), None);
}

#[test]
fn those_that_were_away_for_long_count_neither_as_there_nor_as_missing() {
    let long_ago = |n: u64| Watched { last_seen: at(n), interval: FIVE };
    let mut agents: Vec<Watched> = (0..60).map(long_ago).collect();
    agents.extend(fleet(30, 10 * 3_600 + 15 * MINUTE));
    let now = at(10 * 3_600 + 15 * MINUTE);
    assert_eq!(judge(&agents, &[], now), None);
    agents.extend(fleet(10, 10 * 3_600));
    let found = judge(&agents, &[], now).unwrap();
    assert_eq!((found.why, tally(&agents, found.since, now).agents), (Why::ManyAtOnce, 40));
}

#[test]
fn an_event_ends_when_everybody_is_back_and_those_who_stay_away_are_judged_again() {
    let (stop, back) = (3_600, 3_600 + 60 * MINUTE);
    let all_back = |now: u64| if now < back { fleet(100, stop) } else { fleet(100, now) };
    let (open, begun) = run(all_back, &[], (stop, back + 5 * MINUTE));
    assert_eq!((open, begun), (None, 1));
    // Ten stay away: they are held for twenty minutes more, which is longer than the others take to come.
    let most_back = |now: u64| {
        let mut agents = fleet(10, stop);
        agents.extend(fleet(90, if now < back { stop } else { now }));
        agents
    };
    assert!(run(most_back, &[], (stop, back + 19 * MINUTE)).0.is_some());
    assert_eq!(run(most_back, &[], (stop, back + 19 * MINUTE + 30)), (None, 1));
}

#[test]
fn hosts_that_are_really_gone_are_not_hidden_for_ever() {
    let gone = fleet(100, 3_600);
    let given_up = 3_600 + 17 * MINUTE + HELD_AT_MOST.as_secs() + 20 * MINUTE;
    assert!(run(|_| gone.clone(), &[], (3_600, given_up - 6 * MINUTE)).0.is_some());
    assert_eq!(run(|_| gone.clone(), &[], (3_600, given_up - 30)), (None, 1));
    assert_eq!(judge(&gone, &[], at(given_up + 24 * 3_600)), None);
}

#[test]
fn no_agent_is_marked_because_the_server_was_away_however_few_there_are() {
    for (agents, minutes) in [(1, 6), (1, 60), (3, 600), (1_000, 6), (1_000, 600)] {
        let (down, up) = (3_600, 3_600 + minutes * MINUTE);
        let away = [outage(Why::ServerWasDown, down, up)];
        // They come back one after the other until seventeen minutes after the start.
        let coming_back = |now: u64| {
            let back = |n: u64| up + n * 17 * MINUTE / agents + 1;
            let seen = |(n, agent): (u64, Watched)| {
                if back(n) <= now { Watched { last_seen: at(back(n).max(now - 200)), ..agent } } else { agent }
            };
            (0..).zip(fleet(agents, down)).map(seen).collect()
        };
        let (open, begun) = run(coming_back, &away, (up, up + 20 * MINUTE));
        assert_eq!((open, begun <= 1), (None, true), "{agents} agents, {minutes} min");
        let at_start = judge(&fleet(agents, down), &away, at(up));
        let expected = (minutes >= 60).then_some("server_was_down");
        assert_eq!(why(at_start), expected, "{agents} agents, {minutes} min");
    }
}

#[test]
fn who_does_not_come_back_after_the_server_is_marked_half_an_hour_later() {
    let (down, up) = (3_600, 3_600 + 6 * 3_600);
    let away = [outage(Why::ServerWasDown, down, up)];
    let gone = fleet(1, down);
    let given = 15 * MINUTE + 2 * MINUTE + 17 * MINUTE;
    assert_eq!(why(run(|_| gone.clone(), &away, (up, up + given)).0), Some("server_was_down"));
    assert_eq!(run(|_| gone.clone(), &away, (up, up + given + 30)), (None, 1));
}

#[test]
fn an_outage_excuses_only_those_who_were_to_be_heard_in_it() {
    let away = [outage(Why::ServerWasDown, 3_600, 2 * 3_600)];
    let judged = |last_seen: u64, now: u64| {
        let agent = Watched { last_seen: at(last_seen), interval: FIVE };
        why(judge(&[agent], &away, at(now)))
    };
    assert_eq!(judged(3_500, 7_300), Some("server_was_down"));
    assert_eq!(judged(3_600 - 421, 7_300), None, "it was overdue before");
    assert_eq!(judged(7_201, 7_201 + 15 * MINUTE), None, "it was heard since");
    assert_eq!(judged(3_500, 7_200 + 35 * MINUTE), None, "it had the time to come back");
}

#[test]
fn shedding_is_the_servers_own_doing_and_says_more_than_that_many_went_at_once() {
    let shedding = [outage(Why::ServerWasShedding, 3_600, 5_400)];
    let found = judge(&fleet(100, 3_600), &shedding, at(5_400)).unwrap();
    assert_eq!((found.why, found.since), (Why::ServerWasShedding, at(3_300 + 3)));
    let of_both = judge(&fleet(2, 3_600), &shedding, at(5_400)).unwrap();
    assert_eq!((of_both.why, of_both.since), (Why::ServerWasShedding, at(3_600)));
}

#[test]
fn one_request_in_ten_sent_away_is_shedding() {
    let table = [(0, 0, false), (9, 0, false), (0, 1, true), (9, 1, true), (10, 1, false), (900, 100, true)];
    for (answered, refused, expected) in table {
        assert_eq!(Taken { answered, refused }.is_shedding(), expected, "{answered}, {refused}");
    }
}

#[test]
fn only_the_held_are_judged_as_of_another_time() {
    let id = |number| OrganisationId::from_uuid(uuid::Uuid::from_u128(number));
    let holds: Holds = [(id(1), at(0))].into_iter().collect();
    assert_eq!((holds.judged_at(id(1), at(60)), holds.judged_at(id(2), at(60))), (at(0), at(60)));
}
