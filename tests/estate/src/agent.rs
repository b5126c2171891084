//! What an agent remembers and decides. Pure: no connection, no clock.
//!
//! Does: name what is to be said, say it again under the same name until it was answered for, follow the answers.
//! Does not: keep a spool on disk. What was observed is written again from the host and its age, so that thousands of
//! agents fit into one process.

use std::collections::{BTreeMap, VecDeque};

use serde_json::value::RawValue;
use terrier_agent::clock::Moment;
use terrier_agent::report::{batch, delta};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::limits;
use terrier_shared::latest::report::{Batch, BatchReply, Epoch, Outcome, Report, ReportKind};
use terrier_shared::latest::section::SectionKind;

use crate::Failure;
use crate::host::{Age, Host};

/// An agent of one host.
#[derive(Debug, Clone)]
pub struct Agent {
    host: Host,
    age: Age,
    epoch: Epoch,
    next_seq: u64,
    /// How often it has observed its host.
    turns: u64,
    /// The window of utilisation that is told next.
    window: i64,
    /// What the server acknowledged last, section by section.
    held: BTreeMap<SectionKind, Hash>,
    waiting: Vec<Waiting>,
    /// What was acknowledged last.
    acknowledged: VecDeque<Waiting>,
    incarnation: Option<String>,
    interval_s: Option<u32>,
    tally: Tally,
}

/// How many acknowledged reports are kept, to be told again.
const KEPT: usize = 96;

/// What an agent has said, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reports that were named.
    pub sent: u64,
    /// Reports that were acknowledged.
    pub acknowledged: u64,
    /// Reports that were refused for good or set aside.
    pub refused: u64,
    /// Windows of utilisation that were acknowledged.
    pub windows: u64,
    /// Sections that the server asked for, because it does not hold what the agent believes it does.
    pub wanted: u64,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    what: What,
    at: Moment,
    wants_full: bool,
    name: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Section(SectionKind, Age),
    Fault(SectionKind),
    Metrics(i64),
}

/// Under which a report is known for ever, and as what it was sent first.
#[derive(Debug, Clone, Copy)]
struct Name {
    seq: u64,
    kind: ReportKind,
    base: Option<Hash>,
}

impl Agent {
    /// An agent whose run is `epoch`. `window` is the first window of utilisation that it tells.
    #[must_use]
    pub fn new(host: Host, epoch: Epoch, window: i64) -> Self {
        Self {
            host,
            age: Age::default(),
            epoch,
            next_seq: 1,
            turns: 0,
            window,
            held: BTreeMap::new(),
            waiting: Vec::new(),
            acknowledged: VecDeque::new(),
            incarnation: None,
            interval_s: None,
            tally: Tally::default(),
        }
    }

    /// Its host.
    #[must_use]
    pub const fn host(&self) -> Host {
        self.host
    }

    /// What it has said so far.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Seconds between two reports as the server asked, within what an agent takes.
    #[must_use]
    pub fn interval_s(&self) -> u32 {
        self.interval_s.unwrap_or(limits::INTERVAL_DEFAULT_S)
    }

    /// The hash of each section that the server acknowledged.
    #[must_use]
    pub const fn held(&self) -> &BTreeMap<SectionKind, Hash> {
        &self.held
    }

    /// Observes its host after another five minutes: everything the first time, then what has changed, and how busy it
    /// was.
    pub fn observe(&mut self, now: Moment) {
        if self.turns == 0 {
            let kinds: Vec<_> = self.host.kinds().collect();
            for kind in kinds {
                self.note(kind, now, false);
            }
        } else {
            let before = self.age;
            self.age.pass(self.host.draw(12).of(self.turns));
            let changed: Vec<_> = self.host.kinds().filter(|kind| self.age.of(*kind) != before.of(*kind)).collect();
            for kind in changed {
                self.note(kind, now, false);
            }
        }
        self.turns += 1;
        self.push(What::Metrics(self.window), now, false);
        self.window += 1;
    }

    fn note(&mut self, kind: SectionKind, now: Moment, wants_full: bool) {
        if self.host.fault(kind).is_some() {
            self.push(What::Fault(kind), now, false);
        } else {
            self.push(What::Section(kind, self.age), now, wants_full);
        }
    }

    /// A newer state of a section takes the place of one that has no name yet.
    fn push(&mut self, what: What, at: Moment, wants_full: bool) {
        let is_same = |one: &Waiting| one.name.is_none() && one.what.subject() == what.subject();
        let replaced = self.waiting.iter().position(is_same).map(|place| self.waiting.remove(place));
        let wants_full = wants_full || replaced.is_some_and(|one| one.wants_full);
        self.waiting.push(Waiting { what, at, wants_full, name: None });
    }

    /// Whether anything waits for the server.
    #[must_use]
    pub const fn has_news(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The next request: what was sent and not answered for, as it was; or else what has no name yet; or a sign of
    /// life.
    ///
    /// # Errors
    ///
    /// A body cannot be written, which no type of the wire does.
    pub fn next_batch(&mut self, now: Moment) -> Result<Batch, Failure> {
        let is_named = self.waiting.iter().any(|one| one.name.is_some());
        let mut turn = Vec::new();
        for (place, waiting) in self.waiting.iter().enumerate().filter(|(_, one)| one.name.is_some() == is_named) {
            turn.push((place, self.body(waiting.what)?));
            if turn.len() == limits::REPORTS_PER_BATCH {
                break;
            }
        }
        let count = batch::fit(turn.iter().map(|(_, body)| body.get().len()), usize::MAX);
        turn.truncate(count);
        let reports: Vec<Report> = turn.into_iter().filter_map(|(place, body)| self.report(place, body)).collect();
        Ok(self.envelope(reports, now))
    }

    fn body(&self, what: What) -> Result<Box<RawValue>, Failure> {
        let json = match what {
            What::Section(kind, age) => serde_json::to_string(&self.host.section(kind, age))?,
            What::Fault(kind) => serde_json::to_string(&self.host.fault(kind))?,
            What::Metrics(window) => serde_json::to_string(&self.host.utilisation(window))?,
        };
        Ok(RawValue::from_string(json)?)
    }

    /// What waits at `place`, under its name; it gets one if it has none.
    fn report(&mut self, place: usize, body: Box<RawValue>) -> Option<Report> {
        let hash = Hash::of(body.get().as_bytes());
        let (epoch, seq) = (self.epoch, self.next_seq);
        let waiting = self.waiting.get_mut(place)?;
        let name = waiting.name.unwrap_or_else(|| {
            let (kind, base) = match waiting.what {
                What::Section(kind, _) => delta::form(hash, self.held.get(&kind).copied(), waiting.wants_full),
                What::Fault(_) => (ReportKind::Fault, None),
                What::Metrics(_) => (ReportKind::Metrics, None),
            };
            self.next_seq += 1;
            self.tally.sent += 1;
            Name { seq, kind, base }
        });
        waiting.name = Some(name);
        Some(waiting.written(epoch, name, body))
    }

    /// What was acknowledged lately, request by request as it would be sent again: the server has to know all of it.
    ///
    /// # Errors
    ///
    /// A body cannot be written, which no type of the wire does.
    pub fn again(&self, now: Moment) -> Result<Vec<Batch>, Failure> {
        let mut batches = Vec::new();
        let kept: Vec<_> = self.acknowledged.iter().copied().collect();
        for chunk in kept.chunks(limits::REPORTS_PER_BATCH / 2) {
            let mut reports = Vec::with_capacity(chunk.len());
            for one in chunk {
                let body = self.body(one.what)?;
                reports.extend(one.name.map(|name| one.written(self.epoch, name, body)));
            }
            batches.push(Batch { reports, ..self.envelope(Vec::new(), now) });
        }
        Ok(batches)
    }

    fn envelope(&self, reports: Vec<Report>, now: Moment) -> Batch {
        let mut held = self.held.clone();
        for report in &reports {
            if let (Some(kind), ReportKind::Full | ReportKind::Delta) = (report.section, report.kind) {
                held.insert(kind, report.hash);
            }
        }
        let root = || Hash::root(held.iter().map(|(kind, hash)| (kind.name(), *hash)));
        let beyond = self.waiting.len().saturating_sub(reports.len());
        Batch {
            boot_id: self.host.boot_id(),
            run: Some(self.epoch),
            machine: Some(self.host.machine()),
            sent_wall_ms: now.wall_ms,
            sent_mono_ms: now.mono_ms,
            server_incarnation: self.incarnation.clone(),
            agent_version: env!("CARGO_PKG_VERSION").to_owned(),
            inventory_root: (!held.is_empty()).then(root),
            pending_reports: u32::try_from(beyond).unwrap_or(u32::MAX),
            dropped_reports: 0,
            spool_replaced_ms: None,
            reports,
        }
    }

    /// Takes in what the server answered to `batch`.
    pub fn answered(&mut self, batch: &Batch, reply: &BatchReply, now: Moment) {
        for result in &reply.results {
            let Some(report) = batch.reports.iter().find(|one| (one.epoch, one.seq) == (result.epoch, result.seq))
            else {
                continue;
            };
            self.settle(report, result.outcome);
        }
        self.interval_s = Some(reply.next_s.clamp(limits::INTERVAL_MIN_S, limits::INTERVAL_MAX_S));
        self.incarnation = Some(reply.incarnation.clone());
        for kind in &reply.want_full {
            if self.host.kinds().any(|own| own == *kind) {
                self.tally.wanted += 1;
                self.note(*kind, now, true);
            }
        }
    }

    fn settle(&mut self, report: &Report, outcome: Outcome) {
        let is_it = |one: &Waiting| one.name.is_some_and(|name| name.seq == report.seq);
        let Some(place) = self.waiting.iter().position(is_it) else { return };
        let settled = self.waiting.remove(place);
        if matches!(outcome, Outcome::Rejected | Outcome::Quarantined) {
            self.tally.refused += 1;
            return;
        }
        self.tally.acknowledged += 1;
        self.acknowledged.push_back(settled);
        if self.acknowledged.len() > KEPT {
            self.acknowledged.pop_front();
        }
        match settled.what {
            What::Section(kind, _) => {
                self.held.insert(kind, report.hash);
            }
            What::Metrics(_) => self.tally.windows += 1,
            What::Fault(_) => {}
        }
    }
}

impl Waiting {
    fn written(&self, epoch: Epoch, name: Name, body: Box<RawValue>) -> Report {
        Report {
            epoch,
            seq: name.seq,
            kind: name.kind,
            section: self.what.section(),
            base: name.base,
            hash: Hash::of(body.get().as_bytes()),
            at_wall_ms: self.at.wall_ms,
            at_mono_ms: self.at.mono_ms,
            boot_id: None,
            body,
        }
    }
}

impl What {
    /// Two of the same subject replace one another; windows of utilisation do not.
    const fn subject(self) -> (Option<SectionKind>, i64) {
        match self {
            Self::Section(kind, _) | Self::Fault(kind) => (Some(kind), 0),
            Self::Metrics(window) => (None, window),
        }
    }

    const fn section(self) -> Option<SectionKind> {
        self.subject().0
    }
}

#[cfg(test)]
mod tests;
