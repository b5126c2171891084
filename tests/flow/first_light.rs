//! The whole way with nothing played: a `terrier-agent` process enrols with a `terrier-server` process and reports, and
//! what it found stands in the API.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Output};

use diesel::prelude::*;
use serde_json::Value;
use terrier_server::store::column::At;
use terrier_server::store::schema::fleet_enrolment_token;
use terrier_server::store::{Conn, Store, StoreError};

use terrier_shared::latest::section::SectionKind;

use crate::harness::database::Backend;
use crate::harness::process::{AgentProcess, ServerProcess, printed, text};
use crate::harness::server::Caller;

/// The sections an agent collects.
const SECTIONS: usize = SectionKind::ALL.len();

/// The item that the agent's host is, once the register has taken in everything that was acknowledged.
async fn host_of(caller: &Caller, agent: &str) -> Value {
    let agent = caller.wait_for(&format!("/agents/{agent}"), |agent| agent["ci"].is_object()).await;
    let ci = format!("/cis/{}", agent["ci"]["id"].as_str().unwrap());
    caller.wait_for(&ci, |ci| ci["sections"].as_array().is_some_and(|known| known.len() == SECTIONS)).await
}

async fn section(caller: &Caller, ci: &Value, name: &str) -> Value {
    let answer = caller.get(&format!("/cis/{}/sections/{name}", ci["id"].as_str().unwrap())).await;
    assert_eq!(answer.status, 200, "{name}");
    answer.json()["body"].clone()
}

async fn packages(caller: &Caller, ci: &Value, query: &str) -> BTreeSet<(String, String)> {
    packages_of(caller, ci, query, None).await
}

async fn packages_of(caller: &Caller, ci: &Value, query: &str, only: Option<&str>) -> BTreeSet<(String, String)> {
    let items = caller.all(&format!("/cis/{}/software{query}", ci["id"].as_str().unwrap())).await;
    let wanted = items.iter().filter(|one| only.is_none_or(|ecosystem| one["product"]["ecosystem"] == ecosystem));
    wanted.map(|one| (string(&one["product"]["name"]), string(&one["version"]))).collect()
}

async fn history(caller: &Caller, ci: &Value) -> Vec<Value> {
    caller.all(&format!("/cis/{}/history", ci["id"].as_str().unwrap())).await
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

fn listening() -> Option<BTreeSet<(IpAddr, u16)>> {
    let one = |line: &str| {
        let (address, port) = line.split_whitespace().nth(3)?.rsplit_once(':')?;
        let address = address.split('%').next()?.trim_matches(['[', ']']);
        Some((if address == "*" { "::" } else { address }.parse().ok()?, port.parse().ok()?))
    };
    Some(printed("ss", &["-H", "-ltn"])?.lines().map(|line| one(line).unwrap_or_else(|| panic!("{line}"))).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn this_host_stands_in_the_register_as_its_own_programs_describe_it() {
    for backend in Backend::BOTH {
        let server = ServerProcess::start(backend);
        let caller = server.administrator();
        let (agent, id) = AgentProcess::enrolled(&server);
        let before = listening();
        agent.report_all();
        let after = listening();
        let ci = host_of(&caller, &id).await;
        assert_eq!(ci["faults"], Value::Array(vec![]), "{backend:?}");

        packages_agree_with_dpkg(&packages_of(&caller, &ci, "", Some("deb")).await);
        addresses_agree_with_ip(&section(&caller, &ci, "network").await);
        devices_agree_with_lsblk(&section(&caller, &ci, "storage").await);
        listeners_agree_with_ss(&section(&caller, &ci, "sockets").await, before, after);
        class_agrees_with_systemd(&string(&ci["class"]), &section(&caller, &ci, "identity").await);
    }
}

fn packages_agree_with_dpkg(found: &BTreeSet<(String, String)>) {
    let format = "--showformat=${db:Status-Status}\t${Package}\t${Version}\n";
    let Some(listed) = printed("dpkg-query", &["--show", format]) else { return };
    let installed = listed.lines().filter_map(|line| {
        let (state, package) = line.split_once('\t')?;
        let (name, version) = package.split_once('\t')?;
        (!matches!(state, "not-installed" | "config-files")).then(|| (name.to_owned(), version.to_owned()))
    });
    let installed: BTreeSet<_> = installed.collect();
    assert!(!installed.is_empty());
    assert_eq!(found, &installed);
}

fn addresses_agree_with_ip(network: &Value) {
    let Some(listed) = printed("ip", &["-json", "addr"]) else { return };
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let said: BTreeSet<_> = entries(&listed, "addr_info", |link, address| {
        (string(&link["ifname"]), string(&address["local"]), address["prefixlen"].as_u64())
    });
    let found: BTreeSet<_> = entries(&network["interfaces"], "addresses", |interface, address| {
        (string(&interface["name"]), string(&address["address"]), address["prefix"].as_u64())
    });
    assert!(!said.is_empty());
    assert_eq!(found, said);
    let names = |all: &Value, name: &str| -> BTreeSet<_> {
        all.as_array().unwrap().iter().map(|one| string(&one[name])).collect()
    };
    assert_eq!(names(&network["interfaces"], "name"), names(&listed, "ifname"));
}

/// What `of` makes of each entry of the list `inner` in each entry of `outer`.
fn entries<T: Ord>(outer: &Value, inner: &str, of: impl Fn(&Value, &Value) -> T) -> BTreeSet<T> {
    let all = outer.as_array().unwrap().iter();
    all.flat_map(|one| one[inner].as_array().unwrap().iter().map(|entry| of(one, entry)).collect::<Vec<_>>()).collect()
}

fn devices_agree_with_lsblk(storage: &Value) {
    let Some(listed) = printed("lsblk", &["--json", "--bytes", "--list", "--output", "NAME,KNAME,SIZE"]) else {
        return;
    };
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let devices = listed["blockdevices"].as_array().unwrap().iter();
    let sized = devices.map(|one| (string(&one["kname"]), one["size"].as_u64())).filter(|(_, size)| *size != Some(0));
    let found = storage["devices"].as_array().unwrap().iter();
    let found: BTreeSet<_> = found.map(|one| (string(&one["name"]), one["size_bytes"].as_u64())).collect();
    assert_eq!(found, sized.collect::<BTreeSet<_>>());
}

/// Sockets come and go while the agent looks, those of other tests among them: what was there before and after must
/// have been found, and what was found below the ports that are given out must have been there before or after.
fn listeners_agree_with_ss(
    sockets: &Value,
    before: Option<BTreeSet<(IpAddr, u16)>>,
    after: Option<BTreeSet<(IpAddr, u16)>>,
) {
    let (Some(before), Some(after)) = (before, after) else { return };
    let found = sockets["listeners"].as_array().unwrap().iter().filter(|one| one["transport"] == "tcp");
    let found: BTreeSet<(IpAddr, u16)> = found
        .map(|one| (string(&one["address"]).parse().unwrap(), one["port"].as_u64().unwrap().try_into().unwrap()))
        .collect();
    let missing: Vec<_> = before.intersection(&after).filter(|one| !found.contains(one)).collect();
    assert!(missing.is_empty(), "{missing:?} of {found:?}");
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let given_out: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
    let invented = found.iter().filter(|one| one.1 < given_out && !before.contains(one) && !after.contains(one));
    assert_eq!(invented.count(), 0, "{found:?}, before {before:?}, after {after:?}");
}

fn class_agrees_with_systemd(class: &str, identity: &Value) {
    let is_in = |kind: &str| printed("systemd-detect-virt", &[kind]).map(|said| said.trim() != "none");
    let (Some(container), Some(machine)) = (is_in("--container"), is_in("--vm")) else { return };
    assert_eq!((identity["container"].is_string(), identity["hypervisor"].is_string()), (container, machine));
    let fitting: &[&str] = match (container, machine) {
        (true, _) => &["container"],
        (false, true) => &["virtual_machine", "container_host", "hypervisor"],
        (false, false) => &["physical_server", "workstation", "container_host", "hypervisor"],
    };
    assert!(fitting.contains(&class), "{class} is none of {fitting:?}");
}

/// A host of files that a test may change.
struct FixtureHost {
    directory: tempfile::TempDir,
}

impl FixtureHost {
    fn new() -> Self {
        let directory = tempfile::TempDir::new().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../agent/tests/fixtures/debian-12");
        // With its links as they are.
        let copied = Command::new("cp").arg("-a").arg(fixture).arg(directory.path().join("root")).status().unwrap();
        assert!(copied.success());
        Self { directory }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.directory.path().join("root").join(path)
    }

    /// Enrols an agent of this host with `server`.
    fn enrolled(&self, server: &ServerProcess) -> (AgentProcess, String) {
        let (mut agent, id) = AgentProcess::enrolled(server);
        agent.root = Some(self.path(""));
        (agent, id)
    }

    /// Takes a package off the disk, as `dpkg --purge` would.
    fn purge(&self, package: &str) {
        let status = fs::read_to_string(self.path("var/lib/dpkg/status")).unwrap();
        let first_line = format!("Package: {package}\n");
        let kept: String = status.split_inclusive("\n\n").filter(|one| !one.starts_with(&first_line)).collect();
        assert_ne!(kept, status);
        fs::write(self.path("var/lib/dpkg/status"), kept).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_host_adds_no_history_whether_it_says_nothing_or_everything_again() {
    for backend in Backend::BOTH {
        let (server, host) = (ServerProcess::start(backend), FixtureHost::new());
        let caller = server.administrator();
        let (agent, id) = host.enrolled(&server);
        agent.report_all();
        let ci = host_of(&caller, &id).await;
        let first = history(&caller, &ci).await;
        assert!(!first.is_empty(), "{backend:?}");

        agent.report_all();
        // An agent that lost its spool tells everything anew.
        for suffix in ["", "-wal", "-shm"] {
            let _absent = fs::remove_file(agent.state_file(&format!("spool.db{suffix}")));
        }
        agent.report_all();
        // Reports of an agent are taken in by their order: once the change after them is there, they are.
        fs::write(host.path("proc/sys/kernel/osrelease"), "6.1.0-999-amd64\n").unwrap();
        agent.report_all();
        let is_taken_in = |ci: &Value| ci.to_string().contains("6.1.0-999-amd64");
        caller.wait_for(&format!("/cis/{}", ci["id"].as_str().unwrap()), is_taken_in).await;
        let mut last = history(&caller, &ci).await;
        last.retain(|event| !event["after"].to_string().contains("6.1.0-999-amd64"));
        assert_eq!(last, first, "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_removed_ends_and_stays_in_the_past() {
    for backend in Backend::BOTH {
        let (server, host) = (ServerProcess::start(backend), FixtureHost::new());
        let caller = server.administrator();
        let (agent, id) = host.enrolled(&server);
        agent.report_all();
        let ci = host_of(&caller, &id).await;
        let before = packages(&caller, &ci, "").await;
        let nginx = ("nginx".to_owned(), "1.22.1-9".to_owned());
        assert!(before.contains(&nginx), "{backend:?}: {before:?}");
        let installed = caller.all(&format!("/cis/{}/software?q=nginx", ci["id"].as_str().unwrap())).await;
        let since = string(&installed[0]["valid_from"]);

        host.purge("nginx");
        agent.report_all();
        let path = format!("/cis/{}/software?q=nginx&limit=200", ci["id"].as_str().unwrap());
        let is_gone = |page: &Value| page["items"].as_array().is_some_and(Vec::is_empty);
        caller.wait_for(&path, is_gone).await;
        let mut expected = before.clone();
        expected.remove(&nginx);
        assert_eq!(packages(&caller, &ci, "").await, expected, "{backend:?}");
        assert_eq!(packages(&caller, &ci, &format!("?as_of={since}")).await, before, "{backend:?}");
        let events = history(&caller, &ci).await;
        let removed: Vec<_> = events.iter().filter(|event| event["change"] == "removed").collect();
        assert_eq!(removed.len(), 1, "{backend:?}: {removed:?}");
        assert_eq!((&removed[0]["kind"], &removed[0]["subject"]), (&"software".into(), &"nginx".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_that_cannot_be_collected_removes_nothing_and_is_shown_as_a_fault() {
    for backend in Backend::BOTH {
        let (server, host) = (ServerProcess::start(backend), FixtureHost::new());
        let caller = server.administrator();
        let (agent, id) = host.enrolled(&server);
        agent.report_all();
        let ci = host_of(&caller, &id).await;
        let (before, events) = (packages(&caller, &ci, "").await, history(&caller, &ci).await);

        let status = fs::read(host.path("var/lib/dpkg/status")).unwrap();
        fs::write(host.path("var/lib/dpkg/status"), "Package: half-written").unwrap();
        agent.report_all();
        let path = format!("/cis/{}", ci["id"].as_str().unwrap());
        let faulty = caller.wait_for(&path, |ci| ci["faults"].as_array().is_some_and(|all| all.len() == 1)).await;
        let fault = &faulty["faults"][0];
        assert_eq!((&fault["section"], &fault["cause"]), (&"software".into(), &"malformed".into()), "{backend:?}");
        assert!(string(&fault["detail"]).contains("/var/lib/dpkg/status"), "{fault}");
        assert_eq!(packages(&caller, &ci, "").await, before, "{backend:?}");
        assert_eq!(history(&caller, &ci).await, events, "{backend:?}");

        fs::write(host.path("var/lib/dpkg/status"), status).unwrap();
        agent.report_all();
        caller.wait_for(&path, |ci| ci["faults"].as_array().is_some_and(Vec::is_empty)).await;
        assert_eq!(history(&caller, &ci).await, events, "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_after_every_acknowledgement_has_everything_that_it_acknowledged() {
    for backend in Backend::BOTH {
        let (mut server, host) = (ServerProcess::start(backend), FixtureHost::new());
        let caller = server.administrator();
        let (agent, id) = host.enrolled(&server);
        let release = |round: u32| format!("6.1.0-{round}-killed");
        for round in 0..5 {
            fs::write(host.path("proc/sys/kernel/osrelease"), release(round) + "\n").unwrap();
            agent.report_all();
            server.kill_and_restart();
        }
        let ci = host_of(&caller, &id).await;
        let path = format!("/cis/{}", ci["id"].as_str().unwrap());
        caller.wait_for(&path, |ci| ci.to_string().contains(&release(4))).await;
        let events: Vec<String> = history(&caller, &ci).await.iter().map(|event| event["after"].to_string()).collect();
        for round in 0..5 {
            let told = events.iter().filter(|after| after.contains(&release(round))).count();
            assert_eq!(told, 1, "{backend:?}: round {round} of {events:?}");
        }
        assert_eq!(agent.status()["pending"], 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_agent_is_refused_within_seconds_and_keeps_its_key_and_its_reports() {
    for backend in Backend::BOTH {
        let server = ServerProcess::start(backend);
        let host = FixtureHost::new();
        let (agent, id) = host.enrolled(&server);
        agent.report_all();
        let key = fs::read(agent.state_file("credentials.json")).unwrap();
        server.run(&["agent", "revoke", &id, "--reason", "sold"]);
        // Another process has committed it: the server reads it within five seconds.
        let caller = server.administrator();
        caller.wait_for(&format!("/agents/{id}"), |agent| agent["state"] == "revoked").await;
        agent.report_until_refused();
        fs::write(host.path("proc/sys/kernel/osrelease"), "6.1.0-unheard\n").unwrap();
        assert_eq!(agent.report().status.code(), Some(1), "{backend:?}");
        let status = agent.status();
        assert!(string(&status["last_error"]).contains("403: agent_revoked"), "{backend:?}: {status}");
        assert_eq!(status["pending"], 1, "{backend:?}");
        assert_eq!(fs::read(agent.state_file("credentials.json")).unwrap(), key, "{backend:?}");
        assert!(!agent.state_file("pending-key.pem").exists(), "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_used_up_ended_or_unknown_lets_nobody_in_and_says_why() {
    for backend in Backend::BOTH {
        let server = ServerProcess::start(backend);
        let used_up = server.enrolment_token();
        assert!(AgentProcess::new().enrol(&server, &used_up).status.success(), "{backend:?}");
        let ended = server.enrolment_token();
        end_tokens(&server.store());
        let unknown = server.enrolment_token();
        let (head, rest) = unknown.split_at(unknown.rfind('.').unwrap() - 43);
        let unknown = format!("{head}{}{}", "A".repeat(43), &rest[43..]);
        for (token, why) in [(used_up, "used up"), (ended, "expired"), (unknown, "not known")] {
            let agent = AgentProcess::new();
            is_refused(&agent.enrol(&server, &token), &["403", "forbidden", why]);
            assert!(!agent.state_file("credentials.json").exists(), "{backend:?}: {why}");
        }
        assert_eq!(server.administrator().all("/agents").await.len(), 1, "{backend:?}");
    }
}

fn end_tokens(store: &Store) {
    let past: jiff::Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let ending = store.write_blocking::<_, StoreError>(|conn: &mut Conn| {
        let unused = fleet_enrolment_token::table.filter(fleet_enrolment_token::uses_left.gt(0));
        Ok(diesel::update(unused).set(fleet_enrolment_token::expires_at.eq(At(past))).execute(conn)?)
    });
    assert_eq!(ending.unwrap(), 1);
}

fn is_refused(output: &Output, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_whose_token_names_another_authority_sends_the_server_nothing() {
    for backend in Backend::BOTH {
        let (server, other) = (ServerProcess::start(backend), ServerProcess::start(Backend::Sqlite));
        let caller = server.administrator();
        let (token, foreign) = (server.enrolment_token(), other.enrolment_token());
        let own = |token: &str| token.rsplit_once('.').map(|(head, pin)| (head.to_owned(), pin.to_owned())).unwrap();
        let misled = format!("{}.{}", own(&token).0, own(&foreign).1);
        let agent = AgentProcess::new();
        is_refused(&agent.enrol(&server, &misled), &["cannot connect", "UnknownIssuer"]);
        assert!(!agent.state_file("credentials.json").exists(), "{backend:?}");
        assert_eq!(caller.all("/agents").await, Vec::<Value>::new(), "{backend:?}");
        // No use of the token is gone, so the server has not seen it.
        assert!(agent.enrol(&server, &token).status.success(), "{backend:?}");
    }
}
