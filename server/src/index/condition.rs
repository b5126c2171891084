//! Whether a CI has a text, as a condition over `cmdb_ci`.

use diesel::dsl::sql;
use diesel::sql_types::{Nullable, Text};
use diesel::BoxableExpression;

use super::model::gram::{Gram, of_part};
use super::model::term::Term;
use super::model::text::Kind;
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_ci;

/// A condition over `cmdb_ci`.
type OfCi = Box<dyn BoxableExpression<cmdb_ci::table, MultiBackend, SqlType = Nullable<diesel::sql_types::Bool>>>;

/// Which database a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Of a connection.
    #[must_use]
    pub const fn of(conn: &crate::store::Conn) -> Self {
        match conn {
            crate::store::Conn::Sqlite(_) => Self::Sqlite,
            crate::store::Conn::Postgres(_) => Self::Postgres,
        }
    }
}

/// Whether the CI's document has the term.
#[must_use]
pub fn has(dialect: Dialect, term: &Term) -> OfCi {
    let part = |text: &str| having(dialect, of_part(text), text);
    match term.compact() {
        None => part(term.folded()),
        Some(compact) => Box::new(diesel::BoolExpressionMethods::or(part(term.folded()), part(compact))),
    }
}

/// Whether something of the CI has changed since its document was written.
#[must_use]
pub fn is_outdated() -> OfCi {
    Box::new(sql::<Nullable<diesel::sql_types::Bool>>(
        "cmdb_ci.key IN (SELECT waiting.item FROM index_change waiting WHERE waiting.kind = 1)",
    ))
}

fn having(dialect: Dialect, mut grams: Vec<Gram>, part: &str) -> OfCi {
    grams.push(Kind::Ci.gram());
    let (before, between, written) = match dialect {
        Dialect::Sqlite => (
            "cmdb_ci.key IN (SELECT found.item FROM index_gram CROSS JOIN index_document found \
                 ON found.id = index_gram.rowid WHERE index_gram MATCH ",
            " AND found.kind = 1 AND instr(found.folded, ",
            grams.iter().map(|gram| format!("{gram:08x}")).collect::<Vec<_>>(),
        ),
        Dialect::Postgres => (
            "cmdb_ci.key IN (SELECT found.item FROM index_document found WHERE found.grams @> string_to_array(",
            ", ' ')::int4[] AND found.kind = 1 AND strpos(found.folded, ",
            grams.iter().map(|gram| gram.cast_signed().to_string()).collect(),
        ),
    };
    let opened = sql::<Nullable<diesel::sql_types::Bool>>(before).bind::<Text, _>(written.join(" "));
    Box::new(opened.sql(between).bind::<Text, _>(part.to_owned()).sql(") > 0)"))
}
