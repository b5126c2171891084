//! Carries out what a report changes, in the caller's transaction: a fixed number of statements.

use std::collections::BTreeSet;

use jiff::Timestamp;
use terrier_shared::latest::section::{Section, SectionKind};

use super::attribute::Attribute;
use super::identify::{Evidence, Match, identify};
use super::inventory::{INTERTWINED, Inventory};
use super::known::{CiKey, Known};
use super::load::{self, Stored, Vocabulary};
use super::observe::observe;
use super::plan::{CiRef, NewCi, Plan, RelationRef, plan};
use super::report::{Observation, Report};
use crate::capacity::insert_windows;
use crate::catalogue::installation::observed as installation;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::relation::{EvidenceRow, NewRelationRow};
use crate::cmdb::observed::revision::NewRevision;
use crate::cmdb::observed::{ci, identifier, relation, revision, section, value};
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::cmdb::value::standing;
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
}

/// Which CI a report is about.
struct Host {
    row: Option<ci::CiRow>,
    /// What history says of how it was found.
    reason: Option<String>,
}

impl Applier<'_> {
    /// Applies everything in the report.
    pub(super) fn apply(mut self) -> Result<(), StoreError> {
        let observations = std::mem::take(&mut self.report.observations);
        let mut host = None;
        for observation in observations {
            host = Some(self.observation(observation, host)?);
        }
        let Some(host) = host else { return Ok(()) };
        ci::touch_host(self.conn, host, self.report.agent_key, self.report.received_at)?;
        self.settle(host)?;
        insert_windows(self.conn, host, &self.report.windows)?;
        Ok(())
    }

    fn observation(&mut self, mut observation: Observation, host: Option<CiKey>) -> Result<CiKey, StoreError> {
        let host = self.host(&observation, host)?;
        let key = host.row.as_ref().map(|row| row.key);
        if let (Some(key), true) = (key, observation.is_empty()) {
            return Ok(key);
        }
        let stored = match key {
            Some(key) => self.stored(key, &mut observation)?,
            None => Stored::default(),
        };
        let observed = observe(&merge(stored, &mut observation));
        let mut known = load::known(self.conn, self.vocabulary, self.report, host.row, &observed)?;
        if let (Some(key), Some(_)) = (key, &observation.installed) {
            known.installed = installation::list_installed(self.conn, key)?;
        }
        let at = self.moment(key, &observation)?;
        let plan = plan(&known, &observed, observation.installed.as_ref(), at);
        let key = self.carry_out(&plan, &known, at, host.reason.as_deref())?;
        fail_point(FailPoint::MidApply);
        if self.is_by_agent() {
            self.sections(key, &observation)?;
        }
        if observed.lists_dependents() {
            ci::touch_dependents(self.conn, key, self.report.received_at)?;
        }
        Ok(key)
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
    fn settle(&mut self, host: CiKey) -> Result<(), StoreError> {
        if !self.is_by_agent() {
            standing::confirm(self.conn, host, &self.report.source, self.report.received_at)?;
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
        self.report.source == SourceName::AGENT
    }

    /// The CI the report is about, if there is one.
    fn host(&mut self, observation: &Observation, host: Option<CiKey>) -> Result<Host, StoreError> {
        if let Some(key) = host {
            return Ok(Host { row: Some(ci::load(self.conn, key)?), reason: None });
        }
        if let Some(row) = ci::find_by_agent(self.conn, self.report.agent_key)? {
            return Ok(Host { row: Some(row), reason: None });
        }
        let identity = observation.sections.iter().find_map(|(section, _)| match section {
            Section::Identity(identity) => Some(identity),
            _ => None,
        });
        let evidence = identity.map(Evidence::of).unwrap_or_default();
        let candidates = load::candidates(self.conn, self.vocabulary, self.report, &evidence)?;
        match identify(&evidence, &candidates, self.report.received_at) {
            Match::Existing { ci_key, rule } => {
                let reason = Some(format!("the same machine by {rule}"));
                Ok(Host { row: Some(ci::load(self.conn, ci_key)?), reason })
            }
            Match::New { veto } => {
                Ok(Host { row: None, reason: veto.map(|veto| format!("taken for a new machine: {veto}")) })
            }
        }
    }

    /// When what was observed became true: when it was observed, but after all that is written of the host already.
    fn moment(&mut self, host: Option<CiKey>, observation: &Observation) -> Result<Timestamp, StoreError> {
        let at = observation.at().unwrap_or(self.report.received_at);
        let last = host.map(|key| revision::last(self.conn, key)).transpose()?.flatten();
        let after = last.and_then(|last| last.checked_add(jiff::SignedDuration::from_micros(1)).ok());
        Ok(after.map_or(at, |after| at.max(after)))
    }

    fn carry_out(
        &mut self,
        plan: &Plan,
        known: &Known,
        at: Timestamp,
        reason: Option<&str>,
    ) -> Result<CiKey, StoreError> {
        let created = self.create(plan, at)?;
        let places = Places { created: &created };
        let host = match &known.host {
            Some(host) => host.key,
            None => places.key(CiRef::New(0))?,
        };
        if plan.changes_history() || reason.is_some() {
            let revision = self.revision(host, at, reason)?;
            self.cis(plan, at)?;
            self.values(plan, known, places, at, revision)?;
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
        Ok(if new.is_host { row.reported_by(self.report.agent_key) } else { row })
    }

    fn revision(&mut self, host: CiKey, at: Timestamp, reason: Option<&str>) -> Result<i64, StoreError> {
        let new = NewRevision {
            subject_key: host,
            at,
            recorded_at: self.report.received_at,
            source: &self.report.source,
            agent: self.report.agent,
            agent_name: &self.report.hostname,
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
        known: &Known,
        places: Places<'_>,
        at: Timestamp,
        revision: i64,
    ) -> Result<(), StoreError> {
        let is_contested = |ci: CiRef, attribute: Attribute| match ci {
            CiRef::Known(key) => known.others.said.contains(&(key, attribute)),
            CiRef::New(_) => false,
        };
        if !plan.closed_values.is_empty() {
            let closed = plan.closed_values.iter();
            let closed: Vec<_> = closed.map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute))).collect();
            let others_say = |(ci, attribute): &&(CiKey, Attribute)| is_contested(CiRef::Known(*ci), *attribute);
            let contested = plan.closed_values.iter().filter(others_say);
            self.contested.extend(contested.map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute))));
            value::close(self.conn, &self.report.source, &closed, at, revision)?;
        }
        if !plan.opened_values.is_empty() {
            let opened = plan.opened_values.iter().map(|((ci, attribute), value)| {
                let alone = !is_contested(*ci, *attribute);
                Ok((places.key(*ci)?, self.vocabulary.id(*attribute), value.as_str(), alone))
            });
            let opened = opened.collect::<Result<Vec<_>, StoreError>>()?;
            let contested = opened.iter().filter(|(_, _, _, alone)| !alone);
            self.contested.extend(contested.map(|(ci, attribute, _, _)| (*ci, *attribute)));
            value::open(self.conn, &self.report.source, &opened, at, revision)?;
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
        }
        Ok(())
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
