//! Why a definition cannot be changed or taken away.

/// What stands in the way. The name is what the API says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// It comes with the program.
    #[error("it comes with the program: hide it, or give it another label")]
    Shipped,
    /// Items are, or were, of this class.
    #[error("there are items of this class, or have been: hide it instead")]
    HasItems,
    /// Other classes inherit from it.
    #[error("other classes inherit from it")]
    HasSubclasses,
    /// Items have, or had, values of this attribute.
    #[error("items have values of this attribute, or had some: hide it instead")]
    HasValues,
    /// A reference or a condition names it.
    #[error("a reference or a condition of another attribute names it")]
    Named,
}

impl Obstacle {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::HasItems => "has_items",
            Self::HasSubclasses => "has_subclasses",
            Self::HasValues => "has_values",
            Self::Named => "named",
        }
    }
}
