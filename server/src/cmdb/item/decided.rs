//! What people have decided of items so far, to be offered again.

use diesel::prelude::*;

use crate::cmdb::value::expression::in_scope;
use crate::kernel::scope::Scope;
use crate::store::dialect::{contains_pattern, lower};
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// Most values that are offered.
const MOST: i64 = 20;

/// A column that holds what people decide in words of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Who answers for an item.
    Owner,
    /// Who supports it.
    Team,
}

/// Values of items in scope that begin so, regardless of case.
pub fn values(conn: &mut Conn, scope: &Scope, column: Decided, begin: &str) -> Result<Vec<String>, StoreError> {
    let pattern = contains_pattern(begin);
    let pattern = pattern.strip_prefix('%').unwrap_or(&pattern).to_owned();
    let query = in_scope(scope).distinct().limit(MOST);
    let found: Vec<Option<String>> = match column {
        Decided::Owner => {
            let begins = lower(c::owner.assume_not_null()).like(pattern).escape('\\');
            query.filter(c::owner.is_not_null().and(begins)).order(c::owner).select(c::owner).load(conn)?
        }
        Decided::Team => {
            let begins = lower(c::support_team.assume_not_null()).like(pattern).escape('\\');
            query
                .filter(c::support_team.is_not_null().and(begins))
                .order(c::support_team)
                .select(c::support_team)
                .load(conn)?
        }
    };
    Ok(found.into_iter().flatten().collect())
}
