//! From the inbox to the register, on both databases.

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::{Value, json};
use terrier_server::capacity::codec;
use terrier_server::store::column::At;
use terrier_server::store::schema::{
    capacity_sample, catalogue_installation, catalogue_product, catalogue_version, cmdb_attribute, cmdb_ci,
    cmdb_evidence, cmdb_identifier, cmdb_relation, cmdb_revision, cmdb_section, cmdb_value, ingest_dead_letter,
};

use crate::harness::database::Backend;
use crate::harness::inbox::{Agent, Register, fault, metrics, metrics_of, minutes, noon, section};

pub(super) fn identity(hostname: &str, serial: &str) -> Value {
    json!({"hostname": hostname, "system": {"vendor": "ACME", "serial": serial}, "chassis_type": 23})
}

pub(super) fn software(packages: &[(&str, &str)]) -> Value {
    let package = |(name, version): &(&str, &str)| json!({"ecosystem": "deb", "name": name, "version": version, "architecture": "amd64"});
    json!({"packages": packages.iter().map(package).collect::<Vec<_>>()})
}

pub(super) fn network(address: &str) -> Value {
    let addresses = json!([{"address": address, "prefix": 24}]);
    json!({"interfaces": [{"name": "eth0", "kind": "ethernet", "up": true, "mtu": 1500, "addresses": addresses}]})
}

pub(super) fn owner(unit: &str, executable: &str) -> Value {
    json!({"unit": unit, "executable": executable, "user": "u"})
}

pub(super) fn sockets(listeners: &[(&str, &str, u16)]) -> Value {
    let listener = |(unit, executable, port): &(&str, &str, u16)| json!({"transport": "tcp", "address": "0.0.0.0", "port": port, "owner": owner(unit, executable)});
    json!({"listeners": listeners.iter().map(listener).collect::<Vec<_>>()})
}

pub(super) fn connection(direction: &str, owner: &Value, remote: &str, port: u16, local: &str) -> Value {
    json!({"direction": direction, "transport": "tcp", "owner": owner, "remote_address": remote, "port": port,
        "local_address": local, "count": 3})
}

/// All that a host says the first time.
pub(super) fn host(at: Timestamp, hostname: &str, address: &str) -> Vec<Value> {
    let postgres = ("postgresql.service", "/usr/lib/postgresql/15/bin/postgres", 5432);
    let process = json!({"pid": 1, "parent_pid": 0, "name": "systemd", "command_line": "/sbin/init", "user": "root",
        "started_s": 1_790_000_000});
    let filesystem = json!({"mount_point": "/", "kind": "ext4", "source": "/dev/sda1", "size_bytes": 1_000_000});
    vec![
        section("identity", at, &identity(hostname, &format!("S-{hostname}"))),
        section("os", at, &json!({"id": "debian", "pretty_name": "Debian", "kernel_release": "6.1"})),
        section("memory", at, &json!({"total_bytes": 8_589_934_592_u64, "swap_total_bytes": 0})),
        section("network", at, &network(address)),
        section("storage", at, &json!({"filesystems": [filesystem]})),
        section("software", at, &software(&[("openssl", "3.0.7-1"), ("bash", "5.2-2")])),
        section("processes", at, &json!({"processes": [process]})),
        section("sockets", at, &sockets(&[postgres])),
        section("connections", at, &json!({"connections": []})),
    ]
}

/// Every name and class under a host with a name, `gone` marked.
pub(super) fn tree(register: &Register) -> Vec<String> {
    let rows: Vec<(String, String, Option<i32>, Option<At>)> = register.read(|conn| {
        cmdb_ci::table.select((cmdb_ci::class, cmdb_ci::name, cmdb_ci::parent_key, cmdb_ci::gone_at)).load(conn)
    });
    let text = |(class, name, parent, gone): &(String, String, Option<i32>, Option<At>)| {
        let (indent, gone) = (if parent.is_some() { "  " } else { "" }, if gone.is_some() { " gone" } else { "" });
        format!("{indent}{class} {name}{gone}")
    };
    let mut lines: Vec<_> = rows.iter().map(text).collect();
    lines.sort();
    lines
}

/// Counts of all rows that are history.
pub(super) fn history(register: &Register) -> [i64; 5] {
    register.read(|conn| {
        Ok([
            cmdb_revision::table.count().get_result(conn)?,
            cmdb_value::table.count().get_result(conn)?,
            cmdb_identifier::table.count().get_result(conn)?,
            cmdb_relation::table.count().get_result(conn)?,
            catalogue_installation::table.count().get_result(conn)?,
        ])
    })
}

/// What is or was installed: name, version, from and to in minutes after noon.
pub(super) fn installations(register: &Register) -> Vec<(String, String, i64, Option<i64>)> {
    let rows: Vec<(String, String, At, Option<At>)> = register.read(|conn| {
        catalogue_installation::table
            .inner_join(catalogue_version::table.inner_join(catalogue_product::table))
            .select((
                catalogue_product::name,
                catalogue_version::version,
                catalogue_installation::valid_from,
                catalogue_installation::valid_to,
            ))
            .order((catalogue_product::name, catalogue_version::version, catalogue_installation::valid_from))
            .load(conn)
    });
    let minutes = |at: At| at.0.duration_since(noon()).as_mins();
    rows.into_iter().map(|(name, version, from, to)| (name, version, minutes(from), to.map(minutes))).collect()
}

/// Open values of an attribute, with the name of the CI.
pub(super) fn values(register: &Register, attribute: &str) -> Vec<(String, String)> {
    register.read(|conn| {
        cmdb_value::table
            .inner_join(cmdb_attribute::table)
            .inner_join(cmdb_ci::table)
            .filter(cmdb_attribute::name.eq(attribute).and(cmdb_value::valid_to.is_null()))
            .select((cmdb_ci::name, cmdb_value::value))
            .order((cmdb_ci::name, cmdb_value::value))
            .load(conn)
    })
}

/// Open `uses` relations as `source -> target`, with who saw them on which ports.
pub(super) fn uses(register: &Register) -> Vec<String> {
    type Row = (i64, i32, i32);
    let (relations, evidence): (Vec<Row>, Vec<(i64, String, String)>) = register.read(|conn| {
        let open = cmdb_relation::type_.eq("uses").and(cmdb_relation::valid_to.is_null());
        let relations = cmdb_relation::table.filter(open);
        Ok((
            relations.select((cmdb_relation::key, cmdb_relation::source_key, cmdb_relation::target_key)).load(conn)?,
            cmdb_evidence::table
                .select((cmdb_evidence::relation_key, cmdb_evidence::seen_by, cmdb_evidence::ports))
                .order(cmdb_evidence::seen_by)
                .load(conn)?,
        ))
    });
    let names: std::collections::HashMap<i32, String> = register
        .read(|conn| cmdb_ci::table.select((cmdb_ci::key, cmdb_ci::name)).load::<(i32, String)>(conn))
        .into_iter()
        .collect();
    let text = |(key, source, target): &Row| {
        let seen = evidence.iter().filter(|(relation, _, _)| relation == key);
        let seen: Vec<_> = seen.map(|(_, side, ports)| format!("{side} {ports}")).collect();
        format!("{} -> {} by {}", names[source], names[target], seen.join(", "))
    };
    let mut lines: Vec<_> = relations.iter().map(text).collect();
    lines.sort();
    lines
}

pub(super) fn with_first_report(backend: Backend) -> (Register, Agent) {
    let register = Register::new(backend);
    let agent = register.agent("db");
    register.send(agent, noon(), &host(noon(), "db", "192.0.2.10"));
    assert_eq!(register.reconcile().applied, 1, "{backend:?}");
    (register, agent)
}

#[test]
fn a_first_report_makes_the_host_and_all_that_is_on_it() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let expected =
            ["  database_instance postgresql", "  filesystem /", "  network_interface eth0", "physical_server db"];
        assert_eq!(tree(&register), expected, "{backend:?}");
        assert_eq!(values(&register, "memory_bytes"), [("db".into(), "8589934592".into())]);
        assert_eq!(values(&register, "listens"), [("postgresql".into(), r#"["tcp 0.0.0.0:5432"]"#.into())]);
        assert_eq!(values(&register, "booted_at"), [("db".into(), "\"2026-09-21T14:13:20Z\"".into())]);
        let installed = [("bash".into(), "5.2-2".into(), 0, None), ("openssl".into(), "3.0.7-1".into(), 0, None)];
        assert_eq!(installations(&register), installed);
        let bound: Option<i32> =
            register.read(|conn| cmdb_ci::table.filter(cmdb_ci::name.eq("db")).select(cmdb_ci::agent_key).first(conn));
        assert_eq!(bound, Some(agent.0));
        assert_eq!(history(&register)[0], 1, "one report, one revision");
    }
}

#[test]
fn an_unchanged_host_adds_no_history() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let before = history(&register);
        for minute in [5, 10] {
            register.send(agent, minutes(minute), &host(minutes(minute), "db", "192.0.2.10"));
        }
        assert_eq!(register.reconcile().applied, 2);
        assert_eq!(history(&register), before, "{backend:?}");
    }
}

#[test]
fn a_removed_package_closes_its_interval_and_an_upgrade_opens_another() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let upgraded = software(&[("openssl", "3.0.8-1")]);
        register.send(agent, minutes(5), &[section("software", minutes(5), &upgraded)]);
        register.reconcile();
        let expected: [(String, String, i64, Option<i64>); 3] = [
            ("bash".into(), "5.2-2".into(), 0, Some(5)),
            ("openssl".into(), "3.0.7-1".into(), 0, Some(5)),
            ("openssl".into(), "3.0.8-1".into(), 5, None),
        ];
        assert_eq!(installations(&register), expected, "{backend:?}");
        let (at, recorded): (At, At) = register.read(|conn| {
            let last = cmdb_revision::table.order(cmdb_revision::id.desc());
            last.select((cmdb_revision::at, cmdb_revision::recorded_at)).first(conn)
        });
        assert_eq!((at.0, recorded.0), (minutes(5), minutes(5)));
    }
}

#[test]
fn a_fault_removes_nothing_and_is_recorded() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        let (before, there) = (history(&register), tree(&register));
        for minute in [5, 10] {
            let at = minutes(minute);
            let faults = ["software", "storage", "sockets", "identity"].map(|kind| fault(kind, at));
            register.send(agent, at, &faults);
        }
        register.reconcile();
        assert_eq!((history(&register), tree(&register)), (before, there), "{backend:?}");
        let sections: Vec<(String, Option<At>, Option<String>, bool)> = register.read(|conn| {
            use cmdb_section as s;
            let failed = s::table.filter(s::state.eq("fault")).order(s::section);
            failed.select((s::section, s::fault_since, s::fault, s::body.is_not_null())).load(conn)
        });
        let names: Vec<_> = sections.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["identity", "sockets", "software", "storage"]);
        for (name, since, fault, has_body) in sections {
            assert_eq!(since.map(|at| at.0), Some(minutes(5)), "since it failed first");
            assert_eq!(has_body, name != "software", "the last good content stays");
            let fault: Value = serde_json::from_str(&fault.unwrap()).unwrap();
            assert_eq!(fault, json!({"cause": "permission_denied", "detail": "/etc/shadow"}));
        }
        register.send(agent, minutes(15), &host(minutes(15), "db", "192.0.2.10"));
        register.reconcile();
        let failing = register
            .read(|conn| cmdb_section::table.filter(cmdb_section::fault.is_not_null()).count().get_result::<i64>(conn));
        assert_eq!(failing, 0);
    }
}

#[test]
fn hostile_strings_are_stored_alike_on_both_databases() {
    let hostile = "x\u{0}'); DROP TABLE cmdb_ci;-- \u{202e}\"><img src=x>\u{1b}[2J한";
    let long = "y".repeat(8000);
    let dump = |backend| {
        let register = Register::new(backend);
        let agent = register.agent("db");
        let filesystem = |mount_point: &Value| json!({"mount_point": mount_point, "kind": hostile, "source": hostile});
        let bytes = json!({"b64": "L2RhdGEvL/8="});
        let reports = [
            section("identity", noon(), &json!({"hostname": hostile, "fqdn": long, "machine_id": hostile})),
            section("os", noon(), &json!({"pretty_name": long, "id": hostile})),
            section("software", noon(), &software(&[(hostile, hostile), (&long, &long)])),
            section(
                "storage",
                noon(),
                &json!({"filesystems": [filesystem(&json!(hostile)), filesystem(&json!(long))]}),
            ),
            section("sockets", noon(), &sockets(&[(hostile, &long, 80), (&long, hostile, 81)])),
        ];
        register.send(agent, noon(), &reports);
        register.send(
            agent,
            minutes(1),
            &[section("storage", minutes(1), &json!({"filesystems": [filesystem(&bytes)]}))],
        );
        let progress = register.reconcile();
        assert_eq!((progress.applied, progress.parked), (2, 0), "{backend:?}");
        let all: Vec<(String, String)> = ["hostname", "fqdn", "os_name", "mount_point", "source", "unit", "executable"]
            .iter()
            .flat_map(|attribute| values(&register, attribute))
            .collect();
        (tree(&register), installations(&register), all)
    };
    let (sqlite, postgres) = (dump(Backend::Sqlite), dump(Backend::Postgres));
    assert_eq!(sqlite, postgres);
    assert!(sqlite.2.iter().any(|(_, value)| value.contains('\u{2400}')), "{sqlite:?}");
    assert!(sqlite.0.iter().any(|line| line.contains("/data//\\xff")), "{:?}", sqlite.0);
}

#[test]
fn a_late_section_that_is_older_than_what_is_known_changes_nothing() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        register.send(agent, minutes(10), &[section("software", minutes(10), &software(&[("openssl", "3.0.8-1")]))]);
        register.reconcile();
        let (before, there) = (history(&register), installations(&register));
        let late = [
            section("software", minutes(5), &software(&[("telnetd", "1")])),
            section("identity", minutes(-5), &identity("old-name", "S-old")),
        ];
        register.send(agent, minutes(11), &late);
        assert_eq!(register.reconcile().applied, 1);
        assert_eq!((history(&register), installations(&register)), (before, there), "{backend:?}");
    }
}

#[test]
fn an_address_that_nobody_explains_is_one_endpoint_for_all_hosts() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        for (name, address) in [("a", "192.0.2.1"), ("b", "192.0.2.2")] {
            let agent = register.agent(name);
            let mut reports = host(noon(), name, address);
            let outgoing = connection("outgoing", &owner("x.service", "/x"), "198.51.100.7", 443, address);
            reports.push(section("connections", minutes(1), &json!({"connections": [outgoing]})));
            register.send(agent, minutes(1), &reports);
        }
        register.reconcile();
        let endpoints = tree(&register).into_iter().filter(|line| line.contains("endpoint")).count();
        assert_eq!((endpoints, uses(&register).len()), (1, 2), "{backend:?}");
    }
}

#[test]
fn what_cannot_be_applied_is_set_aside_and_the_rest_goes_on() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agents = ["a", "b"].map(|name| register.agent(name));
        register.send_bytes(agents[0], noon(), b"no zstd".to_vec());
        for (agent, (name, address)) in agents.into_iter().zip([("a", "192.0.2.1"), ("b", "192.0.2.2")]) {
            register.send(agent, minutes(1), &host(minutes(1), name, address));
        }
        assert_eq!(register.reconcile().applied, 2, "{backend:?}");
        let dead: Vec<(i32, String)> = register.read(|conn| {
            use ingest_dead_letter as d;
            d::table.select((d::agent_key, d::state)).load(conn)
        });
        assert_eq!(dead, [(agents[0].0, "poison".to_owned())], "{backend:?}");
    }
}

#[test]
fn a_thousand_hosts_with_a_placeholder_for_a_serial_number_are_a_thousand_hosts() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        for number in 0..1000 {
            let agent = register.agent("same");
            let body = json!({"hostname": "same", "machine_id": "", "product_uuid": "03000200-0400-0500-0006-000700080009",
                "system": {"vendor": "ACME", "serial": "To Be Filled By O.E.M."}});
            register.send(agent, minutes(number), &[section("identity", minutes(number), &body)]);
        }
        register.reconcile();
        assert_eq!(tree(&register).len(), 1000, "{backend:?}");
    }
}

#[test]
fn late_utilisation_lands_in_its_own_time_once() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        register.send(agent, minutes(60), &[metrics(minutes(55), 0.5), metrics(minutes(-600), 0.25)]);
        register.send(agent, minutes(61), &[metrics(minutes(55), 0.75)]);
        assert_eq!(register.reconcile().applied, 2);
        let windows: Vec<(At, Vec<u8>)> = register.read(|conn| {
            use capacity_sample as s;
            s::table.select((s::at, s::body)).order(s::at).load(conn)
        });
        let means: Vec<_> = windows.iter().map(|(at, body)| (at.0, codec::decode(body).unwrap()[0].mean)).collect();
        assert_eq!(means, [(minutes(-600), 0.25), (minutes(55), 0.5)], "{backend:?}");
    }
}

#[test]
fn an_hour_of_an_agent_that_was_away_stands_beside_what_it_sent_before() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        register.send(agent, minutes(5), &[metrics(minutes(0), 0.25)]);
        register.send(agent, minutes(120), &[metrics_of(minutes(0), 3_600, 0.5)]);
        assert_eq!(register.reconcile().applied, 2);
        let windows: Vec<(At, i32)> = register.read(|conn| {
            use capacity_sample as s;
            s::table.select((s::at, s::window_s)).order(s::window_s).load(conn)
        });
        let windows: Vec<_> = windows.iter().map(|(at, length)| (at.0, *length)).collect();
        assert_eq!(windows, [(minutes(0), 300), (minutes(0), 3_600)], "{backend:?}");
    }
}

#[test]
fn intervals_of_one_value_never_overlap_whatever_the_clocks_say() {
    for backend in Backend::BOTH {
        let (register, agent) = with_first_report(backend);
        for (number, minute) in [5, 5, 4, 9].into_iter().enumerate() {
            let body = json!({"total_bytes": 1000 + number, "swap_total_bytes": 0});
            register.send(agent, minutes(10), &[section("memory", minutes(minute), &body)]);
            register.reconcile();
        }
        let intervals: Vec<(At, Option<At>)> = register.read(|conn| {
            cmdb_value::table
                .inner_join(cmdb_attribute::table)
                .filter(cmdb_attribute::name.eq("memory_bytes"))
                .select((cmdb_value::valid_from, cmdb_value::valid_to))
                .order(cmdb_value::valid_from)
                .load(conn)
        });
        assert_eq!(intervals.len(), 4, "{backend:?}: the late one is left out");
        for pair in intervals.windows(2) {
            assert_eq!(pair[0].1, Some(pair[1].0), "{backend:?}");
        }
        let moments: BTreeSet<At> =
            register.read(|conn| cmdb_revision::table.select(cmdb_revision::at).load(conn)).into_iter().collect();
        assert_eq!(moments.len(), 4);
    }
}
