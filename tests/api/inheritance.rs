//! What items take over from what contains them, over HTTP.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::inheritance::job;
use terrier_server::store::column::Key16;
use terrier_server::store::schema::{cmdb_ci, cmdb_inheritance_change, cmdb_value};
use terrier_server::store::{Conn, StoreError};
use uuid::Uuid;

use super::search::listed;
use crate::harness::estate::Ci;
use crate::harness::register::{Answer, Caller, Register, on_both};

/// Lets the job work off what is to be looked at.
pub(super) fn settle(register: &Register) {
    job::drain(register.store(), &register.clock).unwrap();
}

/// An item that a person makes.
pub(super) async fn item(register: &Register, body: &Value) -> Ci {
    let id: Uuid = register.create(body).await.parse().unwrap();
    let key = |conn: &mut Conn| {
        Ok::<_, StoreError>(cmdb_ci::table.filter(cmdb_ci::id.eq(Key16(id))).select(cmdb_ci::key).first(conn)?)
    };
    Ci { key: register.store().read_blocking(key).unwrap(), id }
}

/// A person says something of an item, or takes it back with null.
pub(super) async fn say(register: &Register, ci: Ci, body: &Value) -> Answer {
    let path = format!("/cis/{}", ci.id);
    let etag = register.get(Caller::Keeper, &path).await.etag.unwrap();
    register.change(Method::PATCH, (Caller::Keeper, &path), &etag, body).await
}

async fn read(register: &Register, caller: Caller, ci: Ci) -> Value {
    register.read(caller, &format!("/cis/{}", ci.id)).await
}

/// The owner that is shown, and by name from where it is inherited.
pub(super) async fn owner(register: &Register, ci: Ci) -> (Value, Value) {
    let detail = read(register, Caller::Keeper, ci).await;
    let said =
        detail["values"].as_array().unwrap().iter().find(|one| one["attribute"] == "owner" && one["shown"] == true);
    let from = said.map_or(Value::Null, |one| one["inherited_from"]["name"].clone());
    let is_inherited = detail["inherited"].as_array().unwrap().contains(&json!("owner"));
    assert_eq!(is_inherited, said.is_some_and(|one| one["source"] == "inherited"));
    (detail["owner"].clone(), from)
}

async fn account(register: &Register, caller: Caller, ci: Ci, attribute: &str) -> Value {
    let list = register.read(caller, &format!("/cis/{}/values", ci.id)).await;
    list["items"].as_array().unwrap().iter().find(|one| one["attribute"] == attribute).unwrap().clone()
}

/// A site with a room with a rack with a server with a filesystem: the site's owner is `facility`.
pub(super) async fn building(register: &Register) -> [Ci; 5] {
    let site = item(register, &json!({"class": "site", "name": "Seoul", "owner": "facility"})).await;
    let room = item(register, &json!({"class": "room", "name": "room-1"})).await;
    let rack = item(register, &json!({"class": "rack", "name": "rack-3"})).await;
    let server = register.estate().host(register.root, "web-1", &[]);
    let disk = register.estate().dependent(server, "filesystem", "/srv");
    for (inner, outer) in [(server, rack), (rack, room), (room, site)] {
        register.estate().related((inner, "located_in", outer), None);
    }
    [site, room, rack, server, disk]
}

pub(super) fn waiting(register: &Register) -> i64 {
    let count = |conn: &mut Conn| Ok::<_, StoreError>(cmdb_inheritance_change::table.count().get_result(conn)?);
    register.store().read_blocking(count).unwrap()
}

#[test]
fn an_item_shows_what_the_nearest_container_says_of_itself() {
    on_both(async |register| {
        let [site, _, rack, server, disk] = building(register).await;
        assert_eq!(owner(register, disk).await, (Value::Null, Value::Null));
        settle(register);
        assert_eq!(owner(register, disk).await, (json!("facility"), json!("Seoul")), "{:?}", register.backend);
        assert_eq!(owner(register, site).await, (json!("facility"), Value::Null));
        register.pass(1);
        assert_eq!(say(register, rack, &json!({"owner": "hosting", "criticality": 2})).await.status, 200);
        settle(register);
        assert_eq!(owner(register, disk).await, (json!("hosting"), json!("rack-3")));
        assert_eq!(read(register, Caller::Keeper, server).await["criticality"], 2);
        let told = account(register, Caller::Keeper, disk, "owner").await;
        assert_eq!((&told["rule"], &told["ambiguous"]), (&json!("inherited"), &json!(false)));
        assert_eq!(told["statements"][0]["inherited_from"]["name"], "rack-3");
        assert_eq!(listed(register, Caller::Keeper, "owner:hosting class:filesystem").await, ["/srv"]);
        assert_eq!(listed(register, Caller::Keeper, "owner:none").await, [""; 0]);
        let page = register.read(Caller::Keeper, "/cis?class=filesystem").await;
        assert_eq!(page["items"][0]["inherited"], json!(["criticality", "owner"]));
    });
}

#[test]
fn what_is_said_of_the_item_goes_before_what_it_inherits_and_taking_it_back_returns_to_that() {
    on_both(async |register| {
        let [site, .., server, disk] = building(register).await;
        settle(register);
        let version = read(register, Caller::Keeper, server).await["version"].clone();
        assert_eq!(version, 1, "what an item inherits is no change of the item by people");
        let before = say(register, server, &json!({"owner": "shop"})).await;
        assert_eq!(before.json()["owner"], "shop");
        settle(register);
        assert_eq!(owner(register, disk).await, (json!("shop"), json!("web-1")));
        let back = say(register, server, &json!({"owner": null})).await;
        assert_eq!(back.json()["owner"], "facility", "without waiting for the job");
        settle(register);
        assert_eq!(owner(register, disk).await, (json!("facility"), json!("Seoul")));
        // An import that has not been heard of for a year still says something of the item itself.
        let revision = register.estate().revision(server.key, register.clock.now());
        register.estate().says_as("import", (server.key, revision, register.clock.now()), "owner", &json!("sheet"));
        register.estate().mentioned("import", server);
        register.pass(366 * 24 * 3600);
        terrier_server::cmdb::upkeep::turn(register.store(), &register.clock).await.unwrap();
        settle(register);
        assert_eq!(owner(register, server).await, (json!("sheet"), Value::Null));
        assert_eq!(owner(register, disk).await, (json!("sheet"), json!("web-1")));
        assert_eq!(say(register, site, &json!({"owner": null})).await.status, 200);
        settle(register);
        assert_eq!(listed(register, Caller::Keeper, "owner:none").await, ["Seoul", "rack-3", "room-1"]);
    });
}

#[test]
fn what_is_moved_inherits_from_where_it_is_now_and_what_stood_there_then_is_kept() {
    on_both(async |register| {
        let estate = register.estate();
        let [site, room, .., disk] = building(register).await;
        let other = item(register, &json!({"class": "site", "name": "Busan", "owner": "harbour"})).await;
        settle(register);
        let then = register.pass(60);
        register.pass(60);
        let relation = |register: &Register| {
            let of = move |conn: &mut Conn| {
                use terrier_server::store::schema::cmdb_relation as rel;
                let open = rel::source_key.eq(room.key).and(rel::valid_to.is_null());
                Ok::<_, StoreError>(rel::table.filter(open).select(rel::key).first::<i64>(conn)?)
            };
            register.store().read_blocking(of).unwrap()
        };
        estate.unrelated(room, relation(register));
        estate.related((room, "located_in", other), None);
        settle(register);
        assert_eq!(owner(register, disk).await, (json!("harbour"), json!("Busan")), "{:?}", register.backend);
        let past = register.read(Caller::Keeper, &format!("/cis/{}?as_of={then}", disk.id)).await;
        assert_eq!((&past["owner"], &past["inherited"]), (&json!("facility"), &json!(["owner"])));
        let said = past["values"].as_array().unwrap().iter().find(|one| one["attribute"] == "owner").unwrap();
        assert_eq!(said["inherited_from"]["name"], "Seoul");
        let names = |page: &Value| page["items"].as_array().unwrap().len();
        let asked = register.read(Caller::Keeper, &format!("/cis?q=owner:facility&as_of={then}")).await;
        assert_eq!(names(&asked), 5);
        assert_eq!(names(&register.read(Caller::Keeper, "/cis?q=owner:facility").await), 1);
        register.pass(60);
        estate.unrelated(room, relation(register));
        settle(register);
        assert_eq!(owner(register, disk).await, (Value::Null, Value::Null));
        let history = register.read(Caller::Keeper, &format!("/cis/{}/history", disk.id)).await;
        let owners = history["items"].as_array().unwrap().iter().filter(|one| one["subject"] == "owner");
        let owners: Vec<_> =
            owners.map(|one| (one["change"].clone(), one["after"].clone(), one["source"].clone())).collect();
        let told = |change: &str, after: Value| (json!(change), after, json!("inherited"));
        let expected =
            [told("removed", Value::Null), told("changed", json!("harbour")), told("added", json!("facility"))];
        assert_eq!(owners, expected);
        assert_eq!(owner(register, site).await.0, "facility");
    });
}

#[test]
fn what_is_part_of_each_other_keeps_no_value_alive_that_nobody_says() {
    on_both(async |register| {
        let one = item(register, &json!({"class": "component", "name": "one", "owner": "Kim"})).await;
        let two = item(register, &json!({"class": "component", "name": "two"})).await;
        let three = item(register, &json!({"class": "component", "name": "three"})).await;
        for (inner, outer) in [(one, two), (two, three), (three, one)] {
            register.estate().related((inner, "part_of", outer), None);
        }
        settle(register);
        assert_eq!(owner(register, two).await, (json!("Kim"), json!("one")));
        assert_eq!(owner(register, three).await, (json!("Kim"), json!("one")));
        assert_eq!(owner(register, one).await, (json!("Kim"), Value::Null));
        say(register, one, &json!({"owner": null})).await;
        settle(register);
        assert_eq!(
            listed(register, Caller::Keeper, "owner:none").await,
            ["one", "three", "two"],
            "{:?}",
            register.backend
        );
    });
}

#[test]
fn nothing_is_inherited_from_nine_levels_above_nor_from_what_is_no_longer_used() {
    on_both(async |register| {
        let mut chain = vec![item(register, &json!({"class": "component", "name": "0", "owner": "Kim"})).await];
        for number in 1..=9 {
            let next = item(register, &json!({"class": "component", "name": number.to_string()})).await;
            register.estate().related((next, "part_of", *chain.last().unwrap()), None);
            chain.push(next);
        }
        settle(register);
        assert_eq!(owner(register, chain[8]).await.0, "Kim");
        assert_eq!(owner(register, chain[9]).await.0, Value::Null, "{:?}", register.backend);
        let path = format!("/cis/{}", chain[4].id);
        let etag = register.get(Caller::Keeper, &path).await.etag.unwrap();
        let retire = json!({"lifecycle": "retired", "reason": "replaced"});
        let retired =
            register.change(Method::POST, (Caller::Keeper, &format!("{path}/lifecycle")), &etag, &retire).await;
        assert_eq!(retired.status, 200, "{}", retired.text());
        settle(register);
        assert_eq!(owner(register, chain[4]).await.0, "Kim");
        assert_eq!(owner(register, chain[5]).await.0, Value::Null, "nothing comes through what is retired");
    });
}

#[test]
fn of_several_as_near_the_kind_of_containment_decides_and_where_those_are_alike_none_does() {
    on_both(async |register| {
        let estate = register.estate();
        let rack = item(register, &json!({"class": "rack", "name": "rack-3", "owner": "facility"})).await;
        let shop =
            item(register, &json!({"class": "application", "name": "shop", "owner": "shop", "environment": "test"}))
                .await;
        let host = estate.host(register.root, "web-1", &[]);
        estate.related((host, "located_in", rack), None);
        estate.related((host, "part_of", shop), None);
        settle(register);
        assert_eq!(owner(register, host).await, (json!("shop"), json!("shop")));
        let bank =
            item(register, &json!({"class": "application", "name": "bank", "owner": "bank", "environment": "test"}))
                .await;
        let relation = estate.related((host, "part_of", bank), None);
        settle(register);
        assert_eq!(owner(register, host).await, (Value::Null, Value::Null), "{:?}", register.backend);
        let told = account(register, Caller::Keeper, host, "owner").await;
        assert_eq!((&told["ambiguous"], &told["statements"]), (&json!(true), &json!([])));
        assert_eq!(read(register, Caller::Keeper, host).await["environment"], "test", "of this they say the same");
        estate.related((host, "member_of", bank), None);
        estate.unrelated(host, relation);
        settle(register);
        assert_eq!(owner(register, host).await, (json!("shop"), json!("shop")));
        assert_eq!(account(register, Caller::Keeper, host, "owner").await["ambiguous"], false);
    });
}

#[test]
fn two_that_are_one_contain_and_are_contained_as_one_until_they_are_two_again() {
    on_both(async |register| {
        let estate = register.estate();
        let rack = item(register, &json!({"class": "rack", "name": "rack-3", "owner": "facility"})).await;
        let kept = item(register, &json!({"class": "host", "name": "kept"})).await;
        let gone = item(register, &json!({"class": "host", "name": "gone", "environment": "test"})).await;
        let [of_kept, of_gone] =
            [("vm-1", kept), ("vm-2", gone)].map(|(name, host)| (estate.host(register.root, name, &[]), host));
        for (inner, outer) in [of_kept, of_gone] {
            estate.related((inner, "hosted_on", outer), None);
        }
        estate.related((gone, "located_in", rack), None);
        settle(register);
        assert_eq!(owner(register, of_gone.0).await.0, "facility");
        assert_eq!(owner(register, of_kept.0).await.0, Value::Null);
        let merge = json!({"with": gone.id.to_string(), "reason": "the same box"});
        let merged = register.post(Caller::Keeper, &format!("/cis/{}/merge", kept.id), &merge).await;
        assert_eq!(merged.status, 200, "{}", merged.text());
        settle(register);
        assert_eq!(owner(register, kept).await, (json!("facility"), json!("rack-3")), "{:?}", register.backend);
        for vm in [of_kept.0, of_gone.0] {
            let vm = read(register, Caller::Keeper, vm).await;
            assert_eq!((&vm["owner"], &vm["environment"]), (&json!("facility"), &json!("test")));
        }
        let open = |conn: &mut Conn| {
            let of_part = cmdb_value::ci_key.eq(gone.key).and(cmdb_value::source.eq("inherited"));
            let open = cmdb_value::table.filter(of_part.and(cmdb_value::valid_to.is_null()));
            Ok::<_, StoreError>(open.count().get_result::<i64>(conn)?)
        };
        assert_eq!(register.store().read_blocking(open).unwrap(), 0, "what an item inherits stands in its own row");
        let merge = merged.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let undone = register.post(Caller::Keeper, &format!("/merges/{merge}/undo"), &json!({"reason": "two"})).await;
        assert_eq!(undone.status, 200);
        settle(register);
        assert_eq!(owner(register, gone).await, (json!("facility"), json!("rack-3")));
        assert_eq!(owner(register, of_gone.0).await.0, "facility");
        for ci in [kept, of_kept.0] {
            assert_eq!(owner(register, ci).await.0, Value::Null);
        }
        assert_eq!(read(register, Caller::Keeper, of_kept.0).await["environment"], Value::Null);
    });
}

#[test]
fn a_container_out_of_scope_is_not_named() {
    on_both(async |register| {
        let rack = item(register, &json!({"class": "rack", "name": "secret", "owner": "facility"})).await;
        let host = register.estate().host(register.branch, "web-1", &[]);
        register.estate().related((host, "located_in", rack), None);
        settle(register);
        let named = read(register, Caller::Keeper, host).await;
        assert!(named["values"].to_string().contains("secret"));
        let read = read(register, Caller::BranchKeeper, host).await;
        assert_eq!((&read["owner"], &read["inherited"]), (&json!("facility"), &json!(["owner"])));
        assert!(!read.to_string().contains("secret"), "{read}");
        let told = account(register, Caller::BranchKeeper, host, "owner").await;
        assert_eq!((&told["rule"], &told["statements"][0]["inherited_from"]), (&json!("inherited"), &Value::Null));
    });
}

#[test]
fn an_administrator_says_what_is_passed_on() {
    on_both(async |register| {
        let change = async |register: &Register, (method, path): (Method, &str), body: Value| {
            let tag = register.get(Caller::Keeper, "/classes/ci").await.etag.unwrap();
            register.change(method, (Caller::Keeper, path), &tag, &body).await
        };
        let label = json!({"en": "Cost centre", "ko": "비용 부서"});
        let new = json!({"name": "cost_centre", "type": "text", "label": label});
        assert_eq!(change(register, (Method::POST, "/classes/ci/attributes"), new).await.status, 201);
        let rack =
            item(register, &json!({"class": "rack", "name": "rack-3", "attributes": {"cost_centre": "K-1"}})).await;
        let host = register.estate().host(register.root, "web-1", &[]);
        register.estate().related((host, "located_in", rack), None);
        settle(register);
        let centre =
            async |register: &Register| read(register, Caller::Keeper, host).await["attributes"]["cost_centre"].clone();
        assert_eq!(centre(register).await, Value::Null);
        let path = "/classes/ci/attributes/cost_centre";
        let answer = change(register, (Method::PATCH, path), json!({"passed_on": true})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        settle(register);
        assert_eq!(centre(register).await, "K-1");
        let twice = change(register, (Method::PATCH, path), json!({"rules": {"unique": "installation"}})).await;
        assert_eq!(twice.faults(), [("passed_on".to_owned(), "invalid".to_owned())]);
        let rules = json!({"rules": {"patterns": [{"regex": "L-[0-9]"}]}});
        let narrower = register.get(Caller::Keeper, "/classes/host").await.etag.unwrap();
        let at_hosts = (Caller::Keeper, "/classes/host/attributes/cost_centre");
        assert_eq!(register.change(Method::PATCH, at_hosts, &narrower, &rules).await.status, 200);
        settle(register);
        assert_eq!(centre(register).await, Value::Null, "no host can have it");
        assert_eq!(say(register, rack, &json!({"attributes": {"cost_centre": "L-2"}})).await.status, 200);
        settle(register);
        assert_eq!(centre(register).await, "L-2");
        let called = json!({"label": {"en": "Cost center", "ko": "비용 부서"}, "hidden": true});
        assert_eq!(change(register, (Method::PATCH, path), called).await.status, 200);
        assert_eq!(waiting(register), 0, "what it is called is no matter of what is inherited");
        assert_eq!(change(register, (Method::PATCH, path), json!({"passed_on": false})).await.status, 200);
        settle(register);
        assert_eq!(centre(register).await, Value::Null);
        let name = change(register, (Method::PATCH, "/classes/ci/attributes/name"), json!({"passed_on": true})).await;
        assert_eq!(name.faults(), [("passed_on".to_owned(), "invalid".to_owned())]);
        let owner =
            change(register, (Method::PATCH, "/classes/ci/attributes/owner"), json!({"passed_on": false})).await;
        assert_eq!(owner.status, 200, "of what is shipped, too: {}", owner.text());
    });
}

#[test]
fn nobody_speaks_as_what_is_inherited_nor_orders_nor_drops_it_but_it_can_be_left_unshown() {
    on_both(async |register| {
        let [.., server, disk] = building(register).await;
        settle(register);
        let bulk = json!({"source": "inherited", "items": [{"class": "host", "name": "x"}]});
        assert_eq!(register.post(Caller::Keeper, "/bulk", &bulk).await.status, 422);
        let order = json!({"class": "ci", "attribute": "owner", "sources": ["inherited", "person"]});
        let ordered = register.change(Method::PUT, (Caller::Keeper, "/source-orders"), "\"v1\"", &order).await;
        assert_eq!(ordered.faults(), [("sources".to_owned(), "invalid".to_owned())]);
        let reason = "?reason=why";
        for path in
            [format!("/sources/inherited/statements{reason}"), format!("/cis/{}/sources/inherited{reason}", server.id)]
        {
            let dropped = register.change(Method::DELETE, (Caller::Keeper, &path), "\"v1\"", &json!({})).await;
            assert_eq!(dropped.status, 422, "{path}: {}", dropped.text());
        }
        let off = json!({"enabled": false});
        let off = register.change(Method::PATCH, (Caller::Keeper, "/sources/inherited"), "\"v1\"", &off).await;
        assert_eq!(off.status, 200, "{}", off.text());
        settle(register);
        assert_eq!(owner(register, disk).await.0, Value::Null);
        let sources = register.read(Caller::Keeper, "/sources").await;
        let one = sources["items"].as_array().unwrap().iter().find(|one| one["name"] == "inherited").unwrap().clone();
        assert_eq!(
            (&one["can_go_stale"], &one["can_be_ordered"], &one["can_be_disabled"]),
            (&json!(false), &json!(false), &json!(true))
        );
    });
}

#[test]
fn health_counts_what_is_inherited_as_there() {
    on_both(async |register| {
        let [site, ..] = building(register).await;
        let missing =
            async |register: &Register| listed(register, Caller::Keeper, "missing:owner class:physical_server").await;
        assert_eq!(missing(register).await, ["web-1"]);
        settle(register);
        assert_eq!(missing(register).await, [""; 0]);
        assert_eq!(listed(register, Caller::Keeper, "health:owner class:physical_server").await, [""; 0]);
        say(register, site, &json!({"owner": null})).await;
        settle(register);
        assert_eq!(missing(register).await, ["web-1"], "{:?}", register.backend);
    });
}
