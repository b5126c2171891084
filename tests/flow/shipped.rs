//! Every installation begins with the same classes, attributes and relation types.

use diesel::prelude::*;
use terrier_server::cmdb::shipped::{self, Shipped};
use terrier_server::store::schema::{cmdb_attribute, cmdb_class, cmdb_relation_type};
use terrier_server::store::{Store, StoreError};

use crate::harness::database::{Backend, TestDatabase};

fn install(store: &Store) {
    store.write_blocking(shipped::install).unwrap();
}

fn counts(store: &Store) -> (i64, i64, i64) {
    let counted = store.read_blocking::<_, StoreError>(|conn| {
        Ok((
            cmdb_class::table.count().get_result(conn)?,
            cmdb_attribute::table.count().get_result(conn)?,
            cmdb_relation_type::table.count().get_result(conn)?,
        ))
    });
    counted.unwrap()
}

#[test]
fn installing_twice_adds_nothing_and_corrects_what_differs() {
    let shipped = Shipped::read().unwrap();
    let expected = (shipped.classes.len(), shipped.attributes.len(), shipped.relation_types.len());
    let expected = (expected.0.try_into().unwrap(), expected.1.try_into().unwrap(), expected.2.try_into().unwrap());
    for backend in Backend::BOTH {
        let database = TestDatabase::new(backend);
        install(database.store());
        assert_eq!(counts(database.store()), expected, "{backend:?}");
        let changed = database.store().write_blocking::<_, StoreError>(|conn| {
            let host = cmdb_class::table.find("host");
            Ok(diesel::update(host).set(cmdb_class::label_en.eq("Something else")).execute(conn)?)
        });
        assert_eq!(changed.unwrap(), 1);
        install(database.store());
        assert_eq!(counts(database.store()), expected, "{backend:?}");
        let label = database.store().read_blocking::<_, StoreError>(|conn| {
            Ok(cmdb_class::table.find("host").select(cmdb_class::label_en).first::<String>(conn)?)
        });
        assert_eq!(label.unwrap(), "Host", "{backend:?}");
    }
}
