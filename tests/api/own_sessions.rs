//! One's own sessions, and what goes when they are over.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::access;
use terrier_server::store::schema::{access_link, access_session};

use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;

async fn listed(client: &Client<'_>) -> Vec<Value> {
    client.get("/session/all").await.expect(200)["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn a_person_sees_the_own_sessions_and_ends_one_of_them() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let first = api.signed_in("viewer").await;
        api.advance(10);
        let second = api.sign_in("viewer").await;
        let sessions = listed(&second).await;
        let current: Vec<_> = sessions.iter().map(|session| &session["current"]).collect();
        assert_eq!(current, [&json!(true), &json!(false)]);
        assert_eq!(sessions[1]["created_at"], "2026-11-21T09:00:00Z");
        assert_eq!(sessions[1]["address"], "192.0.2.1");

        let id = sessions[1]["id"].as_str().unwrap();
        assert_eq!(second.delete(&format!("/session/all/{id}")).await.status, 204);
        first.get("/session").await.refused("unauthenticated");
        second.delete(&format!("/session/all/{id}")).await.refused("not_found");
        assert_eq!(listed(&second).await.len(), 1);
    }
}

#[actix_web::test]
async fn all_other_sessions_end_at_once_and_leave_an_entry() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let others = [api.sign_in("administrator").await, api.sign_in("administrator").await];
        assert_eq!(admin.delete("/session/all").await.status, 204);
        for other in others {
            other.get("/session").await.refused("unauthenticated");
        }
        let entry = admin.get("/audit?action=session.others_ended").await.expect(200);
        assert_eq!(entry["items"][0]["details"]["ended_sessions"], 2);
    }
}

#[actix_web::test]
async fn the_session_of_somebody_else_answers_like_one_that_there_is_not() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let victim = api.signed_in("viewer").await;
        let admin = api.signed_in("administrator").await;
        let id = listed(&victim).await[0]["id"].as_str().unwrap().to_owned();
        admin.delete(&format!("/session/all/{id}")).await.refused("not_found");
        admin.delete("/session/all/nonsense").await.refused("not_found");
        victim.get("/session").await.expect(200);
        assert_eq!(listed(&admin).await.len(), 1);
    }
}

#[actix_web::test]
async fn a_list_of_sessions_opens_none() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let id = listed(&client).await[0]["id"].as_str().unwrap().to_owned();
        let thief = Client { cookie: Some(id), ..api.anonymous() };
        thief.get("/session").await.refused("unauthenticated");
    }
}

#[actix_web::test]
async fn sessions_and_links_that_are_over_are_removed_and_no_others() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let user = |login: &str| json!({"login": login, "display_name": login, "language": "en", "grants": []});
        admin.post("/users", user("never")).await.expect(201);
        let link = admin.post("/users", user("used")).await.expect(201)["set_password_link"].clone();
        let token = link.as_str().unwrap().strip_prefix("/set-password?token=").unwrap();
        let body = json!({"token": token, "new_password": "seven blue teapots sing"});
        assert_eq!(api.anonymous().post("/password", body).await.status, 204);

        let left = || {
            let sessions: i64 = api.query(|conn| access_session::table.count().get_result(conn));
            let links: i64 = api.query(|conn| access_link::table.count().get_result(conn));
            (sessions, links)
        };
        let clean = || api.store().write_blocking(|conn| access::forget_dead(conn, api.clock.now())).unwrap();
        let removed = clean();
        assert_eq!((removed.sessions, removed.links, left()), (0, 1, (1, 1)));
        api.advance(29 * 60);
        let young = api.sign_in("administrator").await;
        api.advance(60);
        let removed = clean();
        assert_eq!((removed.sessions, removed.links, left()), (1, 0, (1, 1)));
        young.get("/session").await.expect(200);
        api.advance(24 * 3_600);
        clean();
        assert_eq!(left(), (0, 0));
    }
}

#[actix_web::test]
async fn an_account_that_is_enabled_again_gets_neither_sessions_nor_tokens_nor_links_back() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let ada = api.account("ada", &[("viewer", api.root)]).to_string();
        let session = api.sign_in("ada").await;
        let body = json!({"name": "script", "scopes": ["ci.read"]});
        let secret = session.post("/tokens", body).await.expect(201)["secret"].as_str().unwrap().to_owned();
        let path = format!("/users/{ada}");
        let reset = admin.post(&format!("{path}/password-reset"), json!({})).await.expect(200);
        let link = reset["set_password_link"].as_str().unwrap().to_owned();
        for enabled in [false, true] {
            let etag = admin.get(&path).await.etag();
            admin.patch(&path, &etag, json!({"enabled": enabled})).await.expect(200);
        }
        session.get("/session").await.refused("unauthenticated");
        let program = Client { bearer: Some(secret), ..api.anonymous() };
        program.get("/classes").await.refused("unauthenticated");
        let token = link.strip_prefix("/set-password?token=").unwrap();
        let body = json!({"token": token, "new_password": "seven blue teapots sing"});
        api.anonymous().post("/password", body).await.refused("forbidden");
        let trail = admin.get("/audit?action=user.changed").await.expect(200);
        let details = &trail["items"][1]["details"];
        assert_eq!((&details["ended_sessions"], &details["revoked_tokens"]), (&json!(1), &json!(1)));
    }
}
