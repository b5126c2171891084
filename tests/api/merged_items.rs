//! What is read of an item that others are part of: it is told of all of them, now and as of any time.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::imports::computer;
use super::search::index;
use crate::harness::estate::Ci;
use crate::harness::register::{Caller, Register, encoded, on_both};

const DAY: u64 = 24 * 3600;

async fn merge(register: &Register, survivor: &str, with: &str) -> String {
    let answer = register.post(Caller::Keeper, &format!("/cis/{survivor}/merge"), &json!({"with": with})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let journal = register.read(Caller::Keeper, &format!("/cis/{survivor}/merges")).await;
    journal["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn undo(register: &Register, merge: &str) {
    let answer = register.post(Caller::Keeper, &format!("/merges/{merge}/undo"), &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A time between what was done so far and what comes.
fn later(register: &Register) -> Timestamp {
    let now = register.pass(60);
    register.pass(60);
    now
}

/// The names of the hosts that a query finds, by name.
async fn found(register: &Register, query: &str, as_of: &str) -> Vec<String> {
    let page = register.read(Caller::Keeper, &format!("/cis?class=host&{query}{as_of}")).await;
    page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

async fn item(register: &Register, id: &str) -> Value {
    register.read(Caller::Keeper, &format!("/cis/{id}")).await
}

async fn asset(register: &Register, name: &str) -> String {
    let body = json!({"class": "physical_server", "name": name, "organisation_id": register.root,
        "attributes": {"asset_tag": "A-1001"}});
    register.create(&body).await
}

/// The old row of a machine, whose agent is silent, and the new one that its new agent reports as; the new is part of
/// the old, and is called as its new agent calls it, who alone is heard.
async fn set_up_anew(register: &Register) -> (Ci, Ci, String) {
    let old = register.estate().host(register.root, "db-1", &[]);
    register.pass(1);
    let list = [("deb", "openssl", "3.0.2-1", "amd64"), ("deb", "telnet", "0.17-1", "amd64")];
    register.estate().packages(old, &list);
    register.estate().section(old, "software", Some(&json!({})), None);
    register.pass(2 * DAY);
    let new = register.estate().host(register.root, "db-2", &[]);
    register.pass(1);
    register.estate().packages(new, &[("deb", "openssl", "3.0.15-1", "amd64")]);
    register.estate().section(new, "software", Some(&json!({})), None);
    let merge = merge(register, &old.id.to_string(), &new.id.to_string()).await;
    (old, new, merge)
}

#[test]
fn an_item_entered_by_hand_is_observed_once_the_host_that_an_agent_reports_as_is_part_of_it() {
    on_both(async |register| {
        let entered = asset(register, "asset").await;
        let host = register.estate().host(register.root, "web-1", &[]);
        assert_eq!(item(register, &entered).await["observation"]["state"], "unobserved");
        let merge = merge(register, &entered, &host.id.to_string()).await;

        let one = item(register, &entered).await;
        assert_eq!(one["observation"]["state"], "live", "{:?} {one}", register.backend);
        assert_eq!(one["observation"]["last_seen"], register.clock.now().to_string(), "{one}");
        assert!(one["agent"]["id"].is_string(), "{one}");
        assert_eq!(found(register, "q=observation:live", "").await, ["asset"], "{:?}", register.backend);
        assert_eq!(found(register, "q=seen:%3C1h", "").await, ["asset"], "{:?}", register.backend);
        assert_eq!(found(register, "observation=unobserved", "").await, Vec::<String>::new());
        register.pass(2 * DAY);
        assert_eq!(item(register, &entered).await["observation"]["state"], "silent", "{:?}", register.backend);
        let silence = register.read(Caller::Keeper, &format!("/cis/{entered}/silence")).await;
        assert_eq!(silence["silence"]["verdict"], "probably_gone", "{:?} {silence}", register.backend);

        undo(register, &merge).await;
        assert_eq!(item(register, &entered).await["observation"]["state"], "unobserved", "{:?}", register.backend);
        assert_eq!(found(register, "observation=silent", "").await, ["web-1"], "{:?}", register.backend);
    });
}

#[test]
fn of_several_agents_of_an_item_the_one_that_is_heard_tells_whether_it_is_live() {
    on_both(async |register| {
        let (old, new, _) = set_up_anew(register).await;
        let (agent, other) = (|one: &Value| one["agent"]["id"].clone(), item(register, &new.id.to_string()).await);
        let one = item(register, &old.id.to_string()).await;
        assert_eq!(one["observation"]["state"], "live", "{:?} {one}", register.backend);
        assert_eq!(agent(&one), agent(&other), "either id leads to the same item");
        let live = agent(&one);
        register.pass(2 * DAY);
        assert_eq!(item(register, &old.id.to_string()).await["observation"]["state"], "silent");
        register.estate().heard(old);
        let one = item(register, &old.id.to_string()).await;
        assert_eq!(one["observation"]["state"], "live", "{:?} {one}", register.backend);
        assert_ne!(agent(&one), live, "the old agent is the one that is heard now");
        let newest_first: Vec<String> = found(register, "sort=-last_seen", "").await;
        assert_eq!(newest_first, ["db-2"], "{:?}", register.backend);
    });
}

#[test]
fn what_is_installed_is_what_the_latest_of_its_lists_says() {
    on_both(async |register| {
        let (old, _, merge) = set_up_anew(register).await;
        let merged_at = later(register);
        let openssl = register.read(Caller::Keeper, "/software?q=openssl").await["items"][0].clone();
        assert_eq!((&openssl["hosts"], &openssl["versions"]), (&json!(1), &json!(1)), "{:?}", register.backend);
        assert_eq!(register.read(Caller::Keeper, "/software?q=telnet").await["total"], 0, "{:?}", register.backend);
        let path = format!("/software/{}/installations", openssl["id"]);
        let on = register.read(Caller::Keeper, &path).await;
        assert_eq!((&on["total"], &on["items"][0]["ci"]["name"]), (&json!(1), &json!("db-2")), "{on}");
        assert_eq!(on["items"][0]["ci"]["id"], old.id.to_string(), "{on}");
        assert_eq!(on["items"][0]["version"], "3.0.15-1", "{on}");
        let older = encoded("software:openssl<3.0.7");
        let newer = encoded("software:openssl>=3.0.7");
        assert_eq!(found(register, &format!("q={older}"), "").await, Vec::<String>::new(), "{:?}", register.backend);
        assert_eq!(found(register, &format!("q={newer}"), "").await, ["db-2"], "{:?}", register.backend);

        undo(register, &merge).await;
        register.pass(60);
        assert_eq!(found(register, &format!("q={older}"), "").await, ["db-1"], "{:?}", register.backend);
        assert_eq!(found(register, &format!("q={newer}"), "").await, ["db-2"], "{:?}", register.backend);
        let then = format!("&as_of={merged_at}");
        assert_eq!(found(register, &format!("q={older}"), &then).await, Vec::<String>::new(), "{:?}", register.backend);
        assert_eq!(found(register, &format!("q={newer}"), &then).await, ["db-1"], "{:?}", register.backend);
        let on = register.read(Caller::Keeper, &format!("{path}?as_of={merged_at}")).await;
        assert_eq!((&on["total"], &on["items"][0]["ci"]["name"]), (&json!(1), &json!("db-1")), "{on}");
        let telnet = register.read(Caller::Keeper, &format!("/software?q=telnet&as_of={merged_at}")).await;
        assert_eq!(telnet["total"], 0, "{:?}", register.backend);
        assert_eq!(register.read(Caller::Keeper, "/software?q=telnet").await["items"][0]["hosts"], 1);
    });
}

#[test]
fn filters_find_what_was_part_of_an_item_at_the_time_by_what_it_said() {
    on_both(async |register| {
        let report = computer("pc-1-2026", "pc-1", "ABC123", "");
        let answer = register.upload(Caller::Keeper, "/imports", report.as_bytes(), &[]).await;
        let reported = answer.json()["items"][0]["ci_id"].as_str().unwrap().to_owned();
        let (middle, entered) = (asset(register, "middle").await, asset(register, "asset").await);
        let apart = later(register);
        let merges = [merge(register, &middle, &reported).await, merge(register, &entered, &middle).await];
        let one = later(register);
        undo(register, &merges[1]).await;
        let two = later(register);
        undo(register, &merges[0]).await;
        register.pass(60);
        let queries = [
            "q=serial:abc123",
            "q=serial:abc*",
            "q=address:192.0.2.0/24",
            "q=mac:ac:1f:6b:00:11:22",
            "q=abc123",
            "q=software:bash",
            "attr.serial_number=ABC123",
            "q=vendor:dell*",
        ];
        index(register);
        for query in queries {
            let mut seen = Vec::new();
            for at in [Some(apart), Some(one), Some(two), None] {
                let as_of = at.map(|at| format!("&as_of={at}")).unwrap_or_default();
                seen.push(found(register, query, &as_of).await);
            }
            assert_eq!(seen, [["pc-1"], ["asset"], ["middle"], ["pc-1"]], "{:?} {query}", register.backend);
        }
        let merges = [merge(register, &middle, &reported).await, merge(register, &entered, &middle).await];
        index(register);
        for query in queries {
            assert_eq!(found(register, query, "").await, ["asset"], "{:?} {query}", register.backend);
        }
        for merge in merges.iter().rev() {
            undo(register, merge).await;
        }
    });
}

#[test]
fn a_relation_that_several_rows_of_an_item_have_is_told_of_once_with_all_that_was_seen_of_it() {
    on_both(async |register| {
        let estate = register.estate();
        let [web, db, other] = ["web", "db", "db-new"].map(|name| estate.host(register.root, name, &[]));
        estate.related((web, "uses", db), Some(&[5432]));
        estate.related((web, "uses", other), Some(&[6432]));
        estate.related((db, "uses", other), Some(&[22]));
        let apart = later(register);
        let merge = merge(register, &db.id.to_string(), &other.id.to_string()).await;
        for (id, names) in [(web.id, vec!["db"]), (db.id, vec!["web"])] {
            let page = register.read(Caller::Keeper, &format!("/cis/{id}/relations")).await;
            let relations = page["items"].as_array().unwrap();
            let others: Vec<&str> = relations.iter().map(|one| one["other"]["name"].as_str().unwrap()).collect();
            assert_eq!(others, names, "{:?} {page}", register.backend);
            assert_eq!(relations[0]["evidence"]["ports"], json!([5432, 6432]), "{page}");
            assert_eq!(item(register, &id.to_string()).await["counts"]["relations"], 1, "{:?}", register.backend);
        }
        let then = register.read(Caller::Keeper, &format!("/cis/{}/relations?as_of={apart}", web.id)).await;
        assert_eq!(then["items"].as_array().unwrap().len(), 2, "{:?} {then}", register.backend);
        undo(register, &merge).await;
        let page = register.read(Caller::Keeper, &format!("/cis/{}/relations", db.id)).await;
        assert_eq!(page["items"].as_array().unwrap().len(), 2, "{:?} {page}", register.backend);
    });
}
