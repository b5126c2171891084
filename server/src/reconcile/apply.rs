//! Carries out what a report changes, in the caller's transaction: a fixed number of statements.

use jiff::Timestamp;
use terrier_shared::latest::section::{Section, SectionKind};

use super::identify::{Evidence, Match, identify};
use super::inventory::{INTERTWINED, Inventory};
use super::known::CiKey;
use super::load::{self, Stored, Vocabulary};
use super::observe::observe;
use super::plan::plan;
use super::report::{Observation, Report};
use super::write::{Pen, Voice, moment};
use crate::capacity::insert_windows;
use crate::catalogue::installation::observed as installation;
use crate::cmdb::observed::{AGENT, ci, section};
use crate::kernel::ctx::Ctx;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::store::{Conn, StoreError};

/// What it takes to carry out a report.
pub(super) struct Applier<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) ctx: &'a Ctx,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) report: &'a mut Report,
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
            Some(key) => load::sections(self.conn, key, is_intertwined(&observation))?,
            None => Stored::default(),
        };
        let observed = observe(&merge(stored, &mut observation));
        let mut known = load::known(self.conn, self.vocabulary, self.report, host.row, &observed)?;
        if let (Some(key), Some(_)) = (key, &observation.installed) {
            known.installed = installation::list_installed(self.conn, key)?;
        }
        let at = moment(self.conn, key, observation.at().unwrap_or(self.report.received_at))?;
        let plan = plan(&known, &observed, observation.installed.as_ref(), at);
        let key = self.pen().carry_out(&plan, &known, at, host.reason.as_deref())?;
        fail_point(FailPoint::MidApply);
        self.sections(key, &observation)?;
        if observed.lists_dependents() {
            ci::touch_dependents(self.conn, key, self.report.received_at)?;
        }
        Ok(key)
    }

    fn pen(&mut self) -> Pen<'_> {
        let voice = Voice {
            source: AGENT,
            organisation: self.report.organisation,
            agent_key: Some(self.report.agent_key),
            actor: Some(self.report.agent.uuid()),
            actor_name: &self.report.hostname,
            recorded_at: self.report.received_at,
        };
        Pen { conn: self.conn, ctx: self.ctx, vocabulary: self.vocabulary, voice }
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
        let candidates = {
            let who = (self.report.organisation, Some(self.report.agent_key));
            load::candidates(self.conn, self.vocabulary, who, &evidence)?
        };
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
