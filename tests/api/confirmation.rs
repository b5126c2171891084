//! What a session may do only shortly after the password was typed.

use actix_web::http::Method;
use serde_json::json;
use terrier_server::kernel::id::UserId;

use crate::harness::api::{Client, PASSWORD, TestApi};
use crate::harness::database::Backend;

/// What needs a fresh password, each with a body that would do it.
async fn try_all(client: &Client<'_>, user: UserId) -> Vec<(&'static str, u16, String)> {
    let nobody = "0192f0c1-2345-7000-8000-0123456789ab";
    let new = json!({"login": "eve", "display_name": "Eve", "language": "en", "grants": []});
    let attempts = [
        ("create a user", Method::POST, "/users".to_owned(), new),
        ("change grants", Method::PATCH, format!("/users/{user}"), json!({"grants": []})),
        ("reset a password", Method::POST, format!("/users/{user}/password-reset"), json!({})),
        ("make a token", Method::POST, "/tokens".to_owned(), json!({"name": "t", "scopes": ["ci.read"]})),
        ("revoke an agent", Method::POST, format!("/agents/{nobody}/revoke"), json!({})),
    ];
    let mut answers = Vec::new();
    for (name, method, path, body) in attempts {
        let answer = client.send(method, &path, Some(body), &[("If-Match", "\"v1\"")]).await;
        answers.push((name, answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned()));
    }
    answers
}

#[actix_web::test]
async fn five_minutes_after_the_password_an_open_session_administers_nothing_until_it_is_typed_again() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let ada = api.account("ada", &[("viewer", api.root)]);
        let admin = api.signed_in("administrator").await;
        api.advance(5 * 60);
        assert_eq!(admin.post("/tokens", json!({"name": "t", "scopes": ["ci.read"]})).await.status, 201);
        api.advance(1);
        for (name, status, code) in try_all(&admin, ada).await {
            assert_eq!((status, code.as_str()), (403, "confirmation_required"), "{name}");
        }
        admin.get("/users").await.expect(200);
        admin.post("/session/confirm", json!({"password": "wrong horse battery"})).await.refused("invalid_credentials");
        for (name, _, code) in try_all(&admin, ada).await {
            assert_eq!(code, "confirmation_required", "{name}");
        }
        assert_eq!(admin.post("/session/confirm", json!({"password": PASSWORD})).await.status, 204);
        let statuses: Vec<_> = try_all(&admin, ada).await.into_iter().map(|(_, status, _)| status).collect();
        assert_eq!(statuses, [201, 200, 200, 201, 404]);
        let trail = admin.get("/audit?action=session.").await.expect(200);
        let actions: Vec<_> =
            trail["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["session.confirmed", "session.refused", "session.created"]);
    }
}

#[actix_web::test]
async fn somebody_who_may_not_hears_that_and_not_that_he_should_type_his_password() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let ada = api.account("ada", &[("viewer", api.root)]);
        let viewer = api.signed_in("viewer").await;
        api.advance(10 * 60);
        for (name, status, code) in try_all(&viewer, ada).await {
            let expected = if name == "make a token" { "confirmation_required" } else { "forbidden" };
            assert_eq!((status, code.as_str()), (403, expected), "{name}");
        }
    }
}

#[actix_web::test]
async fn a_program_needs_no_password_but_the_very_scope() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let program = async |scopes: &[&str]| {
            let body = json!({"name": "program", "scopes": scopes});
            let secret = admin.post("/tokens", body).await.expect(201)["secret"].as_str().unwrap().to_owned();
            Client { bearer: Some(secret), ..api.anonymous() }
        };
        let reads = program(&["ci.read", "software.read", "agent.read", "audit.read", "organisation.read"]).await;
        let administers = program(&["user.manage"]).await;
        api.advance(3_600);
        let new = json!({"login": "eve", "display_name": "Eve", "language": "en", "grants": []});
        reads.post("/users", new.clone()).await.refused("forbidden");
        administers.post("/users", new).await.expect(201);
        administers.post("/session/confirm", json!({"password": PASSWORD})).await.refused("forbidden");
    }
}

#[actix_web::test]
async fn passwords_are_not_guessed_faster_in_an_open_session() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let mut tried = 0;
        for _ in 0..15 {
            let answer = admin.post("/session/confirm", json!({"password": "wrong horse battery"})).await;
            tried += u32::from(answer.status == 401);
        }
        assert_eq!(tried, 10);
        admin.post("/session/confirm", json!({"password": PASSWORD})).await.refused("too_many_requests");
        api.anonymous().sign_in("administrator", PASSWORD).await.refused("too_many_requests");
    }
}
