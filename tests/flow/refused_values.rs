//! What agents say and a constraint forbids, on both databases.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::column::Document;
use terrier_server::store::schema::{
    cmdb_attribute as a, cmdb_ci as c, cmdb_constraint as k, cmdb_definition as d, cmdb_refused_value as f,
    cmdb_value as v,
};

use super::reconcile::identity;
use crate::harness::database::Backend;
use crate::harness::inbox::{Register, minutes, section};

/// Says what values of an attribute of hosts must be like, as another server would: behind this one's back.
fn rule(register: &Register, attribute: &str, rules: Option<Value>) {
    let attribute = attribute.to_owned();
    register.write(move |conn| {
        let host = a::table.filter(a::class.eq("host").and(a::name.eq(&attribute)));
        let id: i32 = host.select(a::id).first(conn)?;
        diesel::delete(k::table.filter(k::attribute_id.eq(id).and(k::origin.eq("added")))).execute(conn)?;
        if let Some(rules) = rules {
            let what = (k::class.eq("host"), k::attribute_id.eq(id), k::origin.eq("added"));
            diesel::insert_into(k::table).values((what, k::rules.eq(Document(rules)))).execute(conn)?;
        }
        diesel::update(d::table).set(d::revision.eq(d::revision + 1)).execute(conn)
    });
}

/// Names of hosts with JSON texts.
type Serials = Vec<(String, String)>;

/// The open serial numbers and the refused ones, by name of the host.
fn serials(register: &Register) -> (Serials, Serials) {
    register.read(|conn| {
        let shown = v::table
            .inner_join(a::table.on(a::id.eq(v::attribute_id)))
            .inner_join(c::table.on(c::key.eq(v::ci_key)))
            .filter(a::name.eq("serial_number").and(v::valid_to.is_null()))
            .order(c::name)
            .select((c::name, v::value));
        let refused = f::table.inner_join(c::table.on(c::key.eq(f::ci_key))).order(c::name).select((c::name, f::value));
        Ok((shown.load(conn)?, refused.load(conn)?))
    })
}

fn one(name: &str, serial: &str) -> Serials {
    vec![(name.to_owned(), format!("\"{serial}\""))]
}

#[test]
fn a_value_that_breaks_a_constraint_is_left_out_and_the_rest_of_the_report_is_kept() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agent = register.agent("web-1");
        rule(&register, "serial_number", Some(json!({"patterns": [{"regex": "[A-Z0-9]+"}]})));
        register.send(agent, minutes(1), &[section("identity", minutes(1), &identity("web-1", "not fine"))]);
        assert_eq!(register.reconcile().applied, 1, "{backend:?}");
        assert_eq!(serials(&register), (vec![], one("web-1", "not fine")), "{backend:?}");
        let vendors: i64 = register.read(|conn| {
            let vendors = v::table.inner_join(a::table.on(a::id.eq(v::attribute_id))).filter(a::name.eq("vendor"));
            vendors.count().get_result(conn)
        });
        assert_eq!(vendors, 1, "nothing else suffers");
        register.send(agent, minutes(2), &[section("identity", minutes(2), &identity("web-1", "FINE1"))]);
        register.reconcile();
        assert_eq!(serials(&register), (one("web-1", "FINE1"), vec![]), "{backend:?}");
        register.send(agent, minutes(3), &[section("identity", minutes(3), &identity("web-1", "bad again"))]);
        register.reconcile();
        assert_eq!(
            serials(&register),
            (vec![], one("web-1", "bad again")),
            "{backend:?}: the old one is said no longer"
        );
    }
}

#[test]
fn a_rule_that_another_server_changed_is_noticed_without_a_restart() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let (agent, reconciler) = (register.agent("web-1"), register.reconciler());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let run = || runtime.block_on(reconciler.drain()).unwrap();
        register.send(agent, minutes(1), &[section("identity", minutes(1), &identity("web-1", "first one"))]);
        run();
        assert_eq!(serials(&register).0, one("web-1", "first one"), "{backend:?}");
        rule(&register, "serial_number", Some(json!({"max_length": 5})));
        register.send(agent, minutes(2), &[section("identity", minutes(2), &identity("web-1", "second one"))]);
        run();
        assert_eq!(serials(&register), (vec![], one("web-1", "second one")), "{backend:?}");
        rule(&register, "serial_number", None);
        run();
        assert_eq!(serials(&register), (one("web-1", "second one"), vec![]), "{backend:?}: it is looked at again");
    }
}

#[test]
fn of_two_hosts_with_a_unique_value_the_second_is_left_out() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        rule(&register, "board_serial", Some(json!({"unique": "installation"})));
        rule(&register, "product", Some(json!({"max_length": 30})));
        for (name, minute) in [("web-1", 1), ("web-2", 2)] {
            let agent = register.agent(name);
            let body =
                json!({"hostname": name, "board": {"serial": "B-1"}, "system": {"vendor": "ACME", "serial": name}});
            register.send(agent, minutes(minute), &[section("identity", minutes(minute), &body)]);
        }
        register.reconcile();
        let refused: Vec<(String, String)> = register.read(|conn| {
            let of_host = f::table.inner_join(c::table.on(c::key.eq(f::ci_key)));
            of_host.order(c::name).select((c::name, f::value)).load(conn)
        });
        assert_eq!(refused, one("web-2", "B-1"), "{backend:?}");
    }
}
