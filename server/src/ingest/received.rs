//! What ingest hands on: reports that were checked, each once, with the time at which they were true.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use terrier_shared::latest::fault::Fault;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::metrics::Metrics;
use terrier_shared::latest::report::Epoch;
use terrier_shared::latest::section::{Section, SectionKind};

use crate::kernel::id::{AgentId, OrganisationId};

/// What came with one request, as far as it was accepted.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its place in the inbox.
    pub inbox_id: i64,
    /// The agent's row.
    pub agent_key: i32,
    /// The agent.
    pub agent: AgentId,
    /// Whose the agent's host is.
    pub organisation: OrganisationId,
    /// The host name the agent gave when it enrolled or renewed last; may be empty.
    pub hostname: String,
    /// When the request arrived.
    pub received_at: Timestamp,
    /// By how much the server's clock was ahead of the agent's, in milliseconds.
    pub clock_offset_ms: i64,
    /// How often it was tried to reconcile this before.
    pub attempts: i32,
    /// The reports, in the order in which they are to be applied.
    pub reports: Vec<ReceivedReport>,
}

/// A report that was accepted.
#[derive(Debug, Clone)]
pub struct ReceivedReport {
    /// The agent's run.
    pub epoch: Epoch,
    /// The report's number in it.
    pub seq: u64,
    /// When it was observed, by the server's clock; never after it arrived.
    pub observed_at: Timestamp,
    /// Whether NUL characters were replaced by U+2400.
    pub sanitised: bool,
    /// What it says.
    pub content: Content,
}

/// What a report says.
#[derive(Debug, Clone)]
pub enum Content {
    /// A section, whole. It is newer than whatever of this section was handed on before.
    Section {
        /// The section.
        section: Box<Section>,
        /// Its hash, as the agent names it.
        hash: Hash,
        /// The section as JSON, to be kept as it was sent.
        body: Box<RawValue>,
    },
    /// A section could not be collected: it is unknown now, and nothing about it changes.
    Fault {
        /// Which section.
        section: SectionKind,
        /// Why.
        fault: Fault,
    },
    /// Utilisation.
    Metrics {
        /// The samples.
        metrics: Metrics,
        /// When the window began, by the server's clock; a multiple of its length.
        window_start: Timestamp,
    },
}

/// A request as it lies in the inbox. Bodies are borrowed when it is put there, and owned when it is read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stored<Body = Box<RawValue>> {
    pub(super) clock_offset_ms: i64,
    pub(super) reports: Vec<StoredReport<Body>>,
}

/// A report as it lies in the inbox.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredReport<Body = Box<RawValue>> {
    pub(super) epoch: Epoch,
    pub(super) seq: u64,
    pub(super) observed_at: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) sanitised: bool,
    pub(super) what: What,
    pub(super) body: Body,
}

/// How to read the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Section { kind: SectionKind, hash: Hash },
    Fault { kind: SectionKind },
    Metrics { window_start: Timestamp },
}

/// A stored report cannot be read any more.
#[derive(Debug, thiserror::Error)]
#[error("report {epoch}/{seq}: {problem}")]
pub(super) struct Unreadable {
    epoch: Epoch,
    seq: u64,
    problem: String,
}

impl StoredReport {
    pub(super) fn read(self) -> Result<ReceivedReport, Unreadable> {
        let (epoch, seq) = (self.epoch, self.seq);
        let unreadable = |problem: String| Unreadable { epoch, seq, problem };
        let content = match self.what {
            What::Section { kind, hash } => {
                let section = Section::decode(kind, &self.body).map_err(|error| unreadable(error.to_string()))?;
                Content::Section { section: Box::new(section), hash, body: self.body }
            }
            What::Fault { kind } => {
                let fault = serde_json::from_str(self.body.get()).map_err(|error| unreadable(error.to_string()))?;
                Content::Fault { section: kind, fault }
            }
            What::Metrics { window_start } => {
                let metrics = serde_json::from_str(self.body.get()).map_err(|error| unreadable(error.to_string()))?;
                Content::Metrics { metrics, window_start }
            }
        };
        Ok(ReceivedReport { epoch, seq, observed_at: self.observed_at, sanitised: self.sanitised, content })
    }
}
