//! Sources and their orders as data.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::audit_entry;

use super::sources::{account, found, marks_agree, says};
use crate::harness::register::{Answer, Caller, Register, on_both};
use crate::harness::statements::Statements;

async fn put(register: &Register, body: &Value) -> Answer {
    register.change(Method::PUT, (Caller::Keeper, "/source-orders"), "\"v1\"", body).await
}

#[test]
fn an_order_is_tried_before_it_is_set_and_what_is_shown_follows() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("GLPI's"));
        let other = register.estate().host(register.branch, "alone", &[("os_name", json!("Debian"))]);
        let mut order =
            json!({"class": "host", "attribute": "os_name", "sources": ["glpi_inventory", "agent"], "dry_run": true});
        let told = put(register, &order).await.json();
        assert_eq!(told["changed"], 1, "{told}");
        assert_eq!(
            (&told["examples"][0]["before"]["value"], &told["examples"][0]["after"]["value"]),
            (&json!("Debian"), &json!("GLPI's"))
        );
        assert_eq!(account(register, &host.id.to_string(), "os_name").await.0, "Debian");
        order["dry_run"] = json!(false);
        assert_eq!(put(register, &order).await.json()["changed"], 1);
        assert_eq!(account(register, &host.id.to_string(), "os_name").await.0, "GLPI's");
        assert_eq!(found(register, "attr.os_name=GLPI's").await, ["web"]);
        marks_agree(register, host).await;
        marks_agree(register, other).await;
        assert_eq!(put(register, &order).await.json()["changed"], 0, "the second time nothing changes");
        let nearer = json!({"class": "physical_server", "attribute": "os_name", "sources": ["agent"]});
        assert_eq!(put(register, &nearer).await.json()["changed"], 1, "the nearest class decides");
        let path = "/source-orders?class=physical_server&attribute=os_name";
        assert_eq!(
            register.change(Method::DELETE, (Caller::Keeper, path), "\"v1\"", &json!({})).await.json()["changed"],
            1
        );
        assert_eq!(register.change(Method::DELETE, (Caller::Keeper, path), "\"v1\"", &json!({})).await.status, 404);
        assert_eq!(account(register, &host.id.to_string(), "os_name").await.0, "GLPI's");
        let audited = register.store().read_blocking::<_, StoreError>(|conn| {
            let of_orders = audit_entry::table.filter(audit_entry::action.like("source_order.%"));
            Ok(of_orders.order(audit_entry::seq).select(audit_entry::object_id).load::<String>(conn)?)
        });
        assert_eq!(audited.unwrap(), ["host/os_name", "physical_server/os_name", "physical_server/os_name"]);
    });
}

#[test]
fn a_list_of_another_time_follows_the_order_of_each_class() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("GLPI's"));
        let order = json!({"class": "physical_server", "attribute": "os_name", "sources": ["glpi_inventory", "agent"]});
        assert_eq!(put(register, &order).await.status, 200);
        let then = register.pass(60);
        for (value, names) in [("GLPI's", vec!["web"]), ("Debian", vec![])] {
            assert_eq!(found(register, &format!("attr.os_name={value}&as_of={then}")).await, names, "{value}");
        }
    });
}

#[test]
fn what_people_decide_stands_in_the_items_own_row_by_whatever_order() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[]);
        let id = host.id.to_string();
        says(register, "netbox", host, "owner", &json!("NetBox team"));
        says(register, "import", host, "owner", &json!("import team"));
        says(register, "import", host, "criticality", &json!(2));
        let row = async || {
            let list = register.read(Caller::Keeper, "/cis").await;
            (list["items"][0]["owner"].clone(), list["items"][0]["criticality"].clone())
        };
        assert_eq!(row().await, (json!("import team"), json!(2)));
        let order = json!({"class": "host", "attribute": "owner", "sources": ["netbox"]});
        assert_eq!(put(register, &order).await.status, 200);
        assert_eq!(row().await, (json!("NetBox team"), json!(2)));
        let sources = register.read(Caller::Reader, "/sources").await;
        let names: Vec<_> =
            sources["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["agent", "glpi_inventory", "import", "inherited", "netbox", "ocs_inventory", "person"]);
        let disable = json!({"enabled": false});
        let change = async |etag: &str, body: &Value| {
            register.change(Method::PATCH, (Caller::Keeper, "/sources/netbox"), etag, body).await
        };
        let tried = change("\"v1\"", &json!({"enabled": false, "dry_run": true})).await;
        assert_eq!((tried.json()["preview"]["changed"].clone(), row().await.0), (json!(1), json!("NetBox team")));
        assert_eq!(change("\"v1\"", &disable).await.json()["source"]["enabled"], false);
        assert_eq!(row().await.0, "import team", "what it says is kept and not shown");
        assert_eq!(account(register, &id, "owner").await.2.len(), 2);
        marks_agree(register, host).await;
        assert_eq!(change("\"v1\"", &disable).await.status, 412);
        assert_eq!(change("\"v2\"", &json!({"enabled": true})).await.status, 200);
        assert_eq!(row().await.0, "NetBox team");
    });
}

#[test]
fn an_administrator_adds_a_source_at_run_time() {
    on_both(async |register| {
        let new = json!({"name": "cloud_list", "kind": "integration", "label": {"en": "Cloud", "ko": "클라우드"}, "stale_after_s": 3600});
        let added = register.post(Caller::Keeper, "/sources", &new).await;
        assert_eq!((added.status, added.json()["stale_after_s"].clone()), (201, json!(3600)), "{}", added.text());
        let host = register.estate().host(register.root, "web", &[]);
        says(register, "cloud_list", host, "vendor", &json!("Cloud"));
        assert_eq!(account(register, &host.id.to_string(), "vendor").await.1, "only");
        let with = |field: &str, value: Value| {
            let mut body = new.clone();
            body["name"] = json!("another");
            body[field] = value;
            body
        };
        for (body, field, code) in [
            (new.clone(), "name", "taken"),
            (with("name", json!("glpi_inventor2")), "name", "taken"),
            (with("name", json!("pin")), "name", "taken"),
            (with("name", json!("Bad Name")), "name", "invalid"),
            (with("kind", json!("agent")), "kind", "invalid"),
            (with("kind", json!("oracle")), "kind", "unknown"),
            (with("label", json!({"en": "", "ko": "x"})), "label.en", "required"),
            (with("label", json!({"en": "x", "ko": "k".repeat(300)})), "label.ko", "too_long"),
            (with("stale_after_s", json!(1)), "stale_after_s", "out_of_range"),
            (with("stale_after_s", json!(i64::MAX)), "stale_after_s", "out_of_range"),
        ] {
            let answer = register.post(Caller::Keeper, "/sources", &body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{body} {}", answer.text());
        }
        for (body, field, code) in [
            (json!({"class": "nothing", "sources": ["agent"]}), "class", "unknown"),
            (json!({"class": "host", "attribute": "nothing", "sources": ["agent"]}), "attribute", "unknown"),
            (json!({"class": "host", "sources": ["nobody"]}), "sources", "unknown"),
            (json!({"class": "host", "sources": ["agent", "agent"]}), "sources", "invalid"),
            (json!({"class": "host", "sources": []}), "sources", "required"),
        ] {
            assert_eq!(put(register, &body).await.faults(), [(field.to_owned(), code.to_owned())], "{body}");
        }
        for (path, body, field) in [
            ("/sources/person", json!({"stale_after_s": 3600}), "stale_after_s"),
            ("/sources/person", json!({"enabled": false}), "enabled"),
            ("/sources/agent", json!({"enabled": false}), "enabled"),
        ] {
            let answer = register.change(Method::PATCH, (Caller::Keeper, path), "\"v1\"", &body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), "invalid".to_owned())], "{body}");
        }
        assert_eq!(register.post(Caller::Reader, "/sources", &new).await.status, 403);
    });
}

#[test]
fn an_order_over_many_items_costs_as_many_statements_as_over_few() {
    on_both(async |register| {
        let statements = Statements::default();
        for _connection in 0..24 {
            let watch = |conn: &mut terrier_server::store::Conn| {
                statements.watch(conn);
                Ok::<_, StoreError>(())
            };
            register.store().write_blocking(watch).unwrap();
        }
        let mut counts = Vec::new();
        for (size, first) in [(1, "glpi_inventory"), (12, "agent")] {
            for number in 0..size {
                let host = register.estate().host(
                    register.root,
                    &format!("h{size}-{number}"),
                    &[("os_name", json!("Debian"))],
                );
                says(register, "glpi_inventory", host, "os_name", &json!("GLPI's"));
            }
            let order = json!({"class": "host", "attribute": "os_name", "sources": [first], "dry_run": true});
            let before = statements.count();
            put(register, &order).await;
            counts.push(statements.count() - before);
            assert_eq!(
                put(register, &json!({"class": "host", "attribute": "os_name", "sources": ["glpi_inventory"]}))
                    .await
                    .status,
                200
            );
        }
        assert!(counts[0] > 5, "the counter counts: {counts:?}");
        assert_eq!(counts[0], counts[1]);
    });
}
