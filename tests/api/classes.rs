//! Classes as data, with counts in scope.

use serde_json::{Value, json};

use crate::harness::register::{Caller, on_both};

fn class<'a>(classes: &'a Value, name: &str) -> &'a Value {
    classes["items"].as_array().unwrap().iter().find(|class| class["name"] == name).unwrap()
}

#[test]
fn classes_tell_their_attributes_with_the_inherited_ones() {
    on_both(async |register| {
        let classes = register.read(Caller::Reader, "/classes").await;
        let server = class(&classes, "physical_server");
        assert_eq!(server["parent"], "host");
        let attributes = server["attributes"].as_array().unwrap();
        let environment = attributes.iter().find(|one| one["name"] == "environment").unwrap();
        assert_eq!(environment["inherited_from"], "ci");
        assert_eq!(environment["type"], "enum");
        assert_eq!(environment["values"][0]["label"]["ko"], "운영");
        assert!(attributes.iter().any(|one| one["name"] == "hostname" && one["inherited_from"] == "host"));
        assert_eq!(class(&classes, "ci")["abstract"], true);
    });
}

#[test]
fn classes_count_what_is_in_scope_only() {
    on_both(async |register| {
        for organisation in [register.branch, register.subsidiary, register.subsidiary] {
            register.create(&json!({"class": "printer", "name": "P", "organisation_id": organisation})).await;
        }
        for (caller, expected) in [(Caller::Keeper, 3), (Caller::BranchKeeper, 1), (Caller::SubsidiaryKeeper, 2)] {
            let classes = register.read(caller, "/classes").await;
            assert_eq!(class(&classes, "printer")["count"], expected, "{caller:?}");
            assert_eq!(class(&classes, "switch")["count"], 0, "{caller:?}");
        }
        assert_eq!(register.get(Caller::Powerless, "/classes").await.code(), "forbidden");
    });
}
