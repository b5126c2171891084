//! What a dead letter is. Pure.

use std::time::Duration;

use jiff::Timestamp;
use terrier_shared::latest::report::Epoch;

use crate::kernel::id::{AgentId, OrganisationId};

/// How long dead letters are kept.
pub const KEPT: Duration = Duration::from_hours(24 * 30);

/// Why a report was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(as = DeadLetterCause, rename_all = "snake_case")]
pub enum Cause {
    /// Its content breaks a limit or does not have its form.
    Rejected,
    /// The same number came before with another content.
    Quarantined,
    /// It was accepted, but the register cannot take it in.
    Poison,
}

/// A report that was set aside, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number: the later, the higher.
    pub id: i64,
    /// Whose it is.
    pub agent: Sender,
    /// Why it was set aside.
    pub cause: Cause,
    /// The section it is about, as the agent named it.
    pub section: Option<String>,
    /// What is wrong with it.
    pub reason: String,
    /// The run of the agent that made it.
    pub epoch: Epoch,
    /// Its number in that run.
    pub seq: i64,
    /// When it came.
    pub received_at: Timestamp,
}

/// The agent that sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Its row.
    pub key: i32,
    /// Its id.
    pub id: AgentId,
    /// The host name it gave last.
    pub hostname: String,
    /// Whose its host is.
    pub organisation: OrganisationId,
    /// Whether it may speak.
    pub is_active: bool,
}

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only of this agent.
    pub agent: Option<AgentId>,
    /// Only of agents whose host name has this in it.
    pub part_of_name: Option<String>,
    /// Only those set aside for this.
    pub cause: Option<Cause>,
}

/// How many there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the causes")]
pub struct Counts {
    pub rejected: i64,
    pub quarantined: i64,
    pub poison: i64,
}

impl Cause {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Quarantined => "quarantined",
            Self::Poison => "poison",
        }
    }

    /// The cause of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Rejected, Self::Quarantined, Self::Poison].into_iter().find(|cause| cause.name() == name)
    }
}

impl DeadLetter {
    /// Why its section cannot be asked for anew; nothing if it can.
    #[must_use]
    pub const fn against_asking(&self) -> Option<&'static str> {
        if self.section.is_none() {
            Some("no_section")
        } else if self.agent.is_active {
            None
        } else {
            Some("agent_not_active")
        }
    }

    /// When it is thrown away.
    #[must_use]
    pub fn kept_until(&self) -> Timestamp {
        self.received_at.saturating_add(KEPT).unwrap_or(Timestamp::MAX)
    }
}
