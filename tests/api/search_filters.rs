//! Filters in the box and over the list: what they find, at which time, and what is said of those that are wrong.

use jiff::Timestamp;
use serde_json::json;

use super::search::{fill, found, index, listed};
use crate::harness::register::{Caller, encoded, on_both};

/// A query of filters, and what is found by it of what [`fill`] makes and a printer.
const FILTERS: &[(&str, &[&str])] = &[
    ("", &["/srv/web-01", "Printer (2F)", "web-01", "web-secret", "결제서버01"]),
    ("class:host", &["web-01", "web-secret", "결제서버01"]),
    ("class:printer,filesystem", &["/srv/web-01", "Printer (2F)"]),
    ("-class:host", &["/srv/web-01", "Printer (2F)"]),
    ("os:debian", &["web-01", "web-secret"]),
    ("os:\"rocky\"", &["결제서버01"]),
    ("os_name:*linux*", &["web-01", "결제서버01"]),
    ("os_id:none class:host", &[]),
    ("os_id:any", &["web-01", "web-secret", "결제서버01"]),
    ("owner:none class:printer", &[]),
    ("owner:\"김 대리\"", &["Printer (2F)"]),
    ("owner:김*", &["Printer (2F)"]),
    ("-owner:김*", &["/srv/web-01", "web-01", "web-secret", "결제서버01"]),
    ("owner:none class:host web-01", &["web-01"]),
    ("team:OPS", &["Printer (2F)"]),
    ("criticality:2", &["Printer (2F)"]),
    ("criticality:<=2", &["Printer (2F)"]),
    ("criticality:>2", &[]),
    ("criticality:any", &["Printer (2F)"]),
    ("env:test", &["Printer (2F)"]),
    ("lifecycle:planned", &["Printer (2F)"]),
    ("name:\"printer (2f)\"", &["Printer (2F)"]),
    ("name:web*", &["web-01", "web-secret"]),
    ("serial:cz-100-4711", &["web-01"]),
    ("serial:CZ*", &["web-01"]),
    ("serial:cz", &[]),
    ("mac:AABB.CC00.1122", &["web-01"]),
    ("mac:aa-bb", &["web-01"]),
    ("mac:none class:host", &["web-secret", "결제서버01"]),
    ("host:web-01.example.com", &["web-01"]),
    ("class:host (web-01 OR 결제)", &["web-01", "결제서버01"]),
    ("class:host -web", &["결제서버01"]),
    ("org:branch", &["결제서버01"]),
    ("org:terrier -class:host", &["/srv/web-01", "Printer (2F)"]),
    ("seen:<2d class:host", &["web-01", "web-secret", "결제서버01"]),
    ("stale:>7d", &[]),
    ("created:<1d class:printer", &["Printer (2F)"]),
    ("observation:live class:host web-01", &["web-01"]),
    ("software:openssl", &["web-01", "결제서버01"]),
    ("software:openssl<3.0.7", &["web-01"]),
    ("software:openssl>=3.0.7", &["결제서버01"]),
    ("software:OPEN* -software:curl", &["결제서버01"]),
    ("software:absent", &[]),
];

#[test]
fn filters_find_what_they_say_in_the_list_and_in_the_box() {
    on_both(async |register| {
        fill(register);
        let printer = json!({"class": "printer", "name": "Printer (2F)", "owner": "김 대리", "support_team": "Ops",
            "criticality": 2, "environment": "test", "lifecycle": "planned"});
        register.create(&printer).await;
        for pass in ["before it is indexed", "after"] {
            for (query, expected) in FILTERS {
                let mut expected: Vec<String> = expected.iter().map(|name| (*name).to_owned()).collect();
                // A serial that is `web` is a text, too; before it is indexed it is looked for as it is.
                if *query == "class:host -web" {
                    expected.clear();
                }
                assert_eq!(
                    listed(register, Caller::Keeper, query).await,
                    expected,
                    "{:?} {pass}: {query}",
                    register.backend
                );
            }
            index(register);
        }
        for (query, expected) in [
            ("ip:10.1.2.3", vec!["web-01"]),
            ("ip:10.0.0.0/8", vec!["web-01", "web-secret", "결제서버01"]),
            ("ip:10.1.0.0/19", vec!["web-01"]),
            ("ip:2001:db8::/32", vec!["web-01"]),
            ("ip:none class:printer", vec!["Printer (2F)"]),
        ] {
            assert_eq!(listed(register, Caller::Keeper, query).await, expected, "{query}");
        }
        assert_eq!(found(register, Caller::Keeper, "ci", "class:host os:debian").await, ["web-01", "web-secret"]);
    });
}

#[test]
fn time_passes_and_filters_look_at_other_times() {
    on_both(async |register| {
        let estate = register.estate();
        let host = estate.host(register.root, "old-name", &[("os_id", json!("debian"))]);
        estate.identified(host, "address", "192.0.2.17");
        let then: Timestamp = register.clock.now();
        register.pass(8 * 24 * 3_600);
        let revision = estate.revision(host.key, register.clock.now());
        estate.says(host.key, revision, register.clock.now(), "os_id", &json!("ubuntu"));
        index(register);
        assert_eq!(listed(register, Caller::Keeper, "stale:>7d").await, ["old-name"]);
        assert_eq!(listed(register, Caller::Keeper, "seen:<7d").await, [""; 0]);
        assert_eq!(listed(register, Caller::Keeper, "os:debian").await, [""; 0]);
        for (query, total) in [
            ("os:debian", 1),
            ("os:ubuntu", 0),
            ("old", 1),
            ("ip:192.0.2.0/24", 1),
            ("-ip:192.0.2.0/24", 0),
            ("owner:none", 1),
            ("lifecycle:in_use", 1),
            ("name:old*", 1),
        ] {
            let page = register.read(Caller::Keeper, &format!("/cis?as_of={then}&q={}", encoded(query))).await;
            assert_eq!(page["total"], total, "{:?} {query}", register.backend);
        }
    });
}

#[test]
fn a_fault_says_where_it_is_and_what_could_stand_there() {
    on_both(async |register| {
        for (query, code, detail) in [
            ("web hue:red", "unknown", "column 5"),
            ("class:submarine", "unknown", "allowed: "),
            ("os:", "required", "column 4"),
            ("(a", "invalid", "column 1"),
            ("ip:10.0.0.0/33", "invalid", "10.0.0.0/8"),
            ("criticality:9", "unknown", "1, 2, 3, 4"),
            ("stale:soon", "invalid", ">7d"),
            ("group:nothing", "unknown", "no saved search"),
            ("software:<3", "invalid", "openssl<3.0.7"),
            ("mac:xyz", "invalid", "MAC"),
        ] {
            let answer = register.get(Caller::Keeper, &format!("/cis?q={}", encoded(query))).await;
            assert_eq!(answer.faults(), [("q".to_owned(), code.to_owned())], "{query}: {}", answer.text());
            assert!(answer.text().contains(detail), "{query}: {}", answer.text());
            let path = format!("/search/suggestions?q={}", encoded(query));
            let fault = &register.read(Caller::Keeper, &path).await["fault"];
            assert_eq!(fault["code"], code, "{query}");
        }
    });
}
