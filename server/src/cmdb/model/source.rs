//! Sources: who says something of an item.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::attribute::Label;

/// Longest name of a source, in bytes.
pub const NAME_BYTES: usize = 64;

/// No two sources have the same first bytes, so many of them.
pub const DISTINCT_BYTES: usize = 12;

/// The name of a source: lower-case letters, digits and underscores, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceName(Cow<'static, str>);

/// The text cannot be the name of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source is named by 1 to {NAME_BYTES} lower-case letters, digits and underscores, a letter first")]
pub struct BadSourceName;

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SourceKind {
    /// Terrier's own agents.
    Agent,
    /// The agents of another inventory.
    Inventory,
    /// Files.
    Import,
    /// Another system that keeps a register.
    Integration,
    /// People.
    Person,
    /// What contains an item: it speaks where nobody says anything of the item itself.
    Inherited,
}

/// The text names no kind of source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of source; one of: agent, inventory, import, integration, person, inherited")]
pub struct UnknownKind(pub String);

/// A source that may say something of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: SourceName,
    /// What kind it is.
    pub kind: SourceKind,
    /// As it is shown.
    pub label: Label,
    /// Whether what it says may be shown.
    pub enabled: bool,
    /// How long a statement is fresh after the source last confirmed it; for ever if nothing is said.
    pub stale_after: Option<SignedDuration>,
    /// Counts changes of the source.
    pub version: i32,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Agent, Self::Inventory, Self::Import, Self::Integration, Self::Person, Self::Inherited];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Inventory => "inventory",
            Self::Import => "import",
            Self::Integration => "integration",
            Self::Person => "person",
            Self::Inherited => "inherited",
        }
    }

    /// Whether an administrator may add a source of this kind: there is one of people, one of our agents and one of
    /// what is inherited.
    #[must_use]
    pub const fn can_be_added(self) -> bool {
        !matches!(self, Self::Agent | Self::Person | Self::Inherited)
    }

    /// Whether what it says can be left unshown: people and our own agents are always heard.
    #[must_use]
    pub const fn can_be_disabled(self) -> bool {
        !matches!(self, Self::Agent | Self::Person)
    }

    /// Whether what it says can go stale: what people say holds, and what is inherited is kept up to date.
    #[must_use]
    pub const fn can_go_stale(self) -> bool {
        !matches!(self, Self::Person | Self::Inherited)
    }

    /// Whether it has a place in orders: what is inherited is shown where nobody else says anything, and only there.
    #[must_use]
    pub const fn can_be_ordered(self) -> bool {
        !matches!(self, Self::Inherited)
    }
}

impl FromStr for SourceKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl Source {
    /// Since when what was last confirmed then counts as stale, judged as of `at`; what people say never does.
    #[must_use]
    pub fn stale_since(&self, confirmed_at: Timestamp, at: Timestamp) -> Option<Timestamp> {
        if !self.kind.can_go_stale() {
            return None;
        }
        let since = confirmed_at.checked_add(self.stale_after?).ok()?;
        (since < at).then_some(since)
    }
}

impl SourceName {
    /// Terrier's own agents.
    pub const AGENT: Self = Self(Cow::Borrowed("agent"));
    /// People.
    pub const PERSON: Self = Self(Cow::Borrowed("person"));
    /// Files that are no inventories.
    pub const IMPORT: Self = Self(Cow::Borrowed("import"));
    /// Inventories of GLPI's own agents.
    pub const GLPI_INVENTORY: Self = Self(Cow::Borrowed("glpi_inventory"));
    /// Inventories of the agents of OCS and `FusionInventory`.
    pub const OCS_INVENTORY: Self = Self(Cow::Borrowed("ocs_inventory"));
    /// Dumps of `NetBox`.
    pub const NETBOX: Self = Self(Cow::Borrowed("netbox"));
    /// Under this name stand values that people pinned. It is no source that anybody can speak as.
    pub const PIN: Self = Self(Cow::Borrowed("pin"));
    /// Under this name stand values that items take over from what contains them. Nobody can speak as it.
    pub const INHERITED: Self = Self(Cow::Borrowed("inherited"));

    /// As it is stored and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it looks at items by itself, so that it can see that one is no longer there.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        ![Self::PERSON, Self::PIN, Self::INHERITED].contains(self)
    }
}

impl FromStr for SourceName {
    type Err = BadSourceName;

    fn from_str(text: &str) -> Result<Self, BadSourceName> {
        let is_letter = |byte: &u8| byte.is_ascii_lowercase();
        let fits = text.len() <= NAME_BYTES
            && text.as_bytes().first().is_some_and(is_letter)
            && text.bytes().all(|byte| is_letter(&byte) || byte.is_ascii_digit() || byte == b'_');
        if fits { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(BadSourceName) }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::SourceName;

    #[test]
    fn a_name_is_a_word_that_can_stand_anywhere() {
        assert_eq!("agent".parse(), Ok(SourceName::AGENT));
        assert!("glpi_inventory".parse::<SourceName>().is_ok());
        let long = "a".repeat(65);
        for wrong in ["", "_a", "1a", "Agent", "a-b", "a b", "에이전트", "a'; drop", long.as_str()] {
            assert!(wrong.parse::<SourceName>().is_err(), "{wrong}");
        }
    }
}
