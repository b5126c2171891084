//! What became of an item.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::register::{Caller, on_both};

fn told(events: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    events
        .iter()
        .map(|event| {
            let parts = ["kind", "change", "subject", "subject_detail", "before", "after"];
            parts.map(|part| text(&event[part])).join(" ")
        })
        .collect()
}

#[test]
fn history_tells_of_values_relations_and_software_newest_first() {
    on_both(async |register| {
        let estate = register.estate();
        let host = estate.host(register.root, "web-1", &[("os_version", json!("12"))]);
        let peer = estate.host(register.root, "db-1", &[]);
        register.pass(1);
        estate.packages(host, &[("deb", "bash", "5.2-1", "amd64"), ("deb", "vim", "9.0", "amd64")]);
        register.pass(1);
        let relation = estate.related((host, "depends_on", peer), None);
        register.pass(1);
        estate.packages(host, &[("deb", "bash", "5.2-2", "amd64")]);
        let now = register.pass(1);
        let revision = estate.revision(host.key, now);
        estate.says(host.key, revision, now, "os_version", &json!("13"));
        register.pass(1);
        estate.unrelated(host, relation);
        let path = format!("/cis/{}/history", host.id);
        let expected = [
            "relation removed depends_on db-1 null null",
            "attribute changed os_version null 12 13",
            "software changed bash amd64 5.2-1 5.2-2",
            "software removed vim amd64 9.0 null",
            "relation added depends_on db-1 null null",
            "software added bash amd64 null 5.2-1",
            "software added vim amd64 null 9.0",
            "attribute added name null null web-1",
            "attribute added os_version null null 12",
        ];
        for limit in [1, 2, 3, 50] {
            let events = register.walk(&path, limit).await;
            assert_eq!(told(&events), expected, "{:?} {limit}", register.backend);
        }
        let events = register.walk(&format!("{path}?kind=software"), 50).await;
        assert_eq!(events.len(), 4);
        assert_eq!((&events[0]["source"], &events[0]["said_by"]["name"]), (&json!("agent"), &json!("agent-77")));
        assert_eq!(events[0]["at"], "2026-11-21T12:00:03Z");
        assert_eq!(register.walk(&format!("{path}?kind=relation"), 50).await.len(), 2);
        let peers = register.walk(&format!("/cis/{}/history?kind=relation", peer.id), 50).await;
        assert_eq!(told(&peers)[1], "relation added depends_on web-1 null null", "seen from the other end");
        let wrong = register.get(Caller::Keeper, &format!("{path}?kind=rumour")).await;
        assert_eq!(wrong.code(), "malformed_request");
    });
}

#[test]
fn a_first_report_of_many_packages_is_told_page_by_page() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "h", &[]);
        let names: Vec<String> = (0..130).map(|number| format!("package-{number:03}")).collect();
        let packages: Vec<_> = names.iter().map(|name| ("rpm", name.as_str(), "1-1", "noarch")).collect();
        register.pass(1);
        register.estate().packages(host, &packages);
        register.pass(1);
        // Several versions and architectures of one product at once, as kernels and libraries have them.
        let kernels = [
            ("rpm", "kernel", "6.1-1", "x86_64"),
            ("rpm", "kernel", "6.2-1", "x86_64"),
            ("rpm", "libc", "1", "i686"),
            ("rpm", "libc", "1", "x86_64"),
        ];
        register.estate().packages(host, &kernels);
        let path = format!("/cis/{}/history?kind=software", host.id);
        let whole = told(&register.walk(&path, 200).await);
        assert_eq!(whole.len(), 130 + 4 + 130);
        for limit in [7, 40] {
            assert_eq!(told(&register.walk(&path, limit).await), whole, "{:?} {limit}", register.backend);
        }
        assert_eq!(register.walk(&path, 1).await.len(), whole.len());
    });
}

#[test]
fn relations_to_other_organisations_are_not_told() {
    on_both(async |register| {
        let ours = register.estate().host(register.branch, "ours", &[]);
        let theirs = register.estate().host(register.subsidiary, "theirs", &[]);
        register.pass(1);
        register.estate().related((ours, "depends_on", theirs), None);
        let path = format!("/cis/{}/history?kind=relation", ours.id);
        assert_eq!(register.read(Caller::Keeper, &path).await["items"].as_array().unwrap().len(), 1);
        assert_eq!(register.read(Caller::BranchKeeper, &path).await["items"], json!([]));
    });
}

#[test]
fn an_edit_is_told_with_who_and_when_it_was_learned() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P"})).await;
        register.pass(60);
        let change = json!({"support_team": "네트워크"});
        let path = format!("/cis/{id}");
        register.change(Method::PATCH, (Caller::BranchKeeper, &path), "\"v1\"", &change).await;
        register.change(Method::PATCH, (Caller::Keeper, &path), "\"v1\"", &change).await;
        let page = register.read(Caller::Keeper, &format!("{path}/history?limit=1")).await;
        let event = &page["items"][0];
        assert_eq!(
            (&event["subject"], &event["after"], &event["source"]),
            (&json!("support_team"), &json!("네트워크"), &json!("person"))
        );
        assert_eq!((&event["said_by"]["kind"], &event["said_by"]["name"]), (&json!("user"), &json!("Keeper")));
        assert_eq!(
            (&event["at"], &event["recorded_at"]),
            (&json!("2026-11-21T12:01:00Z"), &json!("2026-11-21T12:01:00Z"))
        );
    });
}
