//! Why a document is not read. Nothing of it is applied then.

/// Most characters of a place or of what was found that are told.
const TOLD: usize = 160;

/// Why a document is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has more of something than is read.
    #[error("{place}: more than {limit} {what}")]
    Beyond {
        /// Where.
        place: String,
        /// Of what.
        what: &'static str,
        /// How much is read.
        limit: usize,
    },
    /// It is not what it says it is.
    #[error("{place}: {problem}")]
    Malformed {
        /// Where.
        place: String,
        /// What is wrong there.
        problem: String,
    },
    /// It is written in an encoding that is not read, or in another than it says.
    #[error("the encoding: {0}")]
    Encoding(String),
    /// It defines entities or a document type, which no inventory needs.
    #[error("{place}: a document type or an entity of its own, which is never read")]
    Entity {
        /// Where.
        place: String,
    },
    /// It is compressed wrongly.
    #[error("the compression: {0}")]
    Compression(String),
    /// It is none of the kinds of documents that are known.
    #[error("this is no inventory that is known: {0}")]
    Unknown(String),
}

impl Refusal {
    /// A stable name of the kind of refusal.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Beyond { .. } => "beyond_limit",
            Self::Malformed { .. } => "malformed",
            Self::Encoding(_) => "encoding",
            Self::Entity { .. } => "entity",
            Self::Compression(_) => "compression",
            Self::Unknown(_) => "unknown_format",
        }
    }

    pub(in crate::imports) fn malformed(place: impl AsRef<str>, problem: impl AsRef<str>) -> Self {
        Self::Malformed { place: short(place.as_ref()), problem: short(problem.as_ref()) }
    }

    pub(in crate::imports) fn unknown(problem: impl AsRef<str>) -> Self {
        Self::Unknown(short(problem.as_ref()))
    }
}

/// What was found, so that a hostile document cannot fill an answer.
pub(in crate::imports) fn short(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut short: String = clean.take(TOLD).collect();
    if text.chars().nth(TOLD).is_some() {
        short.push('…');
    }
    short
}
