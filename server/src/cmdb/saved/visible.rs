//! The saved searches that somebody sees.

use diesel::prelude::*;

use crate::kernel::ctx::Ctx;
use crate::store::column::Key16;
use crate::store::conn::MultiBackend;
use crate::store::schema::cmdb_saved_search as s;
use crate::store::{Conn, StoreError};

/// Most saved searches that are read at once.
pub const MOST: i64 = 2_000;

/// A saved search as a query needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    /// Its name.
    pub name: String,
    /// The same, folded.
    pub name_folded: String,
    /// What it looks for.
    pub query: String,
    /// Whether it is shared.
    pub shared: bool,
    /// Whether it is the caller's own.
    pub is_own: bool,
}

type Query = s::BoxedQuery<'static, MultiBackend>;

/// Those that the caller made, and those that are shared in his scope.
pub(super) fn query(ctx: &Ctx) -> Query {
    let own = ctx.actor.id().map(Key16);
    let query = s::table.into_boxed().filter(s::owner_id.nullable().eq(own));
    match ctx.scope.organisations() {
        None => query.or_filter(s::shared.eq(true)),
        Some(organisations) => {
            let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
            query.or_filter(s::shared.eq(true).and(s::organisation_id.eq_any(keys)))
        }
    }
}

/// What the caller sees, by name.
pub fn list(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Visible>, StoreError> {
    let columns = (s::name, s::name_folded, s::query, s::shared, s::owner_id);
    let rows: Vec<(String, String, String, bool, Key16)> =
        query(ctx).order((s::name_folded, s::created_at, s::id)).limit(MOST).select(columns).load(conn)?;
    let own = ctx.actor.id().map(Key16);
    let visible = |(name, name_folded, query, shared, owner)| Visible {
        name,
        name_folded,
        query,
        shared,
        is_own: Some(owner) == own,
    };
    Ok(rows.into_iter().map(visible).collect())
}
