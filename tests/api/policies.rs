//! Policies: what they would do, what they do, and taking it back.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::cmdb::policy::turn::turn;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, cmdb_revision as r};

use crate::harness::estate::Ci;
use crate::harness::register::{Answer, Caller, Register, encoded, on_both};

const DAY: u64 = 24 * 3600;

pub(super) async fn go(register: &Register) {
    turn(register.store(), &register.clock, Freshness::of_interval(300)).await.unwrap();
}

pub(super) async fn made(register: &Register, query: &str, action: &str, grace_days: u64) -> Value {
    let renew = (action == "attest").then_some(30 * DAY);
    let body = json!({"name": format!("{action} {query}"), "query": query, "action": action,
        "grace_s": grace_days * DAY, "renew_s": renew, "enabled": true});
    let answer = register.post(Caller::Keeper, "/policies", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn change(register: &Register, policy: &Value, version: i32, body: &Value) -> Answer {
    let path = format!("/policies/{}", policy["id"].as_str().unwrap());
    register.change(Method::PATCH, (Caller::Keeper, &path), &format!("\"v{version}\""), body).await
}

async fn lifecycle(register: &Register, ci: Ci) -> String {
    let read = register.read(Caller::Keeper, &format!("/cis/{}", ci.id)).await;
    read["lifecycle"].as_str().unwrap().to_owned()
}

/// How many items wait, are due, and were dealt with.
async fn counts(register: &Register, caller: Caller, policy: &Value) -> [u64; 3] {
    let list = register.read(caller, "/policies").await;
    let one = list["items"].as_array().unwrap().iter().find(|one| one["id"] == policy["id"]).unwrap().clone();
    ["waiting", "due", "done"].map(|name| one[name].as_u64().unwrap())
}

async fn runs(register: &Register) -> Vec<Value> {
    register.read(Caller::Keeper, "/policy-runs").await["items"].as_array().unwrap().clone()
}

async fn undo(register: &Register, run: &Value, reason: &str) -> Answer {
    let path = format!("/policy-runs/{}/undo", run["id"].as_str().unwrap());
    register.post(Caller::Keeper, &path, &json!({"reason": reason})).await
}

async fn set(register: &Register, ci: Ci, to: &str) {
    let path = format!("/cis/{}/lifecycle", ci.id);
    let tag = register.get(Caller::Keeper, &format!("/cis/{}", ci.id)).await.etag.unwrap();
    let body = json!({"lifecycle": to, "reason": "by hand"});
    let answer = register.change(Method::POST, (Caller::Keeper, &path), &tag, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_silent_host_is_retired_after_its_grace_by_the_policy_and_not_before() {
    on_both(async |register| {
        let [old, new] = ["old", "new"].map(|name| register.estate().host(register.root, name, &[]));
        let preview = json!({"name": "p", "query": "class:host stale:>90d", "action": "retire", "grace_s": 0});
        assert_eq!(register.post(Caller::Keeper, "/policies/preview", &preview).await.json()["matching"], 0);
        let policy = made(register, "class:host stale:>90d", "retire", 14).await;
        register.pass(91 * DAY);
        register.estate().heard(new);
        let would = register.post(Caller::Reader, "/policies/preview", &preview).await.json();
        let listed =
            register.read(Caller::Reader, &format!("/cis?q={}", encoded(would["query"].as_str().unwrap()))).await;
        assert_eq!((&would["matching"], &listed["total"]), (&json!(1), &json!(1)));
        go(register).await;
        assert_eq!(counts(register, Caller::Keeper, &policy).await, [1, 0, 0]);
        assert_eq!(
            counts(register, Caller::SubsidiaryKeeper, &policy).await,
            [0, 0, 0],
            "of what is out of scope nothing"
        );
        register.pass(13 * DAY);
        register.estate().heard(new);
        go(register).await;
        assert_eq!((lifecycle(register, old).await.as_str(), runs(register).await.len()), ("in_use", 0));
        let page = register.read(Caller::Keeper, &format!("/policies/{}/cis", policy["id"].as_str().unwrap())).await;
        assert_eq!((&page["items"][0]["ci"]["name"], &page["items"][0]["state"]), (&json!("old"), &json!("waiting")));
        register.pass(2 * DAY);
        register.estate().heard(new);
        go(register).await;
        go(register).await;
        assert_eq!(lifecycle(register, old).await, "retired");
        assert_eq!(lifecycle(register, new).await, "in_use");
        let [run] = runs(register).await.try_into().unwrap();
        assert_eq!((&run["items"], &run["action"]), (&json!(1), &json!("retire")));
        let told = register
            .store()
            .read_blocking::<_, StoreError>(|conn| {
                let by: Vec<Option<String>> = r::table
                    .filter(r::subject_key.eq(old.key).and(r::source.eq("person")))
                    .select(r::actor_name)
                    .load(conn)?;
                let entries: Vec<(String, Option<String>)> = audit_entry::table
                    .filter(audit_entry::actor_kind.eq("system").and(audit_entry::actor_name.is_not_null()))
                    .order(audit_entry::seq)
                    .select((audit_entry::action, audit_entry::actor_name))
                    .load(conn)?;
                Ok((by, entries))
            })
            .unwrap();
        let author = policy["name"].as_str().map(str::to_owned);
        assert_eq!((told.0.len(), &told.0[0]), (1, &author));
        assert_eq!(
            told.1,
            [("ci.lifecycle_changed".to_owned(), author.clone()), ("policy.applied".to_owned(), author)]
        );
    });
}

#[test]
fn nothing_retired_comes_back_by_itself_and_what_people_bring_back_stays() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "old", &[]);
        made(register, "class:host stale:>30d", "retire", 0).await;
        register.pass(31 * DAY);
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "retired");
        register.pass(60);
        register.estate().heard(host);
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "retired", "its agent speaks, and that is an observation");
        set(register, host, "in_use").await;
        register.pass(31 * DAY);
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "retired", "it was seen and fell silent anew");
        set(register, host, "in_use").await;
        register.pass(DAY);
        go(register).await;
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "in_use", "a person brought it back, and nobody saw it since");
    });
}

#[test]
fn a_whole_run_is_taken_back_at_once_and_exactly() {
    on_both(async |register| {
        let hosts: Vec<Ci> = (0..60).map(|n| register.estate().host(register.root, &format!("h{n}"), &[])).collect();
        set(register, hosts[1], "maintenance").await;
        let policy = made(register, "name:h*", "retire", 0).await;
        go(register).await;
        assert_eq!(lifecycle(register, hosts[59]).await, "retired", "more than one batch");
        let [run] = runs(register).await.try_into().unwrap();
        assert_eq!(run["items"], 60);
        set(register, hosts[2], "disposed").await;
        assert_eq!(undo(register, &run, " ").await.faults(), [("reason".to_owned(), "required".to_owned())]);
        let undone = undo(register, &run, "the query was wrong").await.json();
        assert_eq!((&undone["restored"], &undone["left"][0]["name"]), (&json!(59), &json!("h2")), "{undone}");
        assert_eq!(lifecycle(register, hosts[0]).await, "in_use");
        assert_eq!(lifecycle(register, hosts[1]).await, "maintenance");
        assert_eq!(lifecycle(register, hosts[2]).await, "disposed");
        assert_eq!(undo(register, &run, "again").await.status, 422);
        register.pass(60);
        go(register).await;
        assert_eq!(lifecycle(register, hosts[0]).await, "in_use", "it is not done again");
        assert_eq!(counts(register, Caller::Keeper, &policy).await, [0, 0, 59]);
        let path = format!("/policy-runs/{}/undo", run["id"].as_str().unwrap());
        assert_eq!(register.post(Caller::BranchKeeper, &path, &json!({"reason": "x"})).await.status, 403);
    });
}

#[test]
fn what_is_seen_anew_is_done_again_and_taken_back_with_the_same_run() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "old", &[]);
        made(register, "name:old", "retire", 0).await;
        go(register).await;
        register.pass(60);
        go(register).await;
        register.estate().heard(host);
        set(register, host, "in_use").await;
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "retired");
        let [run] = runs(register).await.try_into().unwrap();
        let undone = undo(register, &run, "it is needed").await.json();
        assert_eq!((&undone["restored"], lifecycle(register, host).await.as_str()), (&json!(1), "in_use"));
    });
}

#[test]
fn what_is_changed_begins_anew_and_what_is_disabled_does_nothing() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "one", &[]);
        let policy = made(register, "name:one", "retire", 1).await;
        go(register).await;
        register.pass(DAY - 60);
        let changed = change(register, &policy, 1, &json!({"query": "name:o*"})).await;
        assert_eq!(changed.status, 200, "{}", changed.text());
        go(register).await;
        register.pass(120);
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "in_use", "its time began anew");
        assert_eq!(change(register, &policy, 2, &json!({"enabled": false})).await.status, 200);
        register.pass(9 * DAY);
        go(register).await;
        assert_eq!(lifecycle(register, host).await, "in_use");
        assert_eq!(counts(register, Caller::Keeper, &policy).await, [0, 0, 0]);
        assert_eq!(change(register, &policy, 2, &json!({"enabled": true})).await.code(), "stale");
        let path = format!("/policies/{}", policy["id"].as_str().unwrap());
        let gone = register.change(Method::DELETE, (Caller::Keeper, &path), "\"v3\"", &json!({})).await;
        assert_eq!(gone.status, 204, "{}", gone.text());
        go(register).await;
    });
}

#[test]
fn archived_is_what_was_retired_before_and_its_history_stays() {
    on_both(async |register| {
        let [gone, used] = ["gone", "used"].map(|name| register.estate().host(register.root, name, &[]));
        set(register, gone, "retired").await;
        made(register, "class:host", "archive", 0).await;
        go(register).await;
        assert_eq!(lifecycle(register, gone).await, "disposed");
        assert_eq!(lifecycle(register, used).await, "in_use", "what is used is not archived, whatever the query says");
        let history = register.read(Caller::Keeper, &format!("/cis/{}/history", gone.id)).await;
        assert!(history.to_string().contains("disposed"), "{history}");
    });
}

#[test]
fn two_servers_that_take_turns_at_once_do_it_once() {
    on_both(async |register| {
        let hosts: Vec<Ci> = (0..30).map(|n| register.estate().host(register.root, &format!("h{n}"), &[])).collect();
        made(register, "name:h*", "retire", 0).await;
        let freshness = Freshness::of_interval(300);
        let one = turn(register.store(), &register.clock, freshness);
        let other = turn(register.store(), &register.clock, freshness);
        let (one, other) = futures_util::future::join(one, other).await;
        one.unwrap();
        other.unwrap();
        let items: i64 = runs(register).await.iter().map(|run| run["items"].as_i64().unwrap()).sum();
        assert_eq!(items, 30);
        assert_eq!(lifecycle(register, hosts[0]).await, "retired");
        let history = register.read(Caller::Keeper, &format!("/cis/{}/history", hosts[0].id)).await;
        let moved = history["items"].as_array().unwrap().iter().filter(|one| one["subject"] == "lifecycle").count();
        assert_eq!(moved, 1, "{history}");
    });
}

#[test]
fn what_cannot_be_kept_is_named_and_shipped_ones_stay_and_are_disabled() {
    on_both(async |register| {
        let list = register.read(Caller::Reader, "/policies").await;
        let shipped = list["items"].as_array().unwrap();
        assert_eq!((shipped.len(), &list["may_change"]), (4, &json!(false)));
        assert!(shipped.iter().all(|one| one["enabled"] == false && one["shipped_name"].is_string()), "{list}");
        let path = format!("/policies/{}", shipped[0]["id"].as_str().unwrap());
        let kept = register.change(Method::DELETE, (Caller::Keeper, &path), "\"v1\"", &json!({})).await;
        assert_eq!(kept.status, 422, "{}", kept.text());
        let good = json!({"name": "p", "query": "class:host", "action": "retire", "grace_s": 0});
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        for (body, field, code) in [
            (with("name", json!(" ")), "name", "required"),
            (with("query", json!("")), "query", "required"),
            (with("query", json!("hue:red")), "query", "unknown"),
            (with("query", json!("a) OR (b")), "query", "invalid"),
            (with("query", json!("group:mine")), "query", "unknown"),
            (with("grace_s", json!(-1)), "grace_s", "out_of_range"),
            (with("action", json!("delete")), "action", "unknown"),
            (with("action", json!("attest")), "renew_s", "required"),
            (with("name", shipped[0]["name"].clone()), "name", "taken"),
        ] {
            let answer = register.post(Caller::Keeper, "/policies", &body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{body}: {}", answer.text());
        }
        assert_eq!(register.post(Caller::Reader, "/policies", &good).await.status, 403);
        assert_eq!(
            register.post(Caller::BranchKeeper, "/policies", &good).await.status,
            403,
            "policies hold everywhere"
        );
    });
}

#[test]
fn what_is_to_be_confirmed_is_asked_for_until_somebody_does_and_again_when_that_is_over() {
    on_both(async |register| {
        let mine = register.create(&json!({"class": "printer", "name": "mine", "owner": "Reader"})).await;
        register.create(&json!({"class": "printer", "name": "other", "owner": "kim"})).await;
        made(register, "class:printer", "attest", 7).await;
        go(register).await;
        let due = register.read(Caller::Keeper, "/attestations").await;
        assert_eq!(due["items"].as_array().unwrap().len(), 2, "{due}");
        let unattested = async || {
            let health = register.read(Caller::Keeper, "/health").await;
            let one = health["checks"].as_array().unwrap().iter().find(|one| one["check"] == "unattested").unwrap();
            (one["judged"].as_u64().unwrap(), one["failing"].as_u64().unwrap())
        };
        assert_eq!(unattested().await, (2, 0), "there is time yet");
        register.pass(8 * DAY);
        assert_eq!(unattested().await, (2, 2));
        let path = format!("/cis/{mine}/attestations");
        let asked = register.read(Caller::Keeper, &path).await;
        assert_eq!((asked["due"].as_array().unwrap().len(), &asked["may_attest"]), (1, &json!(true)));
        let confirmed = register.post(Caller::Keeper, &path, &json!({"note": "seen it"})).await.json();
        assert_eq!((&confirmed["due"], &confirmed["past"][0]["note"]), (&json!([]), &json!("seen it")), "{confirmed}");
        assert_eq!(register.post(Caller::Keeper, &path, &json!({})).await.status, 422, "nothing is due");
        go(register).await;
        assert_eq!(unattested().await, (2, 1));
        register.pass(31 * DAY);
        go(register).await;
        assert_eq!(register.read(Caller::Keeper, "/attestations").await["items"].as_array().unwrap().len(), 2);
        let trail = register.read(Caller::Keeper, "/audit?limit=200").await.to_string();
        assert!(trail.contains("ci.attested"));
    });
}

#[test]
fn whoever_answers_for_an_item_may_confirm_it_and_finds_what_is_his() {
    on_both(async |register| {
        let name = register.store().read_blocking::<_, StoreError>(|conn| {
            use terrier_server::store::schema::access_user as u;
            let names: Vec<(String, String)> = u::table.select((u::login, u::display_name)).load(conn)?;
            Ok(names)
        });
        let (login, _) = name.unwrap().into_iter().find(|(login, _)| login.to_lowercase().contains("reader")).unwrap();
        let mine = register.create(&json!({"class": "printer", "name": "mine", "owner": login})).await;
        let other = register.create(&json!({"class": "printer", "name": "other", "owner": "kim"})).await;
        made(register, "class:printer", "attest", 0).await;
        go(register).await;
        let all = register.read(Caller::Reader, "/attestations").await;
        let own = register.read(Caller::Reader, "/attestations?mine=true").await;
        assert_eq!((all["items"].as_array().unwrap().len(), own["items"].as_array().unwrap().len()), (2, 1));
        assert_eq!((&own["items"][0]["ci"]["name"], &own["items"][0]["may_attest"]), (&json!("mine"), &json!(true)));
        let attest =
            async |id: &str| register.post(Caller::Reader, &format!("/cis/{id}/attestations"), &json!({})).await.status;
        assert_eq!((attest(&mine).await, attest(&other).await), (200, 403));
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &format!("/cis/{mine}/attestations")).await.status, 404);
    });
}
