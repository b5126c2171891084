//! Lifecycle: what people say of an item's life.
//!
//! ```text
//! planned ──► in_stock ◄──► in_use ◄──► maintenance
//!    │           │ ▲          │ ▲           │
//!    │           ▼ │ reason   ▼ │ reason    │
//!    └───────► retired ◄────────┘◄──────────┘
//!  in_stock, retired ──► disposed ──► retired (a disposal that did not happen)
//! ```

use std::fmt;
use std::str::FromStr;

/// Where an item is in its life. Set by people only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Lifecycle {
    /// Ordered or intended; not there yet.
    Planned,
    /// There, not used.
    InStock,
    /// Used. What agents find is in use until a person says otherwise.
    InUse,
    /// Used, but being worked on.
    Maintenance,
    /// No longer used.
    Retired,
    /// Gone.
    Disposed,
}

/// The text names no lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no lifecycle; one of: planned, in_stock, in_use, maintenance, retired, disposed")]
pub struct UnknownLifecycle(pub String);

/// Why an item cannot go to another lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LifecycleError {
    /// It is there already.
    #[error("it is {0} already")]
    Current(Lifecycle),
    /// No way leads there from here.
    #[error("{from} does not become {to}")]
    NoWay {
        /// Where it is.
        from: Lifecycle,
        /// Where it should go.
        to: Lifecycle,
    },
    /// The way leads there, but not without saying why.
    #[error("going from {from} to {to} needs a reason")]
    ReasonNeeded {
        /// Where it is.
        from: Lifecycle,
        /// Where it should go.
        to: Lifecycle,
    },
}

impl Lifecycle {
    /// Every lifecycle, in the order of a life.
    pub const ALL: [Self; 6] =
        [Self::Planned, Self::InStock, Self::InUse, Self::Maintenance, Self::Retired, Self::Disposed];

    /// What holds for an item of which nobody has said anything.
    pub const UNSAID: Self = Self::InUse;

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InStock => "in_stock",
            Self::InUse => "in_use",
            Self::Maintenance => "maintenance",
            Self::Retired => "retired",
            Self::Disposed => "disposed",
        }
    }

    /// Whether the item's life is over: it is a record then, not to be edited.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Retired | Self::Disposed)
    }

    /// The lifecycles that may follow this one.
    #[must_use]
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::InStock => &[Self::InUse, Self::Retired, Self::Disposed],
            Self::InUse => &[Self::InStock, Self::Maintenance, Self::Retired],
            Self::Planned | Self::Maintenance => &[Self::InStock, Self::InUse, Self::Retired],
            Self::Retired => &[Self::InStock, Self::InUse, Self::Disposed],
            Self::Disposed => &[Self::Retired],
        }
    }

    /// Whether the item may go on to `to`. Ending a life and taking one up again need a reason.
    ///
    /// # Errors
    ///
    /// [`LifecycleError`] says why not.
    pub fn check(self, to: Self, reason: Option<&str>) -> Result<(), LifecycleError> {
        if self == to {
            return Err(LifecycleError::Current(self));
        }
        if !self.successors().contains(&to) {
            return Err(LifecycleError::NoWay { from: self, to });
        }
        let has_reason = reason.is_some_and(|reason| !reason.trim().is_empty());
        if (self.is_over() || to.is_over()) && !has_reason {
            return Err(LifecycleError::ReasonNeeded { from: self, to });
        }
        Ok(())
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Lifecycle {
    type Err = UnknownLifecycle;

    fn from_str(text: &str) -> Result<Self, UnknownLifecycle> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| UnknownLifecycle(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Lifecycle, LifecycleError};

    #[test]
    fn every_pair_of_lifecycles_has_its_answer() {
        let answer = |from: Lifecycle, to| match (from.check(to, None), from.check(to, Some("worn out"))) {
            (Ok(()), Ok(())) => "yes",
            (Err(LifecycleError::ReasonNeeded { .. }), Ok(())) => "why",
            (Err(LifecycleError::Current(_)), Err(_)) => "=",
            _ => "no",
        };
        let row = |from: Lifecycle| format!("{from}: {}", Lifecycle::ALL.map(|to| answer(from, to)).join(" "));
        let table = Lifecycle::ALL.map(row).join("\n");
        insta::assert_snapshot!(table, @r"
        planned: = yes yes no why no
        in_stock: no = yes no why why
        in_use: no yes = yes why no
        maintenance: no yes yes = why no
        retired: no why why no = why
        disposed: no no no no why =
        ");
    }

    #[test]
    fn a_blank_reason_is_none() {
        let refused = Lifecycle::InUse.check(Lifecycle::Retired, Some("  "));
        let expected = LifecycleError::ReasonNeeded { from: Lifecycle::InUse, to: Lifecycle::Retired };
        assert_eq!(refused, Err(expected));
    }

    #[test]
    fn every_lifecycle_has_the_name_it_is_read_by() {
        for lifecycle in Lifecycle::ALL {
            assert_eq!(lifecycle.name().parse(), Ok(lifecycle));
        }
    }
}
