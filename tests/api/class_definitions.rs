//! Classes and attributes that administrators define while the server runs.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, cmdb_definition};

use crate::harness::register::{Answer, Caller, Register, on_both};

pub(super) fn label(text: &str) -> Value {
    json!({"en": text, "ko": text})
}

/// A class below `parent` that must be accepted.
pub(super) async fn class(register: &Register, name: &str, parent: &str) {
    let body = json!({"name": name, "parent": parent, "label": label(name)});
    let answer = register.post(Caller::Keeper, "/classes", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

pub(super) async fn etag(register: &Register, class: &str) -> String {
    register.get(Caller::Keeper, &format!("/classes/{class}")).await.etag.unwrap()
}

pub(super) async fn add(register: &Register, class: &str, body: &Value) -> Answer {
    let etag = etag(register, class).await;
    register.change(Method::POST, (Caller::Keeper, &format!("/classes/{class}/attributes")), &etag, body).await
}

/// An attribute that must be accepted.
pub(super) async fn attribute(register: &Register, class: &str, name: &str, kind: &str, rules: Value) {
    let body = json!({"name": name, "label": label(name), "type": kind, "rules": rules});
    let answer = add(register, class, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

pub(super) async fn patch(register: &Register, path: &str, body: &Value) -> Answer {
    let class = path.trim_start_matches("/classes/").split('/').next().unwrap();
    let etag = etag(register, class).await;
    register.change(Method::PATCH, (Caller::Keeper, path), &etag, body).await
}

async fn delete(register: &Register, path: &str) -> Answer {
    let class = path.trim_start_matches("/classes/").split('/').next().unwrap();
    let etag = etag(register, class).await;
    register.change(Method::DELETE, (Caller::Keeper, path), &etag, &json!({})).await
}

fn fault(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

fn attribute_of<'a>(class: &'a Value, name: &str) -> &'a Value {
    class["attributes"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

#[test]
fn a_class_that_was_added_is_used_at_once() {
    on_both(async |register| {
        class(register, "coffee_machine", "printer").await;
        attribute(register, "coffee_machine", "cups_per_day", "integer", json!({"min": 0})).await;
        let new = json!({"class": "coffee_machine", "name": "☕", "attributes": {"cups_per_day": 40, "model": "X1"}});
        let id = register.create(&new).await;
        let ci = register.read(Caller::Reader, &format!("/cis/{id}")).await;
        assert_eq!(ci["attributes"], json!({"cups_per_day": 40, "model": "X1"}));
        let printers = register.read(Caller::Reader, "/cis?class=printer&attr.cups_per_day=40").await;
        assert_eq!(printers["items"].as_array().unwrap().len(), 1);
        let read = register.read(Caller::Reader, "/classes/coffee_machine").await;
        assert_eq!((&read["origin"], &read["count"], &read["family"]), (&json!("added"), &json!(1), &json!("compute")));
        assert_eq!(attribute_of(&read, "model")["inherited_from"], "printer");
        assert_eq!(read["allowed_actions"][0]["reason"], "needs_permission");
    });
}

#[test]
fn definitions_need_the_permission_everywhere_and_the_version_that_was_read() {
    on_both(async |register| {
        let body = json!({"name": "a_class", "parent": "ci", "label": label("A")});
        assert_eq!(register.post(Caller::Reader, "/classes", &body).await.code(), "forbidden");
        let some = register.post(Caller::BranchKeeper, "/classes", &body).await;
        assert_eq!(
            (some.status, some.code().as_str()),
            (403, "forbidden"),
            "it would hold in other organisations, too"
        );
        class(register, "a_class", "ci").await;
        let path = "/classes/a_class";
        let hide = json!({"hidden": true});
        let stale = register.change(Method::PATCH, (Caller::Keeper, path), "\"v7\"", &hide).await;
        assert_eq!((stale.code().as_str(), stale.etag.as_deref()), ("stale", Some("\"v1\"")));
        assert_eq!(patch(register, path, &hide).await.etag.as_deref(), Some("\"v2\""));
        assert_eq!(patch(register, path, &hide).await.etag.as_deref(), Some("\"v2\""), "nothing changed");
        assert_eq!(register.get(Caller::Keeper, "/classes/nothing").await.code(), "not_found");
        let create = register.post(Caller::Keeper, "/cis", &json!({"class": "a_class", "name": "N"})).await;
        assert_eq!(create.faults(), fault("class", "invalid"), "hidden classes are not offered");
    });
}

#[test]
fn names_labels_and_places_in_the_tree_are_checked() {
    on_both(async |register| {
        let post = async |body: Value| register.post(Caller::Keeper, "/classes", &body).await.faults();
        let named = |name: &str| json!({"name": name, "parent": "ci", "label": label("L")});
        for name in ["Coffee", "1st", "a b", "<script>", "a'; DROP TABLE cmdb_class;--", "커피", "a-b", "_x"] {
            assert_eq!(post(named(name)).await, fault("name", "invalid"), "{name}");
        }
        assert_eq!(post(named("")).await, fault("name", "required"));
        assert_eq!(post(named(&"x".repeat(64))).await, fault("name", "too_long"));
        assert_eq!(post(named("class")).await, fault("name", "reserved"));
        assert_eq!(post(named("host")).await, fault("name", "taken"));
        let orphan = json!({"name": "orphan", "parent": "nobody", "label": label("L")});
        assert_eq!(post(orphan).await, fault("parent", "unknown"));
        let blank = json!({"name": "blank", "parent": "ci", "label": {"en": " ", "ko": "빈"}});
        assert_eq!(post(blank).await, fault("label.en", "required"));
        let bell =
            json!({"name": "bell", "parent": "ci", "label": {"en": "x", "ko": "\u{7}"}, "icon": "AB", "family": "x"});
        let faults = post(bell).await;
        assert_eq!(faults.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["label.ko", "icon", "family"]);
        let one_language = json!({"name": "half", "parent": "ci", "label": {"en": "x"}});
        assert_eq!(register.post(Caller::Keeper, "/classes", &one_language).await.status, 400);
        let emoji =
            json!({"name": "emoji", "parent": "ci", "label": {"en": "☕ <b>&'\"", "ko": "☕ 커피"}, "icon": "☕"});
        assert_eq!(register.post(Caller::Keeper, "/classes", &emoji).await.status, 201);
        assert_eq!(register.read(Caller::Reader, "/classes/emoji").await["label"]["en"], "☕ <b>&'\"");
    });
}

#[test]
fn no_class_inherits_from_itself_or_gets_an_attribute_twice() {
    on_both(async |register| {
        class(register, "top", "ci").await;
        class(register, "middle", "top").await;
        class(register, "bottom", "middle").await;
        let circle = patch(register, "/classes/top", &json!({"parent": "bottom"})).await;
        assert_eq!(circle.faults(), fault("parent", "circle"));
        assert_eq!(
            patch(register, "/classes/top", &json!({"parent": "top"})).await.faults(),
            fault("parent", "circle")
        );
        attribute(register, "bottom", "colour", "text", json!({})).await;
        let new = |name: &str| json!({"name": name, "label": label("L"), "type": "text"});
        assert_eq!(add(register, "bottom", &new("colour")).await.faults(), fault("name", "taken"));
        assert_eq!(add(register, "top", &new("colour")).await.faults(), fault("name", "shadows"), "a subclass has it");
        assert_eq!(add(register, "bottom", &new("owner")).await.faults(), fault("name", "shadows"), "the root has it");
        attribute(register, "printer", "colour_depth", "integer", json!({})).await;
        attribute(register, "bottom", "colour_depth", "text", json!({})).await;
        let twice = patch(register, "/classes/bottom", &json!({"parent": "printer"})).await;
        assert_eq!(twice.faults(), fault("parent", "shadows"));
        class(register, "beside", "ci").await;
        assert_eq!(patch(register, "/classes/bottom", &json!({"parent": "beside"})).await.status, 200);
        let mut parent = "ci".to_owned();
        let mut depth = 1;
        loop {
            let name = format!("deep_{depth}");
            let body = json!({"name": name, "parent": parent, "label": label("D")});
            let answer = register.post(Caller::Keeper, "/classes", &body).await;
            if answer.status != 201 {
                assert_eq!(answer.faults(), fault("parent", "too_long"));
                break;
            }
            (parent, depth) = (name, depth + 1);
        }
        assert!((10..40).contains(&depth), "{depth}");
    });
}

#[test]
fn what_comes_with_the_program_is_relabelled_or_hidden_and_never_taken_away() {
    on_both(async |register| {
        let body = json!({"label": {"en": "Box", "ko": "상자"}, "hidden": true});
        let printer = patch(register, "/classes/printer", &body).await;
        assert_eq!((printer.status, &printer.json()["label"]["en"]), (200, &json!("Box")), "{}", printer.text());
        for (field, body) in [
            ("icon", json!({"icon": "Z"})),
            ("parent", json!({"parent": "host"})),
            ("family", json!({"family": "org"})),
            ("abstract", json!({"abstract": true})),
        ] {
            assert_eq!(patch(register, "/classes/switch", &body).await.faults(), fault(field, "shipped"));
        }
        assert_eq!(delete(register, "/classes/switch").await.faults(), fault("", "shipped"));
        assert_eq!(delete(register, "/classes/printer/attributes/vendor").await.faults(), fault("", "shipped"));
        let retyped = patch(register, "/classes/printer/attributes/vendor", &json!({"type": "integer"})).await;
        assert_eq!(retyped.faults(), fault("type", "shipped"));
        let named = patch(register, "/classes/printer/attributes/vendor", &json!({"label": label("Maker")})).await;
        assert_eq!(attribute_of(&named.json(), "vendor")["label"]["ko"], "Maker");
        register.store().write_blocking(terrier_server::cmdb::shipped::install).unwrap();
        let again = register.read(Caller::Reader, "/classes/printer").await;
        assert_eq!((&again["label"]["ko"], &again["hidden"]), (&json!("상자"), &json!(true)), "a restart keeps it");
        let back = patch(register, "/classes/printer", &json!({"label": null, "hidden": false})).await;
        assert_eq!(back.json()["label"]["en"], "Printer");
        let root = patch(register, "/classes/ci", &json!({"hidden": true})).await;
        assert_eq!(root.faults(), fault("hidden", "invalid"));
    });
}

#[test]
fn what_is_used_keeps_its_type_and_is_not_deleted() {
    on_both(async |register| {
        class(register, "drone", "ci").await;
        let choices = json!([{"value": "a", "label": label("A")}, {"value": "b", "label": label("B")}]);
        let kind = json!({"name": "kind", "label": label("Kind"), "type": "enum", "values": choices});
        assert_eq!(add(register, "drone", &kind).await.status, 201);
        attribute(register, "drone", "range_km", "integer", json!({})).await;
        attribute(register, "drone", "unused", "integer", json!({})).await;
        let values = json!({"kind": "a", "range_km": 3});
        let id = register.create(&json!({"class": "drone", "name": "D", "attributes": values})).await;
        let retyped = patch(register, "/classes/drone/attributes/range_km", &json!({"type": "text"})).await;
        assert_eq!(retyped.faults(), fault("type", "has_values"));
        assert_eq!(patch(register, "/classes/drone/attributes/unused", &json!({"type": "text"})).await.status, 200);
        let fewer = json!({"values": [{"value": "b", "label": label("B")}]});
        assert_eq!(
            patch(register, "/classes/drone/attributes/kind", &fewer).await.faults(),
            fault("values", "has_values")
        );
        let withdrawn = json!({"attributes": {"range_km": null}});
        register.change(Method::PATCH, (Caller::Keeper, &format!("/cis/{id}")), "\"v1\"", &withdrawn).await;
        let had = delete(register, "/classes/drone/attributes/range_km").await;
        assert_eq!(had.faults(), fault("", "has_values"), "history still shows it");
        assert_eq!(delete(register, "/classes/drone").await.faults(), fault("", "has_items"));
        assert_eq!(delete(register, "/classes/drone/attributes/unused").await.status, 200);
        assert_eq!(delete(register, "/classes/drone/attributes/vendor").await.code(), "not_found");
        let read = register.read(Caller::Keeper, "/classes/drone").await;
        let verdict = |name: &str, action: &str| {
            let actions = read["attribute_actions"][name].as_array().unwrap();
            actions.iter().find(|one| one["action"] == action).unwrap()["reason"].clone()
        };
        assert_eq!((verdict("kind", "retype"), verdict("name", "edit")), (json!("has_values"), json!("inherited")));
        class(register, "quadcopter", "drone").await;
        class(register, "gone", "ci").await;
        assert_eq!(delete(register, "/classes/drone").await.faults(), fault("", "has_subclasses"));
        let named = json!({"name": "lift", "label": label("L"), "type": "reference", "target": "gone"});
        assert_eq!(add(register, "drone", &named).await.status, 201);
        assert_eq!(delete(register, "/classes/gone").await.faults(), fault("", "named"));
        assert_eq!(delete(register, "/classes/quadcopter").await.status, 204);
        assert_eq!(register.get(Caller::Keeper, "/classes/quadcopter").await.code(), "not_found");
    });
}

#[test]
fn rules_that_cannot_hold_are_refused_where_they_are_written() {
    on_both(async |register| {
        class(register, "thing", "ci").await;
        let attempt = async |kind: &str, rules: Value| {
            let body = json!({"name": "x", "label": label("X"), "type": kind, "rules": rules});
            add(register, "thing", &body).await.faults()
        };
        let pattern = |regex: &str| json!({"patterns": [{"regex": regex}]});
        for regex in [&"a".repeat(10_000), "(", "a)|(b", r"(a)\1", "(?=x)", "(?:x{1000}){1000}"] {
            let faults = attempt("text", pattern(regex)).await;
            assert_eq!(faults, fault("rules.patterns[0].regex", "invalid"), "{}", &regex[..regex.len().min(30)]);
        }
        assert_eq!(attempt("integer", json!({"min": 5, "max": 1})).await, fault("rules", "contradiction"));
        assert_eq!(attempt("text", json!({"min": 5})).await, fault("rules.min", "invalid"));
        assert_eq!(attempt("integer", json!({"max_length": 5})).await, fault("rules.patterns", "invalid"));
        assert_eq!(attempt("boolean", json!({"unique": "class"})).await, fault("rules.unique", "invalid"));
        let unknown = json!({"required_if": [{"attribute": "nothing"}]});
        assert_eq!(attempt("text", unknown).await, fault("rules.required_if[0].attribute", "unknown"));
        let wrong = json!({"required_if": [{"attribute": "criticality", "values": [9]}]});
        assert_eq!(attempt("text", wrong).await, fault("rules.required_if[0].values", "invalid"));
        assert_eq!(attempt("colour", json!({})).await, fault("type", "unknown"));
        assert_eq!(attempt("enum", json!({})).await, fault("values", "required"));
        assert_eq!(attempt("reference", json!({})).await, fault("target", "required"));
        let inherited = json!({"rules": {"min": 5}});
        let above = patch(register, "/classes/thing/attributes/criticality", &inherited).await;
        assert_eq!(above.faults(), fault("rules", "contradiction"), "criticality ends at 4");
        let label_of_another = patch(register, "/classes/thing/attributes/owner", &json!({"label": label("X")})).await;
        assert_eq!(label_of_another.faults(), fault("label", "inherited"));
    });
}

#[test]
fn a_class_has_at_most_five_hundred_attributes_and_reads_in_a_fixed_number_of_statements() {
    on_both(async |register| {
        class(register, "wide", "ci").await;
        let mut added = 0;
        let refused = loop {
            let body = json!({"name": format!("a{added}"), "label": label("A"), "type": "text"});
            let answer = add(register, "wide", &body).await;
            if answer.status != 201 {
                break answer;
            }
            added += 1;
        };
        assert_eq!(refused.faults(), fault("name", "too_long"));
        let all = register.read(Caller::Reader, "/classes/wide").await["attributes"].as_array().unwrap().len();
        assert_eq!((all, added > 480), (500, true));
        let values: Value =
            (0..added).map(|number| (format!("a{number}"), json!("v"))).collect::<serde_json::Map<_, _>>().into();
        let id = register.create(&json!({"class": "wide", "name": "W", "attributes": values})).await;
        let read = register.read(Caller::Reader, &format!("/cis/{id}")).await;
        assert_eq!(read["attributes"].as_object().unwrap().len(), added);
    });
}

#[test]
fn every_definition_is_audited_and_counted_and_a_refused_one_is_neither() {
    on_both(async |register| {
        let counts = |register: &Register| {
            let read = register.store().read_blocking::<_, StoreError>(|conn| {
                let definitions = audit_entry::table.filter(audit_entry::object_kind.eq("class"));
                let actions: Vec<String> =
                    definitions.order(audit_entry::seq).select(audit_entry::action).load(conn)?;
                Ok((actions, cmdb_definition::table.select(cmdb_definition::revision).first::<i64>(conn)?))
            });
            read.unwrap()
        };
        let (_, revision) = counts(register);
        class(register, "lamp", "ci").await;
        attribute(register, "lamp", "watts", "integer", json!({})).await;
        patch(register, "/classes/lamp/attributes/watts", &json!({"rules": {"min": 1}})).await;
        patch(register, "/classes/lamp", &json!({"hidden": true})).await;
        let refused = patch(register, "/classes/lamp", &json!({"icon": "too long"})).await;
        assert_eq!(refused.status, 422);
        delete(register, "/classes/lamp/attributes/watts").await;
        delete(register, "/classes/lamp").await;
        let (actions, after) = counts(register);
        let expected = [
            "class.created",
            "class.attribute_created",
            "class.attribute_changed",
            "class.changed",
            "class.attribute_deleted",
            "class.deleted",
        ];
        assert_eq!((actions.iter().map(String::as_str).collect::<Vec<_>>(), after), (expected.to_vec(), revision + 6));
    });
}

#[test]
fn one_of_two_who_define_the_same_at_once_is_refused() {
    on_both(async |register| {
        let body = json!({"name": "raced", "parent": "ci", "label": label("R")});
        let post = || register.post(Caller::Keeper, "/classes", &body);
        let (left, right) = futures_util::future::join(post(), post()).await;
        let mut statuses = [left.status, right.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{:?}: {} {}", register.backend, left.text(), right.text());
    });
}
