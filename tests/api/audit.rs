//! The audit trail.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use futures_util::future::join_all;
use serde_json::{Value, json};
use terrier_server::store::Conn;
use terrier_server::store::schema::audit_entry as e;

use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;

pub(super) async fn busy_trail(api: &TestApi) -> Client<'_> {
    let admin = api.signed_in("administrator").await;
    for number in 0..8 {
        let user = json!({"login": format!("u{number}"), "display_name": "U", "language": "ko", "grants": []});
        admin.post("/users", user).await.expect(201);
    }
    admin
}

/// What somebody with the database in his hands can do.
pub(super) fn tamper(api: &TestApi, backend: Backend, statements: &str) {
    let (off, on) = match backend {
        Backend::Sqlite => {
            ("DROP TRIGGER IF EXISTS audit_entry_not_updated; DROP TRIGGER IF EXISTS audit_entry_not_deleted;", "")
        }
        Backend::Postgres => ("ALTER TABLE audit_entry DISABLE TRIGGER ALL;", ""),
    };
    api.execute(|conn| match conn {
        Conn::Sqlite(conn) => conn.batch_execute(&format!("{off}{statements};{on}")),
        Conn::Postgres(conn) => conn.batch_execute(&format!("{off}{statements};{on}")),
    });
}

#[actix_web::test]
async fn every_change_leaves_an_entry_with_who_what_and_where_from() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        let trail = admin.get("/audit?action=user.&limit=200").await.expect(200);
        let items = trail["items"].as_array().unwrap();
        assert_eq!(items.len(), 8);
        let entry = &items[7];
        assert_eq!(entry["action"], "user.created");
        assert_eq!((&entry["actor"]["kind"], &entry["actor"]["name"]), (&json!("user"), &json!("administrator")));
        assert_eq!((&entry["object"]["kind"], &entry["object"]["name"]), (&json!("user"), &json!("u0")));
        assert_eq!(entry["details"]["language"], "ko");
        assert_eq!(entry["address"], "192.0.2.1");
        assert!(entry["request_id"].is_string());
        assert_eq!(entry["hash"].as_str().unwrap().len(), 64);
        assert!(!trail.to_string().contains("set-password"), "{trail}");
    }
}

#[actix_web::test]
async fn entries_are_numbered_without_gaps_under_concurrent_writers_and_refused_changes_leave_none() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let attempts = (0..40).map(|number| {
            let login = if number % 4 == 0 { "taken".to_owned() } else { format!("u{number}") };
            let user = json!({"login": login, "display_name": "U", "language": "en", "grants": []});
            let admin = admin.clone();
            async move { admin.post("/users", user).await.status }
        });
        let made = join_all(attempts).await.into_iter().filter(|status| *status == 201).count();
        assert_eq!(made, 31);
        let seqs: Vec<i64> = api.query(|conn| e::table.order(e::seq).select(e::seq).load(conn));
        assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>());
        let users: i64 = api.query(|conn| e::table.filter(e::action.eq("user.created")).count().get_result(conn));
        assert_eq!(users, 31);
        assert_eq!(admin.get("/audit/verify").await.expect(200)["ok"], true);
    }
}

#[actix_web::test]
async fn the_database_refuses_to_change_or_delete_an_entry() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        busy_trail(&api).await;
        for statement in ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry WHERE seq = 1"] {
            let refused = api.store().write_blocking::<(), terrier_server::store::StoreError>(|conn| match conn {
                Conn::Sqlite(conn) => Ok(conn.batch_execute(statement)?),
                Conn::Postgres(conn) => Ok(conn.batch_execute(statement)?),
            });
            assert!(refused.is_err(), "{statement}");
        }
    }
}

#[actix_web::test]
async fn tampering_by_somebody_who_owns_the_database_shows() {
    let cases: [(&str, i64); 6] = [
        ("UPDATE audit_entry SET actor_name = 'Eve' WHERE seq = 4", 4),
        ("UPDATE audit_entry SET details = '{}' WHERE seq = 5", 5),
        ("UPDATE audit_entry SET hash = prev WHERE seq = 6", 6),
        ("DELETE FROM audit_entry WHERE seq = 4", 4),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
        (
            "UPDATE audit_entry SET seq = 1000 WHERE seq = 3; UPDATE audit_entry SET seq = 3 WHERE seq = 4; \
          UPDATE audit_entry SET seq = 4 WHERE seq = 1000",
            3,
        ),
    ];
    for backend in Backend::BOTH {
        for (statements, first_bad) in cases {
            let api = TestApi::new(backend).await;
            let admin = busy_trail(&api).await;
            let before = admin.get("/audit/verify").await.expect(200);
            assert_eq!((&before["ok"], &before["first_bad_seq"]), (&json!(true), &Value::Null));
            tamper(&api, backend, statements);
            let after = admin.get("/audit/verify").await.expect(200);
            assert_eq!((&after["ok"], &after["first_bad_seq"]), (&json!(false), &json!(first_bad)), "{statements}");
        }
    }
}

#[actix_web::test]
async fn the_trail_comes_newest_first_in_pages_and_can_be_filtered() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        let mut seqs = Vec::new();
        let mut path = "/audit?limit=4".to_owned();
        loop {
            let page = admin.get(&path).await.expect(200);
            seqs.extend(page["items"].as_array().unwrap().iter().map(|item| item["seq"].as_i64().unwrap()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/audit?limit=4&cursor={cursor}");
        }
        assert_eq!(seqs, (1..=i64::try_from(seqs.len()).unwrap()).rev().collect::<Vec<_>>());
        let count = async |query: &str| {
            let page = admin.get(&format!("/audit?limit=200&{query}")).await.expect(200);
            page["items"].as_array().unwrap().len()
        };
        let admin_id = admin.get("/session").await.expect(200)["user"]["id"].as_str().unwrap().to_owned();
        assert_eq!(count("actor=administrator").await, count(&format!("actor={admin_id}")).await);
        assert_eq!(count("actor=administrator&action=user.created").await, 8);
        assert_eq!(count("object=u3").await, 1);
        assert_eq!(count("object=organisation").await, 1);
        assert_eq!(count("from=2026-11-21T09:00:00Z").await, seqs.len());
        assert_eq!(count("to=2026-11-21T09:00:00Z").await, 0);
        assert_eq!(count("action=%25").await, 0);
        admin.get("/audit?from=yesterday").await.refused("malformed_request");
    }
}

#[actix_web::test]
async fn the_trail_is_for_those_who_may_read_it_for_the_whole_installation() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let branch = api.organisation("Branch", api.root);
        api.account("part", &[("auditor", branch)]);
        let part = api.sign_in("part").await;
        let viewer = api.signed_in("viewer").await;
        for path in ["/audit", "/audit/verify"] {
            part.get(path).await.refused("forbidden");
            viewer.get(path).await.refused("forbidden");
        }
    }
}
