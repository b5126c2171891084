//! Where the two databases really differ, one function each.

use std::borrow::Cow;

use diesel::RunQueryDsl as _;

use super::conn::Conn;
use super::statement::statement;

/// Text as both databases can hold it: PostgreSQL's has no NUL, so that one becomes its picture, U+2400.
#[must_use]
pub fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{2400}")) } else { Cow::Borrowed(text) }
}

/// Waits until no other transaction holds the lock `key`, and holds it until this one ends.
///
/// On SQLite a transaction that writes is alone already.
pub fn transaction_lock(conn: &mut Conn, key: i64) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(_) => Ok(()),
        Conn::Postgres(conn) => statement("SELECT pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(key)
            .execute(conn)
            .map(drop),
    }
}

/// The text of a statement for the database at hand, where one text does not do for both.
#[must_use]
pub const fn either(conn: &Conn, sqlite: &'static str, postgres: &'static str) -> &'static str {
    match conn {
        Conn::Sqlite(_) => sqlite,
        Conn::Postgres(_) => postgres,
    }
}

/// `column LIKE '%needle%'`, without regard to ASCII case, with the needle taken literally.
///
/// SQLite's `LIKE` ignores ASCII case by itself; PostgreSQL wants `ILIKE`. Escapes are backslashes on both.
#[must_use]
pub fn contains_pattern(needle: &str) -> String {
    let mut pattern = String::with_capacity(needle.len() + 2);
    pattern.push('%');
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

diesel::define_sql_function! {
    /// The text in lower case. SQLite folds ASCII only, PostgreSQL all letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
