//! The estate simulator is what it says: what its agents were acknowledged is what the register holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use terrier_estate::fleet::{Fleet, now};
use terrier_estate::host::{Age, Estate, Host};
use terrier_server::fleet::token::Wish;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::permission::Role;
use terrier_shared::latest::report::Outcome;
use terrier_shared::latest::section::{Section, SectionKind};
use tokio::task::LocalSet;

use crate::harness::agent::token;
use crate::harness::database::Backend;
use crate::harness::server::{Caller, TestServer};

const HOSTS: u32 = 20;
/// What an agent can run on, but for containers, which the agents of the estate see from outside.
const MACHINES: &str =
    "/cis?class=physical_server,virtual_machine,container_host,workstation,hypervisor,cloud_instance";

/// An estate whose agents have told all of their hosts and then what changed over four hours.
async fn told(server: &TestServer) -> Fleet {
    let estate = Estate { seed: 5, hosts: HOSTS, only: None };
    let wish = Wish { uses: Some(i64::from(HOSTS)), ..Wish::default() };
    let token = token(server, wish).await.parse().unwrap();
    let address = format!("https://localhost:{}", server.agents.port()).parse().unwrap();
    let mut fleet = Fleet::new(estate, address, vec![token], None).unwrap();
    let enrolled = fleet.enrol(usize::try_from(HOSTS).unwrap()).await.unwrap();
    assert_eq!(enrolled.why, None);
    let established = fleet.establish(4).await;
    assert_eq!(established.why, None);
    for member in &mut fleet.members {
        for turn in 0..48 {
            member.agent.observe(now());
            if turn % 12 == 0 {
                member.deliver(&std::rc::Rc::default()).await.unwrap();
            }
        }
        while member.agent.has_news() {
            member.deliver(&std::rc::Rc::default()).await.unwrap();
        }
    }
    fleet
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// Sections by name with the hash by which they are known, and those at fault.
async fn sections(caller: &Caller, ci: &str) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let known = caller.get(&format!("/cis/{ci}/sections")).await.json();
    let items = known["items"].as_array().unwrap().iter().filter(|one| one["hash"].is_string());
    let faults = known["faults"].as_array().unwrap().iter().map(|one| text(&one["section"])).collect();
    (items.map(|one| (text(&one["section"]), text(&one["hash"]))).collect(), faults)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_holds_exactly_the_hosts_of_the_estate_with_what_their_agents_told() {
    for backend in Backend::BOTH {
        // The agents of the estate go by the system's clock, and so does the server.
        let clock = Clock::system();
        let mut server = TestServer::start_by(clock, backend, |config| config.ingest.reconcile = true).await;
        let caller = server.caller("root", Role::Administrator).await;
        LocalSet::new()
            .run_until(async {
                let fleet = told(&server).await;
                for member in &fleet.members {
                    let host = member.agent.host();
                    let path = format!("/agents/{}", member.id());
                    let agent = caller.wait_for(&path, |agent| agent["ci"].is_object()).await;
                    let ci = text(&agent["ci"]["id"]);
                    let held: BTreeMap<String, String> =
                        member.agent.held().iter().map(|(kind, hash)| (kind.to_string(), hash.to_string())).collect();
                    let is_all = |known: &Value| {
                        let newest = known["items"].as_array().map(|items| {
                            items.iter().all(|one| {
                                let hash = one["section"].as_str().and_then(|name| held.get(name));
                                one["hash"].is_null() || one["hash"].as_str() == hash.map(String::as_str)
                            })
                        });
                        newest == Some(true)
                    };
                    caller.wait_for(&format!("/cis/{ci}/sections"), is_all).await;
                    let faults = host.kinds().filter(|kind| host.fault(*kind).is_some());
                    let faults: BTreeSet<_> = faults.map(|kind| kind.to_string()).collect();
                    assert_eq!(sections(&caller, &ci).await, (held, faults), "{backend:?} {}", host.name());
                    let windows = caller.get(&format!("/cis/{ci}/samples?metric=load_1m&from={}", a_week_ago())).await;
                    let points = windows.json()["series"][0]["points"].as_array().map_or(0, Vec::len);
                    assert_eq!(points, 49, "{backend:?} {}: {}", host.name(), windows.json());
                    let tally = member.agent.tally();
                    assert_eq!((tally.acknowledged, tally.refused, tally.wanted), (tally.sent, 0, 0), "{backend:?}");
                }
                let named: BTreeSet<_> = fleet.members.iter().map(|member| member.agent.host().name()).collect();
                let [hosts, containers] = [caller.all(MACHINES).await, caller.all("/cis?class=container").await];
                assert_eq!(hosts.len(), named.len(), "{backend:?}");
                assert_eq!(hosts.iter().map(|host| text(&host["name"])).collect::<BTreeSet<_>>(), named);
                let expected = fleet.members.iter().map(|member| containers_of(member.agent.host())).sum::<usize>();
                assert_eq!(containers.len(), expected, "{backend:?}");
                assert!(caller.all("/dead-letters").await.is_empty(), "{backend:?}");
            })
            .await;
        server.stop().await;
    }
}

fn containers_of(host: Host) -> usize {
    let Some(Section::Containers(found)) = host.section(SectionKind::Containers, Age::default()) else { panic!() };
    found.containers.len()
}

fn a_week_ago() -> String {
    let now = Clock::system().now();
    (now - jiff::SignedDuration::from_hours(7 * 24)).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_is_acknowledged_it_finds_known_when_it_tells_it_again() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        LocalSet::new()
            .run_until(async {
                let mut fleet = told(&server).await;
                let member = fleet.members.first_mut().unwrap();
                let mut session = member.connect().await.unwrap();
                let mut asked = 0;
                for batch in member.agent.again(now()).unwrap() {
                    let body = terrier_estate::fleet::ready(&batch).unwrap();
                    let reply = terrier_estate::fleet::exchange(&mut session, body).await.unwrap();
                    assert!(reply.results.iter().all(|one| one.outcome == Outcome::Duplicate), "{backend:?} {reply:?}");
                    assert!(reply.want_full.is_empty(), "{backend:?}");
                    asked += reply.results.len();
                }
                assert!(asked > 60, "{asked}");
            })
            .await;
        server.stop().await;
    }
}
