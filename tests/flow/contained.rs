//! What a host runs, hosts and keeps besides its own programs: containers, guests, certificates, products.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::schema::{cmdb_ci, cmdb_relation};

use super::reconcile::{history, host, identity, tree, values, with_first_report};
use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, fault, minutes, noon, section};

const ID: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";
const UUID: &str = "7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e";

/// Open relations of a type as `source -> target`.
fn relations(register: &Register, kind: &str) -> Vec<String> {
    let open = cmdb_relation::type_.eq(kind).and(cmdb_relation::valid_to.is_null());
    let relations: Vec<(i32, i32)> = register.read(|conn| {
        let relations = cmdb_relation::table.filter(open);
        relations.select((cmdb_relation::source_key, cmdb_relation::target_key)).load(conn)
    });
    let names: Vec<(i32, String)> =
        register.read(|conn| cmdb_ci::table.select((cmdb_ci::key, cmdb_ci::name)).load(conn));
    let names: HashMap<i32, String> = names.into_iter().collect();
    let mut lines: Vec<_> =
        relations.iter().map(|(source, target)| format!("{} -> {}", names[source], names[target])).collect();
    lines.sort();
    lines
}

fn containers(containers: &[(&str, &str, &str)]) -> Value {
    let one = |(id, name, state): &(&str, &str, &str)| {
        json!({"id": id, "manager": "docker", "name": name, "image": "shop/web:1.4", "state": state,
            "ports": [{"transport": "tcp", "port": 8080, "container_port": 80}], "memory_limit_bytes": 1024})
    };
    json!({"containers": containers.iter().map(one).collect::<Vec<_>>()})
}

fn nginx_in_container() -> Value {
    let owner = json!({"container": ID, "executable": "/usr/sbin/nginx", "user": "u"});
    json!({"listeners": [{"transport": "tcp", "address": "0.0.0.0", "port": 80, "owner": owner}]})
}

fn with_container(backend: Backend) -> (Register, Agent) {
    let (register, agent) = with_first_report(backend);
    let there = containers(&[(ID, "web", "running"), ("idle", "old", "exited")]);
    let reports = [section("sockets", minutes(5), &nginx_in_container()), section("containers", minutes(5), &there)];
    register.send(agent, minutes(5), &reports);
    assert_eq!(register.reconcile().applied, 1, "{backend:?}");
    (register, agent)
}

const WITH_CONTAINER: [&str; 7] = [
    "  container old",
    "  container web",
    "  database_instance postgresql gone",
    "  filesystem /",
    "  network_interface eth0",
    "  web_server nginx (3a5f0c1de2b4)",
    "physical_server db",
];

#[test]
fn a_container_is_on_its_host_and_what_runs_in_it_is_on_the_container() {
    for backend in Backend::BOTH {
        let (register, _) = with_container(backend);
        assert_eq!(tree(&register), WITH_CONTAINER, "{backend:?}");
        assert_eq!(relations(&register, "hosted_on"), ["old -> db", "web -> db"], "{backend:?}");
        assert_eq!(relations(&register, "runs_on"), ["nginx (3a5f0c1de2b4) -> web"], "{backend:?}");
        let state = |name: &str, state: &str| (name.to_owned(), format!("\"{state}\""));
        assert_eq!(values(&register, "state"), [state("old", "exited"), state("web", "running")]);
        assert_eq!(values(&register, "container_manager"), [state("old", "docker"), state("web", "docker")]);
        assert_eq!(values(&register, "ports")[1].1, r#"["8080 → 80/tcp"]"#);
        assert_eq!(values(&register, "memory_limit_bytes")[1].1, "1024");
    }
}

#[test]
fn containers_that_are_not_told_of_stay_and_those_that_are_left_out_go() {
    for backend in Backend::BOTH {
        let (register, agent) = with_container(backend);
        let before = history(&register);
        register.send(agent, minutes(10), &[fault("containers", minutes(10))]);
        // An agent of a version before this section says nothing of it.
        register.send(agent, minutes(15), &[section("sockets", minutes(15), &nginx_in_container())]);
        register.reconcile();
        assert_eq!(
            (history(&register), tree(&register)),
            (before, WITH_CONTAINER.map(str::to_owned).into()),
            "{backend:?}"
        );

        register.send(agent, minutes(20), &[section("containers", minutes(20), &containers(&[]))]);
        register.reconcile();
        let gone: Vec<_> = tree(&register).into_iter().filter(|line| line.contains("container ")).collect();
        assert_eq!(gone, ["  container old gone", "  container web gone"], "{backend:?}");
        assert_eq!(relations(&register, "hosted_on"), [""; 0], "{backend:?}");
        assert_eq!(relations(&register, "runs_on"), ["nginx (3a5f0c1de2b4) -> db"], "{backend:?}");
        assert!(values(&register, "state").is_empty(), "{backend:?}");

        let back = containers(&[(ID, "web", "running"), ("idle", "old", "exited")]);
        register.send(agent, minutes(25), &[section("containers", minutes(25), &back)]);
        register.reconcile();
        assert_eq!(tree(&register), WITH_CONTAINER, "{backend:?}");
        assert_eq!(relations(&register, "runs_on"), ["nginx (3a5f0c1de2b4) -> web"], "{backend:?}");
    }
}

fn guest_reports(register: &Register, agent: Agent, minute: i64) {
    let mut body = identity("shop", "S-shop");
    body["hypervisor"] = json!("kvm");
    body["product_uuid"] = json!(UUID);
    let reports = [section("identity", minutes(minute), &body)];
    register.send(agent, minutes(minute), &reports);
    register.reconcile();
}

fn hypervisor_reports(register: &Register, agent: Agent, minute: i64, guests: &[(&str, bool)]) {
    let one =
        |(uuid, running): &(&str, bool)| json!({"uuid": uuid, "name": "x", "hypervisor": "kvm", "running": running});
    let mut body = identity("kvm1", "S-kvm1");
    body["is_hypervisor"] = json!(true);
    let guests = json!({"guests": guests.iter().map(one).collect::<Vec<_>>()});
    let reports = [section("identity", minutes(minute), &body), section("containers", minutes(minute), &guests)];
    register.send(agent, minutes(minute), &reports);
    register.reconcile();
}

#[test]
fn a_guest_is_hosted_on_its_hypervisor_whichever_of_them_reports_first() {
    for backend in Backend::BOTH {
        for guest_first in [true, false] {
            let register = Register::new(backend);
            let (guest, hypervisor) = (register.agent("shop"), register.agent("kvm1"));
            // What runs there besides has no agent and is not made up.
            let running = [(UUID, true), ("8b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e", true)];
            if guest_first {
                guest_reports(&register, guest, 0);
                hypervisor_reports(&register, hypervisor, 1, &running);
            } else {
                hypervisor_reports(&register, hypervisor, 0, &running);
                guest_reports(&register, guest, 1);
            }
            let case = format!("{backend:?}, guest first: {guest_first}");
            assert_eq!(relations(&register, "hosted_on"), ["shop -> kvm1"], "{case}");
            assert_eq!(tree(&register), ["hypervisor kvm1", "virtual_machine shop"], "{case}");

            let before = history(&register);
            guest_reports(&register, guest, 5);
            hypervisor_reports(&register, hypervisor, 6, &running);
            assert_eq!(history(&register), before, "{case}");

            hypervisor_reports(&register, hypervisor, 10, &[(UUID, false)]);
            assert_eq!(relations(&register, "hosted_on"), [""; 0], "{case}");
            guest_reports(&register, guest, 15);
            assert_eq!(relations(&register, "hosted_on"), [""; 0], "{case}");
        }
    }
}

#[test]
fn a_guest_that_moved_is_hosted_where_it_runs_now() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (guest, one) = (register.agent("shop"), register.agent("kvm1"));
        guest_reports(&register, guest, 0);
        hypervisor_reports(&register, one, 1, &[(UUID, true)]);
        let two = register.agent("kvm2");
        let guests = json!({"guests": [{"uuid": UUID, "name": "x", "hypervisor": "kvm", "running": true}]});
        let reports =
            [section("identity", minutes(3), &identity("kvm2", "S-kvm2")), section("containers", minutes(3), &guests)];
        hypervisor_reports(&register, one, 2, &[]);
        register.send(two, minutes(3), &reports);
        register.reconcile();
        assert_eq!(relations(&register, "hosted_on"), ["shop -> kvm2"], "{backend:?}");
    }
}

#[test]
fn certificates_are_on_the_host_that_keeps_them_with_their_end() {
    let certificates = |fingerprints: &[&str]| {
        let one = |fingerprint: &&str| {
            json!({"fingerprint": fingerprint, "subject": "CN=shop.example.org", "issuer": "CN=Example CA",
                "serial": "01", "not_before_s": 1_790_000_000, "not_after_s": 1_800_000_000,
                "names": ["DNS:shop.example.org"], "key": "EC P-256"})
        };
        json!({"certificates": fingerprints.iter().map(one).collect::<Vec<_>>()})
    };
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        register.send(agent, minutes(5), &[section("certificates", minutes(5), &certificates(&["ab01", "ab02"]))]);
        register.reconcile();
        let shown = |register: &Register| -> Vec<String> {
            tree(register).into_iter().filter(|line| line.contains("certificate ")).collect()
        };
        assert_eq!(shown(&register), ["  certificate shop.example.org"; 2], "{backend:?}");
        assert_eq!(values(&register, "not_after")[0].1, "\"2027-01-15T08:00:00Z\"");
        let before = history(&register);
        register.send(agent, minutes(10), &host(minutes(10), "db", "192.0.2.10"));
        register.send(agent, minutes(11), &[fault("certificates", minutes(11))]);
        register.reconcile();
        assert_eq!(history(&register), before, "{backend:?}: nothing is said of them");
        register.send(agent, minutes(15), &[section("certificates", minutes(15), &certificates(&["ab02"]))]);
        register.reconcile();
        assert_eq!(shown(&register), ["  certificate shop.example.org", "  certificate shop.example.org gone"]);
        assert_eq!(values(&register, "not_after").len(), 1, "{backend:?}");
    }
}

#[test]
fn an_instance_knows_which_product_it_is() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let product = |name: &str, role: &str, place: &str, unit: Option<&str>| json!({"name": name, "role": role, "version": "15.6", "place": place, "unit": unit, "user": "u"});
        let products = json!({"products": [
            product("nginx", "web_server", "/usr/sbin/nginx", Some("nginx.service")),
            product("postgresql", "database", "/usr/lib/postgresql/15/bin/postgres", Some("postgresql.service")),
            product("python", "runtime", "/usr/bin/python3.11", Some("postgresql.service")),
        ]});
        register.send(agent, minutes(5), &[section("products", minutes(5), &products)]);
        register.reconcile();
        let of_postgresql = |value: &str| [("postgresql".to_owned(), format!("\"{value}\""))];
        assert_eq!(values(&register, "product"), of_postgresql("postgresql"), "{backend:?}");
        assert_eq!(values(&register, "version"), of_postgresql("15.6"), "{backend:?}");
        assert_eq!(values(&register, "role"), of_postgresql("database"), "{backend:?}");
        let before = history(&register);
        register.send(agent, minutes(10), &[fault("products", minutes(10))]);
        register.send(agent, minutes(15), &host(minutes(15), "db", "192.0.2.10"));
        register.reconcile();
        assert_eq!(history(&register), before, "{backend:?}");
        register.send(agent, minutes(20), &[section("products", minutes(20), &json!({"products": []}))]);
        register.reconcile();
        assert!(values(&register, "version").is_empty(), "{backend:?}");
    }
}

#[test]
fn sections_of_which_nothing_follows_are_kept() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let before = tree(&register);
        let names = ["devices", "kernel", "firewall", "updates", "schedules", "accounts", "cloud", "custom"];
        let reports: Vec<_> = names.iter().map(|name| section(name, noon(), &json!({}))).collect();
        register.send(agent, minutes(5), &reports);
        assert_eq!(register.reconcile().applied, 1, "{backend:?}");
        assert_eq!(tree(&register), before, "{backend:?}");
    }
}
