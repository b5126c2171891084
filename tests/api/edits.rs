//! The same said of many items at once: looked at before, carried out, stopped, taken back.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::bulk::edit::turn;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, cmdb_ci, cmdb_revision, cmdb_tag, cmdb_value};

use crate::harness::register::{Answer, Caller, Register, on_both, start};

/// An edit that must be prepared.
pub(super) async fn prepare(register: &Register, caller: Caller, body: &Value) -> Value {
    let answer = register.post(caller, "/cis/edits", body).await;
    assert_eq!(answer.status, 201, "{:?} {}", register.backend, answer.text());
    answer.json()
}

async fn order(register: &Register, caller: Caller, edit: &Value, action: &str) -> Answer {
    let path = format!("/cis/edits/{}/{action}", edit["id"].as_str().unwrap());
    register.post(caller, &path, &json!({})).await
}

/// Has it done and waits until it is; gives the edit.
async fn done(register: &Register, caller: Caller, edit: &Value, action: &str) -> Value {
    let answer = order(register, caller, edit, action).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    while turn::batch(register.store(), &register.clock).await.unwrap() {}
    again(register, edit).await
}

async fn again(register: &Register, edit: &Value) -> Value {
    register.read(Caller::Keeper, &format!("/cis/edits/{}", edit["id"].as_str().unwrap())).await
}

async fn items(register: &Register, edit: &Value, outcome: &str) -> Vec<Value> {
    register.walk(&format!("/cis/edits/{}/items?outcome={outcome}", edit["id"].as_str().unwrap()), 200).await
}

fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["ci"]["name"].as_str().unwrap()).collect()
}

async fn change(register: &Register, id: &str, body: &Value) {
    let etag = register.get(Caller::Keeper, &format!("/cis/{id}")).await.etag.unwrap();
    let answer = register.change(Method::PATCH, (Caller::Keeper, &format!("/cis/{id}")), &etag, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// How much there is of what an edit may write.
fn rows(register: &Register) -> [i64; 5] {
    let count = |conn: &mut terrier_server::store::Conn| {
        Ok::<_, StoreError>([
            cmdb_ci::table.select(diesel::dsl::sum(cmdb_ci::version)).get_result::<Option<i64>>(conn)?.unwrap_or(0),
            cmdb_value::table.count().get_result(conn)?,
            cmdb_revision::table.count().get_result(conn)?,
            cmdb_tag::table.count().get_result(conn)?,
            audit_entry::table.count().get_result(conn)?,
        ])
    };
    register.store().read_blocking(count).unwrap()
}

/// What is shown of everything, and what people say: item, attribute, value, whether it is shown.
fn standing(register: &Register) -> Vec<(i32, i32, String, String, bool)> {
    use cmdb_value as v;
    let read = |conn: &mut terrier_server::store::Conn| {
        let open = v::table.filter(v::valid_to.is_null()).order((v::ci_key, v::attribute_id, v::source));
        Ok::<_, StoreError>(open.select((v::ci_key, v::attribute_id, v::source, v::value, v::shown)).load(conn)?)
    };
    register.store().read_blocking(read).unwrap()
}

type Own = (String, Option<String>, Option<String>, Option<i32>, Option<String>, String);

/// What stands in the items' own rows.
fn own(register: &Register) -> Vec<Own> {
    use cmdb_ci as c;
    let columns = (c::name, c::owner, c::support_team, c::criticality, c::environment, c::lifecycle);
    let read = |conn: &mut terrier_server::store::Conn| {
        Ok::<_, StoreError>(c::table.order(c::key).select(columns).load(conn)?)
    };
    register.store().read_blocking(read).unwrap()
}

async fn printers(register: &Register, count: usize) {
    for from in (0..count).step_by(5_000) {
        let items: Vec<Value> = (from..count.min(from + 5_000))
            .map(|number| json!({"ci": {"class": "printer", "name": format!("p-{number:05}")}}))
            .collect();
        let answer = register.post(Caller::Keeper, "/bulk", &json!({"items": items})).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// Printers of which an edit would change two.
async fn five_printers(register: &Register) {
    let printer = async |body: Value| {
        let mut all = json!({"class": "printer"});
        all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        register.create(&all).await
    };
    printer(json!({"name": "a"})).await;
    printer(json!({"name": "b", "owner": "lee", "attributes": {"tags": ["old", "x"]}})).await;
    printer(json!({"name": "c", "owner": "kim", "attributes": {"tags": ["new"]}})).await;
    let retired = printer(json!({"name": "d"})).await;
    let body = json!({"lifecycle": "retired", "reason": "worn out"});
    let path = format!("/cis/{retired}/lifecycle");
    assert_eq!(register.change(Method::POST, (Caller::Keeper, &path), "\"v1\"", &body).await.status, 200);
    let pinned = printer(json!({"name": "e", "owner": "lee"})).await;
    let body = json!({"attribute": "owner", "source": "person", "reason": "agreed"});
    let path = format!("/cis/{pinned}/pins");
    let answer = register.change(Method::POST, (Caller::Keeper, &path), "\"v1\"", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_preview_says_of_each_item_what_would_become_of_it_and_writes_nothing() {
    on_both(async |register| {
        five_printers(register).await;
        let before = (rows(register), standing(register));

        let edit = prepare(
            register,
            Caller::Keeper,
            &json!({"filter": {"q": "class:printer"}, "changes": {
                "owner": {"set": "kim"}, "tags": {"add": ["NEW"], "remove": ["old"]}}}),
        )
        .await;
        assert_eq!((rows(register), standing(register)), before, "{:?}", register.backend);
        assert_eq!(edit["state"], "preview");
        let totals = &edit["totals"];
        assert_eq!(
            (&totals["items"], &totals["change"], &totals["same"], &totals["refused"]),
            (&json!(5), &json!(2), &json!(1), &json!(2)),
            "{edit}"
        );
        assert_eq!(edit["refusals"], json!([{"reason": "pinned", "cis": 1}, {"reason": "retired", "cis": 1}]));
        let changes = items(register, &edit, "change").await;
        assert_eq!(names(&changes), ["a", "b"]);
        assert_eq!(
            changes[1]["differences"],
            json!([{"attribute": "owner", "before": "lee", "after": "kim"},
                {"attribute": "tags", "before": ["old", "x"], "after": ["new", "x"]}])
        );
        assert_eq!(changes[0]["differences"][1]["before"], Value::Null);
        assert_eq!(names(&items(register, &edit, "same").await), ["c"]);
        let refused = items(register, &edit, "refused").await;
        assert_eq!(names(&refused), ["d", "e"]);
        assert_eq!(
            (&refused[1]["faults"][0]["field"], &refused[1]["faults"][0]["code"]),
            (&json!("owner"), &json!("pinned"))
        );
        let action = |name: &str| {
            edit["allowed_actions"].as_array().unwrap().iter().find(|one| one["action"] == name).unwrap().clone()
        };
        assert_eq!(action("apply")["allowed"], true);
        assert_eq!(
            (&action("undo")["allowed"], &action("undo")["reason"]),
            (&json!(false), &json!("not_in_this_state"))
        );
        assert_eq!(order(register, Caller::Keeper, &edit, "undo").await.code(), "rule_violated");
    });
}

#[test]
fn what_matches_is_changed_by_whoever_has_it_done_and_taken_back_as_if_nothing_had_been() {
    on_both(async |register| {
        printers(register, 1_203).await;
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        register.pass(60);
        let before = (own(register), standing(register));
        let body = json!({"filter": {}, "reason": "audit of 2026", "changes": {"owner": {"set": "kim"},
            "support_team": {"set": "ops"}, "criticality": {"set": 2}, "environment": {"set": "production"},
            "lifecycle": {"set": "maintenance"}, "tags": {"set": ["a", "b"]}}});
        let edit = prepare(register, Caller::Keeper, &body).await;
        assert_eq!((&edit["totals"]["items"], &edit["totals"]["change"]), (&json!(1_204), &json!(1_204)), "{edit}");
        let applied = done(register, Caller::Keeper, &edit, "apply").await;
        assert_eq!((&applied["state"], &applied["totals"]["changed"]), (&json!("applied"), &json!(1_204)), "{applied}");
        assert!(
            own(register)
                .iter()
                .all(|one| one.1.as_deref() == Some("kim") && one.3 == Some(2) && one.5 == "maintenance")
        );
        assert_eq!(rows(register)[3], 2 * 1_204, "each has its tags");
        let history = register.read(Caller::Keeper, &format!("/cis/{}/history", host.id)).await;
        let newest = &history["items"][0];
        assert_eq!((&newest["source"], &newest["said_by"]["name"]), (&json!("person"), &json!("Keeper")), "{newest}");
        let audit = register.read(Caller::Keeper, "/audit?limit=200").await;
        let actions: Vec<&str> =
            audit["items"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
        assert!(actions.contains(&"edit.started") && actions.contains(&"edit.applied"), "{actions:?}");

        register.pass(60);
        let undone = done(register, Caller::Keeper, &edit, "undo").await;
        assert_eq!((&undone["state"], &undone["totals"]["restored"]), (&json!("undone"), &json!(1_204)), "{undone}");
        let after = (own(register), standing(register));
        assert!(after == before, "{:?}: everything is as before", register.backend);
        assert_eq!(rows(register)[3], 0);
        assert_eq!(order(register, Caller::Keeper, &edit, "undo").await.code(), "rule_violated");
    });
}

#[test]
fn what_changed_meanwhile_is_refused_and_what_changed_since_is_not_put_back() {
    on_both(async |register| {
        let mut ids = Vec::new();
        for name in ["a", "b", "c", "d"] {
            ids.push(register.create(&json!({"class": "printer", "name": name, "owner": "lee"})).await);
        }
        let edit =
            prepare(register, Caller::Keeper, &json!({"ci_ids": ids, "changes": {"owner": {"set": "kim"}}})).await;
        register.pass(5);
        change(register, &ids[0], &json!({"owner": "park"})).await;
        change(register, &ids[1], &json!({"owner": "kim"})).await;
        change(register, &ids[2], &json!({"criticality": 1})).await;
        let applied = done(register, Caller::Keeper, &edit, "apply").await;
        let totals = &applied["totals"];
        assert_eq!(
            (&totals["changed"], &totals["same"], &totals["refused"]),
            (&json!(2), &json!(1), &json!(1)),
            "{applied}"
        );
        assert_eq!(applied["refusals"], json!([{"reason": "changed_since", "cis": 1}]));
        assert_eq!(names(&items(register, &edit, "refused").await), ["a"]);
        assert_eq!(
            register.read(Caller::Keeper, &format!("/cis/{}", ids[0])).await["owner"],
            "park",
            "not overwritten"
        );
        register.pass(5);
        change(register, &ids[2], &json!({"owner": "choi"})).await;
        let undone = done(register, Caller::Keeper, &edit, "undo").await;
        assert_eq!((&undone["totals"]["restored"], &undone["totals"]["kept"]), (&json!(1), &json!(1)));
        let kept = items(register, &edit, "kept").await;
        assert_eq!((names(&kept), &kept[0]["faults"][0]["code"]), (vec!["c"], &json!("changed_since")));
        let owner = async |id: &str| register.read(Caller::Keeper, &format!("/cis/{id}")).await["owner"].clone();
        assert_eq!((owner(&ids[2]).await, owner(&ids[3]).await), (json!("choi"), json!("lee")));
    });
}

#[test]
fn an_edit_stops_between_batches_and_goes_on_where_it_was_on_any_server() {
    on_both(async |register| {
        printers(register, 1_200).await;
        let edit = prepare(
            register,
            Caller::Keeper,
            &json!({"filter": {"class": ["printer"]}, "changes": {"owner": {"set": "kim"}}}),
        )
        .await;
        assert_eq!(order(register, Caller::Keeper, &edit, "apply").await.status, 200);
        assert!(turn::batch(register.store(), &register.clock).await.unwrap());
        let half = again(register, &edit).await;
        assert_eq!(
            (&half["state"], &half["done"], &half["totals"]["changed"]),
            (&json!("applying"), &json!(500), &json!(500))
        );
        let stopped = order(register, Caller::Keeper, &edit, "stop").await.json();
        assert_eq!((&stopped["state"], &stopped["totals"]["change"]), (&json!("stopped"), &json!(700)));
        assert!(!turn::batch(register.store(), &register.clock).await.unwrap(), "what is stopped does not go on");
        assert_eq!(order(register, Caller::Keeper, &edit, "apply").await.status, 200);
        // Another server knows of it what is in the database, and nothing else; two at once take turns.
        let (left, right) = (register.store().clone(), register.store().clone());
        let both = futures_util::future::join(turn::turn(&left, &register.clock), turn::turn(&right, &register.clock));
        let (left, right) = both.await;
        left.unwrap();
        right.unwrap();
        let applied = again(register, &edit).await;
        assert_eq!((&applied["state"], &applied["totals"]["changed"]), (&json!("applied"), &json!(1_200)));
        let of_edit = register.read(Caller::Keeper, "/cis?class=printer&q=owner:kim").await;
        assert_eq!(of_edit["total"], 1_200);
        let versions: Vec<i32> = register
            .store()
            .read_blocking::<_, StoreError>(|conn| Ok(cmdb_ci::table.select(cmdb_ci::version).distinct().load(conn)?))
            .unwrap();
        assert_eq!(versions, [2], "each was changed once");
    });
}

#[test]
fn each_refusal_says_its_reason() {
    on_both(async |register| {
        super::class_definitions::class(register, "van", "rack").await;
        super::class_definitions::attribute(register, "van", "plate", "text", json!({"unique": "installation"})).await;
        register.create(&json!({"class": "van", "name": "v1"})).await;
        register.create(&json!({"class": "van", "name": "v2"})).await;
        register.create(&json!({"class": "printer", "name": "p", "lifecycle": "planned"})).await;
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        let reasons = async |body: Value| {
            let edit = prepare(register, Caller::Keeper, &body).await;
            let one = |one: &Value| (one["reason"].as_str().unwrap().to_owned(), one["cis"].as_i64().unwrap());
            edit["refusals"].as_array().unwrap().iter().map(one).collect::<Vec<_>>()
        };
        let all = |changes: Value| json!({"filter": {}, "changes": changes});
        let expect =
            |pairs: &[(&str, i64)]| pairs.iter().map(|(why, cis)| ((*why).to_owned(), *cis)).collect::<Vec<_>>();
        assert_eq!(reasons(all(json!({"plate": {"set": "X"}}))).await, expect(&[("no_attribute", 2), ("taken", 1)]));
        assert_eq!(
            reasons(all(json!({"lifecycle": {"set": "maintenance"}}))).await,
            expect(&[("no_way_from_lifecycle", 1)])
        );
        assert_eq!(
            reasons(all(json!({"lifecycle": {"set": "retired"}}))).await,
            expect(&[("required", 4)]),
            "a reason is needed"
        );
        let of_host = |changes: Value| json!({"ci_ids": [host.id.to_string()], "changes": changes});
        assert_eq!(reasons(of_host(json!({"os_name": {"set": "BSD"}}))).await, expect(&[("outranked", 1)]));
        assert_eq!(reasons(of_host(json!({"os_name": {"clear": true}}))).await, expect(&[("said_by_others", 1)]));
        for (changes, field, code) in [
            (json!({}), "changes", "required"),
            (json!({"wings": {"set": 2}}), "changes.wings", "unknown"),
            (json!({"name": {"set": "x"}}), "changes.name", "invalid"),
            (json!({"owner": {"set": "x", "clear": true}}), "changes.owner", "invalid"),
            (json!({"owner": {}}), "changes.owner", "invalid"),
            (json!({"lifecycle": {"clear": true}}), "changes.lifecycle", "invalid"),
            (json!({"lifecycle": {"set": "lost"}}), "changes.lifecycle", "unknown"),
            (json!({"criticality": {"set": 9}}), "changes.criticality", "out_of_range"),
            (json!({"tags": {"add": ["x".repeat(65)]}}), "changes.tags", "too_long"),
            (json!({"tags": {"add": ["a"], "remove": ["A"]}}), "changes.tags", "invalid"),
            (json!({"owner": {"add": ["a"]}}), "changes.owner", "invalid"),
        ] {
            let answer = register.post(Caller::Keeper, "/cis/edits", &all(changes.clone())).await;
            assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code.to_owned())]), "{changes}");
        }
        let none = json!({"filter": {"q": "name:nothing"}, "changes": {"owner": {"clear": true}}});
        assert_eq!(
            register.post(Caller::Keeper, "/cis/edits", &none).await.faults(),
            [("filter".to_owned(), "required".to_owned())]
        );
        let ids: Vec<String> = (0..5_001).map(|_| host.id.to_string()).collect();
        let many = register
            .post(Caller::Keeper, "/cis/edits", &json!({"ci_ids": ids, "changes": {"owner": {"clear": true}}}))
            .await;
        assert_eq!((many.faults()[0].1.as_str(), &many.json()["errors"][0]["limit"]), ("too_long", &json!(5_000)));
    });
}

#[test]
fn no_more_than_twenty_thousand_items_are_edited_at_once() {
    on_both(async |register| {
        use cmdb_ci as c;
        let root = terrier_server::store::column::Key16::from(register.root);
        let clock = register.clock.clone();
        let insert = move |conn: &mut terrier_server::store::Conn| {
            for number in 0..20_001 {
                let id: terrier_server::kernel::id::CiId = clock.new_id();
                let at = terrier_server::store::column::At(start());
                diesel::insert_into(c::table)
                    .values((
                        (c::id.eq(terrier_server::store::column::Key16::from(id)), c::class.eq("printer")),
                        (c::name.eq(format!("p-{number}")), c::organisation_id.eq(root), c::lifecycle.eq("in_use")),
                        (c::version.eq(1), c::created_at.eq(at)),
                    ))
                    .execute(conn)?;
            }
            Ok::<_, StoreError>(())
        };
        register.store().write_blocking(insert).unwrap();
        let body = json!({"filter": {"class": ["printer"]}, "changes": {"owner": {"set": "kim"}}});
        let answer = register.post(Caller::Keeper, "/cis/edits", &body).await;
        assert_eq!((answer.status, answer.faults()), (422, vec![("filter".to_owned(), "too_long".to_owned())]));
        assert_eq!(answer.json()["errors"][0]["limit"], 20_000);
    });
}

#[test]
fn nobody_edits_or_sees_what_lies_outside_his_scope() {
    on_both(async |register| {
        let mut ids = Vec::new();
        for (name, organisation) in [("ours", register.branch), ("theirs", register.subsidiary)] {
            let body = json!({"class": "printer", "name": name, "organisation_id": organisation});
            ids.push(register.create(&body).await);
        }
        let changes = json!({"owner": {"set": "kim"}});
        let named = json!({"ci_ids": ids, "changes": changes});
        let answer = register.post(Caller::BranchKeeper, "/cis/edits", &named).await;
        assert_eq!(answer.faults(), [("ci_ids[1]".to_owned(), "unknown".to_owned())], "as what does not exist");
        let all = json!({"filter": {}, "changes": changes});
        let own = prepare(register, Caller::BranchKeeper, &all).await;
        assert_eq!(own["totals"]["items"], 1);
        assert_eq!(register.post(Caller::Reader, "/cis/edits", &all).await.code(), "forbidden");

        // He sees both and may change one.
        let both = prepare(register, Caller::BranchWriter, &all).await;
        assert_eq!(both["refusals"], json!([{"reason": "needs_permission", "cis": 1}]), "{both}");
        let applied = done(register, Caller::BranchWriter, &both, "apply").await;
        assert_eq!((&applied["totals"]["changed"], &applied["totals"]["refused"]), (&json!(1), &json!(1)));
        assert_eq!(register.read(Caller::Keeper, &format!("/cis/{}", ids[1])).await["owner"], Value::Null);

        let id = both["id"].as_str().unwrap();
        for path in [format!("/cis/edits/{id}"), format!("/cis/edits/{id}/items")] {
            assert_eq!(register.get(Caller::BranchKeeper, &path).await.status, 404, "{path}");
            assert_eq!(register.get(Caller::Reader, &path).await.status, 200, "{path}");
        }
        for action in ["apply", "stop", "undo"] {
            assert_eq!(order(register, Caller::SubsidiaryKeeper, &both, action).await.status, 404, "{action}");
        }
        let seen = async |caller| register.read(caller, "/cis/edits").await["items"].as_array().unwrap().len();
        assert_eq!(
            (seen(Caller::Keeper).await, seen(Caller::BranchKeeper).await, seen(Caller::SubsidiaryKeeper).await),
            (2, 1, 0)
        );
        // Whoever prepared it, who has it done does it as far as he reaches.
        let edit =
            prepare(register, Caller::Keeper, &json!({"filter": {}, "changes": {"owner": {"set": "lee"}}})).await;
        let applied = done(register, Caller::BranchWriter, &edit, "apply").await;
        assert_eq!(applied["refusals"], json!([{"reason": "needs_permission", "cis": 1}]), "{applied}");
        let viewed = register.read(Caller::Reader, &format!("/cis/edits/{}", edit["id"].as_str().unwrap())).await;
        assert!(viewed["allowed_actions"].as_array().unwrap().iter().all(|one| one["reason"] == "needs_permission"));
    });
}

#[test]
fn what_was_merged_is_edited_as_one() {
    on_both(async |register| {
        let left = register.create(&json!({"class": "printer", "name": "left", "attributes": {"tags": ["l"]}})).await;
        let right = register.create(&json!({"class": "printer", "name": "right", "attributes": {"tags": ["r"]}})).await;
        let with = json!({"with": right, "reason": "the same box"});
        let merged = register.post(Caller::Keeper, &format!("/cis/{left}/merge"), &with).await;
        assert!(merged.status < 300, "{}", merged.text());
        let edit = prepare(
            register,
            Caller::Keeper,
            &json!({"ci_ids": [left, right], "changes": {"tags": {"add": ["both"]}}}),
        )
        .await;
        assert_eq!((&edit["totals"]["items"], &edit["totals"]["change"]), (&json!(1), &json!(1)), "{edit}");
        done(register, Caller::Keeper, &edit, "apply").await;
        let list = register.read(Caller::Keeper, "/cis?q=tag:both").await;
        assert_eq!(list["total"], 1, "{list}");
        let undone = done(register, Caller::Keeper, &edit, "undo").await;
        assert_eq!(undone["totals"]["restored"], 1);
        assert_eq!(register.read(Caller::Keeper, "/cis?q=tag:both").await["total"], 0);
    });
}

#[test]
fn what_was_prepared_and_not_begun_is_forgotten_after_a_day() {
    on_both(async |register| {
        register.create(&json!({"class": "printer", "name": "a"})).await;
        let body = json!({"filter": {}, "changes": {"owner": {"set": "kim"}}});
        let old = prepare(register, Caller::Keeper, &body).await;
        register.pass(25 * 3_600);
        prepare(register, Caller::Keeper, &body).await;
        assert_eq!(order(register, Caller::Keeper, &old, "apply").await.status, 404);
        assert_eq!(register.read(Caller::Keeper, "/cis/edits").await["items"].as_array().unwrap().len(), 1);
    });
}
