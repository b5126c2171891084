//! Carries out what a report changes, in the caller's transaction: a fixed number of statements.

use std::collections::BTreeSet;

use jiff::Timestamp;
use terrier_shared::latest::section::SectionKind;

use super::attribute::{Attribute, NAME};
use super::beside;
use super::changes::Changes;
use super::host::{Found, Host};
use super::inventory::{INTERTWINED, Inventory};
use super::known::{CiKey, Known};
use super::load::{self, Stored, Vocabulary};
use super::observe::{IdentifierKind, Observed, observe};
use super::plan::{CiRef, NewCi, Plan, RelationRef, plan};
use super::report::{Observation, Report, Reporter};
use crate::capacity::insert_windows;
use crate::catalogue::installation::observed as installation;
use crate::cmdb::merge::rival;
use crate::cmdb::merge::service as merge;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::relation::{EvidenceRow, NewRelationRow};
use crate::cmdb::observed::revision::NewRevision;
use crate::cmdb::observed::{ci, identifier, relation, revision, section, value};
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::cmdb::value::standing;
use crate::identification::reporter;
use crate::identification::service::verdict;
use crate::kernel::ctx::Ctx;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::store::{Conn, StoreError};

/// What it takes to carry out a report.
pub(super) struct Applier<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) ctx: &'a Ctx,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) report: &'a mut Report,
    /// Attributes that changed of which others speak, too: CI and number. What is shown of them has to be settled.
    pub(super) contested: BTreeSet<(CiKey, i32)>,
    /// The CI that a device of an inventory is bound to.
    pub(super) bound: Option<CiKey>,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Applied {
    /// It was applied.
    Done,
    /// It is not clear yet which CI it is about; nothing was applied.
    Waits,
}

impl Applier<'_> {
    /// Applies everything in the report.
    pub(super) fn apply(mut self) -> Result<Applied, StoreError> {
        let observations = std::mem::take(&mut self.report.observations);
        let mut host = None;
        for observation in observations {
            match self.observation(observation, host)? {
                None => return Ok(Applied::Waits),
                found => host = found,
            }
        }
        let Some(host) = host else { return Ok(Applied::Done) };
        self.touch(host)?;
        self.settle_shown(host)?;
        insert_windows(self.conn, host, &self.report.windows)?;
        Ok(Applied::Done)
    }

    /// Applies what a device of an inventory is, with its packages by their numbers; says what that changed.
    pub(super) fn apply_observed(
        mut self,
        observed: &Observed,
        installed: Option<&BTreeSet<i32>>,
    ) -> Result<Changes, StoreError> {
        let host = match Host::of_device(&mut self, observed)? {
            Found::Host(host) => host,
            // Devices do not wait; this one is asked about as a new CI.
            Found::Waits => Box::default(),
        };
        let key = host.key();
        let beside_own_agent = beside::is_so(self.conn, key, self.report.received_at)?;
        let observed = if beside_own_agent { &beside::rest_of(observed) } else { observed };
        let installed = installed.filter(|_| !beside_own_agent);
        let at = self.moment(key, None)?;
        let mut known = load::known(self.conn, self.vocabulary, self.report, host.row.clone(), observed)?;
        if let (Some(key), Some(_)) = (key, installed) {
            known.installed = installation::list_installed(self.conn, key)?;
        }
        let mut plan = plan(&known, observed, installed, at);
        self.refuse_taken(&mut plan, &known)?;
        if beside_own_agent {
            beside::withdraw(&known, &mut plan);
        }
        let changes = |key, host| Changes { beside_own_agent, ..Changes::of(&plan, key, at, host) };
        let key = self.carry_out(plan.clone(), &known, at, host.reason.as_deref())?;
        host.settle(&mut self, key, at)?;
        self.touch(key)?;
        self.settle_shown(key)?;
        Ok(changes(key, *host))
    }

    fn observation(&mut self, mut observation: Observation, host: Option<CiKey>) -> Result<Option<CiKey>, StoreError> {
        let host = match Host::of_agent(self, &observation, host)? {
            Found::Host(host) => host,
            Found::Waits => return Ok(None),
        };
        let key = host.key();
        if let (Some(key), true) = (key, observation.is_empty()) {
            return Ok(Some(key));
        }
        let stored = match key {
            Some(key) => self.stored(key, &mut observation)?,
            None => Stored::default(),
        };
        let observed = observe(&merge(stored, &mut observation));
        let mut known = load::known(self.conn, self.vocabulary, self.report, host.row.clone(), &observed)?;
        if let (Some(key), Some(_)) = (key, &observation.installed) {
            known.installed = installation::list_installed(self.conn, key)?;
        }
        let at = self.moment(key, observation.at())?;
        let mut plan = plan(&known, &observed, observation.installed.as_ref(), at);
        self.refuse_taken(&mut plan, &known)?;
        let key = self.carry_out(plan, &known, at, host.reason.as_deref())?;
        fail_point(FailPoint::MidApply);
        host.settle(self, key, at)?;
        if self.is_by_agent() {
            self.sections(key, &observation)?;
        }
        if observed.lists_dependents() {
            ci::touch_dependents(self.conn, key, self.report.received_at)?;
        }
        Ok(Some(key))
    }

    /// What is stored of the host's sections. Those are what its agent sent: what another source says stands by
    /// itself, is not stored beside them, and does not end installations that the agent lists.
    fn stored(&mut self, key: CiKey, observation: &mut Observation) -> Result<Stored, StoreError> {
        let with_contents = self.is_by_agent() && is_intertwined(observation);
        let stored = load::sections(self.conn, key, with_contents)?;
        if self.is_by_agent() {
            return Ok(stored);
        }
        if stored.observed_at.contains_key(SectionKind::Software.name()) {
            observation.installed = None;
        }
        Ok(Stored::default())
    }

    /// Notes that the source spoke of the host, and settles what is shown where others speak, too.
    fn settle_shown(&mut self, host: CiKey) -> Result<(), StoreError> {
        if !self.is_by_agent() {
            standing::confirm(self.conn, self.report.reporter.source(), &[host], self.report.received_at)?;
        }
        if self.contested.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<CiKey> = self.contested.iter().map(|(ci, _)| *ci).collect();
        let attributes: BTreeSet<i32> = self.contested.iter().map(|(_, attribute)| *attribute).collect();
        let (keys, attributes) = (list(&keys), list(&attributes));
        let touched = Touched { keys: &keys, attributes: Some(&attributes), without: None };
        Settler::load(self.conn, self.ctx.now)?.settle(self.conn, touched, Versions::Count)?;
        Ok(())
    }

    fn is_by_agent(&self) -> bool {
        *self.report.reporter.source() == SourceName::AGENT
    }

    /// The CI was seen, by whoever reports.
    fn touch(&mut self, host: CiKey) -> Result<(), StoreError> {
        let at = self.report.received_at;
        match self.report.reporter {
            Reporter::Agent { key, .. } => ci::touch_host(self.conn, host, key, at),
            Reporter::Device { key, sees, .. } => {
                if sees {
                    ci::touch_device(self.conn, host, at)?;
                }
                reporter::touch(self.conn, key, host, at)
            }
        }
    }

    /// When what was observed became true: when it was observed, but after all that is written of the host already.
    fn moment(&mut self, host: Option<CiKey>, observed_at: Option<Timestamp>) -> Result<Timestamp, StoreError> {
        let at = observed_at.unwrap_or(self.report.received_at);
        let last = host.map(|key| revision::last(self.conn, key)).transpose()?.flatten();
        let after = last.and_then(|last| last.checked_add(jiff::SignedDuration::from_micros(1)).ok());
        Ok(after.map_or(at, |after| at.max(after)))
    }

    fn carry_out(
        &mut self,
        mut plan: Plan,
        known: &Known,
        at: Timestamp,
        reason: Option<&str>,
    ) -> Result<CiKey, StoreError> {
        let created = self.create(&plan, at)?;
        if let (Some(host), false) = (&known.host, created.is_empty()) {
            merge::derive_under(self.conn, self.ctx, host.key)?;
        }
        let rivals = self.rivals(&mut plan, known)?;
        let (plan, places) = (&plan, Places { created: &created });
        self.refusals(plan, |ci| places.key(ci), at)?;
        let host = match &known.host {
            Some(host) => host.key,
            None => places.key(CiRef::New(0))?,
        };
        if plan.changes_history() || reason.is_some() {
            let revision = self.revision(host, at, reason)?;
            self.cis(plan, at)?;
            self.values(plan, (known, &rivals), places, (at, revision))?;
            self.identifiers(plan, places, host, at)?;
            self.installations(plan, host, at)?;
            let opened = self.relations(plan, places, at, revision)?;
            self.evidence(plan, &opened)?;
            if !plan.loosened_endpoints.is_empty() {
                ci::set_idle_gone(self.conn, &list(&plan.loosened_endpoints), at)?;
            }
        } else {
            self.evidence(plan, &[])?;
        }
        Ok(host)
    }

    /// The rows of the host and what is under it that make up an item with others: what is said of them competes with
    /// what is said of those. Of an item that any of its rows gives a name, it is settled which is shown.
    fn rivals(&mut self, plan: &mut Plan, known: &Known) -> Result<BTreeSet<CiKey>, StoreError> {
        let Some(host) = known.host.as_ref().filter(|_| plan.changes_values()) else { return Ok(BTreeSet::new()) };
        let rivals = rival::list_under(self.conn, host.key)?;
        let renamed = plan.changed_cis.keys().filter(|key| rivals.contains(key)).copied().collect::<Vec<_>>();
        if !renamed.is_empty() {
            for key in rival::named_survivors(self.conn, &renamed, self.vocabulary.id(NAME))? {
                plan.keep_name(known, key);
            }
        }
        Ok(rivals)
    }

    fn create(&mut self, plan: &Plan, at: Timestamp) -> Result<Vec<CiKey>, StoreError> {
        let (hosts, others): (Vec<_>, Vec<_>) = plan.new_cis.iter().partition(|ci| ci.is_host);
        let mut created = Vec::with_capacity(plan.new_cis.len());
        for level in [hosts, others] {
            if level.is_empty() {
                continue;
            }
            let places = Places { created: &created };
            let rows = level.into_iter().map(|ci| self.new_row(ci, places)).collect::<Result<Vec<_>, _>>()?;
            let keys = ci::insert(self.conn, &rows, self.report.organisation, at)?;
            created.extend(keys);
        }
        Ok(created)
    }

    fn new_row(&self, new: &NewCi, places: Places<'_>) -> Result<ci::NewCiRow, StoreError> {
        let parent = new.parent.map(|parent| places.key(parent)).transpose()?;
        let row = ci::NewCiRow::new(self.ctx.new_id(), &new.class, &new.name).under(parent, new.local_id.as_deref());
        Ok(match self.report.reporter.agent_key() {
            Some(agent_key) if new.is_host => row.reported_by(agent_key),
            _ => row,
        })
    }

    fn revision(&mut self, host: CiKey, at: Timestamp, reason: Option<&str>) -> Result<i64, StoreError> {
        let new = NewRevision {
            subject_key: host,
            at,
            recorded_at: self.report.received_at,
            source: self.report.reporter.source(),
            reporter: self.report.reporter.id(),
            reporter_name: &self.report.hostname,
            reason,
        };
        revision::insert(self.conn, new)
    }

    fn cis(&mut self, plan: &Plan, at: Timestamp) -> Result<(), StoreError> {
        if !plan.changed_cis.is_empty() {
            let changed = plan.changed_cis.iter();
            let changed: Vec<_> = changed.map(|(key, (class, name))| (*key, class.as_str(), name.as_str())).collect();
            ci::rename(self.conn, &changed)?;
        }
        if !plan.gone.is_empty() {
            ci::set_gone(self.conn, &list(&plan.gone), at)?;
        }
        if !plan.back.is_empty() {
            ci::set_back(self.conn, &list(&plan.back), at)?;
        }
        Ok(())
    }

    fn values(
        &mut self,
        plan: &Plan,
        (known, rivals): (&Known, &BTreeSet<CiKey>),
        places: Places<'_>,
        (at, revision): (Timestamp, i64),
    ) -> Result<(), StoreError> {
        let is_contested =
            |key: CiKey, attribute: Attribute| rivals.contains(&key) || known.others.said.contains(&(key, attribute));
        if !plan.closed_values.is_empty() {
            let closed = plan.closed_values.iter();
            let closed: Vec<_> = closed.map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute))).collect();
            let others_say = |(ci, attribute): &&(CiKey, Attribute)| is_contested(*ci, *attribute);
            let contested = plan.closed_values.iter().filter(others_say);
            self.contested.extend(contested.map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute))));
            value::close(self.conn, self.report.reporter.source(), &closed, at, revision)?;
        }
        if !plan.opened_values.is_empty() {
            let opened = plan.opened_values.iter().map(|((ci, attribute), value)| {
                let key = places.key(*ci)?;
                let alone = !is_contested(key, *attribute);
                Ok((key, self.vocabulary.id(*attribute), value.as_str(), alone))
            });
            let opened = opened.collect::<Result<Vec<_>, StoreError>>()?;
            let contested = opened.iter().filter(|(_, _, _, alone)| !alone);
            self.contested.extend(contested.map(|(ci, attribute, _, _)| (*ci, *attribute)));
            value::open(self.conn, self.report.reporter.source(), &opened, at, revision)?;
        }
        Ok(())
    }

    fn identifiers(&mut self, plan: &Plan, places: Places<'_>, host: CiKey, at: Timestamp) -> Result<(), StoreError> {
        if !plan.closed_identifiers.is_empty() {
            let closed = plan.closed_identifiers.iter();
            let closed: Vec<_> = closed.map(|(kind, value)| (kind.as_str(), value.as_str())).collect();
            identifier::close(self.conn, host, &closed, at)?;
        }
        if !plan.opened_identifiers.is_empty() {
            let opened = plan.opened_identifiers.iter();
            let opened = opened.map(|(ci, kind, value)| Ok((places.key(*ci)?, kind.as_str(), value.as_str())));
            identifier::open(self.conn, &opened.collect::<Result<Vec<_>, StoreError>>()?, at)?;
            self.learn(plan)?;
        }
        Ok(())
    }

    /// Whether an identifier that is new on this CI is on so many others that it tells nothing.
    fn learn(&mut self, plan: &Plan) -> Result<(), StoreError> {
        let opened = plan.opened_identifiers.iter().map(|(_, kind, value)| (kind.as_str(), value.as_str()));
        let tells = |kind: &str| kind.parse::<IdentifierKind>().is_ok_and(IdentifierKind::is_distinctive);
        let distinctive: Vec<(&str, &str)> = opened.filter(|(kind, _)| tells(kind)).collect();
        verdict::learn(self.conn, self.ctx, self.report.organisation, &distinctive, self.report.received_at)
    }

    fn installations(&mut self, plan: &Plan, host: CiKey, at: Timestamp) -> Result<(), StoreError> {
        if !plan.closed_installations.is_empty() {
            installation::close(self.conn, host, &plan.closed_installations, at)?;
        }
        if !plan.opened_installations.is_empty() {
            installation::open(self.conn, host, &plan.opened_installations, at)?;
        }
        Ok(())
    }

    fn relations(
        &mut self,
        plan: &Plan,
        places: Places<'_>,
        at: Timestamp,
        revision: i64,
    ) -> Result<Vec<i64>, StoreError> {
        if !plan.closed_relations.is_empty() {
            relation::close(self.conn, &list(&plan.closed_relations), at, revision)?;
        }
        if plan.opened_relations.is_empty() {
            return Ok(Vec::new());
        }
        let rows = plan.opened_relations.iter().map(|new| {
            let (source, target) = (places.key(new.source)?, places.key(new.target)?);
            Ok(NewRelationRow::new(self.ctx.new_id(), source, new.kind, target))
        });
        let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        relation::open(self.conn, &rows, at, revision)
    }

    fn evidence(&mut self, plan: &Plan, opened: &[i64]) -> Result<(), StoreError> {
        if plan.evidence.is_empty() {
            return Ok(());
        }
        let rows = plan.evidence.iter().filter_map(|one| {
            let key = match one.relation {
                RelationRef::Known(key) => key,
                RelationRef::New(place) => *opened.get(place)?,
            };
            let ports: Vec<u16> = one.seen.ports.iter().copied().collect();
            let period = (one.seen.first, one.seen.last);
            Some(EvidenceRow::new(key, one.side.name(), one.seen.samples, period, &ports))
        });
        relation::put_evidence(self.conn, &rows.collect::<Vec<_>>())
    }

    fn sections(&mut self, host: CiKey, observation: &Observation) -> Result<(), StoreError> {
        if !observation.present.is_empty() {
            section::put_present(self.conn, host, &observation.present, self.report.received_at)?;
        }
        if !observation.failed.is_empty() {
            section::put_failed(self.conn, host, &observation.failed, self.report.received_at)?;
        }
        Ok(())
    }
}

/// Keys of CIs that a plan speaks of.
#[derive(Clone, Copy)]
struct Places<'a> {
    created: &'a [CiKey],
}

impl Places<'_> {
    fn key(self, ci: CiRef) -> Result<CiKey, StoreError> {
        match ci {
            CiRef::Known(key) => Ok(key),
            // A plan that speaks of a CI it does not create is our own mistake; the request is set aside for it.
            CiRef::New(place) => {
                self.created.get(place).copied().ok_or(StoreError::Query(diesel::result::Error::NotFound))
            }
        }
    }
}

fn list<T: Copy>(items: &BTreeSet<T>) -> Vec<T> {
    items.iter().copied().collect()
}

fn is_intertwined(observation: &Observation) -> bool {
    observation.sections.iter().any(|(section, _)| INTERTWINED.contains(&section.kind()))
}

/// The stored sections with those that came over them. One that is older than what is stored is dropped: it came
/// late, and what came after it holds.
fn merge(stored: Stored, observation: &mut Observation) -> Inventory {
    let is_late = |section: &str, at: Timestamp| stored.observed_at.get(section).is_some_and(|newer| *newer > at);
    observation.present.retain(|one| !is_late(one.section, one.observed_at));
    observation.failed.retain(|one| !is_late(one.section, one.observed_at));
    if !observation.present.iter().any(|one| one.section == SectionKind::Software.name()) {
        observation.installed = None;
    }
    let mut inventory = stored.inventory;
    for (section, at) in std::mem::take(&mut observation.sections) {
        if !is_late_in(&stored.observed_at, section.kind(), at) {
            inventory.put_fresh(section, at);
        }
    }
    inventory
}

fn is_late_in(observed_at: &std::collections::HashMap<String, Timestamp>, section: SectionKind, at: Timestamp) -> bool {
    observed_at.get(section.name()).is_some_and(|newer| *newer > at)
}
