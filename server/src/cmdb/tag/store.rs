//! Reading tags.

use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::conn::MultiBackend;
use crate::store::schema::{cmdb_ci as c, cmdb_tag as t};
use crate::store::{Conn, StoreError};

/// No tag that begins so comes after the beginning with this at its end.
pub(in crate::cmdb) const LAST: char = '\u{10ffff}';

/// Tags of items in scope that begin so, with how many items have each; those that most have come first.
pub fn list(conn: &mut Conn, scope: &Scope, begin: &str, most: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let beyond = format!("{begin}{LAST}");
    let query = t::table
        .inner_join(c::table.on(c::key.eq(t::ci_key)))
        .group_by(t::tag)
        .select((t::tag, count_star()))
        .order((count_star().desc(), t::tag))
        .limit(most)
        .into_boxed::<MultiBackend>()
        .filter(t::tag.ge(begin.to_owned()).and(t::tag.lt(beyond)));
    let query = match scope.organisations() {
        None => query,
        Some(organisations) => {
            let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
            query.filter(c::organisation_id.eq_any(keys))
        }
    };
    Ok(query.load(conn)?)
}
