//! What others report: agents and registers that are not ours.
//!
//! Does: find the CI a report is about, work out what it changes and write that, as their own source.
//! Does not: read their documents or remember who reported what; the caller does both, in the same transaction.
//!
//! Invariants: where our own agent reports a host, others name it by nothing, and what that agent lists (addresses,
//! interfaces, file systems, containers, software) is its alone: so two that look at one host do not take turns.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::attribute::{CONTAINER, FILESYSTEM, INTERFACE};
use super::identify::{Match, identify};
use super::known::{CiKey, Known};
use super::load::{self, Vocabulary};
use super::observe::{IdentifierKind, Observed};
use super::plan::{CiRef, Plan, plan};
use super::write::{Pen, Voice, moment};
use crate::catalogue::installation::observed as installation;
use crate::catalogue::observed::{Numbers, Package, number};
use crate::cmdb::observed::{ci, identifier};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::dialect::transaction_lock;
use crate::store::{Conn, Store, StoreError};

/// How long after its last report our own agent has the say about its host.
const OWN_AGENT: SignedDuration = SignedDuration::from_hours(24);

/// A report of somebody else's.
#[derive(Debug, Clone)]
pub struct Foreign<'a> {
    /// The source of all it says.
    pub source: &'a str,
    /// Whose the device is.
    pub organisation: OrganisationId,
    /// The CI that the same reporter reported before.
    pub bound: Option<CiKey>,
    /// CIs that another reporter of the same source reported within a day.
    pub taken: &'a BTreeSet<CiKey>,
    /// Who brings it: an id if it is a person, and a name.
    pub actor: (Option<Uuid>, &'a str),
    /// When it arrived.
    pub at: Timestamp,
    /// Whether the reporter looked at the device, and does not only keep a register of it.
    pub sees: bool,
    /// What it says.
    pub observed: &'a Observed,
    /// The numbers of the packages it lists, if it lists any.
    pub installed: Option<&'a BTreeSet<i32>>,
}

/// What a report changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The CI, as long as it is there.
    pub ci: Option<CiKey>,
    /// Whether it is a new one.
    pub created: bool,
    /// By which rule it was found, or why it was taken for a new one.
    pub reason: Option<String>,
    /// Whether our own agent reports it, which leaves less to say.
    pub own_agent: bool,
    /// New CIs under it, by class.
    pub created_under: BTreeMap<String, usize>,
    /// CIs under it that nobody tells of any more.
    pub gone: usize,
    /// Values that differ from what the same source said before.
    pub values: usize,
    /// Packages that were not installed before.
    pub installed: usize,
    /// Packages that are no longer.
    pub removed: usize,
    /// Relations that were opened or closed.
    pub relations: usize,
}

impl Changes {
    /// Whether it changes anything that history knows.
    #[must_use]
    pub fn any(&self) -> bool {
        let nothing = Self { ci: self.ci, reason: self.reason.clone(), own_agent: self.own_agent, ..Self::default() };
        *self != nothing
    }
}

/// What it takes to take reports of others. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Words {
    numbers: Arc<Numbers>,
    vocabulary: Arc<OnceCell<Arc<Vocabulary>>>,
}

impl Words {
    /// The numbers of the register's attributes.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn vocabulary(&self, store: &Store) -> Result<Arc<Vocabulary>, StoreError> {
        let load = || async { store.read(Vocabulary::load).await.map(Arc::new) };
        self.vocabulary.get_or_try_init(load).await.cloned()
    }

    /// The numbers of packages; new ones are given one, in a transaction of their own.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn number(&self, store: &Store, packages: &[Package]) -> Result<BTreeSet<i32>, StoreError> {
        self.numbers.make_room();
        let found = self.numbers.look_up(packages);
        let unknown = packages.iter().zip(&found).filter(|(_, number)| number.is_none());
        let unknown: Vec<Package> = unknown.map(|(package, _)| package.clone()).collect();
        if !unknown.is_empty() {
            let numbered = store.write::<_, StoreError>(move |conn| number(conn, unknown)).await?;
            self.numbers.remember(&numbered);
        }
        Ok(self.numbers.look_up(packages).into_iter().flatten().collect())
    }
}

/// What a report would change. Writes nothing.
///
/// # Errors
///
/// The database fails.
pub fn preview(conn: &mut Conn, vocabulary: &Vocabulary, foreign: &Foreign<'_>) -> Result<Changes, StoreError> {
    Ok(Work::of(conn, vocabulary, foreign)?.changes)
}

/// Writes what a report changes, in the caller's transaction.
///
/// # Errors
///
/// The database fails.
pub fn take(conn: &mut Conn, ctx: &Ctx, vocabulary: &Vocabulary, foreign: &Foreign<'_>) -> Result<Changes, StoreError> {
    transaction_lock(conn, super::task::APPLY_LOCK)?;
    let mut work = Work::of(conn, vocabulary, foreign)?;
    let voice = Voice {
        source: foreign.source,
        organisation: foreign.organisation,
        agent_key: None,
        actor: foreign.actor.0,
        actor_name: foreign.actor.1,
        recorded_at: foreign.at,
    };
    // That a known device was found by a rule is only worth a word the first time.
    let reason = if foreign.bound.is_some() { None } else { work.changes.reason.as_deref() };
    let mut pen = Pen { conn, ctx, vocabulary, voice };
    let key = pen.carry_out(&work.plan, &work.known, work.at, reason)?;
    if foreign.sees {
        ci::touch_reported(conn, key, foreign.at)?;
        ci::touch_dependents(conn, key, foreign.at)?;
    } else {
        ci::set_unseen(conn, key, work.at)?;
    }
    work.changes.ci = Some(key);
    Ok(work.changes)
}

/// A report that is understood.
struct Work {
    known: Known,
    plan: Plan,
    at: Timestamp,
    changes: Changes,
}

impl Work {
    fn of(conn: &mut Conn, vocabulary: &Vocabulary, foreign: &Foreign<'_>) -> Result<Self, StoreError> {
        let (key, reason) = find(conn, vocabulary, foreign)?;
        let own_agent = match key {
            Some(key) => ci::has_live_agent(conn, key, foreign.at - OWN_AGENT)?,
            None => false,
        };
        let observed = if own_agent { beside_own_agent(foreign.observed) } else { foreign.observed.clone() };
        let installed = foreign.installed.filter(|_| !own_agent);
        let host = key.map(|key| ci::load(conn, key)).transpose()?;
        let who = (foreign.source, foreign.organisation);
        let mut known = load::known_to_others(conn, vocabulary, who, host, &observed)?;
        if let (Some(key), Some(_)) = (key, installed) {
            known.installed = installation::list_installed(conn, key)?;
        }
        let at = moment(conn, key, foreign.at)?;
        let mut plan = plan(&known, &observed, installed, at);
        if own_agent {
            withdraw(&known, &mut plan);
        }
        let changes = changes(&plan, key, reason, own_agent);
        Ok(Self { known, plan, at, changes })
    }
}

/// The CI of a report, and how it was found or why not.
fn find(
    conn: &mut Conn,
    vocabulary: &Vocabulary,
    foreign: &Foreign<'_>,
) -> Result<(Option<CiKey>, Option<String>), StoreError> {
    if let Some(bound) = foreign.bound {
        return Ok((Some(bound), None));
    }
    let evidence = foreign.observed.evidence.clone().unwrap_or_default();
    let mut candidates = load::candidates(conn, vocabulary, (foreign.organisation, None), &evidence)?;
    // An agent of ours and one of theirs on one machine are both alive.
    candidates.iter_mut().for_each(|candidate| candidate.agent_last_seen = None);
    match identify(&evidence, &candidates, foreign.at) {
        Match::Existing { ci_key, .. } if foreign.taken.contains(&ci_key) && !shares_card(conn, ci_key, foreign)? => {
            let veto = "another reporter with this identifier is live";
            Ok((None, Some(format!("taken for a new device: {veto}"))))
        }
        Match::Existing { ci_key, rule } => Ok((Some(ci_key), Some(format!("the same device by {rule}")))),
        Match::New { veto } => Ok((None, veto.map(|veto| format!("taken for a new device: {veto}")))),
    }
}

/// Whether the device has a network card of the CI: then it is the same one with another agent, and no copy.
fn shares_card(conn: &mut Conn, ci_key: CiKey, foreign: &Foreign<'_>) -> Result<bool, StoreError> {
    let kind = IdentifierKind::Mac;
    let own = foreign.observed.identifiers.iter().filter(|(one, _)| *one == kind).flat_map(|(_, values)| values);
    let own: BTreeSet<&String> = own.collect();
    let known = identifier::list_open(conn, ci_key)?;
    Ok(known.iter().any(|(one, value)| one == kind.name() && own.contains(value)))
}

/// What others may say of a host that our own agent reports.
fn beside_own_agent(observed: &Observed) -> Observed {
    Observed { values: observed.values.clone(), parts: observed.parts.clone(), ..Observed::default() }
}

/// What this source said of things that our own agent lists ends.
fn withdraw(known: &Known, plan: &mut Plan) {
    for ci in known.dependents.iter().filter(|ci| [FILESYSTEM, INTERFACE, CONTAINER].contains(&ci.class.as_str())) {
        let before = plan.closed_values.len();
        let values = known.values.keys().filter(|(key, _)| *key == ci.key);
        plan.closed_values.extend(values.copied());
        let ends = plan.closed_values.len() > before;
        if ends && !ci.gone && !known.said_by_others.contains(&ci.key) {
            plan.gone.insert(ci.key);
        }
    }
}

fn changes(plan: &Plan, key: Option<CiKey>, reason: Option<String>, own_agent: bool) -> Changes {
    let mut created_under = BTreeMap::new();
    for new in plan.new_cis.iter().filter(|new| !new.is_host) {
        *created_under.entry(new.class.clone()).or_insert(0) += 1;
    }
    let opened = plan.opened_values.keys().filter_map(|(ci, attribute)| match ci {
        CiRef::Known(key) => Some((*key, *attribute)),
        CiRef::New(_) => None,
    });
    let changed: BTreeSet<_> = opened.chain(plan.closed_values.iter().copied()).collect();
    Changes {
        ci: key,
        created: key.is_none(),
        reason,
        own_agent,
        created_under,
        gone: plan.gone.len(),
        values: changed.len() + plan.changed_cis.len(),
        installed: plan.opened_installations.len(),
        removed: plan.closed_installations.len(),
        relations: plan.opened_relations.len() + plan.closed_relations.len(),
    }
}
