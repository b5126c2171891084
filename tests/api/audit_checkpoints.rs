//! Checkpoints of the audit trail, against somebody who owns the database.

use std::fs;

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::audit::checkpoint::Checkpoint;
use terrier_server::audit::ledger::FILE;
use terrier_server::audit::model::{GENESIS, Row};
use terrier_server::audit::{CheckpointError, Checkpoints, Finding, verify_all};
use terrier_server::store::StoreError;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::audit_entry as e;

use super::audit::{busy_trail, tamper};
use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;

fn advance(api: &TestApi) -> Result<Option<Checkpoint>, CheckpointError> {
    api.store().read_blocking(|conn| api.checkpoints.advance(conn, api.clock.now()))
}

/// What the command line finds.
fn verify(api: &TestApi) -> Option<Finding> {
    let key = api.checkpoints.public_key();
    let walk = |conn: &mut _| verify_all(conn, api.directory.path(), Some(&key));
    api.store().read_blocking(walk).unwrap().finding
}

async fn add(client: &Client<'_>, login: &str) {
    let user = json!({"login": login, "display_name": "U", "language": "ko", "grants": []});
    client.post("/users", user).await.expect(201);
}

/// Eleven entries, checkpoints at the tenth and the eleventh.
async fn trail_with_checkpoints(api: &TestApi) -> Client<'_> {
    let admin = busy_trail(api).await;
    assert_eq!(advance(api).unwrap().unwrap().seq, 10);
    api.advance(5 * 60);
    assert_eq!(admin.post("/session/confirm", json!({"password": crate::harness::api::PASSWORD})).await.status, 204);
    assert_eq!(advance(api).unwrap().unwrap().seq, 11);
    assert_eq!(verify(api), None);
    admin
}

/// Hashes every entry anew, as somebody would who knows how.
fn hash_everything_anew(api: &TestApi, backend: Backend) {
    type Columns = (i64, At, String, Option<Key16>, Option<String>, String, String, String);
    type Rest = (Option<String>, String, Option<String>, Option<String>);
    let columns = (e::seq, e::at, e::actor_kind, e::actor_id, e::actor_name, e::action, e::object_kind, e::object_id);
    let rest = (e::object_name, e::details, e::request_id, e::address);
    let rows: Vec<(Columns, Rest)> = api.query(|conn| e::table.order(e::seq).select((columns, rest)).load(conn));
    let mut prev = GENESIS;
    tamper(api, backend, "SELECT 1");
    for ((seq, at, actor_kind, actor_id, actor_name, action, object_kind, object_id), rest) in rows {
        let (object_name, details, request_id, address) = rest;
        let actor_id = actor_id.map(|key| key.0);
        let at = at.0;
        let row = Row {
            seq,
            at,
            actor_kind,
            actor_id,
            actor_name,
            action,
            object_kind,
            object_id,
            object_name,
            details,
            request_id,
            address,
        };
        let hash = row.seal(&prev);
        api.execute(|conn| {
            let values = (e::prev.eq(prev.to_vec()), e::hash.eq(hash.to_vec()));
            diesel::update(e::table.find(seq)).set(values).execute(conn)
        });
        prev = hash;
    }
}

#[actix_web::test]
async fn a_checkpoint_is_made_every_five_minutes_or_thousand_entries_and_only_of_something_new() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        admin.get("/audit/checkpoint").await.refused("not_found");
        let first = advance(&api).unwrap().unwrap();
        assert_eq!((first.seq, first.count, first.previous.as_ref()), (10, 10, None));
        add(&admin, "a").await;
        api.advance(4 * 60 + 59);
        assert_eq!(advance(&api).unwrap(), None);
        api.advance(1);
        let second = advance(&api).unwrap().unwrap();
        assert_eq!((second.seq, second.previous.as_ref()), (11, Some(&first.signature)));
        api.advance(3_600);
        assert_eq!(advance(&api).unwrap(), None);

        let entry = || terrier_server::audit::Entry {
            action: "test.done",
            object: terrier_server::audit::Object::new("test", ""),
            details: json!({}),
        };
        let ctx = terrier_server::kernel::ctx::Ctx::system(&api.clock);
        let record = |count| {
            api.store()
                .write_blocking::<_, StoreError>(|conn| {
                    (0..count).try_for_each(|_| terrier_server::audit::record(conn, &ctx, entry()))
                })
                .unwrap();
        };
        record(1);
        assert_eq!(advance(&api).unwrap().unwrap().seq, 12);
        record(999);
        assert_eq!(advance(&api).unwrap(), None);
        record(1);
        assert_eq!(advance(&api).unwrap().unwrap().seq, 1_012);
        let admin = api.sign_in("administrator").await;
        let shown = admin.get("/audit/checkpoint").await.expect(200);
        assert_eq!((&shown["seq"], &shown["count"]), (&json!(1_012), &json!(1_012)));
        assert_eq!(shown["public_key"], api.checkpoints.public_key().to_string());
    }
}

#[actix_web::test]
async fn whatever_somebody_does_to_the_database_the_first_entry_that_does_not_hold_is_named() {
    let cases: [(&str, &str, Finding); 6] = [
        ("edit", "UPDATE audit_entry SET actor_name = 'Eve' WHERE seq = 4", Finding::Broken(4)),
        ("delete", "DELETE FROM audit_entry WHERE seq = 5", Finding::Broken(5)),
        (
            "insert",
            "UPDATE audit_entry SET seq = seq + 100 WHERE seq > 6; UPDATE audit_entry SET seq = seq - 99 WHERE seq > 100; \
             INSERT INTO audit_entry SELECT 7, at, actor_kind, actor_id, actor_name, action, object_kind, object_id, \
             object_name, details, request_id, address, prev, hash FROM audit_entry WHERE seq = 6",
            Finding::Broken(7),
        ),
        (
            "reorder",
            "UPDATE audit_entry SET seq = 1000 WHERE seq = 3; UPDATE audit_entry SET seq = 3 WHERE seq = 4; \
             UPDATE audit_entry SET seq = 4 WHERE seq = 1000",
            Finding::Broken(3),
        ),
        ("truncate", "DELETE FROM audit_entry WHERE seq > 9", Finding::CutOff { from: 10, to: 11 }),
        ("empty", "DELETE FROM audit_entry", Finding::CutOff { from: 1, to: 11 }),
    ];
    for backend in Backend::BOTH {
        for (name, statements, finding) in &cases {
            let api = TestApi::new(backend).await;
            let admin = trail_with_checkpoints(&api).await;
            tamper(&api, backend, statements);
            assert_eq!(verify(&api).as_ref(), Some(finding), "{name}");
            let shown = admin.get("/audit/verification").await.expect(200);
            assert_eq!(
                (&shown["ok"], &shown["first_bad_seq"]),
                (&json!(false), &json!(finding.first_bad_seq())),
                "{name}"
            );
        }
    }
}

#[actix_web::test]
async fn a_trail_that_was_edited_and_hashed_anew_or_rolled_back_contradicts_the_checkpoint() {
    for backend in Backend::BOTH {
        for (edited, finding) in
            [(4, Finding::Rewritten { from: 1, to: 10 }), (11, Finding::Rewritten { from: 11, to: 11 })]
        {
            let api = TestApi::new(backend).await;
            let admin = trail_with_checkpoints(&api).await;
            tamper(&api, backend, &format!("UPDATE audit_entry SET actor_name = 'Eve' WHERE seq = {edited}"));
            hash_everything_anew(&api, backend);
            assert_eq!(admin.get("/audit/verify").await.expect(200)["ok"], true, "the chain alone does not show it");
            assert_eq!(verify(&api), Some(finding.clone()));
            let shown = admin.get("/audit/verification").await.expect(200);
            assert_eq!((&shown["ok"], &shown["first_bad_seq"]), (&json!(false), &json!(finding.first_bad_seq())));
            assert!(shown["detail"].as_str().unwrap().contains("hashed anew"));
        }
    }
}

#[actix_web::test]
async fn no_checkpoint_is_made_of_a_trail_that_does_not_hold() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        advance(&api).unwrap().unwrap();
        add(&admin, "a").await;
        add(&admin, "b").await;
        tamper(&api, backend, "UPDATE audit_entry SET actor_name = 'Eve' WHERE seq = 11");
        api.advance(300);
        let refused = advance(&api).unwrap_err();
        assert!(matches!(refused, CheckpointError::Tampered(Finding::Broken(11))), "{refused}");
        tamper(&api, backend, "DELETE FROM audit_entry WHERE seq > 5");
        let refused = advance(&api).unwrap_err();
        assert!(matches!(refused, CheckpointError::Tampered(Finding::CutOff { from: 6, to: 10 })), "{refused}");
    }
}

#[actix_web::test]
async fn checkpoints_that_were_edited_removed_or_signed_by_others_show() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = trail_with_checkpoints(&api).await;
        let path = api.directory.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        let (first, second) = text.split_once('\n').unwrap();
        let foreign = Checkpoints::new(&api.directory.path().join("other"), &[6; 32]).unwrap();
        api.store().read_blocking(|conn| foreign.advance(conn, api.clock.now())).unwrap().unwrap();
        let forged = fs::read_to_string(api.directory.path().join("other").join(FILE)).unwrap();
        let cases = [
            (text.replace("\"seq\":10", "\"seq\":9"), Some(Finding::Unsigned(1))),
            (format!("nonsense\n{text}"), Some(Finding::Unsigned(1))),
            (format!("{text}{forged}"), Some(Finding::Unsigned(3))),
            (second.to_owned(), Some(Finding::Unlinked(1))),
            (format!("{second}{first}\n"), Some(Finding::Unlinked(1))),
            (format!("{text}{second}"), Some(Finding::Unlinked(3))),
            // The newest alone can be taken away: that is why there is a copy elsewhere.
            (format!("{first}\n"), None),
            (text.clone(), None),
        ];
        for (changed, finding) in cases {
            fs::write(&path, &changed).unwrap();
            assert_eq!(verify(&api), finding, "{changed}");
        }
        assert_eq!(admin.get("/audit/verification").await.expect(200)["checkpoints"], 2);
    }
}

#[actix_web::test]
async fn an_untouched_trail_is_shown_with_its_newest_checkpoint() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = busy_trail(&api).await;
        let before = admin.get("/audit/verification").await.expect(200);
        assert_eq!((&before["ok"], &before["rows"], &before["checkpoint"]), (&json!(true), &json!(10), &Value::Null));
        let made = advance(&api).unwrap().unwrap();
        let after = admin.get("/audit/verification").await.expect(200);
        assert_eq!((&after["ok"], &after["checkpoints"]), (&json!(true), &json!(1)));
        assert_eq!(after["checkpoint"]["hash"], made.hash);
        let branch = api.organisation("Branch", api.root);
        api.account("part", &[("auditor", branch)]);
        let part = api.sign_in("part").await;
        part.get("/audit/checkpoint").await.refused("forbidden");
        part.get("/audit/verification").await.refused("forbidden");
    }
}
