//! Users: who may do what with whom.

use std::fmt::Display;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::api::{Answer, Client, PASSWORD, TestApi};
use crate::harness::database::Backend;

fn grant(role: &str, organisation: impl Display) -> Value {
    json!({"role": role, "organisation_id": organisation.to_string()})
}

fn new_user(login: &str, grants: &[Value]) -> Value {
    json!({"login": login, "display_name": login, "language": "en", "grants": grants})
}

async fn change(client: &Client<'_>, user: &str, body: Value) -> Answer {
    let path = format!("/users/{user}");
    let etag = client.get(&path).await.etag();
    client.patch(&path, &etag, body).await
}

/// `action` of a user as the caller is shown it: `yes`, or the reason against it.
fn action<'a>(user: &'a Value, name: &str) -> &'a str {
    let actions = user["allowed_actions"].as_array().unwrap();
    let found = actions.iter().find(|action| action["action"] == name).unwrap();
    assert_eq!(found["allowed"], found.get("reason").is_none());
    found["reason"].as_str().unwrap_or("yes")
}

#[actix_web::test]
async fn a_new_user_sets_a_password_by_the_link_and_signs_in() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let answer = admin.post("/users", new_user("Ada", &[grant("viewer", api.root)])).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let user = answer.expect(201);
        assert_eq!(user["last_login_at"], Value::Null);
        api.anonymous().sign_in("ada", "").await.refused("invalid_credentials");
        let token = user["set_password_link"].as_str().unwrap().strip_prefix("/set-password?token=").unwrap();
        let body = |password: &str| json!({"token": token, "new_password": password});
        let weak = api.anonymous().post("/password", body("ada-ada-ada-ada")).await;
        assert_eq!(weak.wrong_fields(), [("new_password", "too_common")]);
        assert_eq!(api.anonymous().post("/password", body(PASSWORD)).await.status, 204);
        api.anonymous().post("/password", body(PASSWORD)).await.refused("forbidden");
        let session = api.sign_in("ADA").await.get("/session").await.expect(200);
        assert_eq!(session["user"]["time_zone"], "", "nobody has chosen one, so it is the browser's");
        let seen = admin.get(&format!("/users/{}", user["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(seen["last_login_at"], "2026-11-21T09:00:00Z");
    }
}

#[actix_web::test]
async fn a_link_to_set_a_password_ends_after_a_day_when_replaced_and_with_the_account() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let ada = api.account("ada", &[("viewer", api.root)]).to_string();
        let reset = async || {
            let answer = admin.post(&format!("/users/{ada}/password-reset"), json!({})).await.expect(200);
            answer["set_password_link"].as_str().unwrap().rsplit_once('=').unwrap().1.to_owned()
        };
        let used = async |token: &str| {
            let body = json!({"token": token, "new_password": "seven blue teapots sing"});
            api.anonymous().post("/password", body).await.status
        };
        let (first, second) = (reset().await, reset().await);
        assert_eq!(used(&first).await, 403);
        let session = api.sign_in("ada").await;
        assert_eq!(used(&second).await, 204);
        session.get("/session").await.refused("unauthenticated");
        let third = reset().await;
        change(&admin, &ada, json!({"enabled": false})).await.expect(200);
        assert_eq!(used(&third).await, 403);
        admin.post(&format!("/users/{ada}/password-reset"), json!({})).await.refused("rule_violated");
        change(&admin, &ada, json!({"enabled": true})).await.expect(200);
        let fourth = reset().await;
        api.advance(24 * 3600);
        assert_eq!(used(&fourth).await, 403);
    }
}

#[actix_web::test]
async fn every_field_of_a_new_user_that_is_wrong_is_named() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let body = json!({"login": "a b", "display_name": " ", "language": "en", "grants": [grant("king", api.root)]});
        let answer = admin.post("/users", body).await;
        let expected = [("login", "invalid"), ("display_name", "required"), ("grants[0].role", "unknown")];
        assert_eq!(answer.wrong_fields(), expected);
        let nowhere = grant("viewer", "0192f0c1-2345-7000-8000-0123456789ab");
        let answer = admin.post("/users", new_user("ada", &[grant("viewer", api.root), nowhere])).await;
        assert_eq!(answer.wrong_fields(), [("grants[1].organisation_id", "unknown")]);
        admin.post("/users", new_user("ada", &[])).await.expect(201);
        for login in ["ada", "ADA", " Ada "] {
            assert_eq!(admin.post("/users", new_user(login, &[])).await.wrong_fields(), [("login", "taken")]);
        }
        let mut extra = new_user("bob", &[]);
        extra["password_hash"] = json!("x");
        admin.post("/users", extra).await.refused("malformed_request");
    }
}

#[actix_web::test]
async fn a_change_needs_the_version_that_was_seen() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let path = format!("/users/{}", api.account("ada", &[("viewer", api.root)]));
        let etag = admin.get(&path).await.etag();
        let body = || json!({"display_name": "Ada Lovelace"});
        admin.send(Method::PATCH, &path, Some(body()), &[]).await.refused("precondition_required");
        admin.patch(&path, "W/\"x\"", body()).await.refused("malformed_request");
        let answer = admin.patch(&path, &etag, body()).await;
        let newer = answer.etag();
        assert_eq!(answer.expect(200)["display_name"], "Ada Lovelace");
        let stale = admin.patch(&path, &etag, json!({"display_name": "Eve"})).await;
        assert_eq!(stale.etag(), newer);
        stale.refused("stale");
        for refused in
            [json!({"login": "eve"}), json!({"display_name": null}), json!({"id": "x"}), json!({"version": 9})]
        {
            admin.patch(&path, &newer, refused).await.refused("malformed_request");
        }
        assert_eq!(admin.get(&path).await.etag(), newer);
    }
}

#[actix_web::test]
async fn who_is_disabled_or_gets_another_role_loses_sessions_and_tokens_follow() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let ada = api.account("ada", &[("auditor", api.root)]).to_string();
        let session = api.sign_in("ada").await;
        let body = json!({"name": "script", "scopes": ["audit.read", "ci.read"]});
        let secret = session.post("/tokens", body).await.expect(201)["secret"].as_str().unwrap().to_owned();
        let token = Client { bearer: Some(secret), ..api.anonymous() };
        token.get("/audit").await.expect(200);

        change(&admin, &ada, json!({"grants": [grant("viewer", api.root)]})).await.expect(200);
        session.get("/session").await.refused("unauthenticated");
        token.get("/audit").await.refused("forbidden");

        let session = api.sign_in("ada").await;
        change(&admin, &ada, json!({"display_name": "Ada"})).await.expect(200);
        session.get("/session").await.expect(200);
        change(&admin, &ada, json!({"enabled": false})).await.expect(200);
        session.get("/session").await.refused("unauthenticated");
        token.get("/audit").await.refused("unauthenticated");
    }
}

#[actix_web::test]
async fn nobody_changes_his_own_grants_or_disables_himself() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        api.account("other", &[("administrator", api.root)]);
        let id = admin.get("/session").await.expect(200)["user"]["id"].as_str().unwrap().to_owned();
        for body in [json!({"enabled": false}), json!({"grants": []}), json!({"grants": [grant("viewer", api.root)]})] {
            let answer = change(&admin, &id, body).await;
            assert_eq!(answer.wrong_fields(), [("", "own_account")]);
            answer.refused("rule_violated");
        }
        change(&admin, &id, json!({"display_name": "Root", "grants": [grant("administrator", api.root)]}))
            .await
            .expect(200);
        let user = admin.get(&format!("/users/{id}")).await.expect(200);
        assert_eq!((action(&user, "disable"), action(&user, "reset_password")), ("own_account", "own_account"));
    }
}

#[actix_web::test]
async fn only_an_administrator_makes_changes_or_unmakes_one() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.account("root", &[("administrator", api.root)]).to_string();
        let officer = api.signed_in("security_admin").await;
        let ada = api.account("ada", &[("viewer", api.root)]).to_string();
        let made = grant("administrator", api.root);
        officer.post("/users", new_user("eve", std::slice::from_ref(&made))).await.refused("forbidden");
        change(&officer, &ada, json!({"grants": [made]})).await.refused("forbidden");
        for body in [json!({"enabled": false}), json!({"grants": []}), json!({"display_name": "x"})] {
            change(&officer, &admin, body).await.refused("forbidden");
        }
        officer.post(&format!("/users/{admin}/password-reset"), json!({})).await.refused("forbidden");
        let user = officer.get(&format!("/users/{admin}")).await.expect(200);
        for name in ["edit", "disable", "reset_password"] {
            assert_eq!(action(&user, name), "needs_permission");
        }
        change(&officer, &ada, json!({"grants": [grant("operator", api.root)]})).await.expect(200);
    }
}

#[actix_web::test]
async fn two_administrators_who_demote_each_other_leave_one() {
    for backend in Backend::BOTH {
        for round in 0..4 {
            let api = TestApi::new(backend).await;
            let ids: Vec<String> =
                ["one", "two"].map(|login| api.account(login, &[("administrator", api.root)]).to_string()).into();
            let (one, two) = (api.sign_in("one").await, api.sign_in("two").await);
            let body = if round % 2 == 0 { json!({"grants": []}) } else { json!({"enabled": false}) };
            let attempts = [(&one, &ids[1]), (&two, &ids[0])].map(|(client, target)| {
                let body = body.clone();
                async move { client.patch(&format!("/users/{target}"), "\"v1\"", body).await.status }
            });
            let statuses = join_all(attempts).await;
            assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
            let left = [one, two];
            let mut can_manage = 0;
            for client in &left {
                can_manage += u32::from(client.get("/users").await.status == 200);
            }
            assert_eq!(can_manage, 1);
        }
    }
}

#[actix_web::test]
async fn the_last_administrator_stays_even_if_the_server_itself_asks() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let branch = api.organisation("Branch", api.root);
        let last = api.account("last", &[("administrator", api.root)]).to_string();
        // Cannot sign in yet, so that it does not count.
        let admin = api.sign_in("last").await;
        admin.post("/users", new_user("later", &[grant("administrator", api.root)])).await.expect(201);
        // Administers a part only, so that it does not count either.
        api.account("branch", &[("administrator", branch)]);
        let other = api.account("other", &[("administrator", api.root)]).to_string();
        let second = api.sign_in("other").await;
        change(&admin, &other, json!({"enabled": false})).await.expect(200);
        second.get("/users").await.refused("unauthenticated");
        let seen = admin.get(&format!("/users/{last}")).await.expect(200);
        assert_eq!(action(&seen, "disable"), "own_account");
    }
}

#[actix_web::test]
async fn who_manages_a_part_sees_and_changes_nobody_outside() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let (north, south) = (api.organisation("North", api.root), api.organisation("South", api.root));
        let below = api.organisation("Far North", north);
        api.account("keeper", &[("security_admin", north)]);
        let keeper = api.sign_in("keeper").await;
        api.account("inside", &[("viewer", below)]);
        let outside = [
            api.account("root", &[("viewer", api.root)]),
            api.account("south", &[("viewer", south)]),
            api.account("both", &[("viewer", north), ("viewer", south)]),
            api.account("nowhere", &[]),
        ];
        let list = keeper.get("/users").await.expect(200);
        let logins: Vec<&str> =
            list["items"].as_array().unwrap().iter().map(|u| u["login"].as_str().unwrap()).collect();
        assert_eq!(logins, ["inside", "keeper"]);

        let absent = "0192f0c1-2345-7000-8000-0123456789ab".to_owned();
        let mut answers = Vec::new();
        for id in outside.iter().map(ToString::to_string).chain([absent]) {
            let path = format!("/users/{id}");
            for answer in [
                keeper.get(&path).await,
                keeper.patch(&path, "\"v1\"", json!({"enabled": false})).await,
                keeper.post(&format!("{path}/password-reset"), json!({})).await,
            ] {
                let mut problem = answer.refused("not_found");
                problem["request_id"].take();
                answers.push(problem);
            }
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]));

        for grants in [vec![grant("viewer", api.root)], vec![grant("viewer", north), grant("viewer", south)]] {
            keeper.post("/users", new_user("eve", &grants)).await.refused("validation_failed");
        }
        assert_eq!(keeper.post("/users", new_user("eve", &[])).await.wrong_fields(), [("grants", "required")]);
        keeper.post("/users", new_user("eve", &[grant("viewer", below)])).await.expect(201);

        let organisations = keeper.get("/organisations").await.expect(200);
        let seen = |id, name: &str, parent: Value| {
            json!({"id": id, "name": name, "parent_id": parent, "version": 1,
                "agent_interval_s": null, "effective_agent_interval_s": 300})
        };
        let expected = json!([seen(below, "Far North", json!(north)), seen(north, "North", Value::Null),]);
        assert_eq!(organisations["items"], expected);
    }
}

#[actix_web::test]
async fn users_come_in_pages_and_can_be_searched() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        for number in 0..7 {
            api.account(&format!("user{number}"), &[]);
        }
        let mut logins = Vec::new();
        let mut path = "/users?q=USER&limit=3".to_owned();
        loop {
            let page = admin.get(&path).await.expect(200);
            let items = page["items"].as_array().unwrap();
            logins.extend(items.iter().map(|user| user["login"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/users?q=USER&limit=3&cursor={cursor}");
        }
        assert_eq!(logins, ["user0", "user1", "user2", "user3", "user4", "user5", "user6"]);
        for literal in ["%", "_", "\\"] {
            let found = admin.get(&format!("/users?q={}", literal.replace('%', "%25").replace('\\', "%5C"))).await;
            assert_eq!(found.expect(200)["items"].as_array().unwrap().len(), 0, "{literal}");
        }
        for refused in ["/users?limit=0", "/users?limit=201", "/users?cursor=forged"] {
            admin.get(refused).await.refused("validation_failed");
        }
        for refused in ["/users?sort=password_hash", "/users?filter[password_hash][gte]=a", "/users?limit=x"] {
            admin.get(refused).await.refused("malformed_request");
        }
        admin.get("/users?q=a%00b").await.expect(200);
    }
}

#[actix_web::test]
async fn a_refusal_of_user_management_is_audited() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let viewer = api.signed_in("viewer").await;
        for _ in 0..15 {
            viewer.get("/users").await.refused("forbidden");
        }
        let auditor = api.signed_in("auditor").await;
        let trail = auditor.get("/audit?action=access.denied").await.expect(200);
        let items = trail["items"].as_array().unwrap();
        assert_eq!(items.len(), 10, "{trail}");
        assert_eq!(items[0]["actor"]["name"], "viewer");
        assert_eq!(items[0]["object"], json!({"kind": "permission", "id": "user.manage", "name": null}));
        assert_eq!(items[0]["address"], "192.0.2.1");
    }
}
