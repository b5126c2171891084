//! Pins: set for a reason and until a time, lifted, over.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::schema::{audit_entry, cmdb_pin};

use super::sources::{account, found, marks_agree, says, turn};
use crate::harness::register::{Answer, Caller, Register, on_both};

async fn pin(register: &Register, id: &str, etag: &str, body: &Value) -> Answer {
    register.change(Method::POST, (Caller::Keeper, &format!("/cis/{id}/pins")), etag, body).await
}

async fn unpin(register: &Register, id: &str, etag: &str, attribute: &str) -> Answer {
    register.change(Method::DELETE, (Caller::Keeper, &format!("/cis/{id}/pins/{attribute}")), etag, &json!({})).await
}

#[test]
fn a_pin_wins_until_it_is_over_and_falls_away_by_itself() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        says(register, "glpi_inventory", host, "os_name", &json!("GLPI's"));
        let id = host.id.to_string();
        register.pass(1);
        let pinned = pin(
            register,
            &id,
            "\"v1\"",
            &json!({"attribute": "os_name", "source": "glpi_inventory", "reason": "it knows"}),
        )
        .await;
        assert_eq!((pinned.status, pinned.etag.as_deref()), (200, Some("\"v2\"")), "{}", pinned.text());
        assert_eq!(
            account(register, &id, "os_name").await,
            (json!("GLPI's"), "pinned".to_owned(), vec!["pin".into(), "agent".into(), "glpi_inventory".into()])
        );
        assert_eq!(found(register, "attr.os_name=GLPI's").await, ["web"]);
        let during = register.clock.now();
        says(register, "glpi_inventory", host, "os_name", &json!("changed its mind"));
        assert_eq!(account(register, &id, "os_name").await.0, "GLPI's", "the value is pinned, not the source");
        let list = register.read(Caller::Keeper, &format!("/cis/{id}/values")).await;
        let told = list["items"].as_array().unwrap().iter().find(|one| one["attribute"] == "os_name").unwrap();
        assert_eq!((&told["pin"]["reason"], &told["pin"]["source"]), (&json!("it knows"), &json!("glpi_inventory")));
        register.pass(89 * 24 * 3600);
        register.estate().heard(host);
        register.estate().mentioned("glpi_inventory", host);
        turn(register).await;
        assert_eq!(account(register, &id, "os_name").await.1, "pinned");
        register.pass(24 * 3600);
        assert_eq!(account(register, &id, "os_name").await.1, "first", "it is over the moment it is over");
        turn(register).await;
        assert_eq!(found(register, "attr.os_name=Debian").await, ["web"]);
        marks_agree(register, host).await;
        assert_eq!(account(register, &id, "os_name").await.2, ["agent", "glpi_inventory"]);
        let then = register.read(Caller::Keeper, &format!("/cis/{id}?as_of={during}")).await;
        assert_eq!(then["attributes"]["os_name"], "GLPI's");
        assert_eq!(found(register, &format!("as_of={during}&attr.os_name=GLPI's")).await, ["web"]);
        turn(register).await;
        let open: i64 = register
            .store()
            .read_blocking::<_, StoreError>(|conn| {
                Ok(cmdb_pin::table.filter(cmdb_pin::ended_at.is_null()).count().get_result(conn)?)
            })
            .unwrap();
        assert_eq!(open, 0);
    });
}

#[test]
fn a_pin_of_the_persons_own_value_holds_until_it_is_lifted() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "agent-name", &[]);
        let id = host.id.to_string();
        let body = json!({"attribute": "name", "value": "pinned-name", "reason": "audit", "expires_at": null});
        let pinned = pin(register, &id, "\"v1\"", &body).await;
        assert_eq!(pinned.json()["name"], "pinned-name", "{}", pinned.text());
        register.pass(4_000 * 24 * 3600);
        turn(register).await;
        assert_eq!(found(register, "q=pinned").await, ["pinned-name"]);
        let tag = register.get(Caller::Keeper, &format!("/cis/{id}")).await.etag.unwrap();
        let lifted = unpin(register, &id, &tag, "name").await;
        assert_eq!(lifted.json()["name"], "agent-name", "{}", lifted.text());
        let tag = lifted.etag.unwrap();
        let again = unpin(register, &id, &tag, "name").await;
        assert_eq!((again.status, again.text().contains("not_pinned")), (422, true), "{}", again.text());
        let actions: Vec<String> = register
            .store()
            .read_blocking::<_, StoreError>(|conn| {
                let of_pins = audit_entry::table.filter(audit_entry::action.like("ci.%pin%"));
                Ok(of_pins.order(audit_entry::seq).select(audit_entry::action).load(conn)?)
            })
            .unwrap();
        assert_eq!(actions, ["ci.value_pinned", "ci.pin_lifted"]);
    });
}

#[test]
fn a_pin_that_cannot_be_is_refused_by_field() {
    on_both(async |register| {
        let host = register.estate().host(register.root, "web", &[("os_name", json!("Debian"))]);
        let id = host.id.to_string();
        let past = register.clock.now();
        let refused = [
            (json!({"attribute": "os_name", "source": "nobody", "reason": "x"}), "source", "unknown"),
            (json!({"attribute": "os_name", "source": "glpi_inventory", "reason": "x"}), "source", "unknown"),
            (json!({"attribute": "os_name", "source": "pin", "reason": "x"}), "source", "unknown"),
            (json!({"attribute": "nothing", "value": "x", "reason": "x"}), "attribute", "unknown"),
            (json!({"attribute": "criticality", "value": 9, "reason": "x"}), "value", "out_of_range"),
            (json!({"attribute": "memory_bytes", "value": "much", "reason": "x"}), "value", "invalid"),
            (json!({"attribute": "owner", "value": "", "reason": "x"}), "value", "required"),
            (json!({"attribute": "os_name", "value": null, "reason": "x"}), "value", "invalid"),
            (json!({"attribute": "os_name", "reason": "x"}), "value", "required"),
            (json!({"attribute": "os_name", "source": "agent", "value": "x", "reason": "x"}), "value", "invalid"),
            (json!({"attribute": "os_name", "source": "agent", "reason": "  "}), "reason", "required"),
            (json!({"attribute": "os_name", "source": "agent", "reason": "x".repeat(10_000)}), "reason", "too_long"),
            (
                json!({"attribute": "os_name", "source": "agent", "reason": "x", "expires_at": past}),
                "expires_at",
                "out_of_range",
            ),
            (
                json!({"attribute": "os_name", "source": "agent", "reason": "x", "expires_at": "soon"}),
                "expires_at",
                "invalid",
            ),
        ];
        for (body, field, code) in refused {
            let answer = pin(register, &id, "\"v1\"", &body).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{body} {}", answer.text());
        }
        let lifecycle =
            pin(register, &id, "\"v1\"", &json!({"attribute": "lifecycle", "value": "retired", "reason": "x"})).await;
        assert!(lifecycle.text().contains("moves_along_its_life"), "{}", lifecycle.text());
        let body = json!({"attribute": "os_name", "source": "agent", "reason": "x"});
        assert_eq!(pin(register, &id, "\"v7\"", &body).await.status, 412);
        let path = format!("/cis/{id}/pins");
        for (caller, status) in [(Caller::Reader, 403), (Caller::SubsidiaryKeeper, 404)] {
            assert_eq!(register.change(Method::POST, (caller, &path), "\"v1\"", &body).await.status, status);
        }
        assert_eq!(account(register, &id, "os_name").await.2, ["agent"], "what is refused leaves no trace");
    });
}
