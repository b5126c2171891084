//! The first administrator.

use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::{Value, json};
use terrier_server::access;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::store::schema::{access_link, access_user};

use crate::harness::api::{PASSWORD, TestApi};
use crate::harness::database::Backend;

/// The token of a new set-up link, unless there is a user.
fn link(api: &TestApi) -> Option<String> {
    let ctx = Ctx::system(&api.clock);
    let link = api.store().write_blocking(|conn| access::setup_link(conn, &ctx)).unwrap();
    link.map(|link| link.strip_prefix("/setup?token=").unwrap().to_owned())
}

fn body(token: &str) -> Value {
    json!({"token": token, "login": "Ada", "display_name": "Ada", "password": PASSWORD, "language": "ko"})
}

#[actix_web::test]
async fn the_first_administrator_is_made_by_the_link_and_signed_in() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let mut client = api.anonymous();
        assert_eq!(client.get("/setup").await.expect(200), json!({"needed": true}));
        let answer = client.post("/setup", body(&link(&api).unwrap())).await;
        client.keep(&answer);
        let session = answer.expect(201);
        assert_eq!(session["user"]["login"], "Ada");
        assert_eq!(session["user"]["language"], "ko");
        assert_eq!(session["permissions"].as_array().unwrap().len(), 12);
        assert_eq!(session["grants"][0]["role"], "administrator");
        assert_eq!(session["grants"][0]["organisation"]["id"], api.root.to_string());
        client.get("/users").await.expect(200);
        assert_eq!(client.get("/setup").await.expect(200), json!({"needed": false}));
    }
}

#[actix_web::test]
async fn set_up_happens_once() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let token = link(&api).unwrap();
        api.anonymous().post("/setup", body(&token)).await.expect(201);
        api.anonymous().post("/setup", body(&token)).await.refused("conflict");
        assert_eq!(link(&api), None, "{backend:?}");
    }
}

#[actix_web::test]
async fn a_link_that_is_wrong_replaced_or_old_is_refused() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.anonymous().post("/setup", body("guessed")).await.refused("forbidden");
        let first = link(&api).unwrap();
        let second = link(&api).unwrap();
        api.anonymous().post("/setup", body(&first)).await.refused("forbidden");
        api.advance(24 * 3600);
        api.anonymous().post("/setup", body(&second)).await.refused("forbidden");
        api.anonymous().post("/setup", body(&link(&api).unwrap())).await.expect(201);
    }
}

#[actix_web::test]
async fn of_32_set_ups_at_once_one_makes_an_administrator() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let token = link(&api).unwrap();
        let attempts = (0..32).map(|number| {
            let mut body = body(&token);
            body["login"] = json!(format!("admin{number}"));
            let client = api.anonymous();
            async move { client.post("/setup", body).await.status }
        });
        let statuses = join_all(attempts).await;
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 403, 409, 503].contains(status)), "{statuses:?}");
        assert_eq!(api.query(|conn| access_user::table.count().get_result::<i64>(conn)), 1);
    }
}

#[actix_web::test]
async fn a_refused_set_up_leaves_the_link_usable() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let token = link(&api).unwrap();
        for (field, value, wrong) in [
            ("password", "short", ("password", "too_short")),
            ("password", "password1234", ("password", "too_common")),
            ("login", "관리자", ("login", "invalid")),
            ("display_name", "", ("display_name", "required")),
        ] {
            let mut body = body(&token);
            body[field] = json!(value);
            let answer = api.anonymous().post("/setup", body).await;
            assert_eq!(answer.wrong_fields(), [wrong]);
            answer.refused("validation_failed");
        }
        api.anonymous().post("/setup", body(&token)).await.expect(201);
    }
}

#[actix_web::test]
async fn a_field_that_is_not_offered_is_refused_and_named() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let mut body = body(&link(&api).unwrap());
        body["role"] = json!("administrator");
        let problem = api.anonymous().post("/setup", body).await.refused("malformed_request");
        assert!(problem["detail"].as_str().unwrap().contains("role"), "{problem}");
    }
}

#[actix_web::test]
async fn the_database_holds_no_link_that_could_be_used() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let token = link(&api).unwrap();
        let stored: Vec<u8> = api.query(|conn| access_link::table.select(access_link::token_hash).first(conn));
        assert_eq!(stored.len(), 32);
        assert_ne!(stored, token.as_bytes());
    }
}
