//! One item, whole.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::harness::register::{Answer, Caller, Register, on_both};

/// Texts that must come back as they were sent.
const HOSTILE: [&str; 8] = [
    "'); DROP TABLE cmdb_ci;--",
    "\"><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "\u{202e}gnp.exe\u{200b}",
    "e\u{301} is not \u{e9}",
    "\u{1b}[2J\r\n{\"level\":\"INFO\"}",
    "한국어 \\u0000 \\ \" %_",
    "__proto__",
];

fn said<'a>(ci: &'a Value, attribute: &str) -> Vec<&'a Value> {
    ci["values"].as_array().unwrap().iter().filter(|value| value["attribute"] == attribute).collect()
}

fn action<'a>(ci: &'a Value, name: &str) -> &'a Value {
    ci["allowed_actions"].as_array().unwrap().iter().find(|one| one["action"] == name).unwrap()
}

async fn patch(register: &Register, path: &str, etag: &str, change: &Value) -> Answer {
    register.change(Method::PATCH, (Caller::Keeper, path), etag, change).await
}

#[test]
fn an_item_tells_who_said_what_and_what_is_shown() {
    on_both(async |register| {
        let host = register.estate().host(register.branch, "agent-name", &[("os_name", json!("Debian"))]);
        let path = format!("/cis/{}", host.id);
        register.pass(5);
        let change = json!({"name": "Person's name", "attributes": {"os_name": "Slackware", "serial_number": "S1"}});
        let answer = patch(register, &path, "\"v1\"", &change).await;
        assert_eq!((answer.status, answer.etag.as_deref()), (200, Some("\"v2\"")), "{}", answer.text());
        let ci = register.read(Caller::Keeper, &path).await;
        assert_eq!(ci["name"], "Person's name");
        assert_eq!(ci["attributes"], json!({"os_name": "Debian", "serial_number": "S1"}));
        let names = said(&ci, "name");
        assert_eq!((names[0]["value"].as_str(), names[0]["shown"].as_bool()), (Some("agent-name"), Some(false)));
        assert_eq!(names[0]["said_by"]["kind"], "agent");
        assert_eq!((names[1]["source"].as_str(), names[1]["shown"].as_bool()), (Some("person"), Some(true)));
        assert_eq!((&names[1]["said_by"]["kind"], &names[1]["said_by"]["name"]), (&json!("user"), &json!("Keeper")));
        assert_eq!(names[1]["since"], "2026-11-21T12:00:05Z");
        let systems: Vec<_> = said(&ci, "os_name").iter().map(|one| one["shown"].as_bool().unwrap()).collect();
        assert_eq!(systems, [true, false], "an agent is believed about what it measures");
    });
}

#[test]
fn an_item_tells_its_sections_faults_counts_and_agent() {
    on_both(async |register| {
        let estate = register.estate();
        let host = estate.host(register.branch, "web-1", &[]);
        let instance = estate.dependent(host, "web_server", "nginx");
        estate.related((instance, "runs_on", host), None);
        estate.packages(host, &[("deb", "bash", "5.2", "amd64"), ("deb", "zsh", "5.9", "amd64")]);
        let sockets = json!({"listeners": [{"port": 22}, {"port": 443}], "later": {"a": [1e2, "\u{1f436}"]}});
        estate.section(host, "sockets", Some(&sockets), None);
        let fault = json!({"cause": "permission_denied", "detail": "/sys/firmware/dmi refused"});
        estate.section(host, "identity", None, Some(&fault));
        let ci = register.read(Caller::Keeper, &format!("/cis/{}", host.id)).await;
        assert_eq!(ci["counts"], json!({"software": 2, "relations": 1, "listeners": 2}));
        assert_eq!(ci["agent"]["presence"], "live");
        assert_eq!(ci["faults"][0]["cause"], "permission_denied");
        assert_eq!(ci["sections"][1]["hash"], "ab".repeat(32));
        let list = register.read(Caller::Keeper, &format!("/cis/{}/sections", host.id)).await;
        assert_eq!((&list["items"], &list["faults"]), (&ci["sections"], &ci["faults"]));
        let section = register.read(Caller::Keeper, &format!("/cis/{}/sections/sockets", host.id)).await;
        assert_eq!(
            (&section["body"], &section["state"], &section["fault"]),
            (&sockets, &json!("present"), &Value::Null)
        );
        let section = register.read(Caller::Keeper, &format!("/cis/{}/sections/identity", host.id)).await;
        assert_eq!((&section["body"], &section["fault"]["detail"]), (&Value::Null, &fault["detail"]));
        for absent in ["cpu", "nonsense", "..%2f"] {
            let answer = register.get(Caller::Keeper, &format!("/cis/{}/sections/{absent}", host.id)).await;
            assert_eq!(answer.status, 404, "{absent}");
        }
        let nginx = register.read(Caller::Keeper, &format!("/cis/{}", instance.id)).await;
        assert_eq!((&nginx["parent"]["name"], &nginx["observation"]["state"]), (&json!("web-1"), &json!("live")));
    });
}

#[test]
fn hostile_texts_come_back_byte_for_byte() {
    on_both(async |register| {
        for text in HOSTILE {
            let body = json!({"class": "printer", "name": text, "owner": text, "attributes": {"serial_number": text}});
            let ci = register.read(Caller::Keeper, &format!("/cis/{}", register.create(&body).await)).await;
            let read = [&ci["name"], &ci["owner"], &ci["attributes"]["serial_number"]];
            assert!(read.iter().all(|read| *read == text), "{:?} {text:?}: {read:?}", register.backend);
        }
        let nul = json!({"class": "printer", "name": "a\u{0}b"});
        let ci = register.read(Caller::Keeper, &format!("/cis/{}", register.create(&nul).await)).await;
        assert_eq!(ci["name"], "a\u{2400}b", "{:?}", register.backend);
        let list = register.walk("/cis", 3).await;
        assert_eq!(list.len(), HOSTILE.len() + 1);
    });
}

#[test]
fn a_new_item_is_checked_field_by_field() {
    on_both(async |register| {
        let organisation = register.subsidiary;
        let base = json!({"class": "printer", "name": "P"});
        let cases = [
            (json!({"class": "submarine"}), "class", "unknown"),
            (json!({"class": "ci"}), "class", "invalid"),
            (json!({"name": "  "}), "name", "required"),
            (json!({"name": "x".repeat(1_025)}), "name", "too_long"),
            (json!({"criticality": 5}), "criticality", "out_of_range"),
            (json!({"environment": "moon"}), "environment", "invalid"),
            (json!({"lifecycle": "lost"}), "lifecycle", "unknown"),
            (json!({"attributes": {"wings": 2}}), "attributes.wings", "unknown"),
            (json!({"attributes": {"name": "x"}}), "attributes.name", "unknown"),
            (json!({"attributes": {"serial_number": 7}}), "attributes.serial_number", "invalid"),
            (json!({"attributes": {"serial_number": "x".repeat(9_000)}}), "attributes.serial_number", "too_long"),
            (json!({"organisation_id": "00000000-0000-0000-0000-000000000001"}), "organisation_id", "unknown"),
        ];
        for (wrong, field, code) in cases {
            let mut body = base.clone();
            body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
            let answer = register.post(Caller::Keeper, "/cis", &body).await;
            assert_eq!(answer.status, 422, "{wrong}");
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{wrong}");
        }
        let elsewhere = json!({"class": "printer", "name": "P", "organisation_id": organisation});
        let refused = register.post(Caller::BranchKeeper, "/cis", &elsewhere).await;
        assert_eq!(refused.faults(), [("organisation_id".to_owned(), "unknown".to_owned())]);
        let unknown = json!({"class": "printer", "name": "P", "version": 9});
        assert_eq!(register.post(Caller::Keeper, "/cis", &unknown).await.code(), "malformed_request");
        assert_eq!(register.post(Caller::Reader, "/cis", &base).await.code(), "forbidden");
        assert_eq!(register.read(Caller::Keeper, "/cis").await["total"], 0, "nothing was half created");
        let created = register.post(Caller::BranchKeeper, "/cis", &base).await.json();
        assert_eq!(created["organisation"]["name"], "Branch", "the top of the caller's scope");
    });
}

#[test]
fn another_organisations_item_answers_exactly_like_none() {
    on_both(async |register| {
        let host = register.estate().host(register.branch, "db-1", &[]);
        register.estate().section(host, "os", Some(&json!({})), None);
        register.estate().packages(host, &[("deb", "bash", "5.2", "amd64")]);
        let absent = "00000000-0000-7000-8000-00000000dead";
        for rest in
            ["", "/relations", "/sections", "/sections/os", "/software", "/history", "?as_of=2026-11-21T12:00:00Z"]
        {
            let theirs = register.get(Caller::SubsidiaryKeeper, &format!("/cis/{}{rest}", host.id)).await;
            let none = register.get(Caller::SubsidiaryKeeper, &format!("/cis/{absent}{rest}")).await;
            assert_eq!((theirs.status, none.status), (404, 404), "{rest}");
            assert_eq!(theirs.anonymous(), none.anonymous(), "{rest}");
            let own = register.get(Caller::BranchKeeper, &format!("/cis/{}{rest}", host.id)).await;
            assert_eq!(own.status, 200, "{rest}: {}", own.text());
        }
        for (method, rest, body) in [
            (Method::PATCH, "", json!({"name": "mine now"})),
            (Method::POST, "/lifecycle", json!({"lifecycle": "maintenance"})),
        ] {
            let caller = Caller::SubsidiaryKeeper;
            let theirs =
                register.change(method.clone(), (caller, &format!("/cis/{}{rest}", host.id)), "\"v1\"", &body).await;
            let none = register.change(method, (caller, &format!("/cis/{absent}{rest}")), "\"v1\"", &body).await;
            assert_eq!((theirs.status, theirs.anonymous()), (404, none.anonymous()), "{rest}");
        }
        assert_eq!(register.get(Caller::Keeper, "/cis/not-an-id").await.status, 404);
    });
}

#[test]
fn actions_say_why_not() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "printer", "name": "P", "lifecycle": "retired"})).await;
        let reader = register.read(Caller::Reader, &format!("/cis/{id}")).await;
        assert_eq!(action(&reader, "edit"), &json!({"action": "edit", "allowed": false, "reason": "needs_permission"}));
        let keeper = register.read(Caller::Keeper, &format!("/cis/{id}")).await;
        assert_eq!(action(&keeper, "edit"), &json!({"action": "edit", "allowed": false, "reason": "retired"}));
        assert_eq!(action(&keeper, "become_in_use"), &json!({"action": "become_in_use", "allowed": true}));
        assert_eq!(action(&keeper, "become_planned")["reason"], "no_way_from_lifecycle");
    });
}

#[test]
fn as_of_shows_one_item_as_it_was_and_not_before_it_was() {
    on_both(async |register| {
        let created = register.clock.now();
        let host = register.estate().host(register.root, "h", &[("os_version", json!("12"))]);
        let path = format!("/cis/{}", host.id);
        let later = register.pass(60);
        let revision = register.estate().revision(host.key, later);
        register.estate().says(host.key, revision, later, "os_version", &json!("13"));
        assert_eq!(register.read(Caller::Keeper, &path).await["attributes"]["os_version"], "13");
        let then = register.read(Caller::Keeper, &format!("{path}?as_of={created}")).await;
        assert_eq!(then["attributes"]["os_version"], "12");
        assert_eq!(register.get(Caller::Keeper, &format!("{path}?as_of=2026-01-01T00:00:00Z")).await.status, 404);
        let wrong = register.get(Caller::Keeper, &format!("{path}?as_of=2026")).await;
        assert_eq!(wrong.faults(), [("as_of".to_owned(), "invalid".to_owned())]);
    });
}
