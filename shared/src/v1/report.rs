//! What an agent sends and what it is told.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::hash::Hash;
use super::hex64;
use super::machine::Machine;
use super::section::SectionKind;

/// One request's worth of reports; with none of them it is a heartbeat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Batch {
    /// The kernel's boot id: monotonic times of two boots do not compare.
    pub boot_id: String,
    /// The run of the process that sends this, which its reports may be older than: two runs that take turns are two
    /// machines with one identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Epoch>,
    /// What tells this machine from others with the same identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The agent's wall clock when it sent this, in milliseconds since 1970.
    pub sent_wall_ms: i64,
    /// The agent's `CLOCK_BOOTTIME` when it sent this, in milliseconds.
    pub sent_mono_ms: u64,
    /// The incarnation the agent last heard from the server; another one means that the server was restored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_incarnation: Option<String>,
    /// Version of the agent.
    pub agent_version: String,
    /// [`Hash::root`], by name, over what the server holds once it has applied this batch, as the agent believes:
    /// for each section the hash in this batch, or else the one last acknowledged. A section that is at fault,
    /// switched off or was refused so keeps the hash it had. Absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inventory_root: Option<Hash>,
    /// Reports that wait in the agent's spool beyond this batch.
    #[serde(default)]
    pub pending_reports: u32,
    /// Reports the agent had to drop unsent since its spool was made, for want of room or because they were too old.
    #[serde(default)]
    pub dropped_reports: u64,
    /// When the agent had to begin a new spool because the one before was damaged, by its wall clock in milliseconds since
    /// 1970: what waited in that one is lost. Said until a request that says it is answered; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spool_replaced_ms: Option<i64>,
    /// At most [`super::limits::REPORTS_PER_BATCH`].
    pub reports: Vec<Report>,
}

/// One report. `(agent, epoch, seq)` names it for ever: what is sent again has the same name and the same body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// The agent's run that made it.
    pub epoch: Epoch,
    /// Its number in that run, from 1, without gaps.
    pub seq: u64,
    /// What the body is.
    pub kind: ReportKind,
    /// The section it is about; absent in `metrics`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<SectionKind>,
    /// In a `delta`, the hash of the section this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Hash>,
    /// SHA-256 of `body`, byte for byte.
    pub hash: Hash,
    /// When it was observed by the agent's wall clock, in milliseconds since 1970.
    pub at_wall_ms: i64,
    /// When it was observed by `CLOCK_BOOTTIME`, in milliseconds.
    pub at_mono_ms: u64,
    /// The boot in which it was observed, where that is not the batch's: then `at_mono_ms` compares with nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// A section, [`super::fault::Fault`] or [`super::metrics::Metrics`], as `kind` says.
    pub body: Box<RawValue>,
}

/// What a report's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// A section, whole, whatever the server holds.
    Full,
    /// A section, whole, that replaces the one whose hash is `base`. On another base the server asks for a full one.
    Delta,
    /// A collector failed: the section is unknown and nothing about it changes.
    Fault,
    /// Utilisation.
    Metrics,
    /// A kind of a later version: acknowledged, counted and dropped.
    #[serde(other)]
    Unknown,
}

/// A run of an agent: random, new at every start of the process and stored before its first use.
///
/// Sixteen hexadecimal digits on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(#[serde(with = "hex64")] pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex64::write(self.0, out)
    }
}

/// The answer to a batch. It goes out after the commit that makes it true.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BatchReply {
    /// One per report, in the order of the batch.
    pub results: Vec<ReportResult>,
    /// Sections the server wants whole, because it does not hold what the agent's root says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub want_full: Vec<SectionKind>,
    /// New at every restore of the server's database.
    pub incarnation: String,
    /// Seconds until the next report; the agent clamps it to its own bounds.
    pub next_s: u32,
    /// The server's clock in milliseconds since 1970.
    pub server_time_ms: i64,
}

/// What became of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportResult {
    /// As in the report.
    pub epoch: Epoch,
    /// As in the report.
    pub seq: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was refused or set aside, naming the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a report. After any of them the agent does not send it again under this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stored.
    Stored,
    /// Stored before.
    Duplicate,
    /// Refused for good; it is kept with the reason, on both sides.
    Rejected,
    /// Set aside: the same name came with another body. The agent gives its own another name.
    Quarantined,
    /// An outcome this version does not know; taken as `Stored`.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::{Batch, Epoch, ReportKind};

    #[test]
    fn an_epoch_keeps_all_64_bits() {
        let json = serde_json::to_string(&Epoch(u64::MAX)).unwrap();
        assert_eq!(json, "\"ffffffffffffffff\"");
        assert_eq!(serde_json::from_str::<Epoch>(&json).unwrap(), Epoch(u64::MAX));
        assert!(serde_json::from_str::<Epoch>("\"+fffffffffffffff\"").is_err());
    }

    #[test]
    fn a_kind_of_a_later_version_is_read_as_unknown() {
        assert_eq!(serde_json::from_str::<ReportKind>("\"hologram\"").unwrap(), ReportKind::Unknown);
    }

    #[test]
    fn a_number_given_twice_is_refused() {
        let json =
            r#"{"boot_id":"b","sent_wall_ms":1,"sent_wall_ms":2,"sent_mono_ms":1,"agent_version":"1","reports":[]}"#;
        let error = serde_json::from_str::<Batch>(json).unwrap_err();
        assert!(error.to_string().contains("duplicate field"), "{error}");
    }
}
