//! Questions whether two CIs are one.

use diesel::prelude::*;
use jiff::Timestamp;

use crate::cmdb::model::attribute::Label;
use crate::kernel::id::{OrganisationId, ProposalId};
use crate::kernel::page::PageRequest;
use crate::kernel::scope::Scope;
use crate::store::column::{At, Key16};
use crate::store::schema::identification_proposal as p;
use crate::store::{Conn, StoreError};

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = ProposalState)]
pub enum State {
    /// Nobody has answered yet.
    Open,
    /// They are one.
    Same,
    /// They are two, and this is not asked again.
    Different,
}

impl State {
    /// The name in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Same => "same",
            Self::Different => "different",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Same, Self::Different].into_iter().find(|state| state.name() == name)
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Whose CIs they are.
    pub organisation: OrganisationId,
    /// The CI that was made last.
    pub newer_key: i32,
    /// The CI that was there before.
    pub older_key: i32,
    /// The rule that found them, as it was called then.
    pub rule: Label,
    /// What spoke against it.
    pub veto: Option<String>,
    /// What became of it.
    pub state: State,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it was answered.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// With what words.
    pub note: Option<String>,
    /// Counts changes.
    pub version: i32,
}

type Row = (
    (Key16, Key16, i32, i32),
    ((String, String), Option<String>, String),
    (At, Option<At>),
    (Option<String>, Option<String>, i32),
);

/// Asks, unless the same was asked before. Whether it was not.
pub fn insert(conn: &mut Conn, new: &Proposal) -> Result<bool, StoreError> {
    let pair = p::newer_key.eq(new.newer_key).and(p::older_key.eq(new.older_key));
    let reverse = p::newer_key.eq(new.older_key).and(p::older_key.eq(new.newer_key));
    let asked: i64 = p::table.filter(pair.or(reverse)).count().get_result(conn)?;
    if asked > 0 {
        return Ok(false);
    }
    diesel::insert_into(p::table)
        .values((
            (p::id.eq(Key16::from(new.id)), p::organisation_id.eq(Key16::from(new.organisation))),
            (
                p::newer_key.eq(new.newer_key),
                p::older_key.eq(new.older_key),
                p::rule_en.eq(&new.rule.en),
                p::rule_ko.eq(&new.rule.ko),
            ),
            (p::veto.eq(&new.veto), p::state.eq(new.state.name()), p::created_at.eq(At(new.created_at))),
            p::version.eq(new.version),
        ))
        .execute(conn)?;
    Ok(true)
}

/// The question about these two, whichever was made last.
pub fn find_pair(conn: &mut Conn, one: i32, other: i32) -> Result<Option<Proposal>, StoreError> {
    let pair = p::newer_key.eq(one).and(p::older_key.eq(other));
    let reverse = p::newer_key.eq(other).and(p::older_key.eq(one));
    let row: Option<Row> = p::table.filter(pair.or(reverse)).select(columns()).first(conn).optional()?;
    Ok(row.map(proposal))
}

/// Questions in scope in this state, newest first.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    state: Option<State>,
    page: &PageRequest<(i64, uuid::Uuid)>,
) -> Result<Vec<Proposal>, StoreError> {
    let mut query = p::table.order((p::created_at.desc(), p::id.desc())).into_boxed();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(p::organisation_id.eq_any(keys));
    }
    if let Some(state) = state {
        query = query.filter(p::state.eq(state.name()));
    }
    if let Some((micros, id)) = page.after {
        let at = At(Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH));
        query = query.filter(p::created_at.lt(at).or(p::created_at.eq(at).and(p::id.lt(Key16(id)))));
    }
    let rows: Vec<Row> = query.limit(page.rows_to_fetch()).select(columns()).load(conn)?;
    Ok(rows.into_iter().map(proposal).collect())
}

/// How many questions in scope are open.
pub fn count_open(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let mut query = p::table.filter(p::state.eq(State::Open.name())).into_boxed();
    if let Some(organisations) = scope.organisations() {
        let keys: Vec<Key16> = organisations.iter().copied().map(Key16::from).collect();
        query = query.filter(p::organisation_id.eq_any(keys));
    }
    Ok(query.count().get_result(conn)?)
}

/// The question with this id, if it is in scope.
pub fn find(conn: &mut Conn, scope: &Scope, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
    let row: Option<Row> = p::table.find(Key16::from(id)).select(columns()).first(conn).optional()?;
    Ok(row.map(proposal).filter(|one| scope.contains(one.organisation)))
}

/// Writes the answer over a version; whether that was still there.
pub fn decide(
    conn: &mut Conn,
    (id, version): (ProposalId, i32),
    state: State,
    (now, by, note): (Timestamp, Option<&str>, Option<&str>),
) -> Result<bool, StoreError> {
    let at_version = p::table.filter(p::id.eq(Key16::from(id)).and(p::version.eq(version)));
    let decided = if state == State::Open { None } else { Some(At(now)) };
    let rows = diesel::update(at_version)
        .set((
            (p::state.eq(state.name()), p::decided_at.eq(decided), p::decided_by.eq(by), p::note.eq(note)),
            p::version.eq(version.saturating_add(1)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

type Columns = (
    (p::id, p::organisation_id, p::newer_key, p::older_key),
    ((p::rule_en, p::rule_ko), p::veto, p::state),
    (p::created_at, p::decided_at),
    (p::decided_by, p::note, p::version),
);

const fn columns() -> Columns {
    (
        (p::id, p::organisation_id, p::newer_key, p::older_key),
        ((p::rule_en, p::rule_ko), p::veto, p::state),
        (p::created_at, p::decided_at),
        (p::decided_by, p::note, p::version),
    )
}

fn proposal(
    (
        (id, organisation, newer_key, older_key),
        ((en, ko), veto, state),
        (created_at, decided_at),
        (decided_by, note, version),
    ): Row,
) -> Proposal {
    Proposal {
        id: id.into(),
        organisation: organisation.into(),
        newer_key,
        older_key,
        rule: Label { en, ko },
        veto,
        state: State::of_name(&state).unwrap_or(State::Open),
        created_at: created_at.0,
        decided_at: decided_at.map(Timestamp::from),
        decided_by,
        note,
        version,
    }
}
