//! The wire of version 1, as it once was and must stay readable for ever.
//!
//! Each file of `golden/` holds one value with every field set. An old agent leaves fields out that came later, a new
//! one sends fields that this version does not know: neither may cost a report.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use terrier_shared::latest::enrolment::{EnrolReply, EnrolRequest, ReEnrolRequest, RenewRequest};
use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::metrics::Metrics;
use terrier_shared::latest::problem::Problem;
use terrier_shared::latest::report::{Batch, BatchReply};
use terrier_shared::latest::section::{Section, SectionKind};

use crate::architecture::source::root;

/// A golden file, how this version reads and writes it again, and the fields it cannot do without.
///
/// The last list may only shrink: a field that becomes required shuts out the agents that do not send it.
const GOLDEN: &[(&str, Rewrite, &[&str])] = &[
    (
        "batch",
        rewrite::<Batch>,
        &[
            "agent_version",
            "boot_id",
            "reports",
            "reports.at_mono_ms",
            "reports.at_wall_ms",
            "reports.body",
            "reports.epoch",
            "reports.hash",
            "reports.kind",
            "reports.seq",
            "sent_mono_ms",
            "sent_wall_ms",
        ],
    ),
    (
        "batch_reply",
        rewrite::<BatchReply>,
        &["incarnation", "next_s", "results", "results.epoch", "results.outcome", "results.seq", "server_time_ms"],
    ),
    ("fault", rewrite::<Fault>, &["cause", "detail"]),
    (
        "metrics",
        rewrite::<Metrics>,
        &[
            "samples",
            "samples.count",
            "samples.max",
            "samples.mean",
            "samples.metric",
            "samples.min",
            "samples.p95",
            "window_s",
            "window_start_ms",
        ],
    ),
    (
        "enrol_request",
        rewrite::<EnrolRequest>,
        &["csr_pem", "evidence", "evidence.agent_version", "evidence.hostname", "token"],
    ),
    ("renew_request", rewrite::<RenewRequest>, &["csr_pem", "evidence", "evidence.agent_version", "evidence.hostname"]),
    (
        "re_enrol_request",
        rewrite::<ReEnrolRequest>,
        &["csr_pem", "evidence", "evidence.agent_version", "evidence.hostname", "run"],
    ),
    (
        "enrol_reply_issued",
        rewrite::<EnrolReply>,
        &["agent_id", "authorities_pem", "certificate_pem", "generation", "not_after_s", "renew_at_s", "status"],
    ),
    ("enrol_reply_pending", rewrite::<EnrolReply>, &["agent_id", "retry_after_s", "status"]),
    ("problem", rewrite::<Problem>, &["code", "status", "title", "type"]),
    ("section/identity", section, &[]),
    ("section/os", section, &[]),
    ("section/cpu", section, &[]),
    ("section/memory", section, &[]),
    ("section/storage", section, &[]),
    (
        "section/network",
        section,
        &[
            "interfaces.addresses.address",
            "interfaces.addresses.prefix",
            "routes.destination",
            "routes.interface",
            "routes.prefix",
        ],
    ),
    ("section/software", section, &["packages.ecosystem", "packages.name", "packages.version"]),
    ("section/services", section, &[]),
    ("section/processes", section, &[]),
    ("section/sockets", section, &["listeners.address", "listeners.port", "listeners.transport"]),
    (
        "section/connections",
        section,
        &[
            "connections.count",
            "connections.direction",
            "connections.local_address",
            "connections.port",
            "connections.remote_address",
            "connections.transport",
        ],
    ),
    ("section/devices", section, &[]),
    ("section/kernel", section, &[]),
    ("section/firewall", section, &[]),
    ("section/updates", section, &[]),
    ("section/schedules", section, &[]),
    ("section/accounts", section, &[]),
    ("section/certificates", section, &[]),
    ("section/containers", section, &[]),
    ("section/products", section, &[]),
    ("section/cloud", section, &[]),
    (
        "section/custom",
        section,
        &["facts.name", "facts.namespace", "facts.value", "problems.namespace", "problems.problem"],
    ),
];

/// Reads the JSON of the file of this name and writes it again.
type Rewrite = fn(&str, &str) -> Result<String, String>;

fn rewrite<T: Serialize + DeserializeOwned>(_name: &str, json: &str) -> Result<String, String> {
    let value: T = serde_json::from_str(json).map_err(|error| error.to_string())?;
    Ok(serde_json::to_string(&value).unwrap())
}

fn section(name: &str, json: &str) -> Result<String, String> {
    let kind: SectionKind = name.trim_start_matches("section/").parse().unwrap();
    let body = RawValue::from_string(json.to_owned()).map_err(|error| error.to_string())?;
    let section = Section::decode(kind, &body).map_err(|error| error.to_string())?;
    assert_eq!(section.kind(), kind);
    Ok(serde_json::to_string(&section).unwrap())
}

#[test]
fn every_golden_file_is_read_and_written_as_it_stands() {
    for (name, rewrite, _) in GOLDEN {
        let golden = golden(name);
        let written = rewrite(name, &golden.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), golden, "{name}");
    }
}

#[test]
fn fields_of_a_later_version_change_nothing() {
    for (name, rewrite, _) in GOLDEN {
        let golden = golden(name);
        let mut newer = golden.clone();
        for_each_object(&mut newer, &mut |object| {
            object.insert("of_a_later_version".to_owned(), serde_json::json!({"a": [1, null]}));
        });
        if *name == "batch" {
            // A body is carried byte for byte, whatever is in it.
            newer["reports"][0]["body"] = golden["reports"][0]["body"].clone();
        }
        let written = rewrite(name, &newer.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), golden, "{name}");
    }
}

#[test]
fn fields_that_an_earlier_version_lacked_may_be_absent() {
    for (name, rewrite, required) in GOLDEN {
        let golden = golden(name);
        let mut found = BTreeSet::new();
        for field in fields(&golden, "") {
            let mut older = golden.clone();
            remove(&mut older, &field);
            if rewrite(name, &older.to_string()).is_err() {
                found.insert(field);
            }
        }
        let required: BTreeSet<String> = required.iter().map(|field| (*field).to_owned()).collect();
        assert_eq!(found, required, "{name}: fields it cannot do without");
    }
}

#[test]
fn values_of_a_later_version_are_read_as_unknown() {
    for (name, field) in [
        ("batch", "reports.kind"),
        ("batch", "reports.section"),
        ("batch_reply", "results.outcome"),
        ("fault", "cause"),
        ("problem", "action"),
        ("section/sockets", "listeners.transport"),
        ("section/connections", "connections.direction"),
        ("section/network", "interfaces.kind"),
        ("section/storage", "devices.kind"),
    ] {
        let (_, rewrite, _) = GOLDEN.iter().find(|(known, _, _)| *known == name).unwrap();
        let mut newer = golden(name);
        set(&mut newer, field, &Value::from("of_a_later_version"));
        assert!(rewrite(name, &newer.to_string()).is_ok(), "{name}: {field}");
    }
}

#[test]
fn there_is_a_golden_file_for_each_section_and_a_reader_for_each_file() {
    let known: BTreeSet<&str> = GOLDEN.iter().map(|(name, _, _)| *name).collect();
    for kind in SectionKind::ALL {
        assert!(known.contains(format!("section/{kind}").as_str()), "{kind}");
    }
    for (directory, prefix) in [(directory(), ""), (directory().join("section"), "section/")] {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_stem().unwrap().to_str().unwrap());
            assert!(path.is_dir() || known.contains(name.as_str()), "nothing reads {name}.json");
        }
    }
}

fn directory() -> PathBuf {
    root().join("tests/contract/golden")
}

fn golden(name: &str) -> Value {
    let text = fs::read_to_string(directory().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn for_each_object(value: &mut Value, change: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) if object.keys().eq(["b64"]) => {}
        Value::Object(object) => {
            object.values_mut().for_each(|value| for_each_object(value, change));
            change(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|value| for_each_object(value, change)),
        _ => {}
    }
}

/// The paths of all fields, without the numbers of list items; what stands in a report's body is not ours to know.
fn fields(value: &Value, prefix: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    match value {
        Value::Object(object) if object.keys().eq(["b64"]) => {}
        Value::Object(object) => {
            for (name, value) in object {
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                if name != "body" {
                    all.extend(fields(value, &path));
                }
                all.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| all.extend(fields(item, prefix))),
        _ => {}
    }
    all
}

fn remove(value: &mut Value, field: &str) {
    at(value, field, &mut |object, name| {
        object.remove(name);
    });
}

fn set(value: &mut Value, field: &str, to: &Value) {
    at(value, field, &mut |object, name| {
        object.insert(name.to_owned(), to.clone());
    });
}

fn at(value: &mut Value, field: &str, change: &mut impl FnMut(&mut serde_json::Map<String, Value>, &str)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| at(item, field, change)),
        Value::Object(object) => match field.split_once('.') {
            Some((first, rest)) => object.get_mut(first).into_iter().for_each(|inner| at(inner, rest, change)),
            None => change(object, field),
        },
        _ => {}
    }
}
