//! Which items match a policy, since when, and what became of them.

use diesel::prelude::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::store::find;
use crate::cmdb::error::Error;
use crate::cmdb::item::summary::Reference;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::PolicyId;
use crate::kernel::page::{Page, PageRequest};
use crate::store::Conn;
use crate::store::column::{At, Key16};
use crate::store::conn::MultiBackend;
use crate::store::schema::{cmdb_ci as c, cmdb_policy_match as m};

/// How far a policy is with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(rename_all = "snake_case", as = PolicyMatchState)]
pub(super) enum State {
    /// It does not match for long enough yet.
    Waiting,
    /// It does, and nothing was done yet.
    Due,
    /// Something was done, or could not be, or people took it back; it is left alone until it is seen anew.
    Done,
}

impl State {
    const fn of(done: bool, due: bool) -> Self {
        if done {
            Self::Done
        } else if due {
            Self::Due
        } else {
            Self::Waiting
        }
    }
}

/// An item that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) key: i32,
    pub(super) ci: Reference,
    pub(super) since: Timestamp,
    pub(super) due_at: Timestamp,
    pub(super) state: State,
    /// Why it could not be done.
    pub(super) obstacle: Option<String>,
}

type Row = ((i32, Key16, String, String), (At, At, bool, Option<String>));

/// A page of the items in scope that match: what is due first comes first.
pub(super) fn page(
    conn: &mut Conn,
    ctx: &Ctx,
    id: PolicyId,
    state: Option<State>,
    request: &PageRequest<(i64, i32)>,
) -> Result<Page<Match, (i64, i32)>, Error> {
    find(conn, id)?.ok_or(Error::NotFound)?;
    let mut query = m::table
        .inner_join(c::table.on(c::key.eq(m::ci_key)))
        .into_boxed::<MultiBackend>()
        .filter(m::policy_id.eq(Key16::from(id)));
    if let Some(organisations) = ctx.scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(c::organisation_id.eq_any(keys));
    }
    query = match state {
        None => query,
        Some(State::Done) => query.filter(m::done),
        Some(State::Due) => query.filter(m::done.eq(false).and(m::due_at.le(At(ctx.now)))),
        Some(State::Waiting) => query.filter(m::done.eq(false).and(m::due_at.gt(At(ctx.now)))),
    };
    if let Some((micros, key)) = request.after {
        let at = At(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MIN));
        query = query.filter(m::due_at.gt(at).or(m::due_at.eq(at).and(m::ci_key.gt(key))));
    }
    let rows: Vec<Row> = query
        .order((m::due_at, m::ci_key))
        .limit(request.rows_to_fetch())
        .select(((c::key, c::id, c::name, c::class), (m::since, m::due_at, m::done, m::obstacle)))
        .load(conn)?;
    let found = |((key, id, name, class), (since, due_at, done, obstacle)): Row| Match {
        key,
        ci: Reference { id: id.into(), name, class },
        since: since.0,
        due_at: due_at.0,
        state: State::of(done, due_at.0 <= ctx.now),
        obstacle,
    };
    let rows: Vec<Match> = rows.into_iter().map(found).collect();
    Ok(Page::from_rows(rows, request, |one| (one.due_at.as_microsecond(), one.key)))
}
