//! Whether a CI has a text, as a condition over `cmdb_ci`.

use diesel::BoxableExpression;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::model::gram::{Gram, of_part};
use super::model::term::Term;
use super::model::text::Kind;
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_ci;

/// A condition over `cmdb_ci`.
type OfCi = Box<dyn BoxableExpression<cmdb_ci::table, MultiBackend, SqlType = Nullable<Bool>>>;

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

/// Whether the CI's document has the term, or is not written as it is now: whoever asks looks at those himself.
#[must_use]
pub fn may_have(dialect: Dialect, term: &Term) -> OfCi {
    let opened: OfCi = Box::new(sql::<Nullable<Bool>>("cmdb_ci.key IN ("));
    let texts = [Some(term.folded()), term.compact()].into_iter().flatten();
    let found = texts.fold(opened, |before, text| having(before, dialect, text));
    let opened = sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(found);
    Box::new(opened.sql("SELECT waiting.item FROM index_change waiting WHERE waiting.kind = 1)"))
}

/// Whether something of the CI has changed since its document was written.
#[must_use]
pub fn is_outdated() -> OfCi {
    // Asked item by item: what waits may be too much to be kept in memory, and then PostgreSQL reads all of it for each.
    Box::new(sql::<Nullable<Bool>>(
        "EXISTS (SELECT 1 FROM index_change waiting WHERE waiting.kind = 1 AND waiting.item = cmdb_ci.key)",
    ))
}

/// The keys of those whose documents have the text, after what stands before.
fn having(before: OfCi, dialect: Dialect, text: &str) -> OfCi {
    let mut grams: Vec<Gram> = of_part(text);
    grams.push(Kind::Ci.gram());
    let (select, look, written) = match dialect {
        Dialect::Sqlite => (
            "SELECT found.item FROM index_gram CROSS JOIN index_document found ON found.id = index_gram.rowid \
             WHERE index_gram MATCH ",
            " AND found.kind = 1 AND instr(found.folded, ",
            grams.iter().map(|gram| format!("{gram:08x}")).collect::<Vec<_>>(),
        ),
        Dialect::Postgres => (
            "SELECT found.item FROM index_document found WHERE found.grams @> string_to_array(",
            ", ' ')::int4[] AND found.kind = 1 AND strpos(found.folded, ",
            grams.iter().map(|gram| gram.cast_signed().to_string()).collect(),
        ),
    };
    let opened = sql::<Nullable<Bool>>("").bind::<Nullable<Bool>, _>(before).sql(select);
    let looked = opened.bind::<Text, _>(written.join(" ")).sql(look).bind::<Text, _>(text.to_owned());
    Box::new(looked.sql(") > 0 UNION ALL "))
}
