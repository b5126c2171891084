//! The committed description of the API is what the code says.

use serde_json::Value;
use terrier_server::api::openapi;

const COMMITTED: &str = include_str!("../../server/openapi.json");

#[test]
fn the_committed_description_is_current() {
    let is_current = openapi::json().unwrap().trim() == COMMITTED.trim();
    assert!(is_current, "server/openapi.json is not what the code says: run `make openapi` and commit what it writes");
}

#[test]
fn operations_are_named_after_what_they_do_and_once() {
    let document: Value = serde_json::from_str(&openapi::json().unwrap()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let is_fine = id.contains('_') && id.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            assert!(is_fine, "{method} {path}: {id}");
            assert!(ids.insert(id.to_owned()), "{id} names two operations");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{id}");
            assert!(operation["responses"]["default"].is_object(), "{id}");
        }
    }
}
