//! Personal access tokens.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::schema::access_api_token;

use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;

async fn make(client: &Client<'_>, scopes: &[&str], days: u32) -> Value {
    let body = json!({"name": "script", "scopes": scopes, "expires_in_days": days});
    client.post("/tokens", body).await.expect(201)
}

fn with<'a>(api: &'a TestApi, token: &Value) -> Client<'a> {
    Client { bearer: Some(token["secret"].as_str().unwrap().to_owned()), ..api.anonymous() }
}

#[actix_web::test]
async fn a_token_does_what_its_scopes_allow_and_no_more() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let token = make(&admin, &["organisation.read"], 90).await;
        assert_eq!(token["secret"].as_str().unwrap().len(), "ter_pat_".len() + 32 + 1 + 43);
        assert_eq!(token["expires_at"], "2027-02-19T09:00:00Z");
        let client = with(&api, &token);
        client.get("/organisations").await.expect(200);
        client.get("/users").await.refused("forbidden");
        client.post("/tokens", json!({"name": "more", "scopes": ["user.manage"]})).await.refused("forbidden");
        client.get("/session").await.refused("forbidden");
        client
            .post("/session/password", json!({"current_password": "x", "new_password": "y"}))
            .await
            .refused("forbidden");
    }
}

#[actix_web::test]
async fn a_token_makes_no_token_that_may_more() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let client = with(&api, &make(&admin, &["token.manage_own", "ci.read"], 1).await);
        let answer = client.post("/tokens", json!({"name": "more", "scopes": ["ci.read", "user.manage"]})).await;
        assert_eq!(answer.wrong_fields(), [("scopes[1]", "out_of_range")]);
        make(&client, &["ci.read"], 1).await;
    }
}

#[actix_web::test]
async fn a_token_that_is_expired_revoked_or_changed_is_refused() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let (short, long) =
            (make(&admin, &["organisation.read"], 1).await, make(&admin, &["organisation.read"], 2).await);
        let path = "/organisations";
        let secret = long["secret"].as_str().unwrap();
        let other_id = short["secret"].as_str().unwrap().split_at(40).0.to_owned() + secret.split_at(40).1;
        for forged in [secret.to_uppercase(), secret[..secret.len() - 1].to_owned(), format!("{secret}x"), other_id] {
            let client = Client { bearer: Some(forged), ..api.anonymous() };
            client.get(path).await.refused("unauthenticated");
        }
        with(&api, &short).get(path).await.expect(200);
        api.advance(24 * 3600);
        with(&api, &short).get(path).await.refused("unauthenticated");
        with(&api, &long).get(path).await.expect(200);
        let admin = api.sign_in("administrator").await;
        let revoke = format!("/tokens/{}", long["id"].as_str().unwrap());
        assert_eq!(admin.delete(&revoke).await.status, 204);
        assert_eq!(admin.delete(&revoke).await.status, 204);
        with(&api, &long).get(path).await.refused("unauthenticated");
    }
}

#[actix_web::test]
async fn tokens_are_ones_own() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let viewer = api.signed_in("viewer").await;
        let token = make(&viewer, &["ci.read"], 90).await;
        admin.delete(&format!("/tokens/{}", token["id"].as_str().unwrap())).await.refused("not_found");
        admin.delete("/tokens/nonsense").await.refused("not_found");
        assert_eq!(admin.get("/tokens").await.expect(200)["items"], json!([]));
        let listed = viewer.get("/tokens").await;
        assert!(!listed.text.contains("secret"), "{}", listed.text);
        assert_eq!(listed.expect(200)["items"][0]["scopes"], json!(["ci.read"]));
    }
}

#[actix_web::test]
async fn a_token_needs_a_name_scopes_that_one_has_and_an_end() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let viewer = api.signed_in("viewer").await;
        let body = json!({"name": "", "scopes": ["ci.read", "user.manage"], "expires_in_days": 366});
        let answer = viewer.post("/tokens", body).await;
        let expected = [("name", "required"), ("scopes[1]", "out_of_range"), ("expires_in_days", "out_of_range")];
        assert_eq!(answer.wrong_fields(), expected);
        let answer = viewer.post("/tokens", json!({"name": "x", "scopes": ["fly"]})).await;
        assert_eq!(answer.wrong_fields(), [("scopes[0]", "unknown")]);
        for _ in 0..50 {
            make(&viewer, &["ci.read"], 1).await;
        }
        let answer = viewer.post("/tokens", json!({"name": "x", "scopes": ["ci.read"]})).await;
        assert_eq!(answer.wrong_fields(), [("name", "out_of_range")]);
    }
}

#[actix_web::test]
async fn a_token_is_no_cookie_and_needs_no_csrf_token() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let viewer = api.signed_in("viewer").await;
        let token = make(&viewer, &["token.manage_own"], 1).await;
        let secret = token["secret"].as_str().unwrap().to_owned();
        let as_cookie = Client { cookie: Some(secret), ..api.anonymous() };
        as_cookie.get("/tokens").await.refused("unauthenticated");
        let as_bearer = Client { bearer: viewer.cookie.clone(), ..api.anonymous() };
        as_bearer.get("/tokens").await.refused("unauthenticated");
        with(&api, &token).post("/tokens", json!({"name": "x", "scopes": ["token.manage_own"]})).await.expect(201);
    }
}

#[actix_web::test]
async fn the_database_holds_no_token_that_could_be_used_and_when_it_was_used() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let viewer = api.signed_in("viewer").await;
        let token = make(&viewer, &["organisation.read"], 1).await;
        let stored: Vec<u8> =
            api.query(|conn| access_api_token::table.select(access_api_token::secret_hash).first(conn));
        assert_eq!(stored.len(), 32);
        assert_ne!(stored, token["secret"].as_str().unwrap().as_bytes());
        assert_eq!(viewer.get("/tokens").await.body["items"][0]["last_used_at"], Value::Null);
        api.advance(90);
        with(&api, &token).get("/organisations").await.expect(200);
        assert_eq!(viewer.get("/tokens").await.body["items"][0]["last_used_at"], "2026-11-21T09:01:30Z");
    }
}
