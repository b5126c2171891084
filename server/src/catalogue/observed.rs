//! Packages as agents report them: their numbers.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text};
use serde::Serialize;

use crate::cmdb::observed::rows;
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// How many versions may be remembered before it starts anew: some 40 MB.
const REMEMBERED_MAX: usize = 1_000_000;

/// A version of a package. Serialised as the columns of one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Package {
    /// How its versions are written and compared: `deb`, `rpm`.
    pub ecosystem: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The architecture it was built for; empty where it does not say.
    pub architecture: String,
    /// The source package where it has another name.
    pub source: Option<String>,
    /// The source package's version where it differs.
    pub source_version: Option<String>,
    /// Who built it.
    pub vendor: Option<String>,
    /// Size on disk in bytes.
    pub size_bytes: Option<i64>,
}

/// The numbers of package versions that were seen before. Versions are never deleted, so what is remembered holds.
///
/// A version is remembered by 128 bits of keyed hash: nobody who does not know the keys can make two that collide.
#[derive(Debug)]
pub struct Numbers {
    keys: [RandomState; 2],
    known: Mutex<HashMap<(u64, u64), i32>>,
    most: usize,
}

impl Default for Numbers {
    fn default() -> Self {
        Self::with_room_for(REMEMBERED_MAX)
    }
}

impl Numbers {
    /// Remembers some more than this many at most.
    fn with_room_for(most: usize) -> Self {
        Self { keys: <[RandomState; 2]>::default(), known: Mutex::default(), most }
    }

    /// The numbers of these versions, in their order; none of one that is not remembered.
    #[must_use]
    pub fn look_up(&self, packages: &[Package]) -> Vec<Option<i32>> {
        let names: Vec<_> = packages.iter().map(|package| self.name(package)).collect();
        let known = self.known();
        names.iter().map(|name| known.get(name).copied()).collect()
    }

    /// Remembers numbers that are in the database for good.
    pub fn remember(&self, numbered: &[(Package, i32)]) {
        let numbered = numbered.iter().map(|(package, number)| (self.name(package), *number));
        self.known().extend(numbered);
    }

    /// Forgets everything if it has become too much. Only this does, so that what was looked up is there until then.
    pub fn make_room(&self) {
        let mut known = self.known();
        if known.len() > self.most {
            *known = HashMap::new();
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(u64, u64), i32>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self, package: &Package) -> (u64, u64) {
        let identity = (&package.ecosystem, &package.name, &package.version, &package.architecture);
        let [one, other] = &self.keys;
        (one.hash_one(identity), other.hash_one(identity))
    }
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Integer)]
    id: i32,
}

/// Gives every package a number, in three statements. In a transaction of its own and sorted, so that servers that do
/// this at the same time wait for one another and never in a circle.
pub fn number(conn: &mut Conn, mut packages: Vec<Package>) -> Result<Vec<(Package, i32)>, StoreError> {
    packages.sort_unstable();
    packages.dedup_by(|one, other| {
        (&one.ecosystem, &one.name, &one.version, &one.architecture)
            == (&other.ecosystem, &other.name, &other.version, &other.architecture)
    });
    let said = rows(&packages)?;
    insert_products(conn, &said)?;
    insert_versions(conn, &said)?;
    let numbered = find_numbers(conn, &said)?;
    let mut numbers: HashMap<i64, i32> = numbered.into_iter().map(|row| (row.place, row.id)).collect();
    let number = |(package, place)| numbers.remove(&place).map(|number| (package, number));
    Ok(packages.into_iter().zip(0..).filter_map(number).collect())
}

fn insert_products(conn: &mut Conn, packages: &str) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO catalogue_product (ecosystem, name) \
         SELECT DISTINCT value ->> 'ecosystem', value ->> 'name' FROM json_each(?1) AS new \
         WHERE NOT EXISTS (SELECT 1 FROM catalogue_product p \
             WHERE p.ecosystem = new.value ->> 'ecosystem' AND p.name = new.value ->> 'name') \
         ORDER BY 1, 2 ON CONFLICT DO NOTHING",
        "INSERT INTO catalogue_product (ecosystem, name) \
         SELECT DISTINCT new ->> 'ecosystem', new ->> 'name' FROM json_array_elements($1::json) AS new \
         WHERE NOT EXISTS (SELECT 1 FROM catalogue_product p \
             WHERE p.ecosystem = new ->> 'ecosystem' AND p.name = new ->> 'name') \
         ORDER BY 1, 2 ON CONFLICT DO NOTHING",
    );
    statement(sql).bind::<Text, _>(packages).execute(conn)?;
    Ok(())
}

fn insert_versions(conn: &mut Conn, packages: &str) -> Result<(), StoreError> {
    let sql = either(
        conn,
        "INSERT INTO catalogue_version \
             (product_id, version, architecture, source, source_version, vendor, size_bytes) \
         SELECT p.id, value ->> 'version', value ->> 'architecture', value ->> 'source', value ->> 'source_version', \
             value ->> 'vendor', value ->> 'size_bytes' FROM json_each(?1) AS new \
         JOIN catalogue_product p ON p.ecosystem = new.value ->> 'ecosystem' AND p.name = new.value ->> 'name' \
         WHERE NOT EXISTS (SELECT 1 FROM catalogue_version v WHERE v.product_id = p.id \
             AND v.version = new.value ->> 'version' AND v.architecture = new.value ->> 'architecture') \
         ORDER BY p.id, 2, 3 ON CONFLICT DO NOTHING",
        "INSERT INTO catalogue_version \
             (product_id, version, architecture, source, source_version, vendor, size_bytes) \
         SELECT p.id, new.version, new.architecture, new.source, new.source_version, new.vendor, new.size_bytes \
         FROM json_to_recordset($1::json) AS new (ecosystem text, name text, version text, architecture text, \
             source text, source_version text, vendor text, size_bytes int8) \
         JOIN catalogue_product p ON p.ecosystem = new.ecosystem AND p.name = new.name \
         WHERE NOT EXISTS (SELECT 1 FROM catalogue_version v WHERE v.product_id = p.id \
             AND v.version = new.version AND v.architecture = new.architecture) \
         ORDER BY p.id, 2, 3 ON CONFLICT DO NOTHING",
    );
    statement(sql).bind::<Text, _>(packages).execute(conn)?;
    Ok(())
}

fn find_numbers(conn: &mut Conn, packages: &str) -> Result<Vec<Numbered>, StoreError> {
    let sql = either(
        conn,
        "SELECT new.key AS place, v.id FROM json_each(?1) AS new \
         JOIN catalogue_product p ON p.ecosystem = new.value ->> 'ecosystem' AND p.name = new.value ->> 'name' \
         JOIN catalogue_version v ON v.product_id = p.id AND v.version = new.value ->> 'version' \
             AND v.architecture = new.value ->> 'architecture'",
        "SELECT new.place - 1 AS place, v.id \
         FROM json_array_elements($1::json) WITH ORDINALITY AS new (package, place) \
         JOIN catalogue_product p ON p.ecosystem = new.package ->> 'ecosystem' AND p.name = new.package ->> 'name' \
         JOIN catalogue_version v ON v.product_id = p.id AND v.version = new.package ->> 'version' \
             AND v.architecture = new.package ->> 'architecture'",
    );
    Ok(statement(sql).bind::<Text, _>(packages).load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::{Numbers, Package};

    fn package(name: &str) -> Package {
        Package {
            ecosystem: "deb".into(),
            name: name.into(),
            version: "1".into(),
            architecture: String::new(),
            source: None,
            source_version: None,
            vendor: None,
            size_bytes: None,
        }
    }

    #[test]
    fn nothing_is_forgotten_between_two_looks_however_much_comes_in() {
        let numbers = Numbers::with_room_for(2);
        let packages = ["a", "b", "c"].map(package);
        numbers.remember(&[(packages[0].clone(), 1), (packages[1].clone(), 2)]);
        assert_eq!(numbers.look_up(&packages), [Some(1), Some(2), None]);
        numbers.remember(&[(packages[2].clone(), 3)]);
        assert_eq!(numbers.look_up(&packages), [Some(1), Some(2), Some(3)]);
        numbers.make_room();
        assert_eq!(numbers.look_up(&packages), [None; 3]);
    }
}
