//! Who says what, and which of it is shown.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::upkeep;
use terrier_server::cmdb::value::service::accounts;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::Id;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{cmdb_value, fleet_silence};
use terrier_server::store::{Conn, StoreError};
use uuid::Uuid;

use crate::harness::estate::Ci;
use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

/// What is shown of an attribute, by which rule, and what every source says, those asked first first.
pub(super) async fn account(register: &Register, ci: &str, attribute: &str) -> (Value, String, Vec<String>) {
    let list = register.read(Caller::Keeper, &format!("/cis/{ci}/values")).await;
    let items = list["items"].as_array().unwrap();
    let account = items.iter().find(|one| one["attribute"] == attribute).unwrap_or(&Value::Null);
    let statements = account["statements"].as_array().cloned().unwrap_or_default();
    let shown = statements.iter().find(|one| one["shown"] == true).map_or(Value::Null, |one| one["value"].clone());
    let sources = statements.iter().map(|one| one["source"].as_str().unwrap().to_owned()).collect();
    (shown, account["rule"].as_str().unwrap_or_default().to_owned(), sources)
}

/// Another source says something, now.
pub(super) fn says(register: &Register, source: &str, ci: Ci, attribute: &str, value: &Value) {
    let now = register.pass(1);
    let revision = register.estate().revision(ci.key, now);
    register.estate().says_as(source, (ci.key, revision, now), attribute, value);
}

/// The names in a list by what is shown.
pub(super) async fn found(register: &Register, filter: &str) -> Vec<String> {
    let list = register.read(Caller::Keeper, &format!("/cis?{filter}")).await;
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

pub(super) async fn turn(register: &Register) {
    upkeep::turn(register.store(), &register.clock).await.unwrap();
}

/// On every attribute of an item the marked statement is the one that choosing by the rules gives.
pub(super) async fn marks_agree(register: &Register, ci: Ci) {
    let list = register.read(Caller::Keeper, &format!("/cis/{}/values", ci.id)).await;
    let chosen: Vec<(String, Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|account| {
            let shown = account["statements"].as_array().unwrap().iter().find(|one| one["shown"] == true)?;
            Some((account["attribute"].as_str().unwrap().to_owned(), shown["value"].clone()))
        })
        .collect();
    let marked: i64 = register
        .store()
        .read_blocking::<_, StoreError>(|conn| {
            Ok(cmdb_value::table
                .filter(cmdb_value::ci_key.eq(ci.key).and(cmdb_value::shown))
                .count()
                .get_result(conn)?)
        })
        .unwrap();
    assert_eq!(usize::try_from(marked).unwrap(), chosen.len());
    let detail = register.read(Caller::Keeper, &format!("/cis/{}", ci.id)).await;
    for (attribute, value) in chosen {
        let marked = detail["attributes"].get(&attribute).or_else(|| detail.get(&attribute)).unwrap();
        assert_eq!(*marked, value, "{attribute}");
    }
}

#[test]
fn every_statement_is_told_with_who_said_it_and_why_one_of_them_is_shown() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("Debian GNU/Linux"));
        says(register, "glpi_inventory", host, "vendor", &json!("Dell"));
        let id = host.id.to_string();
        let (shown, rule, sources) = account(register, &id, "os_name").await;
        assert_eq!((shown, rule.as_str()), (json!("Debian"), "first"));
        assert_eq!(sources, ["agent", "glpi_inventory"]);
        assert_eq!(account(register, &id, "vendor").await.1, "only");
        let list = register.read(Caller::Reader, &format!("/cis/{id}/values")).await;
        let account = list["items"].as_array().unwrap().iter().find(|one| one["attribute"] == "os_name").unwrap();
        assert_eq!((&account["order"]["class"], &account["order"]["attribute"]), (&json!("ci"), &Value::Null));
        assert_eq!(account["statements"][0]["said_by"]["kind"], "agent");
        let pin = &account["allowed_actions"][0];
        assert_eq!(
            (&pin["action"], &pin["allowed"], &pin["reason"]),
            (&json!("pin"), &json!(false), &json!("needs_permission"))
        );
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &format!("/cis/{id}/values")).await.status, 404);
        assert_eq!(found(register, "attr.os_name=Debian").await, ["web"]);
        assert!(found(register, "attr.os_name=Debian%20GNU/Linux").await.is_empty(), "it is not what is shown");
        marks_agree(register, host).await;
    });
}

#[test]
fn a_statement_that_is_stale_is_shown_only_if_nothing_fresh_is_there() {
    on_both(async |register| {
        let host =
            register.estate().host(register.root, "web", &[("os_name", json!("old")), ("vendor", json!("Dell"))]);
        let id = host.id.to_string();
        says(register, "glpi_inventory", host, "os_name", &json!("new"));
        register.estate().mentioned("glpi_inventory", host);
        register.pass(25 * 3600);
        turn(register).await;
        let (shown, rule, _) = account(register, &id, "os_name").await;
        assert_eq!((shown, rule.as_str()), (json!("new"), "fell_through"));
        assert_eq!(account(register, &id, "vendor").await.0, "Dell", "nobody else says anything of it");
        assert_eq!(found(register, "attr.os_name=new").await, ["web"]);
        marks_agree(register, host).await;
        register.pass(8 * 24 * 3600);
        turn(register).await;
        assert_eq!(account(register, &id, "os_name").await.1, "all_stale");
        assert_eq!(found(register, "attr.os_name=old").await, ["web"]);
        register.estate().mentioned("glpi_inventory", host);
        turn(register).await;
        assert_eq!(found(register, "attr.os_name=new").await, ["web"]);
        register.estate().heard(host);
        turn(register).await;
        assert_eq!(found(register, "attr.os_name=old").await, ["web"], "the agent is heard again");
        marks_agree(register, host).await;
    });
}

#[test]
fn a_silence_that_is_held_makes_nothing_stale() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("old"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("new"));
        register.estate().mentioned("glpi_inventory", host);
        let (since, root) = (register.clock.now(), register.root);
        register.pass(25 * 3600);
        let held = |conn: &mut Conn| {
            use fleet_silence as f;
            diesel::insert_into(f::table)
                .values((
                    (
                        f::id.eq(Key16(Uuid::from_u128(5))),
                        f::organisation_id.eq(Key16::from(root)),
                        f::why.eq("silence"),
                    ),
                    (f::since.eq(At(since)), f::noticed_at.eq(At(since)), f::held_until.eq(At(register.clock.now()))),
                    (f::agents.eq(1), f::most.eq(1), f::missing.eq(1)),
                ))
                .execute(conn)
                .map_err(StoreError::from)
        };
        register.store().write_blocking(held).unwrap();
        turn(register).await;
        assert_eq!(account(register, &host.id.to_string(), "os_name").await.0, "old");
        assert_eq!(found(register, "attr.os_name=old").await, ["web"]);
    });
}

#[test]
fn any_order_of_sources_gives_the_same_shown_values() {
    on_both(async |register| {
        let sources = ["agent", "glpi_inventory", "import", "netbox", "ocs_inventory"];
        let mut shown = Vec::new();
        for turn in 0..sources.len() {
            let host = register.estate().host(register.root, &format!("h{turn}"), &[]);
            let mut order = sources;
            order.rotate_left(turn);
            if turn % 2 == 1 {
                order.reverse();
            }
            for source in order {
                says(register, source, host, "os_name", &json!(format!("os of {source}")));
                says(register, source, host, "owner", &json!(format!("owner of {source}")));
            }
            marks_agree(register, host).await;
            let detail = register.read(Caller::Keeper, &format!("/cis/{}", host.id)).await;
            shown.push((detail["owner"].clone(), detail["attributes"]["os_name"].clone()));
        }
        let expected = (json!("owner of import"), json!("os of agent"));
        assert!(shown.iter().all(|one| *one == expected), "{shown:?}");
    });
}

#[test]
fn dropping_a_source_ends_what_it_says_and_shows_the_next() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        let disk = register.estate().dependent(host, "filesystem", "/srv");
        says(register, "glpi_inventory", host, "vendor", &json!("Dell"));
        says(register, "glpi_inventory", host, "os_name", &json!("GLPI's"));
        says(register, "glpi_inventory", disk, "size_bytes", &json!(1));
        says(register, "ocs_inventory", host, "vendor", &json!("HP"));
        let before = register.clock.now();
        let path = format!("/cis/{}/sources/glpi_inventory", host.id);
        let delete =
            async |path: &str| register.change(Method::DELETE, (Caller::Keeper, path), "\"v1\"", &json!({})).await;
        assert_eq!(delete(&path).await.faults(), [("reason".to_owned(), "required".to_owned())]);
        let long = delete(&format!("{path}?reason={}", "x".repeat(10_000))).await;
        assert_eq!(long.faults(), [("reason".to_owned(), "too_long".to_owned())]);
        let told = delete(&format!("{path}?dry_run=true")).await.json();
        assert_eq!(
            (&told["statements"], &told["items"], &told["preview"]["changed"]),
            (&json!(3), &json!(2), &json!(2))
        );
        assert_eq!(account(register, &host.id.to_string(), "vendor").await.0, "Dell", "a dry run changes nothing");
        register.pass(60);
        assert_eq!(delete(&format!("{path}?reason=moved")).await.json(), told);
        assert_eq!(
            account(register, &host.id.to_string(), "vendor").await,
            (json!("HP"), "only".to_owned(), vec!["ocs_inventory".to_owned()])
        );
        let then = register.read(Caller::Keeper, &format!("/cis/{}?as_of={before}", host.id)).await;
        assert_eq!(then["attributes"]["vendor"], "Dell", "intervals are closed, not deleted");
        marks_agree(register, host).await;
        let again = delete(&format!("{path}?reason=moved")).await.json();
        assert_eq!(again["statements"], 0);
        let audited = register.store().read_blocking::<_, StoreError>(|conn| {
            use terrier_server::store::schema::audit_entry as e;
            Ok(e::table.filter(e::action.eq("ci.source_dropped")).count().get_result::<i64>(conn)?)
        });
        assert_eq!(audited.unwrap(), 1);
        assert_eq!(delete("/cis/00000000-0000-0000-0000-000000000001/sources/agent?reason=x").await.status, 404);
        assert_eq!(delete(&format!("/cis/{}/sources/nobody?reason=x", host.id)).await.status, 404);
    });
}

#[test]
fn a_source_dropped_everywhere_leaves_what_no_machine_sees_gone() {
    on_both(async |register| {
        let hosts: Vec<Ci> =
            (0..3).map(|number| register.estate().host(register.root, &format!("h{number}"), &[])).collect();
        for host in &hosts {
            says(register, "netbox", *host, "owner", &json!("NetBox team"));
        }
        let delete = async |query: &str| {
            let path = format!("/sources/netbox/statements?{query}");
            register.change(Method::DELETE, (Caller::Keeper, &path), "\"v1\"", &json!({})).await.json()
        };
        let told = delete("dry_run=true").await;
        assert_eq!(
            (&told["statements"], &told["items"], &told["preview"]["changed"]),
            (&json!(3), &json!(3), &json!(3))
        );
        assert_eq!(told["preview"]["examples"][0]["before"]["value"], "NetBox team");
        assert_eq!(delete("reason=left").await["statements"], 3);
        for host in &hosts {
            assert_eq!(register.read(Caller::Keeper, &format!("/cis/{}", host.id)).await["owner"], Value::Null);
        }
        let people = register
            .change(Method::DELETE, (Caller::Keeper, "/sources/person/statements?reason=x"), "\"v1\"", &json!({}))
            .await;
        assert_eq!(people.faults(), [("source".to_owned(), "invalid".to_owned())]);
        let reader = register
            .change(Method::DELETE, (Caller::Reader, "/sources/netbox/statements?reason=x"), "\"v1\"", &json!({}))
            .await;
        assert_eq!(reader.status, 403);
    });
}

#[test]
fn what_was_shown_then_is_told_by_what_was_said_then() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[]);
        says(register, "glpi_inventory", host, "os_name", &json!("first"));
        let first = register.clock.now();
        says(register, "agent", host, "os_name", &json!("second"));
        let second = register.clock.now();
        let at = async |when: jiff::Timestamp| {
            let detail = register.read(Caller::Keeper, &format!("/cis/{}?as_of={when}", host.id)).await;
            let values = register.read(Caller::Keeper, &format!("/cis/{}/values?as_of={when}", host.id)).await;
            let account =
                values["items"].as_array().unwrap().iter().find(|one| one["attribute"] == "os_name").unwrap().clone();
            let listed = found(register, &format!("as_of={when}&attr.os_name=second")).await;
            (detail["attributes"]["os_name"].clone(), account["rule"].clone(), listed.len())
        };
        assert_eq!(at(first).await, (json!("first"), json!("only"), 0));
        assert_eq!(at(second).await, (json!("second"), json!("first"), 1));
    });
}

#[test]
fn who_said_what_costs_as_many_statements_for_many_values_as_for_few() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("x"));
        let count = |register: &Register| {
            let ctx = Ctx::system(&register.clock);
            let read = |conn: &mut Conn| {
                let statements = Statements::default();
                statements.watch(conn);
                let found = accounts(conn, &ctx, &ctx.scope, Id::from_uuid(host.id), None)?;
                let said = found.accounts.iter().filter(|(account, _)| !account.statements.is_empty());
                Ok::<_, Error>((said.count(), statements.count()))
            };
            register.store().read_blocking(read).unwrap()
        };
        let few = count(register);
        for (number, attribute) in ["vendor", "product", "kernel_release", "timezone", "fqdn"].iter().enumerate() {
            for source in ["agent", "glpi_inventory", "ocs_inventory", "netbox"] {
                says(register, source, host, attribute, &json!(format!("{source} {number}")));
            }
        }
        let many = count(register);
        assert_eq!((few.0, many.0), (2, 7));
        assert_eq!(few.1, many.1, "{:?}", register.backend);
        assert!(few.1 > 3, "the counter counts: {}", few.1);
    });
}
