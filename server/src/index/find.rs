//! Finding what may match, the best first.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Text};

use super::document::grams;
use super::model::fold::{compact, fold};
use super::model::gram::{Gram, Sort, gram, of_part};
use super::model::term::Term;
use super::model::text::Kind;
use crate::kernel::scope::Scope;
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// What is looked for of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What kind.
    pub kind: Kind,
    /// Whose; things of nobody are everybody's.
    pub scope: &'a Scope,
    /// What must stand in it.
    pub terms: &'a [Term],
    /// All of it as it was written.
    pub whole: &'a str,
    /// Most things of each rank.
    pub most: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    item: i32,
}

/// What may match, those of a better rank first; whoever shows them looks at each. The number of statements depends on
/// what is looked for alone.
pub fn candidates(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Vec<i32>, StoreError> {
    if wanted.terms.is_empty() {
        return Ok(Vec::new());
    }
    let whole = fold(wanted.whole);
    let bare = compact(&whole);
    let longest = wanted.terms.iter().max_by_key(|term| term.folded().len()).map_or("", Term::folded);
    let all: Vec<&str> = wanted.terms.iter().map(Term::folded).collect();
    let all = serde_json::to_string(&all).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let mut found = by_grams(conn, wanted, vec![gram(Sort::Whole, &whole)], ("", "[]"))?;
    if bare != whole && !bare.is_empty() {
        found.extend(by_grams(conn, wanted, vec![gram(Sort::Whole, &bare)], ("", "[]"))?);
    }
    found.extend(by_name(conn, wanted, &whole)?);
    let words = wanted.terms.iter().map(|term| gram(Sort::Word, term.folded())).collect();
    found.extend(by_grams(conn, wanted, words, ("", "[]"))?);
    let parts = wanted.terms.iter().flat_map(|term| of_part(term.folded())).collect();
    found.extend(by_grams(conn, wanted, parts, (longest, &all))?);
    if let [term] = wanted.terms
        && let Some(compact) = term.compact()
    {
        found.extend(by_grams(conn, wanted, of_part(compact), (compact, "[]"))?);
    }
    Ok(found)
}

/// Things whose documents have all these n-grams, and in their text `part` and all of `parts`, a JSON list.
fn by_grams(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    mut of: Vec<Gram>,
    (part, parts): (&str, &str),
) -> Result<Vec<i32>, StoreError> {
    of.push(wanted.kind.gram());
    let (everywhere, organisations) = reach(conn, wanted.scope);
    let sql = either(
        conn,
        "SELECT d.item FROM index_gram CROSS JOIN index_document d ON d.id = index_gram.rowid \
         WHERE index_gram MATCH ?1 AND d.kind = ?2 AND (?3 OR d.organisation_id IS NULL \
             OR d.organisation_id IN (SELECT unhex(value) FROM json_each(?4))) AND instr(d.folded, ?5) > 0 \
             AND NOT EXISTS (SELECT 1 FROM json_each(?6) AS t WHERE instr(d.folded, t.value) = 0) LIMIT ?7",
        "SELECT d.item FROM index_document d \
         WHERE d.grams @> string_to_array($1, ' ')::int4[] AND d.kind = $2 AND ($3 OR d.organisation_id IS NULL \
             OR d.organisation_id IN (SELECT value::uuid FROM json_array_elements_text($4::json))) \
             AND strpos(d.folded, $5) > 0 \
             AND NOT EXISTS (SELECT 1 FROM json_array_elements_text($6::json) AS t WHERE strpos(d.folded, t) = 0) \
         LIMIT $7",
    );
    let rows: Vec<Found> = statement(sql)
        .bind::<Text, _>(grams(conn, of))
        .bind::<Integer, _>(wanted.kind.number())
        .bind::<Bool, _>(everywhere)
        .bind::<Text, _>(organisations)
        .bind::<Text, _>(part)
        .bind::<Text, _>(parts)
        .bind::<BigInt, _>(wanted.most)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.item).collect())
}

/// Things whose names begin so.
fn by_name(conn: &mut Conn, wanted: &Wanted<'_>, begin: &str) -> Result<Vec<i32>, StoreError> {
    let (everywhere, organisations) = reach(conn, wanted.scope);
    let sql = either(
        conn,
        "SELECT d.item FROM index_document d WHERE d.kind = ?1 AND d.name >= ?2 AND d.name < ?3 \
             AND (?4 OR d.organisation_id IS NULL \
                 OR d.organisation_id IN (SELECT unhex(value) FROM json_each(?5))) ORDER BY d.name LIMIT ?6",
        "SELECT d.item FROM index_document d WHERE d.kind = $1 AND d.name >= $2 AND d.name < $3 \
             AND ($4 OR d.organisation_id IS NULL \
                 OR d.organisation_id IN (SELECT value::uuid FROM json_array_elements_text($5::json))) \
         ORDER BY d.name LIMIT $6",
    );
    let rows: Vec<Found> = statement(sql)
        .bind::<Integer, _>(wanted.kind.number())
        .bind::<Text, _>(begin)
        .bind::<Text, _>(format!("{begin}\u{10ffff}"))
        .bind::<Bool, _>(everywhere)
        .bind::<Text, _>(organisations)
        .bind::<BigInt, _>(wanted.most)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| row.item).collect())
}

/// Whether everything is in scope, and what is if not.
fn reach(conn: &Conn, scope: &Scope) -> (bool, String) {
    let Some(organisations) = scope.organisations() else { return (true, "[]".to_owned()) };
    let written = |uuid: uuid::Uuid| match conn {
        Conn::Sqlite(_) => uuid.simple().to_string(),
        Conn::Postgres(_) => uuid.hyphenated().to_string(),
    };
    let ids: Vec<String> = organisations.iter().map(|id| format!("\"{}\"", written(id.uuid()))).collect();
    (false, format!("[{}]", ids.join(",")))
}
