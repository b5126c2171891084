//! Ids that cannot be mistaken for one another.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The UUID of a `K`. `K` is only a name: an `Id<Ci>` does not pass for an `Id<User>`.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// What an id can be the id of.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $kind:ident),+ $(,)?) => { $($(#[$doc])* #[derive(Debug)] pub enum $kind {})+ };
    }
    kinds! {
        /// An agent.
        Agent,
        /// A personal access token.
        ApiToken,
        /// Differences from a baseline that somebody accepted.
        Acceptance,
        /// A set of configuration items as it was at a time.
        Baseline,
        /// A configuration item.
        Ci,
        /// The same said of many configuration items at once.
        Edit,
        /// An enrolment token.
        EnrolmentToken,
        /// A file that was imported.
        Import,
        /// A token by which agents of others may speak.
        InventoryToken,
        /// A merge of two configuration items.
        Merge,
        /// An organisation.
        Organisation,
        /// A policy of what becomes of CIs.
        Policy,
        /// A question whether two CIs are one.
        Proposal,
        /// A relation between configuration items.
        Relation,
        /// A device of an inventory that reports of a CI.
        Reporter,
        /// A rule by which CIs are recognised.
        Rule,
        /// What a policy did at one time.
        Run,
        /// A search that somebody keeps.
        SavedSearch,
        /// A person's session.
        Session,
        /// A silence of the fleet.
        Silence,
        /// A reporter that was given a configuration item of its own.
        Split,
        /// A person's account.
        User,
    }
}

/// An agent's id.
pub type AgentId = Id<kind::Agent>;
/// A personal access token's id.
pub type ApiTokenId = Id<kind::ApiToken>;
/// The id of an acceptance.
pub type AcceptanceId = Id<kind::Acceptance>;
/// The id of a baseline.
pub type BaselineId = Id<kind::Baseline>;
/// A configuration item's id.
pub type CiId = Id<kind::Ci>;
/// An edit's id.
pub type EditId = Id<kind::Edit>;
/// An enrolment token's id.
pub type EnrolmentTokenId = Id<kind::EnrolmentToken>;
/// The id of a file that was imported.
pub type ImportId = Id<kind::Import>;
/// The id of a token by which agents of others may speak.
pub type InventoryTokenId = Id<kind::InventoryToken>;
/// A merge's id.
pub type MergeId = Id<kind::Merge>;
/// An organisation's id.
pub type OrganisationId = Id<kind::Organisation>;
/// A policy's id.
pub type PolicyId = Id<kind::Policy>;
/// A proposal's id.
pub type ProposalId = Id<kind::Proposal>;
/// A reporter's id.
pub type ReporterId = Id<kind::Reporter>;
/// A rule's id.
pub type RuleId = Id<kind::Rule>;
/// A relation's id.
pub type RelationId = Id<kind::Relation>;
/// The id of what a policy did at one time.
pub type RunId = Id<kind::Run>;
/// A saved search's id.
pub type SavedSearchId = Id<kind::SavedSearch>;
/// A session's id, which opens nothing.
pub type SessionId = Id<kind::Session>;
/// A silence of the fleet's id.
pub type SilenceId = Id<kind::Silence>;
/// A split's id.
pub type SplitId = Id<kind::Split>;
/// A user's id.
pub type UserId = Id<kind::User>;

impl<K> Id<K> {
    /// The id with this UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The UUID, for storage.
    #[must_use]
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uuid, out)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.uuid, out)
    }
}

impl<K> FromStr for Id<K> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self::from_uuid)
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.uuid)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from_uuid)
    }
}
