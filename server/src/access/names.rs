//! The names of people, for whoever searches.

use super::store::user;
use crate::kernel::id::UserId;
use crate::kernel::page::PageRequest;
use crate::kernel::scope::Scope;
use crate::store::{Conn, StoreError};

/// Most people that are looked at.
const MOST: u32 = 2_000;

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUser {
    /// Its id.
    pub id: UserId,
    /// The login.
    pub login: String,
    /// The name that others see.
    pub display_name: String,
}

/// The people in scope.
pub fn users(conn: &mut Conn, scope: &Scope) -> Result<Vec<NamedUser>, StoreError> {
    let all = user::list(conn, scope, None, &PageRequest { limit: MOST, after: None })?;
    let named = |(_, one): (String, crate::access::model::user::User)| NamedUser {
        id: one.id,
        login: one.login,
        display_name: one.display_name,
    };
    Ok(all.into_iter().map(named).collect())
}
