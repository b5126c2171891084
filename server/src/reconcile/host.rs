//! Which CI a report is about, and what follows from how it was found.

use jiff::Timestamp;

use super::apply::Applier;
use super::classify::HOST;
use super::evidence;
use super::inventory::Inventory;
use super::known::CiKey;
use super::load;
use super::observe::{Observed, observe};
use super::report::{Observation, Reporter};
use crate::cmdb::observed::ci;
use crate::cmdb::observed::relation::{self, NewRelationRow};
use crate::cmdb::observed::revision;
use crate::identification::hold::{self, Hold};
use crate::identification::model::decision::Verdict;
use crate::identification::model::evidence::Evidence;
use crate::identification::proposal::{self, Proposal, State};
use crate::identification::service::recognise::{Newcomer, Recognition, Speaker, recognise};
use crate::store::StoreError;

/// The relation of a CI to the retired one that it came after.
const REPLACES: &str = "replaces";

/// Which CI a report is about.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// The CI; none if it has to be made.
    pub(super) row: Option<ci::CiRow>,
    /// What history says of how it was found.
    pub(super) reason: Option<String>,
    /// How it was found, if its reporter was bound to no CI.
    recognition: Option<Recognition>,
}

/// What became of the question.
#[derive(Debug)]
pub(super) enum Found {
    /// It has an answer.
    Host(Box<Host>),
    /// It has none yet: the report has to wait.
    Waits,
}

impl Host {
    /// The CI that an agent reports of: the one found for an earlier part of the report, the one it is bound to, or
    /// the one that what it carries says.
    pub(super) fn of_agent(
        applier: &mut Applier<'_>,
        observation: &Observation,
        earlier: Option<CiKey>,
    ) -> Result<Found, StoreError> {
        let bound = match (earlier, applier.report.reporter.agent_key()) {
            (Some(key), _) => Some(ci::load(applier.conn, key)?),
            (None, Some(agent_key)) => ci::find_by_agent(applier.conn, agent_key)?,
            (None, None) => None,
        };
        if bound.is_some() {
            return Ok(Found::Host(Box::new(Self { row: bound, ..Self::default() })));
        }
        let inventory = inventory(observation);
        let observed = observe(&inventory);
        let evidence = evidence::of_agent(&observed, &inventory);
        Self::recognised(applier, observed.class.unwrap_or(HOST), &evidence)
    }

    /// The CI that a device of an inventory reports of.
    pub(super) fn of_device(applier: &mut Applier<'_>, observed: &Observed) -> Result<Found, StoreError> {
        if let Some(key) = applier.bound {
            let row = Some(ci::load(applier.conn, key)?);
            return Ok(Found::Host(Box::new(Self { row, ..Self::default() })));
        }
        Self::recognised(applier, observed.class.unwrap_or(HOST), &evidence::of(observed))
    }

    fn recognised(applier: &mut Applier<'_>, class: &str, evidence: &Evidence) -> Result<Found, StoreError> {
        let newcomer = Newcomer {
            speaker: speaker(&applier.report.reporter),
            organisation: applier.report.organisation,
            class,
            evidence,
            received_at: applier.report.received_at,
            now: applier.ctx.now,
        };
        let recognition = recognise(applier.conn, applier.vocabulary.book(), &newcomer, load::boot_id)?;
        let row = match recognition.decision.verdict {
            Verdict::Existing { ci_key, .. } => Some(ci::load(applier.conn, ci_key)?),
            Verdict::Wait { ci_key, until, .. } => {
                wait(applier, &recognition, ci_key, until)?;
                return Ok(Found::Waits);
            }
            Verdict::New => None,
        };
        Ok(Found::Host(Box::new(Self { row, reason: recognition.reason(), recognition: Some(recognition) })))
    }

    /// The CI's key, if it is there.
    pub(super) fn key(&self) -> Option<CiKey> {
        self.row.as_ref().map(|row| row.key)
    }

    /// Writes what follows from how the CI was found: nobody waits any more, a retired CI has a successor, and a person
    /// is asked where the evidence was weak.
    pub(super) fn settle(&self, applier: &mut Applier<'_>, key: CiKey, at: Timestamp) -> Result<(), StoreError> {
        let Some(recognition) = &self.recognition else { return Ok(()) };
        if let Some(agent_key) = applier.report.reporter.agent_key() {
            hold::remove(applier.conn, agent_key)?;
        }
        if self.row.is_some() {
            return Ok(());
        }
        if let Some(predecessor) = recognition.decision.predecessor() {
            let row = NewRelationRow::new(applier.ctx.new_id(), key, REPLACES, predecessor);
            if let Some(revision) = revision::last_id(applier.conn, key)? {
                relation::open_declared(applier.conn, &row, at, revision)?;
            }
        }
        for (older_key, rule, veto) in recognition.decision.questions() {
            let Some(rule) = recognition.rules.get(rule) else { continue };
            let new = Proposal {
                id: applier.ctx.new_id(),
                organisation: applier.report.organisation,
                newer_key: key,
                older_key,
                rule: rule.label.clone(),
                veto: veto.map(|veto| veto.name().to_owned()),
                state: State::Open,
                created_at: applier.ctx.now,
                decided_at: None,
                decided_by: None,
                note: None,
                version: 1,
            };
            proposal::insert(applier.conn, &new)?;
        }
        Ok(())
    }
}

fn wait(
    applier: &mut Applier<'_>,
    recognition: &Recognition,
    ci_key: CiKey,
    until: Timestamp,
) -> Result<(), StoreError> {
    let agent_key = applier.report.reporter.agent_key();
    let Some((agent_key, rule)) = agent_key.zip(recognition.rule()) else { return Ok(()) };
    let rule = rule.label.clone();
    let organisation = applier.report.organisation;
    hold::put(applier.conn, &Hold { agent_key, organisation, ci_key, rule, since: recognition.since, until })
}

fn speaker(reporter: &Reporter) -> Speaker {
    match reporter {
        Reporter::Agent { key, .. } => Speaker::Agent(*key),
        Reporter::Device { key, source, .. } => Speaker::Device(Some(*key), source.to_string()),
    }
}

/// The sections that came, for what they say of the machine.
pub(super) fn inventory(observation: &Observation) -> Inventory {
    let mut inventory = Inventory::default();
    for (section, at) in &observation.sections {
        inventory.put_fresh(section.clone(), *at);
    }
    inventory
}
