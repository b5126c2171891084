use serde_json::value::RawValue;
use terrier_shared::latest::section::{Section, SectionKind};

use super::{Age, Estate, Host, Profile};
use crate::draw::Draw;

fn estate() -> Estate {
    Estate { seed: 1, hosts: 10_000, only: None }
}

fn written(host: Host, kind: SectionKind, age: Age) -> String {
    serde_json::to_string(&host.section(kind, age).unwrap()).unwrap()
}

/// One host of each kind.
fn one_of_each() -> Vec<Host> {
    Profile::ALL
        .map(|profile| (0..1_000).map(|n| estate().host(n)).find(|host| host.profile == profile).unwrap())
        .to_vec()
}

#[test]
fn every_section_of_every_kind_of_host_reads_back_as_what_it_was() {
    for host in one_of_each() {
        for kind in host.kinds() {
            let json = RawValue::from_string(written(host, kind, Age::default())).unwrap();
            let read = Section::decode(kind, &json).unwrap();
            assert_eq!(Some(read), host.section(kind, Age::default()), "{} {kind}", host.name());
        }
    }
    let all: std::collections::BTreeSet<_> = one_of_each().into_iter().flat_map(Host::kinds).collect();
    assert_eq!(all.len(), SectionKind::ALL.len());
}

#[test]
fn hosts_are_as_large_as_real_ones_and_of_different_sizes() {
    let bytes = |host: Host| host.kinds().map(|kind| written(host, kind, Age::default()).len()).sum::<usize>();
    let sizes: Vec<_> = one_of_each().into_iter().map(bytes).collect();
    assert!(sizes.iter().all(|size| (20_000..350_000).contains(size)), "{sizes:?}");
    assert!(sizes.iter().max().unwrap() > &(sizes.iter().min().unwrap() * 5), "{sizes:?}");
}

#[test]
fn the_same_seed_makes_the_same_estate_and_another_seed_another() {
    let other = Estate { seed: 2, ..estate() };
    let all = |estate: Estate| (0..50).map(move |n| written(estate.host(n), SectionKind::Identity, Age::default()));
    assert!(all(estate()).eq(all(estate())));
    assert!(!all(estate()).eq(all(other)));
}

#[test]
fn no_two_hosts_can_be_taken_for_one_another() {
    let evidence = |n: u32| estate().host(n).evidence();
    let several = |value: fn(u32) -> String| (0..3_000).map(value).collect::<std::collections::HashSet<_>>().len();
    assert_eq!(several(|n| estate().host(n).name()), 3_000);
    assert_eq!(several(|n| estate().host(n).serial()), 3_000);
    assert_eq!(several(|n| estate().host(n).machine_id()), 3_000);
    assert_eq!(several(|n| estate().host(n).product_uuid()), 3_000);
    assert_eq!(several(|n| Host::address_of(n).to_string()), 3_000);
    assert_eq!(evidence(7).product_uuid.unwrap().len(), 36);
}

#[test]
fn a_section_changes_when_its_age_says_so_and_only_then() {
    let host = (0..1_000).map(|n| estate().host(n)).find(|host| host.profile == Profile::Web).unwrap();
    let begun = Age::default();
    let ages = [
        Age { upgrades: 1, ..begun },
        Age { failures: 1, ..begun },
        Age { restarts: 1, ..begun },
        Age { traffic: 1, ..begun },
    ];
    for age in ages {
        for kind in host.kinds() {
            let has_aged = age.of(kind) != begun.of(kind);
            assert_eq!(written(host, kind, age) != written(host, kind, begun), has_aged, "{kind} at {age:?}");
        }
    }
}

#[test]
fn in_a_day_a_host_changes_now_and_then_and_not_all_the_time() {
    let mut age = Age::default();
    (0..288 * 10).for_each(|turn| age.pass(Draw::new(turn)));
    assert!((4..25).contains(&age.upgrades) && (1..20).contains(&age.failures), "{age:?}");
    assert!((1_300..1_600).contains(&age.restarts) && (1_300..1_600).contains(&age.traffic), "{age:?}");
}

#[test]
fn utilisation_keeps_to_the_limits_of_its_units() {
    for host in one_of_each() {
        for window in 0..300 {
            for sample in host.utilisation(window).samples {
                let most = if sample.metric.ends_with("_ratio") { 1.0 } else { f64::MAX };
                assert!(sample.min >= 0.0 && sample.min <= sample.mean && sample.max <= most, "{sample:?}");
            }
        }
    }
}
