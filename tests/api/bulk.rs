//! Many items and relations in one call.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{
    audit_entry, cmdb_bulk_answer, cmdb_ci, cmdb_external_key, cmdb_relation, cmdb_revision, cmdb_value,
};

use super::class_definitions::{attribute, class};
use crate::harness::register::{Answer, Caller, Register, on_both};
use crate::harness::statements::Statements;

async fn bulk(register: &Register, body: &Value) -> Value {
    let answer = register.post(Caller::Keeper, "/bulk", body).await;
    assert_eq!(answer.status, 200, "{:?} {}", register.backend, answer.text());
    answer.json()
}

async fn keyed(register: &Register, key: &str, body: &Value) -> Answer {
    let headers = [("Idempotency-Key", key)];
    register.upload(Caller::Keeper, "/bulk", body.to_string().as_bytes(), &headers).await
}

fn outcomes(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["outcome"].as_str().unwrap()).collect()
}

fn fault(answer: &Value, index: usize) -> (&str, &str) {
    let fault = &answer["items"][index]["errors"][0];
    (fault["field"].as_str().unwrap_or("-"), fault["code"].as_str().unwrap_or("-"))
}

/// How many rows there are of what a call may write.
fn rows(register: &Register) -> [i64; 7] {
    register
        .store()
        .read_blocking::<_, StoreError>(|conn| {
            Ok([
                cmdb_ci::table.count().get_result(conn)?,
                cmdb_value::table.count().get_result(conn)?,
                cmdb_revision::table.count().get_result(conn)?,
                cmdb_relation::table.count().get_result(conn)?,
                cmdb_external_key::table.count().get_result(conn)?,
                cmdb_bulk_answer::table.count().get_result(conn)?,
                audit_entry::table.count().get_result(conn)?,
            ])
        })
        .unwrap()
}

fn printers(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| {
            json!({"ci": {"key": format!("p-{number}"), "class": "printer", "name": format!("printer-{number}"),
                "owner": "kim", "criticality": 1 + number % 4}})
        })
        .collect()
}

#[test]
fn items_and_their_relations_come_about_in_one_call_and_the_same_call_changes_nothing() {
    on_both(async |register| {
        let call = json!({"source": "import", "items": [
            {"ci": {"key": "app", "class": "application", "name": "Shop", "owner": "kim", "criticality": 1}},
            {"ci": {"key": "srv", "class": "physical_server", "name": "web-1", "attributes": {"serial_number": "S1"}}},
            {"relation": {"type": "runs_on", "source": {"item": 0}, "target": {"key": "srv"}}},
        ]});
        let dry = json!({"source": "import", "dry_run": true, "items": call["items"]});
        let before = rows(register);
        let preview = bulk(register, &dry).await;
        assert_eq!(outcomes(&preview), ["created", "created", "created"], "{preview}");
        assert_eq!((&preview["applied"], &preview["items"][0]["id"]), (&json!(false), &Value::Null));
        assert_eq!(rows(register), before, "a dry run writes nothing");

        let first = bulk(register, &call).await;
        assert_eq!(outcomes(&first), ["created", "created", "created"], "{first}");
        assert_eq!(first["totals"], json!({"created": 3, "updated": 0, "unchanged": 0, "refused": 0}));
        let shop = register.read(Caller::Keeper, &format!("/cis/{}", first["items"][0]["id"].as_str().unwrap())).await;
        assert_eq!((&shop["name"], &shop["owner"], &shop["criticality"]), (&json!("Shop"), &json!("kim"), &json!(1)));
        let relations =
            register.read(Caller::Keeper, &format!("/cis/{}/relations", shop["id"].as_str().unwrap())).await;
        assert_eq!(relations["items"][0]["other"]["name"], "web-1", "{relations}");
        assert_eq!(relations["items"][0]["origin"], "declared");
        let server = first["items"][1]["id"].as_str().unwrap();
        let values = register.read(Caller::Keeper, &format!("/cis/{server}/values")).await;
        assert!(values.to_string().contains("\"import\""), "{values}");

        register.pass(60);
        let after = rows(register);
        let second = bulk(register, &call).await;
        assert_eq!(outcomes(&second), ["unchanged", "unchanged", "unchanged"], "{second}");
        assert_eq!(second["items"][0]["id"], first["items"][0]["id"]);
        assert_eq!(rows(register), after, "the same call again writes no history");
    });
}

#[test]
fn an_item_that_is_refused_says_why_and_keeps_no_other_from_being_done() {
    on_both(async |register| {
        let long = "x".repeat(300);
        let call = json!({"items": [
            {"ci": {"class": "printer", "name": "good"}},
            {"ci": {"class": "submarine", "name": "x"}},
            {"ci": {"class": "printer"}},
            {"ci": {"class": "printer", "name": "x", "criticality": 9}},
            {"ci": {"class": "printer", "name": "x", "attributes": {"wings": 2}}},
            {"ci": {"class": "printer", "name": "x", "colour": "red"}},
            {"ci": {"key": long, "class": "printer", "name": "x"}},
            {"ci": {"id": "0192f0c1-2345-7000-8000-0123456789ab", "name": "x"}},
            {"relation": {"type": "runs_on", "source": {"item": 1}, "target": {"item": 0}}},
            {"relation": {"type": "loves", "source": {"item": 0}, "target": {"item": 0}}},
            {"relation": {"type": "runs_on", "source": {"item": 0}, "target": {"item": 99}}},
            {"ci": {"key": "a\u{0}b", "class": "printer", "name": "x"}},
        ]});
        let answer = bulk(register, &call).await;
        assert_eq!(outcomes(&answer)[0], "created");
        assert_eq!(answer["totals"]["refused"], 11, "{answer}");
        let faults: Vec<_> = (1..12).map(|index| fault(&answer, index)).collect();
        assert_eq!(
            faults,
            [
                ("class", "unknown"),
                ("name", "required"),
                ("criticality", "out_of_range"),
                ("attributes.wings", "unknown"),
                ("colour", "malformed"),
                ("key", "too_long"),
                ("id", "unknown"),
                ("source.item", "refused"),
                ("type", "unknown"),
                ("target.item", "unknown"),
                ("key", "invalid"),
            ],
            "{answer}"
        );
        assert_eq!(answer["items"][6]["errors"][0]["limit"], 255);
        assert_eq!(answer["items"][3]["errors"][0]["limit"], 4);
        assert_eq!(rows(register)[0], 1);
    });
}

#[test]
fn an_atomic_call_is_done_as_a_whole_or_not_at_all() {
    on_both(async |register| {
        let mut items = printers(3);
        items.push(json!({"ci": {"class": "printer"}}));
        let before = rows(register);
        let refused = bulk(register, &json!({"atomic": true, "items": items})).await;
        assert_eq!((&refused["applied"], &refused["totals"]["refused"]), (&json!(false), &json!(1)));
        assert_eq!(refused["items"][0]["id"], Value::Null, "what was tried has no identity");
        assert_eq!(rows(register), before);
        items.pop();
        let done = bulk(register, &json!({"atomic": true, "items": items})).await;
        assert_eq!((&done["applied"], &done["totals"]["created"]), (&json!(true), &json!(3)));
    });
}

#[test]
fn a_call_under_a_key_is_carried_out_once_within_a_day() {
    on_both(async |register| {
        let call = json!({"items": [{"ci": {"class": "printer", "name": "one"}}]});
        let first = keyed(register, "k-1", &call).await.json();
        let after = rows(register);
        let second = keyed(register, "k-1", &call).await.json();
        assert_eq!(first, second);
        assert_eq!(rows(register), after);
        let other = json!({"items": [{"ci": {"class": "printer", "name": "two"}}]});
        assert_eq!(keyed(register, "k-1", &other).await.code(), "conflict");
        let stranger = register
            .upload(Caller::BranchKeeper, "/bulk", other.to_string().as_bytes(), &[("Idempotency-Key", "k-1")])
            .await;
        assert_eq!(stranger.status, 200, "a key is its caller's: {}", stranger.text());
        register.pass(25 * 3_600);
        let third = keyed(register, "k-1", &other).await.json();
        assert_eq!(outcomes(&third), ["created"], "after a day it is forgotten");
    });
}

#[test]
fn changes_are_those_that_any_other_way_would_make_and_keep_to_the_order_of_sources() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "p", "owner": "kim"})).await;
        register.pass(5);
        let said = bulk(
            register,
            &json!({"source": "import", "items": [
            {"ci": {"id": id, "key": "p", "owner": "lee", "environment": "test"}}]}),
        )
        .await;
        assert_eq!(outcomes(&said), ["updated"], "{said}");
        let ci = register.read(Caller::Keeper, &format!("/cis/{id}")).await;
        assert_eq!((&ci["owner"], &ci["environment"]), (&json!("kim"), &json!("test")), "people are asked first");
        register.pass(5);
        let person = bulk(register, &json!({"items": [{"ci": {"id": id, "owner": null}}]})).await;
        assert_eq!(outcomes(&person), ["updated"], "{person}");
        let ci = register.read(Caller::Keeper, &format!("/cis/{id}")).await;
        assert_eq!(ci["owner"], "lee", "what people withdraw leaves what the import says");
        let back = bulk(register, &json!({"items": [{"ci": {"id": id, "name": null}}]})).await;
        let answer = back["items"][0].to_string();
        assert!(answer.contains("required") || outcomes(&back) == ["refused"], "nobody would name it: {back}");
        for source in ["agent", "person", "glpi_inventory", "nobody"] {
            let answer =
                register.post(Caller::Keeper, "/bulk", &json!({"source": source, "items": [{"ci": {"id": id}}]})).await;
            assert_eq!(answer.faults()[0].0, "source", "{source}");
        }
    });
}

#[test]
fn a_list_that_comes_back_says_only_what_differs() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web-1", &[("serial_number", json!("S1"))]);
        let item = json!({"ci": {"id": host.id.to_string(), "name": "web-1", "attributes": {"serial_number": "S1"}}});
        let same = bulk(register, &json!({"differences_only": true, "items": [item]})).await;
        assert_eq!(outcomes(&same), ["unchanged"], "{same}");
        let said = bulk(register, &json!({"items": [item]})).await;
        assert_eq!(outcomes(&said), ["updated"], "without it people say so, too: {said}");
    });
}

#[test]
fn an_item_is_found_by_a_value_and_has_the_key_from_then_on() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web-1", &[("serial_number", json!("S1"))]);
        let call = |owner: &str| {
            json!({"source": "import", "items": [{"ci": {"key": "asset-7", "match_on": "serial_number", "class": "host",
                "name": "web-1", "owner": owner, "attributes": {"serial_number": "S1"}}}]})
        };
        let first = bulk(register, &call("kim")).await;
        assert_eq!((outcomes(&first)[0], &first["items"][0]["id"]), ("updated", &json!(host.id.to_string())));
        let moved = json!({"source": "import", "items": [{"ci": {"key": "asset-7", "owner": "lee"}}]});
        let second = bulk(register, &moved).await;
        assert_eq!(second["items"][0]["id"], json!(host.id.to_string()), "{second}");
        register.estate().host(register.root, "web-2", &[("serial_number", json!("S1"))]);
        let third = json!({"source": "import", "items": [{"ci": {"match_on": "serial_number", "class": "host",
            "name": "x", "attributes": {"serial_number": "S1"}}}]});
        assert_eq!(fault(&bulk(register, &third).await, 0), ("match_on", "ambiguous"));
    });
}

#[test]
fn what_is_out_of_scope_answers_like_what_is_not_there() {
    on_both(async |register| {
        let items = json!([{"ci": {"key": "x", "class": "printer", "name": "theirs"}}]);
        let theirs = register.post(Caller::SubsidiaryKeeper, "/bulk", &json!({"items": items})).await.json();
        let id = theirs["items"][0]["id"].as_str().unwrap();
        let ours = register.post(Caller::BranchKeeper, "/bulk", &json!({"items": items})).await.json();
        assert_eq!(outcomes(&ours), ["created"], "a key of others is free: {ours}");
        let nowhere = "0192f0c1-2345-7000-8000-0123456789ab";
        for wanted in [id, nowhere] {
            let call = json!({"items": [
                {"ci": {"id": wanted, "owner": "me"}},
                {"relation": {"type": "runs_on", "source": {"key": "x"}, "target": {"id": wanted}}},
                {"ci": {"class": "printer", "name": "n", "organisation_id": register.subsidiary.to_string()}},
            ]});
            let answer = register.post(Caller::BranchKeeper, "/bulk", &call).await.json();
            assert_eq!(fault(&answer, 0), ("id", "unknown"));
            assert_eq!(fault(&answer, 1), ("target.id", "unknown"));
            assert_eq!(fault(&answer, 2), ("organisation_id", "unknown"));
        }
        assert_eq!(register.post(Caller::Reader, "/bulk", &json!({"items": items})).await.code(), "forbidden");
    });
}

#[test]
fn relations_end_and_those_that_agents_see_do_not() {
    on_both(async |register| {
        let estate = register.estate();
        let (left, right) = (estate.host(register.root, "left", &[]), estate.host(register.root, "right", &[]));
        estate.related((left, "uses", right), None);
        let sides = json!({"source": {"id": left.id.to_string()}, "target": {"name": "right", "class": "host"}});
        let of = |kind: &str| json!({"type": kind, "source": sides["source"], "target": sides["target"]});
        register.pass(60);
        let joined = bulk(register, &json!({"items": [{"relation": of("depends_on")}]})).await;
        assert_eq!(outcomes(&joined), ["created"], "{joined}");
        register.pass(60);
        let ends = json!({"items": [{"relation_end": of("depends_on")}, {"relation_end": of("uses")}]});
        let parted = bulk(register, &ends).await;
        assert_eq!(outcomes(&parted), ["updated", "refused"], "{parted}");
        assert_eq!(fault(&parted, 1), ("type", "observed"));
        let again = bulk(register, &json!({"items": [{"relation_end": of("depends_on")}]})).await;
        assert_eq!(outcomes(&again), ["unchanged"]);
    });
}

#[test]
fn what_has_to_be_unique_stays_so_within_a_call_and_against_what_is_there() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        attribute(register, "gadget", "tag", "text", json!({"unique": "installation"})).await;
        let tagged =
            |name: &str, tag: &str| json!({"ci": {"class": "gadget", "name": name, "attributes": {"tag": tag}}});
        let answer = bulk(register, &json!({"items": [tagged("a", "T1"), tagged("b", "T1"), tagged("c", "T2")]})).await;
        assert_eq!(outcomes(&answer), ["created", "refused", "created"], "{answer}");
        assert_eq!(fault(&answer, 1), ("attributes.tag", "taken"));
        let answer = bulk(register, &json!({"items": [tagged("d", "T2")]})).await;
        assert_eq!(fault(&answer, 0), ("attributes.tag", "taken"));
    });
}

#[test]
fn a_call_that_is_too_large_or_no_call_is_refused_as_a_whole() {
    on_both(async |register| {
        let many = json!({"items": vec![json!({}); 10_001]});
        let answer = register.post(Caller::Keeper, "/bulk", &many).await;
        assert_eq!(answer.faults(), [("items".to_owned(), "too_long".to_owned())]);
        assert_eq!(answer.json()["errors"][0]["limit"], 10_000);
        for wrong in ["", "[]", "{\"items\": 1}", "{\"items\": [], \"x\": 1}", "{\"items\": [{}]} more"] {
            let answer = register.upload(Caller::Keeper, "/bulk", wrong.as_bytes(), &[]).await;
            assert_eq!(answer.code(), "malformed_request", "{wrong}");
        }
        let none = register.post(Caller::Keeper, "/bulk", &json!({"items": []})).await;
        assert_eq!(none.faults(), [("items".to_owned(), "required".to_owned())]);
        let bytes = vec![b' '; (32 << 20) + 1];
        assert_eq!(register.upload(Caller::Keeper, "/bulk", &bytes, &[]).await.code(), "payload_too_large");
    });
}

/// How many statements a call of so many items takes.
async fn statements(register: &Register, size: usize) -> usize {
    let counted = Statements::default();
    for _connection in 0..16 {
        register
            .store()
            .write_blocking::<_, StoreError>(|conn| {
                counted.watch(conn);
                Ok(())
            })
            .unwrap();
    }
    let before = counted.count();
    let answer = bulk(register, &json!({"source": "import", "items": printers(size)})).await;
    assert_eq!(answer["totals"]["refused"], 0, "{answer}");
    counted.count() - before
}

#[test]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn a_batch_costs_as_many_statements_however_many_items_are_in_it() {
    on_both(async |register| {
        let (ten, hundred) = (statements(register, 10).await, statements(register, 100).await);
        // Of these, a hundred are there already.
        let (again, full) = (statements(register, 100).await, statements(register, 500).await);
        let thousand = statements(register, 1_000).await;
        println!("{:?}: 10: {ten}, 100: {hundred}, again: {again}, 500: {full}, 1000: {thousand}", register.backend);
        assert!(ten > 5, "the counter counts: {ten}");
        assert!(hundred <= ten + 12, "{ten} {hundred}");
        assert!(again <= hundred && full <= hundred && thousand <= 2 * full, "{again} {full} {thousand}");
    });
}
