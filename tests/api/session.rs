//! Signing in and out, and what a session is worth.

use actix_web::http::Method;
use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::json;
use terrier_server::store::schema::{access_session, audit_entry};

use crate::harness::api::{Answer, Client, PASSWORD, TestApi};
use crate::harness::database::Backend;

#[actix_web::test]
async fn a_session_cookie_is_hidden_from_scripts_and_other_sites() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        let answer = api.anonymous().sign_in("ada", PASSWORD).await;
        let header = answer.header("set-cookie").unwrap();
        for attribute in ["__Host-sid=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(header.contains(attribute), "{header}");
        }
        assert!(!header.contains("Domain"), "{header}");
        assert_eq!(answer.cookie().unwrap().len(), 43);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let session = answer.expect(200);
        assert_eq!(session["server"]["product"], "Terrier");
        assert_eq!(session["expires_at"], "2026-11-21T21:00:00Z");
        let permissions = json!(["ci.read", "software.read", "agent.read", "token.manage_own", "organisation.read"]);
        assert_eq!(session["permissions"], permissions);
    }
}

#[actix_web::test]
async fn every_answer_tells_browsers_what_not_to_do() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        for answer in [api.anonymous().get("/setup").await, api.anonymous().get("/nowhere").await] {
            assert!(
                answer.header("content-security-policy").unwrap().starts_with("default-src 'none'; script-src 'self'")
            );
            assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
            assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        }
    }
}

#[actix_web::test]
async fn wrong_password_unknown_login_and_disabled_account_look_the_same() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let ada = api.account("ada", &[("viewer", api.root)]);
        let wrong = api.anonymous().sign_in("ada", "another horse battery").await;
        let unknown = api.anonymous().sign_in("bob", PASSWORD).await;
        let user = format!("/users/{ada}");
        let etag = admin.get(&user).await.etag();
        admin.patch(&user, &etag, json!({"enabled": false})).await.expect(200);
        let disabled = api.anonymous().sign_in("ada", PASSWORD).await;
        let shown = |answer: Answer| {
            assert_eq!(answer.header("set-cookie"), None);
            let mut problem = answer.refused("invalid_credentials");
            problem["request_id"].take();
            problem
        };
        let (wrong, unknown, disabled) = (shown(wrong), shown(unknown), shown(disabled));
        assert_eq!(wrong, unknown);
        assert_eq!(wrong, disabled);
    }
}

#[actix_web::test]
async fn signing_in_gives_another_cookie_than_the_one_that_was_brought() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        let mut client = api.anonymous();
        client.cookie = Some("chosen-by-somebody-else".to_owned());
        client.sign_in("ada", PASSWORD).await.expect(200);
        assert_ne!(client.cookie.as_deref(), Some("chosen-by-somebody-else"));
        let before = client.clone();
        client.sign_in("ada", PASSWORD).await.expect(200);
        assert_ne!(client.cookie, before.cookie);
        before.get("/session").await.refused("unauthenticated");
        client.get("/session").await.expect(200);
    }
}

#[actix_web::test]
async fn a_session_that_was_ended_cannot_be_replayed() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let answer = client.delete("/session").await;
        assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
        assert_eq!(answer.status, 204);
        client.get("/session").await.refused("unauthenticated");
        client.delete("/session").await.refused("unauthenticated");
    }
}

#[actix_web::test]
async fn a_session_ends_when_idle_and_at_the_latest_after_12_hours() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let idle = api.signed_in("viewer").await;
        api.advance(30 * 60 - 1);
        idle.get("/session").await.expect(200);
        api.advance(30 * 60);
        idle.get("/session").await.refused("unauthenticated");

        let busy = api.sign_in("viewer").await;
        for _ in 0..36 {
            busy.get("/session").await.expect(200);
            api.advance(20 * 60);
        }
        busy.get("/session").await.refused("unauthenticated");
    }
}

#[actix_web::test]
async fn use_is_written_down_once_a_minute() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let last_used = || {
            let column = access_session::last_used_at;
            api.query(|conn| access_session::table.select(column).first::<terrier_server::store::column::At>(conn))
        };
        let start = last_used();
        api.advance(59);
        client.get("/session").await.expect(200);
        assert_eq!(last_used(), start);
        api.advance(1);
        client.get("/session").await.expect(200);
        assert!(last_used() > start);
    }
}

#[actix_web::test]
async fn a_sixth_session_ends_the_oldest() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        let mut clients = Vec::new();
        for _ in 0..6 {
            clients.push(api.sign_in("ada").await);
            api.advance(1);
        }
        clients[0].get("/session").await.refused("unauthenticated");
        for client in &clients[1..] {
            client.get("/session").await.expect(200);
        }
    }
}

#[actix_web::test]
async fn a_change_without_the_sessions_token_or_from_another_site_is_refused() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let other = api.sign_in("viewer").await;
        let body = || json!({"theme": "dark"});
        let patch = "/session/preferences";
        for csrf in [None, Some(String::new()), Some("x".repeat(43)), other.csrf.clone()] {
            let forged = Client { csrf, ..client.clone() };
            forged.send(Method::PATCH, patch, Some(body()), &[]).await.refused("csrf_token_missing");
            forged.delete("/session").await.refused("csrf_token_missing");
        }
        for site in ["cross-site", "same-site"] {
            let headers = [("Sec-Fetch-Site", site)];
            client.send(Method::PATCH, patch, Some(body()), &headers).await.refused("csrf_token_missing");
            let login = json!({"login": "viewer", "password": PASSWORD});
            api.anonymous().send(Method::POST, "/session", Some(login), &headers).await.refused("csrf_token_missing");
        }
        assert_eq!(client.get("/session").await.expect(200)["user"]["theme"], "system");
        client.send(Method::PATCH, patch, Some(body()), &[("Sec-Fetch-Site", "same-origin")]).await.expect(200);
    }
}

#[actix_web::test]
async fn a_form_of_another_page_cannot_sign_anybody_in() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        let body = json!({"login": "ada", "password": PASSWORD});
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let answer =
                api.anonymous().send(Method::POST, "/session", Some(body.clone()), &[("Content-Type", kind)]).await;
            answer.refused("unsupported_media_type");
        }
    }
}

#[actix_web::test]
async fn guessing_stops_after_ten_tries_however_the_login_is_written_and_wherever_it_comes_from() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("admin", &[("viewer", api.root)]);
        let spellings = ["admin", "Admin ", "ADMIN", " aDmIn", "ａｄｍｉｎ", "ad\u{a0}min"];
        let mut evaluated = 0;
        for number in 0..30_u8 {
            let mut client = api.anonymous();
            client.address = ([203, 0, 113, number], 1).into();
            let answer = client.sign_in(spellings[usize::from(number) % spellings.len()], "wrong horse battery").await;
            if answer.status == 401 {
                evaluated += 1;
                continue;
            }
            assert_eq!(answer.header("retry-after"), Some("360"));
            answer.refused("too_many_requests");
        }
        assert_eq!(evaluated, 10);
        api.anonymous().sign_in("admin", PASSWORD).await.refused("too_many_requests");
        api.advance(360);
        api.anonymous().sign_in("admin", PASSWORD).await.expect(200);
    }
}

#[actix_web::test]
async fn one_address_tries_at_most_fifty_logins_at_once() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let mut refused = 0;
        for number in 0..55 {
            let login = json!({"login": format!("login{number}"), "password": "wrong horse battery"});
            let headers = [("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.8")];
            let answer = api.anonymous().send(Method::POST, "/session", Some(login), &headers).await;
            refused += u32::from(answer.status == 429);
        }
        assert_eq!(refused, 5);
    }
}

#[actix_web::test]
async fn five_hundred_sign_ins_at_once_are_at_most_ten_guesses() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        let attempts = (0..500).map(|_| {
            let mut client = api.anonymous();
            async move { client.sign_in("ada", "wrong horse battery").await.status }
        });
        let statuses = join_all(attempts).await;
        assert_eq!(statuses.iter().filter(|status| **status != 429).count(), 10, "{statuses:?}");
    }
}

#[actix_web::test]
async fn a_password_of_a_megabyte_is_not_read() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let answer = api.anonymous().sign_in("ada", &"x".repeat(1 << 20)).await;
        answer.refused("payload_too_large");
    }
}

#[actix_web::test]
async fn hostile_logins_get_a_clear_answer() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let hostile = [
            "",
            " ",
            "\u{0}",
            "a\u{0}b",
            "' OR 1=1 --",
            "*)(uid=*))(|(uid=*",
            "аdmin",
            &"x".repeat(10_000),
            "\u{202e}",
        ];
        for login in hostile {
            api.advance(3_600);
            for password in ["", "\u{0}", PASSWORD] {
                api.anonymous().sign_in(login, password).await.refused("invalid_credentials");
            }
        }
        let twice =
            api.anonymous().send(Method::POST, "/session", Some(json!({"login": 1, "password": []})), &[]).await;
        twice.refused("malformed_request");
    }
}

#[actix_web::test]
async fn a_new_password_ends_the_other_sessions_and_renews_this_one() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let mut client = api.signed_in("viewer").await;
        let other = api.sign_in("viewer").await;
        let before = client.clone();
        let body = |current: &str, new: &str| json!({"current_password": current, "new_password": new});
        let path = "/session/password";
        client.post(path, body("wrong horse battery", "seven blue teapots sing")).await.refused("invalid_credentials");
        let answer = client.post(path, body(PASSWORD, "password1234")).await;
        assert_eq!(answer.wrong_fields(), [("new_password", "too_common")]);
        let answer = client.post(path, body(PASSWORD, "seven blue teapots sing")).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
        client.keep(&answer);
        other.get("/session").await.refused("unauthenticated");
        before.get("/session").await.refused("unauthenticated");
        client.send(Method::PATCH, "/session/preferences", Some(json!({"language": "ko"})), &[]).await.expect(200);
        api.anonymous().sign_in("viewer", PASSWORD).await.refused("invalid_credentials");
        api.anonymous().sign_in("viewer", "seven blue teapots sing").await.expect(200);
    }
}

#[actix_web::test]
async fn preferences_are_kept_and_checked() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let patch = async |body| client.send(Method::PATCH, "/session/preferences", Some(body), &[]).await;
        let session = patch(json!({"language": "ko", "time_zone": "Asia/Seoul", "theme": "dark"})).await.expect(200);
        assert_eq!(session["user"]["time_zone"], "Asia/Seoul");
        let session = patch(json!({})).await.expect(200);
        assert_eq!((&session["user"]["language"], &session["user"]["theme"]), (&json!("ko"), &json!("dark")));
        let answer = patch(json!({"time_zone": "Mars/Olympus"})).await;
        assert_eq!(answer.wrong_fields(), [("time_zone", "unknown")]);
        for refused in
            [json!({"theme": "pink"}), json!({"theme": null}), json!({"enabled": true}), json!({"login": "x"})]
        {
            patch(refused).await.refused("malformed_request");
        }
    }
}

#[actix_web::test]
async fn the_database_holds_no_cookie_that_could_be_used() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let client = api.signed_in("viewer").await;
        let cookie = client.cookie.unwrap();
        let stored: Vec<u8> = api.query(|conn| access_session::table.select(access_session::id_hash).first(conn));
        assert_eq!(stored.len(), 32);
        assert_ne!(stored, cookie.as_bytes());
    }
}

#[actix_web::test]
async fn failed_sign_ins_are_audited_without_what_was_typed_and_cannot_flood_the_trail() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        api.account("ada", &[("viewer", api.root)]);
        for number in 0..20_u8 {
            let mut client = api.anonymous();
            client.address = ([203, 0, 113, number], 1).into();
            client.sign_in("ada", "a secret typed wrong").await;
        }
        api.anonymous().sign_in("my secret in the wrong field", "x").await;
        let rows: Vec<(String, Option<String>, String, Option<String>)> = api.query(|conn| {
            use audit_entry as e;
            let refusals = e::table.filter(e::action.like("session.%")).order(e::seq);
            refusals.select((e::action, e::object_name, e::details, e::address)).load(conn)
        });
        let count = |action: &str| rows.iter().filter(|row| row.0 == action).count();
        assert_eq!((count("session.refused"), count("session.limited")), (11, 1));
        assert_eq!(rows[0].1.as_deref(), Some("ada"));
        assert_eq!(rows[0].3.as_deref(), Some("203.0.113.0"));
        assert_eq!(rows.last().unwrap().1, None);
        assert!(!format!("{rows:?}").contains("secret"), "{rows:?}");
    }
}
