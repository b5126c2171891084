//! Rules as rows.

use std::str::FromStr;

use diesel::prelude::*;

use crate::identification::model::rule::{Need, Outcome, Rule, Veto};
use crate::kernel::id::RuleId;
use crate::store::column::Key16;
use crate::store::dialect::transaction_lock;
use crate::store::schema::identification_rule as r;
use crate::store::{Conn, Inconsistent, StoreError};

/// Any number will do, as long as every server of one database takes the same.
const RULES_LOCK: i64 = 0x7465_7272_6965_7208;

type Row = (Key16, String, Option<String>, i32, (String, String), (String, String, String), bool, i32);

/// Keeps others from changing rules until the transaction ends.
pub fn lock(conn: &mut Conn) -> QueryResult<()> {
    transaction_lock(conn, RULES_LOCK)
}

/// Every rule, by class and in the order in which they are asked.
pub fn list(conn: &mut Conn) -> Result<Vec<Rule>, StoreError> {
    let rows: Vec<Row> = r::table
        .order((r::class, r::position, r::id))
        .select((
            r::id,
            r::class,
            r::shipped_name,
            r::position,
            (r::label_en, r::label_ko),
            (r::needs, r::vetoes, r::outcome),
            r::enabled,
            r::version,
        ))
        .load(conn)?;
    rows.into_iter().map(|row| rule(row).map_err(StoreError::from)).collect()
}

/// Adds a rule.
pub fn insert(conn: &mut Conn, rule: &Rule) -> Result<(), StoreError> {
    diesel::insert_into(r::table)
        .values((
            (r::id.eq(Key16::from(rule.id)), r::class.eq(&rule.class), r::shipped_name.eq(&rule.shipped_name)),
            (r::position.eq(rule.position), r::label_en.eq(&rule.label_en), r::label_ko.eq(&rule.label_ko)),
            (r::needs.eq(words(&rule.needs, Need::name)), r::vetoes.eq(words(&rule.vetoes, Veto::name))),
            (r::outcome.eq(rule.outcome.name()), r::enabled.eq(rule.enabled), r::version.eq(rule.version)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a rule over its last version; whether that was still there.
pub fn update(conn: &mut Conn, rule: &Rule, version: i32) -> Result<bool, StoreError> {
    let at_version = r::table.filter(r::id.eq(Key16::from(rule.id)).and(r::version.eq(version)));
    let rows = diesel::update(at_version)
        .set((
            (r::position.eq(rule.position), r::label_en.eq(&rule.label_en), r::label_ko.eq(&rule.label_ko)),
            (r::needs.eq(words(&rule.needs, Need::name)), r::vetoes.eq(words(&rule.vetoes, Veto::name))),
            (r::outcome.eq(rule.outcome.name()), r::enabled.eq(rule.enabled), r::version.eq(version.saturating_add(1))),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Puts a rule in its place among those of its class.
pub fn set_position(conn: &mut Conn, id: RuleId, position: i32) -> Result<(), StoreError> {
    let of_id = r::table.filter(r::id.eq(Key16::from(id)).and(r::position.ne(position)));
    diesel::update(of_id).set((r::position.eq(position), r::version.eq(r::version + 1))).execute(conn)?;
    Ok(())
}

/// Takes a rule out.
pub fn delete(conn: &mut Conn, id: RuleId) -> Result<(), StoreError> {
    diesel::delete(r::table.filter(r::id.eq(Key16::from(id)))).execute(conn)?;
    Ok(())
}

fn words<T: Copy>(list: &[T], name: impl Fn(T) -> &'static str) -> String {
    serde_json::Value::from(list.iter().map(|one| name(*one)).collect::<Vec<_>>()).to_string()
}

fn rule(
    (id, class, shipped_name, position, (label_en, label_ko), (needs, vetoes, outcome), enabled, version): Row,
) -> Result<Rule, Inconsistent> {
    let row = id.0.to_string();
    let wrong = |column, value: &str| Inconsistent {
        table: "identification_rule",
        column,
        row: row.clone(),
        value: value.to_owned(),
    };
    Ok(Rule {
        id: id.into(),
        class,
        shipped_name,
        position,
        label_en,
        label_ko,
        needs: read::<Need>(&needs).ok_or_else(|| wrong("needs", &needs))?,
        vetoes: read::<Veto>(&vetoes).ok_or_else(|| wrong("vetoes", &vetoes))?,
        outcome: outcome.parse::<Outcome>().map_err(|_unknown| wrong("outcome", &outcome))?,
        enabled,
        version,
    })
}

fn read<T: FromStr>(json: &str) -> Option<Vec<T>> {
    let words: Vec<String> = serde_json::from_str(json).ok()?;
    words.iter().map(|word| word.parse().ok()).collect()
}
