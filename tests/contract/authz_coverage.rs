//! Every operation of the API asks who calls, and a viewer gets no further than viewing.

use actix_web::http::Method;
use serde_json::{Value, json};
use terrier_server::api::openapi;

use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;

/// Operations that need no authentication. This list may only shrink.
const OPEN: [&str; 4] = ["GET /setup", "POST /setup", "POST /session", "POST /password"];

/// What a viewer may change: the own session, the own tokens, the own saved searches.
const A_VIEWER_CHANGES: [&str; 19] = [
    // It asks and writes nothing.
    "POST /identification/explain",
    "POST /session",
    "DELETE /session",
    "DELETE /session/all",
    "DELETE /session/all/{id}",
    "PATCH /session/preferences",
    "POST /session/password",
    "POST /session/confirm",
    "POST /session/second-factor",
    "DELETE /session/second-factor",
    "POST /session/second-factor/activate",
    "POST /session/second-factor/recovery-codes",
    "POST /tokens",
    "DELETE /tokens/{id}",
    "POST /saved-searches",
    "PATCH /saved-searches/{id}",
    "DELETE /saved-searches/{id}",
    // What he answers for; of anything else he is refused once it is found.
    "POST /cis/{id}/attestations",
    // It writes nothing.
    "POST /policies/preview",
];

/// What a viewer may not even read.
const A_VIEWER_DOES_NOT_READ: [&str; 9] = [
    "GET /policy-runs",
    "GET /users",
    "GET /users/{id}",
    "GET /audit",
    "GET /audit/verify",
    "GET /audit/checkpoint",
    "GET /audit/verification",
    "GET /enrolment-tokens",
    "GET /inventory-tokens",
];

struct Operation {
    name: String,
    method: Method,
    path: String,
    is_open: bool,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&openapi::json().unwrap()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            let is_open = operation["security"] == json!([{}]);
            operations.push(Operation { name: format!("{method} {path}"), method, path: path.clone(), is_open });
        }
    }
    operations
}

/// The path with an id in place of each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "{section}" => "os",
        id if id.starts_with('{') => "0192f0c1-2345-7000-8000-0123456789ab",
        other => other,
    });
    segments.collect::<Vec<_>>().join("/")
}

async fn call(client: &Client<'_>, operation: &Operation) -> (u16, String) {
    let body = (operation.method != Method::GET && operation.method != Method::DELETE).then(|| json!({}));
    let headers = [("If-Match", "\"v1\"")];
    let answer = client.send(operation.method.clone(), &filled(&operation.path), body, &headers).await;
    (answer.status, answer.text)
}

#[actix_web::test]
async fn what_needs_no_authentication_is_on_the_list() {
    let open: Vec<String> = operations().into_iter().filter(|one| one.is_open).map(|one| one.name).collect();
    for name in &open {
        assert!(OPEN.contains(&name.as_str()), "{name} needs no authentication");
    }
    assert_eq!(open.len(), OPEN.len(), "the list may shrink: {open:?}");
}

#[actix_web::test]
async fn every_other_operation_answers_401_without_credentials() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let nobody = api.anonymous();
        let forger = Client { cookie: Some("x".repeat(43)), csrf: Some("x".repeat(43)), ..api.anonymous() };
        let operations: Vec<Operation> = operations().into_iter().filter(|one| !one.is_open).collect();
        assert!(operations.len() >= 14, "{} operations", operations.len());
        for operation in &operations {
            for client in [&nobody, &forger] {
                let (status, text) = call(client, operation).await;
                assert_eq!(status, 401, "{}: {text}", operation.name);
            }
        }
    }
}

#[actix_web::test]
async fn a_viewer_changes_nothing_but_what_is_his_own() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let viewer = api.signed_in("viewer").await;
        for operation in operations() {
            let name = operation.name.as_str();
            let is_read = operation.method == Method::GET && !A_VIEWER_DOES_NOT_READ.contains(&name);
            if operation.is_open || is_read || A_VIEWER_CHANGES.contains(&name) {
                continue;
            }
            let (status, text) = call(&viewer, &operation).await;
            assert_eq!(status, 403, "{name}: {text}");
        }
    }
}

#[actix_web::test]
async fn a_session_without_any_grant_gets_nowhere() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("nobody", &[]);
        let nobody = api.sign_in("nobody").await;
        for operation in operations() {
            if operation.is_open || operation.path.starts_with("/session") {
                continue;
            }
            let (status, text) = call(&nobody, &operation).await;
            assert_eq!(status, 403, "{}: {text}", operation.name);
        }
    }
}
