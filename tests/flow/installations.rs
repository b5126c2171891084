//! What is installed from when to when, however many packages come and go at once.

use std::collections::{BTreeMap, BTreeSet};

use super::reconcile::{host, installations, software};
use crate::harness::database::Backend;
use crate::harness::inbox::{Register, minutes, section};

type Interval = (String, String, i64, Option<i64>);

/// Numbers that look drawn at random and are the same each time: a linear congruential generator.
fn numbers(mut seed: u64) -> impl Iterator<Item = u64> {
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    })
}

/// Two hundred packages, of which a sixth comes or goes at each step.
fn sets(steps: usize) -> Vec<BTreeSet<String>> {
    let mut draw = numbers(7);
    let mut there: BTreeSet<String> = (0..200).map(|number| format!("package-{number:03}")).collect();
    let mut sets = vec![there.clone()];
    for _ in 1..steps {
        for number in 0..200 {
            let name = format!("package-{number:03}");
            if draw.next().unwrap().is_multiple_of(6) && !there.remove(&name) {
                there.insert(name);
            }
        }
        sets.push(there.clone());
    }
    sets
}

/// The intervals of these sets, five minutes apart, by the plainest rule.
fn intervals(sets: &[BTreeSet<String>]) -> Vec<Interval> {
    let mut open: BTreeMap<&str, i64> = BTreeMap::new();
    let mut all = Vec::new();
    for (set, at) in sets.iter().zip((0..).step_by(5)) {
        for name in set {
            open.entry(name).or_insert(at);
        }
        let gone: Vec<&str> = open.keys().copied().filter(|name| !set.contains(*name)).collect();
        for name in gone {
            let from = open.remove(name).unwrap();
            all.push((name.to_owned(), "1".to_owned(), from, Some(at)));
        }
    }
    all.extend(open.into_iter().map(|(name, from)| (name.to_owned(), "1".to_owned(), from, None)));
    all.sort_by(|one, other| (&one.0, one.2).cmp(&(&other.0, other.2)));
    all
}

#[test]
fn every_package_has_its_own_intervals_whatever_came_and_went_beside_it() {
    let sets = sets(9);
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agent = register.agent("db");
        for (set, minute) in sets.iter().zip((0..).step_by(5)) {
            let packages: Vec<(&str, &str)> = set.iter().map(|name| (name.as_str(), "1")).collect();
            let mut reports = if minute == 0 { host(minutes(0), "db", "192.0.2.10") } else { Vec::new() };
            reports.retain(|report| report["what"]["section"]["kind"] != "software");
            reports.push(section("software", minutes(minute), &software(&packages)));
            register.send(agent, minutes(minute), &reports);
        }
        assert_eq!(register.reconcile().applied, sets.len(), "{backend:?}");
        assert_eq!(installations(&register), intervals(&sets), "{backend:?}");
    }
}
