//! Both databases have the same tables, and `store/schema.rs` is what the migrations make of either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use secrecy::ExposeSecret as _;
use terrier_server::store::Location;

use crate::architecture::source::root;
use crate::architecture::token::{Token, tokens};
use crate::harness::database::{Backend, TestDatabase};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// A column as `schema.rs`, SQLite and PostgreSQL write its type.
const TYPES: [(&str, &str, &str); 9] = [
    ("Text", "TEXT", "text"),
    ("Integer", "INTEGER", "integer"),
    ("BigInt", "BIGINT", "bigint"),
    ("Bool", "BOOLEAN", "boolean"),
    ("Double", "DOUBLE", "double precision"),
    ("Binary", "BLOB", "bytea"),
    ("Instant", "BIGINT", "timestamp with time zone"),
    ("Uuid16", "BLOB", "uuid"),
    ("Json", "TEXT", "jsonb"),
];

// N-grams are kept in the way of each database: a table for full text on SQLite, a column on PostgreSQL.
const SQLITE_COLUMNS: &str = "\
    SELECT m.name || '.' || p.name || ' ' || p.type || iif(p.\"notnull\" = 1 OR p.pk > 0, '', ' nullable') AS line \
    FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS p \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
        AND m.name NOT LIKE 'index\\_gram%' ESCAPE '\\'";

const POSTGRES_COLUMNS: &str = "\
    SELECT table_name || '.' || column_name || ' ' || data_type \
        || CASE is_nullable WHEN 'YES' THEN ' nullable' ELSE '' END AS line \
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_\\_%' \
        AND NOT (table_name = 'index_document' AND column_name = 'grams')";

/// What `schema.rs` declares like tables and is a view: no database tells of its columns whether they can be null.
const VIEWS: [&str; 1] = ["catalogue_installation"];

/// Primary keys, unique keys and indexes with their columns in order, and whether they cover some rows only.
const SQLITE_KEYS: &str = "\
    SELECT m.name || ' primary (' || (SELECT group_concat(name, ', ') FROM \
        (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk)) || ')' AS line \
    FROM sqlite_schema AS m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'index\\_gram%' ESCAPE '\\' AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE pk > 0) \
    UNION ALL \
    SELECT m.name || iif(i.\"unique\", ' unique (', ' index (') || (SELECT group_concat(name, ', ') FROM \
        (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' || iif(i.partial, ' partial', '') \
    FROM sqlite_schema AS m JOIN pragma_index_list(m.name) AS i \
    WHERE m.type = 'table' AND i.origin <> 'pk' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
        AND m.name NOT LIKE 'index\\_gram%' ESCAPE '\\'";

const POSTGRES_KEYS: &str = "\
    SELECT c.relname || CASE WHEN i.indisprimary THEN ' primary (' WHEN i.indisunique THEN ' unique (' \
        ELSE ' index (' END || string_agg(a.attname, ', ' ORDER BY k.position) || ')' \
        || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END AS line \
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace \
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, position) \
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number \
    WHERE n.nspname = 'public' AND c.relname NOT LIKE '\\_\\_%' AND a.attname <> 'grams' \
    GROUP BY i.indexrelid, c.relname, i.indisprimary, i.indisunique, i.indpred";

const SQLITE_REFERENCES: &str = "\
    SELECT m.name || '.' || f.\"from\" || ' -> ' || f.\"table\" || '.' || f.\"to\" AS line \
    FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'";

const POSTGRES_REFERENCES: &str = "\
    SELECT c.relname || '.' || a.attname || ' -> ' || r.relname || '.' || b.attname AS line \
    FROM pg_constraint AS f JOIN pg_class AS c ON c.oid = f.conrelid JOIN pg_class AS r ON r.oid = f.confrelid \
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (f.conkey) \
        JOIN pg_attribute AS b ON b.attrelid = r.oid AND b.attnum = ANY (f.confkey) \
    WHERE f.contype = 'f'";

#[test]
fn both_databases_have_the_same_keys_and_references() {
    let (sqlite, postgres) = (TestDatabase::new(Backend::Sqlite), TestDatabase::new(Backend::Postgres));
    for (ours, theirs) in [(SQLITE_KEYS, POSTGRES_KEYS), (SQLITE_REFERENCES, POSTGRES_REFERENCES)] {
        let (left, right) = (lines(&sqlite, ours), lines(&postgres, theirs));
        let only = |a: &[String], b: &[String]| a.iter().filter(|line| !b.contains(line)).cloned().collect::<Vec<_>>();
        assert_eq!((only(&left, &right), only(&right, &left)), (vec![], vec![]), "only SQLite, only PostgreSQL");
        assert!(left.len() > 10, "{left:?}");
    }
}

#[test]
fn the_schema_in_the_code_is_what_the_migrations_make() {
    let (declared, keys) = (declared_columns(), declared_keys());
    // SQLite counts up in a key whose type is INTEGER and no other; it holds 64 bits all the same.
    let counts_up =
        |column: &Column| column.kind == "BigInt" && keys.iter().any(|(t, k)| column.name == format!("{t}.{k}"));
    for (backend, query) in [(Backend::Sqlite, SQLITE_COLUMNS), (Backend::Postgres, POSTGRES_COLUMNS)] {
        let database = TestDatabase::new(backend);
        let made: BTreeSet<String> = lines(&database, query).into_iter().collect();
        let as_made = |column: &Column| {
            let integer = format!("{} INTEGER", column.name);
            let is_counter = backend == Backend::Sqlite && counts_up(column) && made.contains(&integer);
            if is_counter { integer } else { column.as_written_by(backend) }
        };
        let expected: BTreeSet<String> = declared.iter().map(as_made).collect();
        let (missing, surplus): (Vec<_>, Vec<_>) =
            (expected.difference(&made).collect(), made.difference(&expected).collect());
        assert!(missing.is_empty() && surplus.is_empty(), "{backend:?} lacks {missing:?} and has {surplus:?}");
    }
}

#[test]
fn primary_keys_in_the_code_are_those_of_the_database() {
    let database = TestDatabase::new(Backend::Postgres);
    let made: BTreeSet<String> = lines(&database, POSTGRES_KEYS).into_iter().collect();
    for (table, key) in declared_keys() {
        // A table without a key of its own has to name some column to diesel.
        let has_none = !made.iter().any(|line| line.starts_with(&format!("{table} primary")));
        let line = format!("{table} primary ({key})");
        assert!(has_none || made.contains(&line), "schema.rs says {line}");
    }
}

#[test]
fn migrations_can_be_taken_back_and_run_again() {
    for backend in Backend::BOTH {
        let database = TestDatabase::new(backend);
        let query = if backend == Backend::Sqlite { SQLITE_COLUMNS } else { POSTGRES_COLUMNS };
        let before = lines(&database, query);
        migrate(&database, Direction::Down);
        assert_eq!(lines(&database, query), Vec::<String>::new(), "{backend:?}: `down.sql` leaves tables behind");
        migrate(&database, Direction::Up);
        assert_eq!(lines(&database, query), before, "{backend:?}");
    }
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    let names = |backend: &str| {
        let entries = fs::read_dir(root().join("migrations").join(backend)).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

fn migrate(database: &TestDatabase, direction: Direction) {
    fn run<DB: diesel::backend::Backend>(mut conn: impl MigrationHarness<DB>, kind: &str, direction: Direction)
    where
        FileBasedMigrations: MigrationSource<DB>,
        Box<dyn Migration<DB>>: Sized,
    {
        let source = FileBasedMigrations::from_path(root().join("migrations").join(kind)).unwrap();
        match direction {
            Direction::Up => conn.run_pending_migrations(source).map(drop).unwrap(),
            Direction::Down => conn.revert_all_migrations(source).map(drop).unwrap(),
        }
    }
    match &database.location {
        Location::Sqlite(path) => {
            run(SqliteConnection::establish(path.to_str().unwrap()).unwrap(), "sqlite", direction);
        }
        Location::Postgres(url) => {
            run(PgConnection::establish(url.expose_secret()).unwrap(), "postgres", direction);
        }
    }
}

/// What `query` answers, sorted.
fn lines(database: &TestDatabase, query: &str) -> Vec<String> {
    let rows: Vec<Line> = match &database.location {
        Location::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            diesel::sql_query(query).load(&mut conn).unwrap()
        }
        Location::Postgres(url) => {
            let mut conn = PgConnection::establish(url.expose_secret()).unwrap();
            diesel::sql_query(query).load(&mut conn).unwrap()
        }
    };
    let mut lines: Vec<String> = rows.into_iter().map(|row| row.line).collect();
    lines.sort();
    lines
}

/// A column as `schema.rs` declares it.
struct Column {
    name: String,
    kind: String,
    nullable: bool,
}

impl Column {
    fn as_written_by(&self, backend: Backend) -> String {
        let known = TYPES.iter().find(|(kind, _, _)| *kind == self.kind);
        let (_, sqlite, postgres) = known.unwrap_or_else(|| panic!("{}: type {}", self.name, self.kind));
        let kind = if backend == Backend::Sqlite { sqlite } else { postgres };
        format!("{} {kind}{}", self.name, if self.nullable { " nullable" } else { "" })
    }
}

fn declared_columns() -> Vec<Column> {
    let of_table = |(table, (_, columns)): (String, (String, Vec<Token>))| {
        let columns = columns.split(|token| *token == Token::Punct(',')).filter(|column| !column.is_empty());
        columns.map(|column| declared_column(&table, column)).collect::<Vec<_>>()
    };
    declared_tables().into_iter().filter(|(table, _)| !VIEWS.contains(&table.as_str())).flat_map(of_table).collect()
}

/// `#[sql_name = "type"] type_ -> Nullable<Text>`
fn declared_column(table: &str, tokens: &[Token]) -> Column {
    let words: Vec<&str> = tokens
        .iter()
        .filter_map(|token| if let Token::Ident(word) = token { Some(word.as_str()) } else { None })
        .collect();
    let renamed = tokens.iter().find_map(|token| match token {
        Token::Group('[', attribute) => attribute.iter().find_map(|token| match token {
            Token::Text(name) => Some(name.as_str()),
            _ => None,
        }),
        _ => None,
    });
    let name = format!("{table}.{}", renamed.unwrap_or(words[0]));
    Column { name, kind: (*words.last().unwrap()).to_owned(), nullable: words.contains(&"Nullable") }
}

fn declared_keys() -> BTreeMap<String, String> {
    declared_tables().into_iter().map(|(table, (key, _))| (table, key)).collect()
}

/// For each `table!`, its key and the tokens of its columns.
fn declared_tables() -> BTreeMap<String, (String, Vec<Token>)> {
    let text = fs::read_to_string(root().join("server/src/store/schema.rs")).unwrap();
    let mut tables = BTreeMap::new();
    for token in tokens(&text) {
        let Token::Group('{', body) = token else { continue };
        let [.., Token::Ident(name), Token::Group('(', key), Token::Group('{', columns)] = body.as_slice() else {
            continue;
        };
        let word = |token: &Token| if let Token::Ident(word) = token { Some(word.clone()) } else { None };
        let key = key.iter().filter_map(word).collect::<Vec<_>>().join(", ");
        tables.insert(name.clone(), (key, columns.clone()));
    }
    assert!(tables.len() >= 30, "{:?}", tables.keys());
    tables
}
