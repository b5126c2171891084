//! Comparing versions the way their ecosystem does.
//!
//! Does: order two version texts of one ecosystem, any texts: what no packager would write has a place too.
//! Does not: compare across ecosystems.
//!
//! Invariants: a total order, so that sorting hostile versions neither panics nor depends on where they started.

pub mod deb;
mod order;

pub use self::order::VersionKey;

/// How a wanted version and an installed one may relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The installed version is older.
    Lt,
    /// The installed version is older or as old.
    Le,
    /// Neither is older, however they are written: `1.0` and `0:1.0`.
    Eq,
    /// The installed version is as new or newer.
    Ge,
    /// The installed version is newer.
    Gt,
}

impl Comparison {
    /// Every comparison.
    pub const ALL: [Self; 5] = [Self::Lt, Self::Le, Self::Eq, Self::Ge, Self::Gt];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Eq => "eq",
            Self::Ge => "ge",
            Self::Gt => "gt",
        }
    }

    /// The comparison of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether `installed` relates so to `wanted`.
    #[must_use]
    pub fn holds(self, installed: &VersionKey<'_>, wanted: &VersionKey<'_>) -> bool {
        let ordering = installed.cmp(wanted);
        match self {
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Eq => ordering.is_eq(),
            Self::Ge => ordering.is_ge(),
            Self::Gt => ordering.is_gt(),
        }
    }
}
