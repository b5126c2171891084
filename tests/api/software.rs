//! The software catalogue.

use serde_json::{Value, json};

use super::imports::computer;
use crate::harness::register::{Caller, Register, encoded, on_both};

/// Three hosts with OpenSSL in versions that sort differently as text, and more.
fn fill(register: &Register) {
    let estate = register.estate();
    let hosts = [("a", register.branch, "3.0.2-0ubuntu1.18"), ("b", register.branch, "3.0.15-1~deb12u1")];
    for (name, organisation, version) in hosts {
        let host = estate.host(organisation, name, &[]);
        register.pass(1);
        estate.packages(host, &[("deb", "openssl", version, "amd64"), ("deb", "100%_pure", "1", "all")]);
    }
    let other = estate.host(register.subsidiary, "c", &[]);
    register.pass(1);
    estate.packages(other, &[("deb", "openssl", "1:1.1-1", "amd64"), ("rpm", "openssl", "3.0.7-1.el9", "x86_64")]);
}

async fn product(register: &Register, caller: Caller, ecosystem: &str) -> Value {
    let page = register.read(caller, &format!("/software?q=openssl&ecosystem={ecosystem}")).await;
    page["items"][0].clone()
}

fn hosts(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|one| one["ci"]["name"].as_str().unwrap()).collect()
}

#[test]
fn products_are_counted_in_scope() {
    on_both(async |register| {
        fill(register);
        let page = register.read(Caller::Reader, "/software").await;
        let names: Vec<_> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["ecosystem"].as_str().unwrap(), one["name"].as_str().unwrap()))
            .collect();
        assert_eq!(names, [("deb", "100%_pure"), ("deb", "openssl"), ("rpm", "openssl")]);
        assert_eq!(page["total"], 3);
        let openssl = product(register, Caller::Reader, "deb").await;
        assert_eq!(
            (&openssl["hosts"], &openssl["versions"], &openssl["vendor"]),
            (&json!(3), &json!(3), &json!("Terrier packagers"))
        );
        let openssl = product(register, Caller::BranchKeeper, "deb").await;
        assert_eq!((&openssl["hosts"], &openssl["versions"]), (&json!(2), &json!(2)));
        let theirs = register.read(Caller::Reader, "/software?ecosystem=rpm").await["items"][0]["id"].clone();
        for rest in ["", "/installations"] {
            let hidden = register.get(Caller::BranchKeeper, &format!("/software/{theirs}{rest}")).await;
            let absent = register.get(Caller::BranchKeeper, &format!("/software/999999{rest}")).await;
            assert_eq!((hidden.status, hidden.anonymous()), (404, absent.anonymous()), "{rest}");
        }
        assert_eq!(register.read(Caller::BranchKeeper, "/software?ecosystem=rpm").await["total"], 0);
        for (query, total) in [("q=OPENSSL", 2), ("q=100%25_", 1), ("q=%25", 1), ("q=nothing", 0)] {
            assert_eq!(register.read(Caller::Reader, &format!("/software?{query}")).await["total"], total, "{query}");
        }
        assert_eq!(register.walk("/software", 1).await.len(), 3);
        assert_eq!(register.get(Caller::Powerless, "/software").await.code(), "forbidden");
    });
}

#[test]
fn versions_are_ordered_and_compared_as_their_ecosystem_does() {
    on_both(async |register| {
        fill(register);
        let id = product(register, Caller::Reader, "deb").await["id"].clone();
        let detail = register.read(Caller::Reader, &format!("/software/{id}")).await;
        let versions: Vec<_> =
            detail["versions"].as_array().unwrap().iter().map(|one| one["version"].as_str().unwrap()).collect();
        assert_eq!(versions, ["1:1.1-1", "3.0.15-1~deb12u1", "3.0.2-0ubuntu1.18"], "newest first");
        let path = format!("/software/{id}/installations");
        let cases = [
            ("", vec!["a", "b", "c"]),
            ("op=lt&version=3.0.7", vec!["a"]),
            ("op=ge&version=3.0.7", vec!["b", "c"]),
            ("op=gt&version=3.0.15-1", vec!["c"]),
            ("op=le&version=3.0.15-1", vec!["a", "b"]),
            ("version=0:3.0.2-0ubuntu1.18", vec!["a"]),
            ("op=lt&version=0", vec![]),
            ("q=B", vec!["b"]),
        ];
        for (query, expected) in cases {
            let page = register.read(Caller::Reader, &format!("{path}?{query}")).await;
            assert_eq!((hosts(&page), &page["total"]), (expected.clone(), &json!(expected.len())), "{query}");
        }
        assert_eq!(register.walk(&path, 1).await.len(), 3);
        for (query, field) in [("op=lt", "version"), ("op=newer&version=1", "op")] {
            assert_eq!(register.get(Caller::Reader, &format!("{path}?{query}")).await.faults()[0].0, field);
        }
    });
}

#[test]
fn where_a_product_was_installed_is_told_of_any_time() {
    on_both(async |register| {
        let estate = register.estate();
        let (a, b) = (estate.host(register.branch, "a", &[]), estate.host(register.subsidiary, "b", &[]));
        estate.packages(a, &[("deb", "openssl", "5.6.0", "amd64")]);
        estate.packages(b, &[("deb", "openssl", "5.4.1", "amd64")]);
        let then = register.pass(60);
        register.pass(60);
        let id = product(register, Caller::Reader, "deb").await["id"].clone();
        estate.packages(a, &[("deb", "openssl", "5.6.2", "amd64")]);
        estate.packages(b, &[]);
        let path = format!("/software/{id}/installations");
        for (query, expected) in [
            ("version=5.6.0".to_owned(), vec![]),
            (format!("version=5.6.0&as_of={then}"), vec!["a"]),
            (format!("op=ge&version=5.4&as_of={then}"), vec!["a", "b"]),
            ("as_of=2000-01-01T00:00:00Z".to_owned(), vec![]),
            (String::new(), vec!["a"]),
        ] {
            let page = register.read(Caller::Reader, &format!("{path}?{query}")).await;
            assert_eq!((hosts(&page), &page["total"]), (expected.clone(), &json!(expected.len())), "{query}");
        }
        assert_eq!(register.get(Caller::Reader, &format!("{path}?as_of=then")).await.faults()[0].0, "as_of");
    });
}

#[test]
fn an_items_packages_are_those_of_the_time_asked_for() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "h", &[]);
        let hostile = "'); DROP TABLE cmdb_ci;--";
        register.estate().packages(host, &[("deb", "bash", "5.1", "amd64"), ("deb", hostile, "1", "")]);
        let then = register.clock.now();
        register.pass(60);
        register.estate().packages(host, &[("deb", "bash", "5.2", "amd64")]);
        let path = format!("/cis/{}/software", host.id);
        let now = register.read(Caller::Reader, &path).await;
        assert_eq!((&now["total"], &now["items"][0]["version"]), (&json!(1), &json!("5.2")));
        assert_eq!(now["items"][0]["valid_from"], "2026-11-21T12:01:00Z");
        let before = register.read(Caller::Reader, &format!("{path}?as_of={then}")).await;
        assert_eq!((&before["total"], &before["items"][0]["product"]["name"]), (&json!(2), &json!(hostile)));
        assert_eq!(before["items"][0]["architecture"], Value::Null);
        assert_eq!(before["items"][1]["valid_to"], "2026-11-21T12:01:00Z");
        assert_eq!(register.walk(&format!("{path}?as_of={then}"), 1).await.len(), 2);
        assert_eq!(register.read(Caller::Reader, &format!("{path}?q=BASH")).await["total"], 1);
    });
}

#[test]
fn products_are_those_of_then_and_on_as_many_items() {
    on_both(async |register| {
        let file = |version: &str| {
            let more = format!(
                "<SOFTWARES><NAME>nginx</NAME><VERSION>{version}</VERSION><FROM>deb</FROM><ARCH>amd64</ARCH></SOFTWARES>"
            );
            computer("pc-1", "pc-1", "ABC123", &more)
        };
        let mut times = Vec::new();
        for file in [file("1.26"), file("1.27"), computer("pc-1", "pc-1", "ABC123", "")] {
            let made = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &[]).await;
            assert_eq!(made.status, 201, "{}", made.text());
            times.push(encoded(&register.pass(60).to_string()));
            register.pass(60);
        }
        let now = register.read(Caller::Keeper, "/software?q=nginx").await;
        assert_eq!(now["total"], 0, "{:?}: it was taken off", register.backend);
        let [first, second, third] = times.try_into().unwrap();
        let mut id = Value::Null;
        for (at, version) in [(&first, "1.26"), (&second, "1.27")] {
            let then = register.read(Caller::Keeper, &format!("/software?q=nginx&as_of={at}")).await;
            let item = &then["items"][0];
            assert_eq!(
                (&then["total"], &item["hosts"], &item["versions"]),
                (&json!(1), &json!(1), &json!(1)),
                "{then}"
            );
            id = item["id"].clone();
            let one = register.read(Caller::Keeper, &format!("/software/{id}?as_of={at}")).await;
            let versions: Vec<_> = one["versions"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
            assert_eq!(versions, [version], "{:?}", register.backend);
            let elsewhere = register.read(Caller::BranchKeeper, &format!("/software?q=nginx&as_of={at}")).await;
            assert_eq!(elsewhere["total"], 0, "out of scope it was never there");
        }
        let gone = register.get(Caller::Keeper, &format!("/software/{id}?as_of={third}")).await;
        assert_eq!(gone.status, 404);
        let wrong = register.get(Caller::Keeper, "/software?as_of=yesterday").await;
        assert_eq!(wrong.faults()[0].0, "as_of");
    });
}
