//! Organisations as a tree that people change.

use crate::kernel::id::OrganisationId;

/// Longest name in characters.
pub const NAME_CHARS: usize = 100;

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name, which no other of the same parent has.
    pub name: String,
    /// What it is part of; the root of nothing.
    pub parent: Option<OrganisationId>,
    /// Counts the changes.
    pub version: i32,
}

/// What is to become different; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationChange {
    /// Another name.
    pub name: Option<String>,
    /// Another place in the tree.
    pub parent: Option<OrganisationId>,
}

/// Why an organisation stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The root is neither moved nor deleted.
    Root,
    /// It would be part of itself.
    Cycle,
    /// It is the top of what the caller reaches: where it belongs is for others to say.
    TopOfReach,
    /// Something belongs to it.
    NotEmpty,
}

impl Obstacle {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root_organisation",
            Self::Cycle => "cycle",
            Self::TopOfReach => "top_of_reach",
            Self::NotEmpty => "not_empty",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Root => "the organisation at the top is neither moved nor deleted",
            Self::Cycle => "an organisation is not part of itself",
            Self::TopOfReach => "only somebody who may change what it is part of moves it",
            Self::NotEmpty => "organisations, grants, hosts or tokens still belong to it",
        }
    }
}
