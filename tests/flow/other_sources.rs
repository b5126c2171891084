//! Machines other than Terrier's agents speak of the same hosts.

use diesel::prelude::*;
use terrier_server::cmdb::model::source::SourceName;
use terrier_server::cmdb::observed::value;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{cmdb_attribute, cmdb_ci, cmdb_value};

use super::reconcile::{host, tree};
use crate::harness::database::Backend;
use crate::harness::inbox::{Register, minutes, noon, section};

/// What is shown of an attribute of an item, and how many statements are open.
fn shown(register: &Register, name: &str, attribute: &str) -> (Vec<String>, i64) {
    register.read(|conn| {
        let open = cmdb_value::table
            .inner_join(cmdb_ci::table)
            .inner_join(cmdb_attribute::table)
            .filter(cmdb_ci::name.eq(name).and(cmdb_attribute::name.eq(attribute)).and(cmdb_value::valid_to.is_null()));
        let shown = open.filter(cmdb_value::shown).select(cmdb_value::value).load(conn)?;
        Ok((shown, open.count().get_result(conn)?))
    })
}

/// Another inventory says something of an item that an agent made.
fn glpi(register: &Register, name: &str, attribute: &str, json: &str) {
    let source: SourceName = "glpi_inventory".parse().unwrap();
    let (key, id, revision): (i32, i32, i64) = register.read(|conn| {
        let key = cmdb_ci::table.filter(cmdb_ci::name.eq(name)).select(cmdb_ci::key).first(conn)?;
        let class: String = cmdb_ci::table.find(key).select(cmdb_ci::class).first(conn)?;
        let id = cmdb_attribute::table
            .filter(cmdb_attribute::name.eq(attribute).and(cmdb_attribute::class.eq_any(["ci", "host", &class])))
            .select(cmdb_attribute::id)
            .first(conn)?;
        let revision = cmdb_value::table.select(cmdb_value::opened_by).first(conn)?;
        Ok((key, id, revision))
    });
    let open = |conn: &mut terrier_server::store::Conn| {
        value::open(conn, &source, &[(key, id, json, false)], noon(), revision)
    };
    register.store().write_blocking::<_, StoreError>(open).unwrap();
}

#[test]
fn what_an_inventory_still_sees_stays_and_what_it_says_stays_its_own() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agent = register.agent("db");
        register.send(agent, noon(), &host(noon(), "db", "192.0.2.10"));
        assert_eq!(register.reconcile().applied, 1);
        glpi(&register, "/", "size_bytes", "5");
        glpi(&register, "db", "os_name", "\"GLPI's\"");
        assert_eq!(shown(&register, "db", "os_name"), (vec!["\"Debian\"".to_owned()], 2), "{backend:?}");
        let empty = section("storage", minutes(5), &serde_json::json!({"filesystems": []}));
        let os = section("os", minutes(5), &serde_json::json!({"id": "debian", "pretty_name": "Debian 13"}));
        register.send(agent, minutes(5), &[empty, os]);
        assert_eq!(register.reconcile().applied, 1);
        assert!(tree(&register).iter().any(|line| line.ends_with("filesystem /")), "{:?}", tree(&register));
        assert_eq!(shown(&register, "/", "size_bytes"), (vec!["5".to_owned()], 1), "the next source is shown");
        assert_eq!(shown(&register, "db", "os_name"), (vec!["\"Debian 13\"".to_owned()], 2));
        assert_eq!(shown(&register, "db", "os_id"), (vec!["\"debian\"".to_owned()], 1));
    }
}

#[test]
fn the_first_report_shows_all_it_says_and_a_changed_one_shows_the_change() {
    for backend in Backend::BOTH {
        let register = Register::new(backend);
        let agent = register.agent("db");
        for (minute, name) in [(0, "db"), (5, "renamed")] {
            register.send(agent, minutes(minute), &host(minutes(minute), name, "192.0.2.10"));
            assert_eq!(register.reconcile().applied, 1);
            let wrong: i64 = register.read(|conn| {
                let open = cmdb_value::valid_to.is_null();
                let hidden = cmdb_value::table.filter(open.and(diesel::dsl::not(cmdb_value::shown)));
                let past = cmdb_value::table.filter(cmdb_value::valid_to.is_not_null().and(cmdb_value::shown));
                Ok(hidden.count().get_result::<i64>(conn)? + past.count().get_result::<i64>(conn)?)
            });
            assert_eq!(wrong, 0, "{backend:?} {name}");
        }
        assert_eq!(shown(&register, "renamed", "name").0, ["\"renamed\""]);
    }
}
