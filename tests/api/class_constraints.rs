//! What values must be like holds for whatever people say.

use actix_web::http::Method;
use serde_json::{Value, json};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::item::detail::Reader;
use terrier_server::cmdb::item::service::{self, CreateCommand, Draft};
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::kernel::ctx::Ctx;

use super::class_definitions::{add, attribute, class, patch};
use crate::harness::register::{Answer, Caller, Register, on_both};
use crate::harness::statements::Statements;

async fn create(register: &Register, attributes: Value) -> Answer {
    let body = json!({"class": "gadget", "name": "G", "attributes": attributes});
    register.post(Caller::Keeper, "/cis", &body).await
}

async fn edit(register: &Register, id: &str, version: i32, body: &Value) -> Answer {
    let etag = format!("\"v{version}\"");
    register.change(Method::PATCH, (Caller::Keeper, &format!("/cis/{id}")), &etag, body).await
}

fn fault(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

#[test]
fn ranges_lengths_and_patterns_name_the_field_and_the_limit() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        attribute(register, "gadget", "slots", "integer", json!({"min": 1, "max": 8})).await;
        attribute(register, "gadget", "weight", "decimal", json!({"min": 0.5})).await;
        attribute(
            register,
            "gadget",
            "code",
            "text",
            json!({"min_length": 2, "max_length": 4, "patterns": [{"regex": "[A-Z가-힣]+"}]}),
        )
        .await;
        attribute(register, "gadget", "labels", "list", json!({"max_length": 3})).await;
        for (attributes, field, code, limit) in [
            (json!({"slots": 0}), "attributes.slots", "out_of_range", json!(1)),
            (json!({"slots": 9}), "attributes.slots", "out_of_range", json!(8)),
            (json!({"weight": 0.25}), "attributes.weight", "out_of_range", Value::Null),
            (json!({"code": "A"}), "attributes.code", "too_short", json!(2)),
            (json!({"code": "ABCDE"}), "attributes.code", "too_long", json!(4)),
            (json!({"code": "abc"}), "attributes.code", "no_match", Value::Null),
            (json!({"labels": ["abc", "abcd"]}), "attributes.labels", "too_long", json!(3)),
        ] {
            let answer = create(register, attributes.clone()).await;
            assert_eq!(answer.faults(), fault(field, code), "{attributes}");
            assert_eq!(answer.json()["errors"][0]["limit"], limit, "{attributes}");
        }
        let fine = json!({"slots": 8, "weight": 0.5, "code": "가나다라", "labels": ["abc"]});
        assert_eq!(create(register, fine).await.status, 201, "characters are counted, not bytes");
    });
}

#[test]
fn a_catastrophic_pattern_costs_nothing() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        attribute(register, "gadget", "code", "text", json!({"patterns": [{"regex": "(a+)+$"}]})).await;
        let began = std::time::Instant::now();
        let answer = create(register, json!({"code": format!("{}!", "a".repeat(8_000))})).await;
        assert_eq!(answer.faults(), fault("attributes.code", "no_match"));
        assert!(began.elapsed() < std::time::Duration::from_secs(3), "{:?}", began.elapsed());
    });
}

#[test]
fn what_is_required_is_there_from_the_beginning_and_stays() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        let old = create(register, json!({})).await.json()["id"].as_str().unwrap().to_owned();
        attribute(register, "gadget", "code", "text", json!({"required": true})).await;
        let owner = patch(register, "/classes/gadget/attributes/owner", &json!({"rules": {"required": true}})).await;
        assert_eq!(owner.status, 200, "{}", owner.text());
        let faults = create(register, json!({"code": " "})).await.faults();
        assert_eq!(faults, [fault("owner", "required"), fault("attributes.code", "required")].concat());
        let body = json!({"class": "gadget", "name": "G", "owner": "Kim", "attributes": {"code": "A"}});
        let id = register.create(&body).await;
        let withdrawn = edit(register, &id, 1, &json!({"owner": null, "attributes": {"code": null}})).await;
        assert_eq!(withdrawn.faults(), faults);
        let lacking = edit(register, &old, 1, &json!({"support_team": "Desk"})).await;
        assert_eq!(lacking.status, 200, "what was missing before is a finding: {}", lacking.text());
        let findings = lacking.json()["findings"].clone();
        let told: Vec<_> = findings.as_array().unwrap().iter().map(|one| (&one["attribute"], &one["code"])).collect();
        assert_eq!(told, [(&json!("owner"), &json!("required")), (&json!("code"), &json!("required"))]);
    });
}

#[test]
fn a_value_can_be_required_by_another() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        let rules = json!({"required_if": [{"attribute": "lifecycle", "values": ["in_use"]}, {"attribute": "owner"}]});
        attribute(register, "gadget", "room", "text", rules).await;
        let body = |lifecycle: &str| json!({"class": "gadget", "name": "G", "lifecycle": lifecycle});
        let missing = register.post(Caller::Keeper, "/cis", &body("in_use")).await;
        assert_eq!(missing.faults(), fault("attributes.room", "required"));
        let id = register.create(&body("planned")).await;
        let owned = edit(register, &id, 1, &json!({"owner": "Kim"})).await;
        assert_eq!(owned.faults(), fault("attributes.room", "required"));
        let path = format!("/cis/{id}/lifecycle");
        let moved =
            register.change(Method::POST, (Caller::Keeper, &path), "\"v1\"", &json!({"lifecycle": "in_use"})).await;
        assert_eq!(moved.faults(), fault("attributes.room", "required"));
        let both = edit(register, &id, 1, &json!({"owner": "Kim", "attributes": {"room": "101"}})).await;
        assert_eq!(both.status, 200, "{}", both.text());
    });
}

#[test]
fn a_unique_value_is_unique_within_its_scope() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        class(register, "gizmo", "gadget").await;
        attribute(register, "gadget", "tag", "text", json!({"unique": "installation"})).await;
        attribute(register, "gadget", "shelf", "text", json!({"unique": "organisation"})).await;
        attribute(register, "gadget", "number", "integer", json!({"unique": "class"})).await;
        let post = async |class: &str, organisation, attributes: Value| {
            let body = json!({"class": class, "name": "G", "organisation_id": organisation, "attributes": attributes});
            register.post(Caller::Keeper, "/cis", &body).await
        };
        let (branch, other) = (register.branch, register.subsidiary);
        let first = post("gadget", branch, json!({"tag": "T", "shelf": "S", "number": 1})).await.json();
        let id = first["id"].as_str().unwrap();
        let taken = |field: &str| fault(&format!("attributes.{field}"), "taken");
        assert_eq!(post("gizmo", other, json!({"tag": "T"})).await.faults(), taken("tag"));
        assert_eq!(post("gizmo", branch, json!({"shelf": "S"})).await.faults(), taken("shelf"));
        assert_eq!(post("gadget", other, json!({"number": 1})).await.faults(), taken("number"));
        assert_eq!(post("gizmo", other, json!({"shelf": "S", "number": 1})).await.status, 201);
        assert_eq!(
            edit(register, id, 1, &json!({"attributes": {"tag": "T", "number": 2}})).await.status,
            200,
            "its own"
        );
        let path = format!("/cis/{id}/lifecycle");
        let retire = json!({"lifecycle": "retired", "reason": "old"});
        register.change(Method::POST, (Caller::Keeper, &path), "\"v2\"", &retire).await;
        assert_eq!(post("gadget", other, json!({"tag": "T"})).await.status, 201, "what is retired holds nothing");
        let back = json!({"lifecycle": "in_use", "reason": "again"});
        let back = register.change(Method::POST, (Caller::Keeper, &path), "\"v3\"", &back).await;
        assert_eq!(back.faults(), taken("tag"), "{}", back.text());
    });
}

#[test]
fn one_of_two_who_claim_a_unique_value_at_once_is_refused() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        attribute(register, "gadget", "tag", "text", json!({"unique": "installation"})).await;
        for round in 0..5 {
            let attributes = json!({"tag": format!("T{round}")});
            let claim = || create(register, attributes.clone());
            let answers = futures_util::future::join_all([claim(), claim(), claim()]).await;
            let mut statuses: Vec<u16> = answers.iter().map(|one| one.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 422, 422], "{:?} {}", register.backend, answers[0].text());
        }
    });
}

#[test]
fn a_reference_names_an_item_of_its_class_in_scope() {
    on_both(async |register| {
        let supplier = json!({"class": "supplier", "name": "ACME", "organisation_id": register.branch});
        let supplier = register.create(&supplier).await;
        let printer = register.create(&json!({"class": "printer", "name": "P"})).await;
        let post = async |caller, organisation, supplier: &str| {
            let attributes = json!({"supplier": supplier});
            let body =
                json!({"class": "printer", "name": "Q", "organisation_id": organisation, "attributes": attributes});
            register.post(caller, "/cis", &body).await
        };
        let made = post(Caller::Keeper, register.root, &supplier).await.json();
        assert_eq!(made["references"][0]["name"], "ACME");
        let path = format!("/cis/{}", made["id"].as_str().unwrap());
        assert_eq!(register.read(Caller::Reader, &path).await["references"][0]["class"], "supplier");
        let unknown = fault("attributes.supplier", "unknown");
        assert_eq!(post(Caller::Keeper, register.root, &printer).await.faults(), unknown, "of another class");
        let nobody = "0190a1b2-0000-7000-8000-000000000000";
        assert_eq!(post(Caller::Keeper, register.root, nobody).await.faults(), unknown);
        let hidden = post(Caller::SubsidiaryKeeper, register.subsidiary, &supplier).await;
        assert_eq!(hidden.faults(), unknown, "out of scope answers like absent");
        assert_eq!(post(Caller::Keeper, register.root, "x").await.faults(), fault("attributes.supplier", "invalid"));
    });
}

#[test]
fn moving_to_another_class_tells_what_ends_and_keeps_the_rest() {
    on_both(async |register| {
        let attributes = json!({"serial_number": "S", "colour": true});
        let id = register.create(&json!({"class": "printer", "name": "P", "attributes": attributes})).await;
        let rules = json!({"rules": {"required": true}});
        assert_eq!(patch(register, "/classes/phone/attributes/imei", &rules).await.status, 200);
        let preview = register.read(Caller::Keeper, &format!("/cis/{id}/class-change?class=phone")).await;
        let lost: Vec<_> = preview["lost"].as_array().unwrap().iter().map(|one| &one["attribute"]).collect();
        assert!(lost.contains(&&json!("colour")), "{preview}");
        assert_eq!(preview["errors"][0]["field"], "attributes.imei");
        let refused = edit(register, &id, 1, &json!({"class": "phone"})).await;
        assert_eq!(refused.faults(), fault("attributes.imei", "required"));
        let moved = edit(register, &id, 1, &json!({"class": "phone", "attributes": {"imei": "123"}})).await;
        assert_eq!((moved.status, moved.etag.as_deref()), (200, Some("\"v2\"")), "{}", moved.text());
        assert_eq!((&moved.json()["class"], &moved.json()["attributes"]["imei"]), (&json!("phone"), &json!("123")));
        assert_eq!(moved.json()["attributes"].get("colour"), None);
        let events = register.walk(&format!("/cis/{id}/history"), 50).await;
        assert!(events.iter().any(|one| one["subject"] == "colour" && one["after"] == Value::Null), "{events:?}");
        let root = edit(register, &id, 2, &json!({"class": "ci"})).await;
        assert_eq!(root.faults(), fault("class", "invalid"));
        assert_eq!(edit(register, &id, 2, &json!({"class": "nothing"})).await.faults(), fault("class", "unknown"));
        let outside = register.get(Caller::SubsidiaryKeeper, &format!("/cis/{id}/class-change?class=phone")).await;
        assert_eq!(outside.code(), "not_found");
    });
}

#[test]
fn what_agents_see_below_a_host_keeps_its_class_and_what_reports_stays_a_host() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web-1", &[]);
        let interface = register.estate().dependent(host, "network_interface", "eth0");
        let below = edit(register, &interface.id.to_string(), 1, &json!({"class": "volume"})).await;
        assert_eq!(below.faults(), fault("", "of_its_host"));
        let id = host.id.to_string();
        assert_eq!(edit(register, &id, 1, &json!({"class": "printer"})).await.faults(), fault("", "stays_host"));
        let moved = edit(register, &id, 1, &json!({"class": "hypervisor"})).await;
        assert_eq!((moved.status, &moved.json()["class"]), (200, &json!("hypervisor")), "{}", moved.text());
    });
}

#[test]
fn a_rule_that_came_later_is_a_finding_for_what_was_said_before() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web-1", &[("serial_number", json!("bad serial"))]);
        let rules =
            json!({"rules": {"patterns": [{"regex": "[A-Z0-9]+", "hint": {"en": "Capitals", "ko": "대문자"}}]}});
        assert_eq!(patch(register, "/classes/physical_server/attributes/serial_number", &rules).await.status, 200);
        let read = register.read(Caller::Reader, &format!("/cis/{}", host.id)).await;
        let finding = &read["findings"][0];
        assert_eq!((&finding["attribute"], &finding["code"]), (&json!("serial_number"), &json!("no_match")), "{read}");
        assert_eq!((&finding["source"], &finding["refused"]), (&json!("agent"), &json!(false)));
        assert_eq!(read["attributes"]["serial_number"], "bad serial", "what was said before stays");
    });
}

#[test]
fn what_is_said_is_judged_in_a_number_of_statements_that_does_not_grow_with_it() {
    on_both(async |register| {
        class(register, "gadget", "ci").await;
        let supplier = register.create(&json!({"class": "supplier", "name": "ACME"})).await;
        for number in 0..12 {
            attribute(register, "gadget", &format!("tag{number}"), "text", json!({"unique": "installation"})).await;
            let reference = json!({"name": format!("ref{number}"), "label": {"en": "R", "ko": "R"}, "type": "reference", "target": "supplier"});
            assert_eq!(add(register, "gadget", &reference).await.status, 201);
        }
        let ctx = Ctx::system(&register.clock);
        let count = |prefix: &str, attributes: usize| {
            let said = (0..attributes).flat_map(|number| {
                let tag = (format!("tag{number}"), json!(format!("{prefix}{number}")));
                [tag, (format!("ref{number}"), json!(supplier))]
            });
            let draft = Draft { common: vec![("name", json!("G"))], attributes: said.collect() };
            let organisation_id = Some(register.root);
            let command = CreateCommand { class: "gadget".to_owned(), organisation_id, lifecycle: None, draft };
            let freshness = Freshness::of_interval(300);
            let counted = register.store().write_blocking::<_, Error>(|conn| {
                let statements = Statements::default();
                statements.watch(conn);
                let reader = Reader { ctx: &ctx, writable: &ctx.scope, freshness, as_of: None };
                service::create(conn, reader, &command)?;
                Ok(statements.count())
            });
            counted.unwrap()
        };
        let (one, many) = (count("a", 1), count("b", 12));
        assert_eq!(one, many, "{:?}", register.backend);
        assert!(many <= 50, "{many} statements");
    });
}
