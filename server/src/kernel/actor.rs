//! Who does something.

use super::id::{AgentId, UserId};

/// Who is behind an action, as the audit trail and "said by" name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person, signed in or by a personal access token.
    User {
        /// The account.
        id: UserId,
        /// The display name at the time.
        name: String,
    },
    /// An agent.
    Agent {
        /// The agent.
        id: AgentId,
        /// Its host name at the time.
        name: String,
    },
    /// A policy, which people made and the server carries out.
    Policy {
        /// Its name at the time.
        name: String,
    },
    /// The server itself: start-up, jobs, the command line.
    System,
}

impl Actor {
    /// Which kind of actor this is, in the words that are stored and sent: `user`, `agent`, `system`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Agent { .. } => "agent",
            Self::Policy { .. } | Self::System => "system",
        }
    }

    /// Its id, if it has one.
    #[must_use]
    pub const fn id(&self) -> Option<uuid::Uuid> {
        match self {
            Self::User { id, .. } => Some(id.uuid()),
            Self::Agent { id, .. } => Some(id.uuid()),
            Self::Policy { .. } | Self::System => None,
        }
    }

    /// Its name at the time, if it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User { name, .. } | Self::Agent { name, .. } | Self::Policy { name } => Some(name),
            Self::System => None,
        }
    }
}
