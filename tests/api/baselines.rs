//! Baselines: what differs from a set of items as it was, and what of it is as it should be.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::changes::{edit, host, told};
use crate::harness::register::{Answer, Caller, Register, on_both};

async fn take(register: &Register, body: Value) -> Value {
    let answer = register.post(Caller::Keeper, "/baselines", &body).await;
    assert_eq!(answer.status, 201, "{:?}: {}", register.backend, answer.text());
    answer.json()
}

fn path(baseline: &Value) -> String {
    format!("/baselines/{}", baseline["id"].as_str().unwrap())
}

async fn drift(register: &Register, baseline: &Value) -> Value {
    register.read(Caller::Reader, &format!("{}/drift", path(baseline))).await
}

async fn accept(register: &Register, baseline: &Value, body: Value) -> Answer {
    register.post(Caller::Keeper, &format!("{}/acceptances", path(baseline)), &body).await
}

async fn accepted(register: &Register, baseline: &Value, body: Value) -> Value {
    let answer = accept(register, baseline, body).await;
    assert_eq!(answer.status, 201, "{:?}: {}", register.backend, answer.text());
    answer.json()
}

#[test]
fn a_set_that_did_not_change_has_no_drift_and_what_changed_is_told_with_counts() {
    on_both(async |register| {
        let debian = json!({"os_id": "debian", "os_name": "Debian"});
        let (a, b) = (host(register, "a", &debian).await, host(register, "b", &debian).await);
        register.create(&json!({"class": "printer", "name": "c"})).await;
        register.pass(60);
        let hosts = json!({"name": "Golden", "note": "after CHG-7", "filter": {"class": ["host"]}});
        let baseline = take(register, hosts).await;
        assert_eq!((&baseline["members"], &baseline["created_by"]), (&json!(2), &json!("Keeper")));
        register.pass(60);
        let quiet = drift(register, &baseline).await;
        assert_eq!((&quiet["items"], &quiet["totals"]["cis"]), (&json!([]), &json!(0)), "{:?}", register.backend);
        edit(register, &a, json!({"owner": "Kim", "attributes": {"os_name": "Debian 13"}})).await;
        edit(register, &b, json!({"owner": "Lee"})).await;
        host(register, "new", &debian).await;
        let found = drift(register, &baseline).await;
        assert_eq!(told(&found), [("a", "changed"), ("b", "changed"), ("new", "created")]);
        let first = &found["items"][0]["differences"]["attributes"];
        let expected = json!([{"attribute": "os_name", "before": "Debian", "after": "Debian 13"},
            {"attribute": "owner", "before": null, "after": "Kim"}]);
        assert_eq!(first, &expected, "{:?}", register.backend);
        let counts = json!([{"name": "attribute.os_name", "cis": 1}, {"name": "attribute.owner", "cis": 2},
            {"name": "membership", "cis": 1}]);
        assert_eq!(found["totals"]["topics"], counts);
        for (query, names) in [
            ("topic=attribute.os_name", vec!["a"]),
            ("change=created", vec!["new"]),
            ("class=host", vec!["a", "b", "new"]),
            ("class=printer", vec![]),
        ] {
            let page = register.read(Caller::Reader, &format!("{}/drift?{query}", path(&baseline))).await;
            let found: Vec<_> = told(&page).into_iter().map(|one| one.0).collect();
            assert_eq!((found, page["totals"]["cis"].clone()), (names, json!(3)), "{query}");
        }
        assert_eq!(register.walk(&format!("{}/drift", path(&baseline)), 1).await.len(), 3);
    });
}

#[test]
fn what_enters_and_leaves_the_set_of_a_filter_is_named() {
    on_both(async |register| {
        let stays = host(register, "stays", &json!({"os_id": "debian"})).await;
        let leaves = host(register, "leaves", &json!({"os_id": "debian"})).await;
        let enters = host(register, "enters", &json!({"os_id": "ubuntu"})).await;
        register.pass(60);
        let filter = json!({"q": "class:host", "attributes": {"os_id": ["debian"]}});
        let baseline = take(register, json!({"name": "Debian", "filter": filter})).await;
        let named = take(register, json!({"name": "Two", "ci_ids": [stays, leaves]})).await;
        register.pass(60);
        edit(register, &leaves, json!({"attributes": {"os_id": "rhel"}})).await;
        edit(register, &enters, json!({"attributes": {"os_id": "debian"}})).await;
        let found = drift(register, &baseline).await;
        assert_eq!(told(&found), [("enters", "entered"), ("leaves", "left")], "{:?}", register.backend);
        assert_eq!(found["items"][1]["differences"]["attributes"][0]["after"], "rhel", "and why");
        assert_eq!(told(&drift(register, &named).await), [("leaves", "changed")], "items that were named stay");
        let body = json!({"with": leaves, "reason": "the same box"});
        assert_eq!(register.post(Caller::Keeper, &format!("/cis/{stays}/merge"), &body).await.status, 200);
        let found = drift(register, &named).await;
        assert_eq!(told(&found)[0], ("leaves", "merged"), "{:?}: {found}", register.backend);
        accepted(register, &baseline, json!({"reason": "planned"})).await;
        let rest = drift(register, &baseline).await;
        assert_eq!(told(&rest), [("", ""); 0], "{:?}: {rest}", register.backend);
    });
}

#[test]
fn an_accepted_difference_is_expected_from_then_on_and_can_be_taken_back() {
    on_both(async |register| {
        let a = host(register, "a", &json!({"os_name": "Debian", "product": "R640"})).await;
        let b = host(register, "b", &json!({"os_name": "Debian"})).await;
        register.pass(60);
        let baseline = take(register, json!({"name": "Golden", "filter": {"class": ["host"]}})).await;
        register.pass(60);
        edit(register, &a, json!({"attributes": {"os_name": "Debian 13", "product": "R650"}})).await;
        edit(register, &b, json!({"attributes": {"os_name": "Debian 13"}})).await;
        let seen = register.pass(60);
        register.pass(1);
        let one = json!({"reason": "CHG-8", "as_of": seen, "items": [{"ci_id": a, "topic": "attribute.os_name"}]});
        let first = accepted(register, &baseline, one.clone()).await;
        assert_eq!(first["topics"], json!([{"topic": "attribute.os_name", "cis": 1}]));
        register.pass(60);
        let found = drift(register, &baseline).await;
        assert_eq!(found["items"][0]["topics"], json!(["attribute.product"]), "{:?}", register.backend);
        assert_eq!(found["total"], 2);
        let again = accept(register, &baseline, one).await;
        assert_eq!(again.faults(), [("items".to_owned(), "unknown".to_owned())], "it does not differ any more");
        // What is expected is what it was then: another change is drift again, from the accepted value.
        edit(register, &a, json!({"attributes": {"os_name": "Debian 14"}})).await;
        let found = drift(register, &baseline).await;
        let told_of_a = &found["items"][0]["differences"]["attributes"][0];
        assert_eq!(told_of_a, &json!({"attribute": "os_name", "before": "Debian 13", "after": "Debian 14"}));
        let past = register.read(Caller::Reader, &format!("{}/drift?as_of={seen}", path(&baseline))).await;
        assert_eq!(past["items"][0]["differences"]["attributes"][0]["before"], "Debian", "nothing was accepted then");
        register.pass(60);
        accepted(register, &baseline, json!({"reason": "all of it", "items": [{"ci_id": a}]})).await;
        register.pass(1);
        assert_eq!(told(&drift(register, &baseline).await), [("b", "changed")]);
        let all = accepted(register, &baseline, json!({"reason": "all"})).await;
        register.pass(1);
        assert_eq!(drift(register, &baseline).await["totals"]["cis"], 0, "{:?}", register.backend);
        assert_eq!(accept(register, &baseline, json!({"reason": "x"})).await.faults()[0].1, "required");
        let undo = format!("{}/acceptances/{}/undo", path(&baseline), all["id"].as_str().unwrap());
        assert_eq!(register.post(Caller::Keeper, &undo, &json!({"reason": "too soon"})).await.status, 200);
        assert_eq!(register.post(Caller::Keeper, &undo, &json!({})).await.status, 422, "once");
        register.pass(1);
        assert_eq!(told(&drift(register, &baseline).await), [("b", "changed")]);
        let list = register.read(Caller::Reader, &format!("{}/acceptances", path(&baseline))).await;
        assert_eq!(
            (&list["items"][0]["undo_reason"], list["items"].as_array().unwrap().len()),
            (&json!("too soon"), 3)
        );
        let trail = register.read(Caller::Keeper, "/audit?limit=200").await.to_string();
        for action in ["baseline.taken", "baseline.drift_accepted", "baseline.acceptance_undone"] {
            assert!(trail.contains(action), "{action}");
        }
    });
}

#[test]
fn a_baseline_of_a_past_time_takes_what_was_then() {
    on_both(async |register| {
        let a = host(register, "a", &json!({"os_name": "Debian"})).await;
        let before = register.pass(60);
        register.pass(60);
        edit(register, &a, json!({"attributes": {"os_name": "Ubuntu"}})).await;
        host(register, "later", &json!({})).await;
        register.pass(60);
        let body = json!({"name": "Then", "as_of": before, "filter": {"class": ["host"]}});
        let baseline = take(register, body.clone()).await;
        assert_eq!(baseline["members"], 1);
        assert_eq!(told(&drift(register, &baseline).await), [("a", "changed"), ("later", "created")]);
        let early =
            register.get(Caller::Reader, &format!("{}/drift?as_of=2020-01-01T00:00:00Z", path(&baseline))).await;
        assert_eq!(early.faults(), [("as_of".to_owned(), "invalid".to_owned())]);
        let mut future = body;
        future["as_of"] = json!("2099-01-01T00:00:00Z");
        let answer = register.post(Caller::Keeper, "/baselines", &future).await;
        assert_eq!(answer.faults()[0], ("name".to_owned(), "taken".to_owned()));
        future["name"] = json!("Future");
        let answer = register.post(Caller::Keeper, "/baselines", &future).await;
        assert_eq!(answer.faults()[0], ("as_of".to_owned(), "invalid".to_owned()));
    });
}

#[test]
fn who_may_not_write_reads_and_what_is_out_of_scope_is_not_there() {
    on_both(async |register| {
        for (name, organisation) in [("ours", register.branch), ("theirs", register.subsidiary)] {
            register.create(&json!({"class": "host", "name": name, "organisation_id": organisation})).await;
        }
        register.pass(60);
        let body = json!({"name": "All", "filter": {"class": ["host"]}, "organisation_id": register.branch});
        let baseline = take(register, body.clone()).await;
        assert_eq!(register.post(Caller::Reader, "/baselines", &body).await.status, 403);
        let seen = register.read(Caller::Reader, "/baselines").await;
        assert_eq!((&seen["items"][0]["name"], &seen["items"][0]["may_change"]), (&json!("All"), &json!(false)));
        assert_eq!(register.read(Caller::SubsidiaryKeeper, "/baselines").await["items"], json!([]));
        let absent = "/baselines/0192f0c1-2345-7000-8000-0123456789ab";
        for rest in ["", "/drift", "/acceptances"] {
            let hidden = register.get(Caller::SubsidiaryKeeper, &format!("{}{rest}", path(&baseline))).await;
            let nothing = register.get(Caller::SubsidiaryKeeper, &format!("{absent}{rest}")).await;
            assert_eq!((hidden.status, hidden.anonymous()), (404, nothing.anonymous()), "{rest}");
        }
        register.pass(60);
        let list = register.walk("/cis?class=host", 10).await;
        for ci in &list {
            edit(register, ci["id"].as_str().unwrap(), json!({"owner": "Kim"})).await;
        }
        let found = register.read(Caller::BranchKeeper, &format!("{}/drift", path(&baseline))).await;
        assert_eq!((told(&found), &found["totals"]["cis"]), (vec![("ours", "changed")], &json!(1)));
        let acceptances = format!("{}/acceptances", path(&baseline));
        let answer = register.post(Caller::BranchKeeper, &acceptances, &json!({"reason": "x"})).await;
        assert_eq!(answer.json()["topics"][0]["cis"], 1, "of what is in his own scope");
    });
}

#[test]
fn a_baseline_is_renamed_and_deleted_by_version_and_a_filter_that_cannot_be_read_any_more_is_said() {
    on_both(async |register| {
        let a = host(register, "a", &json!({})).await;
        let search = json!({"name": "mine", "query": "class:host", "shared": true});
        let search = register.post(Caller::Keeper, "/saved-searches", &search).await.json();
        register.pass(60);
        let baseline = take(register, json!({"name": "Golden", "filter": {"q": "group:mine"}})).await;
        let change = json!({"name": "Gold", "note": "x"});
        let answer = register.change(Method::PATCH, (Caller::Keeper, &path(&baseline)), "\"v1\"", &change).await;
        assert_eq!((answer.status, &answer.json()["name"]), (200, &json!("Gold")), "{}", answer.text());
        let late = register.change(Method::PATCH, (Caller::Keeper, &path(&baseline)), "\"v1\"", &change).await;
        assert_eq!(late.code(), "stale");
        let gone = format!("/saved-searches/{}", search["id"].as_str().unwrap());
        assert_eq!(register.change(Method::DELETE, (Caller::Keeper, &gone), "\"v1\"", &json!({})).await.status, 204);
        register.pass(60);
        edit(register, &a, json!({"owner": "Kim"})).await;
        host(register, "new", &json!({})).await;
        let found = drift(register, &baseline).await;
        assert_eq!(told(&found), [("a", "changed")], "{:?}", register.backend);
        assert!(found["filter_fault"].as_str().unwrap().contains("mine"), "{found}");
        accepted(register, &baseline, json!({"reason": "fine"})).await;
        let answer = register.change(Method::DELETE, (Caller::Keeper, &path(&baseline)), "\"v2\"", &json!({})).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
        assert_eq!(register.get(Caller::Keeper, &path(&baseline)).await.status, 404);
    });
}

#[test]
fn what_cannot_be_a_baseline_is_named() {
    on_both(async |register| {
        let a = host(register, "a", &json!({})).await;
        for (body, field, code) in [
            (json!({"name": " ", "filter": {}}), "name", "required"),
            (json!({"name": "x".repeat(101), "filter": {}}), "name", "too_long"),
            (json!({"name": "x", "note": "x".repeat(5_000), "filter": {}}), "note", "too_long"),
            (json!({"name": "x"}), "filter", "required"),
            (json!({"name": "x", "filter": {}, "ci_ids": [a]}), "filter", "required"),
            (json!({"name": "x", "filter": {"class": ["printer"]}}), "filter", "required"),
            (json!({"name": "x", "filter": {"q": "hue:red"}}), "q", "unknown"),
            (json!({"name": "x", "ci_ids": ["0192f0c1-2345-7000-8000-0123456789ab"]}), "ci_ids", "unknown"),
            (json!({"name": "x", "as_of": "yesterday", "filter": {}}), "as_of", "invalid"),
        ] {
            let answer = register.post(Caller::Keeper, "/baselines", &body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{}", answer.text());
        }
        let baseline = take(register, json!({"name": "x", "ci_ids": [a]})).await;
        register.pass(1);
        edit(register, &a, json!({"owner": "Kim"})).await;
        for (body, field, code) in [
            (json!({"reason": " "}), "reason", "required"),
            (json!({"reason": "x", "items": []}), "items", "unknown"),
            (json!({"reason": "x", "items": [{"ci_id": a, "topic": "hue"}]}), "items", "unknown"),
            (json!({"reason": "x", "items": [{"ci_id": a, "topic": "software"}]}), "items", "unknown"),
        ] {
            let answer = accept(register, &baseline, body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{}", answer.text());
        }
    });
}

/// What is done to one of three hosts.
type Step = (usize, u64, Option<u64>);

/// Whatever happens to a set, its drift is what comparing each of its items by itself tells, and nothing is left of it
/// when all is accepted.
#[test]
fn drift_is_what_comparing_each_item_tells() {
    for seed in 1..=4 {
        on_both(async |register| follow(register, &steps(seed), &steps(seed * 31)).await);
    }
}

/// Up to a dozen steps, the same for the same seed.
fn steps(seed: u64) -> Vec<Step> {
    let mut state = seed;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let count = next(13);
    let step = |_| {
        let (at, what, value) = (next(3), next(4), next(4));
        (usize::try_from(at).unwrap(), what, (value < 3).then_some(value))
    };
    (0..count).map(step).collect()
}

async fn follow(register: &Register, before: &[Step], after: &[Step]) {
    let mut hosts = Vec::new();
    for name in ["a", "b", "c"] {
        hosts.push(host(register, name, &json!({"os_name": "0"})).await);
    }
    for step in before {
        carry_out(register, &hosts, step).await;
    }
    let from = register.pass(1);
    let baseline = take(register, json!({"name": "Golden", "filter": {"class": ["host"]}})).await;
    for step in after {
        carry_out(register, &hosts, step).await;
    }
    let to = register.pass(1);
    let found = drift(register, &baseline).await;
    let items = found["items"].as_array().unwrap();
    for id in &hosts {
        let told = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={from}&to={to}")).await;
        let empty = json!({"attributes": [], "relations": [], "software": []});
        let drift = items.iter().find(|one| one["ci"]["id"] == **id).map_or(&empty, |one| &one["differences"]);
        for what in ["attributes", "relations", "software"] {
            assert_eq!(drift[what], told[what], "{:?} {what}", register.backend);
        }
        // The same by another way: reading the item at both times.
        let (was, is) = (read_at(register, id, &from.to_string()).await, read_at(register, id, &to.to_string()).await);
        let differ: Vec<_> = was.keys().chain(is.keys()).filter(|name| was.get(*name) != is.get(*name)).collect();
        let differ: std::collections::BTreeSet<_> = differ.into_iter().cloned().collect();
        let names = drift["attributes"].as_array().unwrap().iter();
        let names: std::collections::BTreeSet<_> =
            names.map(|one| one["attribute"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, differ, "{:?}", register.backend);
    }
    if !items.is_empty() {
        accepted(register, &baseline, json!({"reason": "all"})).await;
        register.pass(1);
        assert_eq!(drift(register, &baseline).await["items"], json!([]), "{:?}", register.backend);
    }
}

async fn carry_out(register: &Register, hosts: &[String], (at, what, value): &Step) {
    register.pass(1);
    let value = value.map(|value| value.to_string());
    let body = match what {
        0 => json!({"attributes": {"os_name": value}}),
        1 => json!({"attributes": {"product": value}}),
        2 => json!({"owner": value}),
        _ => json!({"name": format!("h{}", value.unwrap_or_default())}),
    };
    edit(register, &hosts[*at], body).await;
}

async fn read_at(register: &Register, id: &str, at: &str) -> std::collections::BTreeMap<String, Value> {
    let ci = register.read(Caller::Reader, &format!("/cis/{id}?as_of={at}")).await;
    let mut found: std::collections::BTreeMap<String, Value> =
        ci["attributes"].as_object().unwrap().clone().into_iter().collect();
    for name in ["name", "owner", "support_team", "environment", "criticality", "lifecycle"] {
        found.insert(name.to_owned(), ci[name].clone());
    }
    found.retain(|_, value| !value.is_null());
    found
}
