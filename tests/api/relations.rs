//! Relations of an item.

use serde_json::{Value, json};

use crate::harness::register::{Caller, on_both};

fn ends(page: &Value) -> Vec<(&str, &str, &str)> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|one| {
            (one["direction"].as_str().unwrap(), one["type"].as_str().unwrap(), one["other"]["name"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn relations_are_seen_from_either_end_with_labels_and_evidence() {
    on_both(async |register| {
        let estate = register.estate();
        let host = estate.host(register.root, "web-1", &[]);
        let nginx = estate.dependent(host, "web_server", "nginx");
        let peer = estate.host(register.root, "db-1", &[]);
        let postgres = estate.dependent(peer, "database_instance", "postgres");
        estate.related((nginx, "runs_on", host), None);
        estate.related((nginx, "uses", postgres), Some(&[5432, 6432]));
        let page = register.read(Caller::Keeper, &format!("/cis/{}/relations", nginx.id)).await;
        assert_eq!(ends(&page), [("out", "runs_on", "web-1"), ("out", "uses", "postgres")]);
        let uses = &page["items"][1];
        assert_eq!(uses["other"]["host"]["name"], "db-1");
        assert_eq!(
            (&uses["evidence"]["ports"], &uses["evidence"]["seen_by"]),
            (&json!([5432, 6432]), &json!(["source"]))
        );
        assert_eq!(uses["evidence"]["samples"], 6);
        assert_eq!(uses["confidence"], 0.75);
        assert_eq!((&page["items"][0]["evidence"], &page["items"][0]["confidence"]), (&Value::Null, &json!(1.0)));
        assert_eq!(page["items"][0]["inverse_label"]["ko"], "실행함");
        let page = register.read(Caller::Keeper, &format!("/cis/{}/relations?direction=in", host.id)).await;
        assert_eq!(ends(&page), [("in", "runs_on", "nginx")]);
        let page = register.read(Caller::Keeper, &format!("/cis/{}/relations?direction=out", host.id)).await;
        assert_eq!(ends(&page), []);
        let page = register.read(Caller::Keeper, &format!("/cis/{}/relations?type=uses", nginx.id)).await;
        assert_eq!(ends(&page), [("out", "uses", "postgres")]);
        let wrong = register.get(Caller::Keeper, &format!("/cis/{}/relations?direction=up", nginx.id)).await;
        assert_eq!(wrong.code(), "malformed_request");
    });
}

#[test]
fn relations_of_another_time_are_those_of_then() {
    on_both(async |register| {
        let estate = register.estate();
        let (left, right) = (estate.host(register.root, "left", &[]), estate.host(register.root, "right", &[]));
        let before = register.clock.now();
        register.pass(60);
        let relation = estate.related((left, "depends_on", right), None);
        let during = register.pass(60);
        register.pass(60);
        estate.unrelated(left, relation);
        let path = format!("/cis/{}/relations", left.id);
        assert_eq!(ends(&register.read(Caller::Keeper, &path).await), []);
        let then = register.read(Caller::Keeper, &format!("{path}?as_of={during}")).await;
        assert_eq!(ends(&then), [("out", "depends_on", "right")]);
        assert_eq!(then["items"][0]["valid_to"], "2026-11-21T12:03:00Z");
        assert_eq!(ends(&register.read(Caller::Keeper, &format!("{path}?as_of={before}")).await), []);
    });
}

#[test]
fn relations_are_walked_page_by_page_and_stay_in_scope() {
    on_both(async |register| {
        let estate = register.estate();
        let hub = estate.host(register.branch, "hub", &[]);
        for number in 0..9 {
            let organisation = if number % 3 == 0 { register.subsidiary } else { register.branch };
            let spoke = estate.host(organisation, &format!("spoke-{number}"), &[]);
            register.pass(1);
            estate.related((spoke, "depends_on", hub), None);
        }
        register.pass(1);
        estate.related((hub, "depends_on", hub), None);
        let path = format!("/cis/{}/relations", hub.id);
        assert_eq!(register.walk(&path, 4).await.len(), 10, "a relation to itself is there once");
        let page = register.read(Caller::BranchKeeper, &path).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 7);
        let detail = register.read(Caller::BranchKeeper, &format!("/cis/{}", hub.id)).await;
        assert_eq!(detail["counts"]["relations"], 7);
    });
}
