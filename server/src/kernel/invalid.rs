//! What is wrong with a value that somebody sent.

/// One wrong value: which, how, and against which limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The field, as `grants[0].role`.
    pub field: String,
    /// In which way it is wrong.
    pub fault: Fault,
    /// The same for people, in English.
    pub detail: String,
    /// The limit that was broken, where there is one.
    pub limit: Option<i64>,
}

/// The ways in which a value can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Fault {
    Required,
    TooShort,
    TooLong,
    TooCommon,
    Invalid,
    Unknown,
    Taken,
    OutOfRange,
    UnknownField,
}

impl Fault {
    /// The stable name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::TooCommon => "too_common",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
            Self::Taken => "taken",
            Self::OutOfRange => "out_of_range",
            Self::UnknownField => "unknown_field",
        }
    }
}

impl Invalid {
    /// A wrong value.
    #[must_use]
    pub fn new(field: impl Into<String>, fault: Fault, detail: impl Into<String>) -> Self {
        Self { field: field.into(), fault, detail: detail.into(), limit: None }
    }

    /// A wrong value and the limit it broke.
    #[must_use]
    pub fn beyond(field: impl Into<String>, fault: Fault, limit: i64, detail: impl Into<String>) -> Self {
        Self { limit: Some(limit), ..Self::new(field, fault, detail) }
    }
}
