//! A request from the inbox, made ready outside of any transaction: what is to be merged, what is to be stored.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use terrier_shared::latest::metrics::Sample;
use terrier_shared::latest::section::software;
use terrier_shared::latest::section::{Section, SectionKind};
use zstd::bulk::Compressor;

use super::value::{key, storable};
use crate::capacity::Window;
use crate::capacity::codec::Series;
use crate::catalogue::observed::Package;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::section::{Failed, Present};
use crate::ingest::{Content, Received, ReceivedReport};
use crate::kernel::id::{AgentId, OrganisationId, ReporterId};

/// How much effort zstd makes: its default.
const ZSTD_LEVEL: i32 = 3;

/// A request, ready to be applied.
#[derive(Debug)]
pub struct Report {
    /// Its place in the inbox.
    pub inbox_id: i64,
    /// Who reports.
    pub reporter: Reporter,
    /// Whose its host is.
    pub organisation: OrganisationId,
    /// What the agent's host was called when it enrolled, or what an inventory calls the device.
    pub hostname: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// How often it was tried before.
    pub attempts: i32,
    /// What it says of the inventory, in order: each section at most once in one of them.
    pub observations: Vec<Observation>,
    /// What it says of utilisation.
    pub windows: Vec<Window>,
}

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reporter {
    /// An agent of ours.
    Agent {
        /// Its row.
        key: i32,
        /// Its id.
        id: AgentId,
    },
    /// A device of an inventory.
    Device {
        /// Its row.
        key: i32,
        /// Its id.
        id: ReporterId,
        /// The source it is of.
        source: SourceName,
        /// Whether whoever reports looked at it, and does not only keep a register of it.
        sees: bool,
    },
}

impl Reporter {
    /// The agent's row, if it is one.
    #[must_use]
    pub const fn agent_key(&self) -> Option<i32> {
        match self {
            Self::Agent { key, .. } => Some(*key),
            Self::Device { .. } => None,
        }
    }

    /// The source of what it says.
    #[must_use]
    pub const fn source(&self) -> &SourceName {
        match self {
            Self::Agent { .. } => &SourceName::AGENT,
            Self::Device { source, .. } => source,
        }
    }

    /// By what revisions name it.
    #[must_use]
    pub const fn id(&self) -> uuid::Uuid {
        match self {
            Self::Agent { id, .. } => id.uuid(),
            Self::Device { id, .. } => id.uuid(),
        }
    }
}

impl fmt::Display for Reporter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.id())
    }
}

/// Sections that came together.
#[derive(Debug, Default)]
pub struct Observation {
    /// Sections that came whole, but for their packages, with when they were observed.
    pub sections: Vec<(Section, Timestamp)>,
    /// The same as they are stored.
    pub present: Vec<Present>,
    /// Sections that could not be collected.
    pub failed: Vec<Failed>,
    /// The packages, if they came.
    pub packages: Option<Vec<Package>>,
    /// The numbers of those packages, once they have them.
    pub installed: Option<BTreeSet<i32>>,
}

/// A request that cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum Unstorable {
    /// Nothing can be compressed.
    #[error("zstd: {0}")]
    Compressor(#[from] std::io::Error),
    /// A section cannot be stored.
    #[error("section {section}: {problem}")]
    Section {
        /// Which.
        section: SectionKind,
        /// Why.
        problem: String,
    },
}

impl Report {
    /// Makes a request ready.
    ///
    /// # Errors
    ///
    /// [`Unstorable`] names the section that cannot be compressed.
    pub fn read(received: Received) -> Result<Self, Unstorable> {
        let mut reading = Reading::new()?;
        for one in received.reports {
            reading.take(one)?;
        }
        reading.observations.push(reading.current);
        Ok(Self {
            inbox_id: received.inbox_id,
            reporter: Reporter::Agent { key: received.agent_key, id: received.agent },
            organisation: received.organisation,
            hostname: key(&received.hostname),
            received_at: received.received_at,
            attempts: received.attempts,
            observations: reading.observations,
            windows: reading.windows,
        })
    }
}

/// A request half read.
struct Reading {
    /// One for all sections: preparing it takes as long as compressing one.
    compressor: Compressor<'static>,
    observations: Vec<Observation>,
    current: Observation,
    windows: Vec<Window>,
}

impl Reading {
    fn new() -> std::io::Result<Self> {
        let compressor = Compressor::new(ZSTD_LEVEL)?;
        Ok(Self { compressor, observations: Vec::new(), current: Observation::default(), windows: Vec::new() })
    }

    fn take(&mut self, report: ReceivedReport) -> Result<(), Unstorable> {
        match report.content {
            Content::Section { section, hash, body } => {
                let present = self.present(&section, *hash.as_bytes(), report.observed_at, body.get())?;
                self.observation(section.kind()).take(*section, present);
            }
            Content::Fault { section, fault } => {
                let fault = serde_json::to_string(&fault)
                    .map_err(|error| Unstorable::Section { section, problem: error.to_string() })?;
                let fault = storable(&fault).into_owned();
                let failed = Failed { section: section.name(), observed_at: report.observed_at, fault };
                self.observation(section).failed.push(failed);
            }
            Content::Metrics { metrics, window_start } => {
                let length_s = i32::try_from(metrics.window_s).unwrap_or(i32::MAX);
                let series = metrics.samples.into_iter().map(series).collect();
                self.windows.push(Window { at: window_start, length_s, series });
            }
        }
        Ok(())
    }

    fn present(
        &mut self,
        section: &Section,
        hash: [u8; 32],
        observed_at: Timestamp,
        body: &str,
    ) -> Result<Present, Unstorable> {
        let kind = section.kind();
        let body = match kind {
            // Packages are rows.
            SectionKind::Software => None,
            _ => Some(
                self.compressor
                    .compress(body.as_bytes())
                    .map_err(|error| Unstorable::Section { section: kind, problem: error.to_string() })?,
            ),
        };
        Ok(Present { section: kind.name(), hash, observed_at, body })
    }

    /// The observation that a section belongs to: the one in hand, unless that has the section already.
    fn observation(&mut self, section: SectionKind) -> &mut Observation {
        if self.current.has(section.name()) {
            self.observations.push(std::mem::take(&mut self.current));
        }
        &mut self.current
    }
}

impl Observation {
    fn has(&self, section: &str) -> bool {
        let present = self.present.iter().map(|one| one.section);
        present.chain(self.failed.iter().map(|one| one.section)).any(|one| one == section)
    }

    fn take(&mut self, section: Section, present: Present) {
        let observed_at = present.observed_at;
        self.present.push(present);
        match section {
            Section::Software(software) => self.packages = Some(packages(software)),
            section => self.sections.push((section, observed_at)),
        }
    }

    /// Whether no section came at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.present.is_empty() && self.failed.is_empty()
    }

    /// When the newest of it was observed.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        let present = self.present.iter().map(|one| one.observed_at);
        present.chain(self.failed.iter().map(|one| one.observed_at)).max()
    }
}

fn packages(software: software::Software) -> Vec<Package> {
    software.packages.into_iter().map(package).collect()
}

/// The names of a package are parts of unique keys, whose length PostgreSQL bounds.
fn package(package: software::Package) -> Package {
    Package {
        ecosystem: key(package.ecosystem),
        name: key(package.name),
        version: key(package.version),
        architecture: package.architecture.map(key).unwrap_or_default(),
        source: package.source.map(key),
        source_version: package.source_version.map(key),
        vendor: package.vendor.map(key),
        size_bytes: package.size_bytes.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
    }
}

fn series(sample: Sample) -> Series {
    Series {
        metric: sample.metric,
        dimension: sample.dimension,
        count: sample.count,
        min: sample.min,
        mean: sample.mean,
        max: sample.max,
        p95: sample.p95,
    }
}
