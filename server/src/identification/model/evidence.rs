//! What a machine carries that it can be recognised by.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::placeholder;

/// What a CI can be recognised or found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum IdentifierKind {
    CloudInstance,
    TpmKey,
    Serial,
    MachineId,
    ProductUuid,
    Mac,
    Hostname,
    Fqdn,
    Address,
    /// The UUID of a guest that runs on the host: what to recognise the guest's own host by.
    GuestUuid,
}

/// The text names no kind of identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of identifier")]
pub struct UnknownKind(pub String);

impl IdentifierKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::CloudInstance,
        Self::TpmKey,
        Self::Serial,
        Self::MachineId,
        Self::ProductUuid,
        Self::Mac,
        Self::Hostname,
        Self::Fqdn,
        Self::Address,
        Self::GuestUuid,
    ];

    /// What is meant to be one machine's alone: by these candidates are found, and of these it is learned when they
    /// are not.
    pub const DISTINCTIVE: [Self; 6] =
        [Self::CloudInstance, Self::TpmKey, Self::Serial, Self::MachineId, Self::ProductUuid, Self::Mac];

    /// The name in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudInstance => "cloud_instance",
            Self::TpmKey => "tpm_key",
            Self::Serial => "serial",
            Self::MachineId => "machine_id",
            Self::ProductUuid => "product_uuid",
            Self::Mac => "mac",
            Self::Hostname => "hostname",
            Self::Fqdn => "fqdn",
            Self::Address => "address",
            Self::GuestUuid => "guest_uuid",
        }
    }

    /// Whether it is one of [`Self::DISTINCTIVE`].
    #[must_use]
    pub fn is_distinctive(self) -> bool {
        Self::DISTINCTIVE.contains(&self)
    }

    /// The identifier in the one spelling in which it is compared; nothing if it is a placeholder.
    #[must_use]
    pub fn normal(self, raw: &str) -> Option<String> {
        match self {
            Self::Serial => placeholder::serial(raw),
            Self::MachineId => placeholder::machine_id(raw),
            Self::ProductUuid | Self::GuestUuid => placeholder::product_uuid(raw),
            Self::Mac => placeholder::hardware_address(raw),
            Self::CloudInstance => placeholder::cloud_instance(raw),
            Self::TpmKey => placeholder::tpm_key(raw),
            Self::Hostname | Self::Fqdn | Self::Address => {
                let text = raw.trim().to_lowercase();
                (!text.is_empty()).then_some(text)
            }
        }
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for IdentifierKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// What a machine carries. Placeholders are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Its identifiers in normal spelling.
    pub identifiers: BTreeMap<IdentifierKind, BTreeSet<String>>,
    /// Its makers' names as they are compared; several where sources differ.
    pub makers: BTreeSet<String>,
    /// Its boot. Of no use to find a machine by, but two that are in one boot are one.
    pub boot_id: Option<String>,
}

impl Evidence {
    /// The same with one identifier more, unless that is a placeholder.
    #[must_use]
    pub fn with(mut self, kind: IdentifierKind, raw: &str) -> Self {
        self.add(kind, raw);
        self
    }

    /// Takes an identifier in, unless it is a placeholder.
    pub fn add(&mut self, kind: IdentifierKind, raw: &str) {
        if let Some(value) = kind.normal(raw) {
            self.identifiers.entry(kind).or_default().insert(value);
        }
    }

    /// Takes a maker's name in.
    pub fn add_maker(&mut self, raw: &str) {
        self.makers.extend(maker(raw));
    }

    /// The identifiers of a kind.
    pub fn of(&self, kind: IdentifierKind) -> impl Iterator<Item = &String> {
        self.identifiers.get(&kind).into_iter().flatten()
    }

    /// Whether both carry one of the same identifiers of a kind.
    #[must_use]
    pub fn shares(&self, kind: IdentifierKind, other: &Self) -> bool {
        self.of(kind).any(|one| other.identifiers.get(&kind).is_some_and(|others| others.contains(one)))
    }

    /// Whether both carry identifiers of a kind, and exactly the same.
    #[must_use]
    pub fn equals(&self, kind: IdentifierKind, other: &Self) -> bool {
        let own = self.identifiers.get(&kind).filter(|own| !own.is_empty());
        own.is_some() && own == other.identifiers.get(&kind)
    }

    /// Whether both carry identifiers of a kind, and none in common.
    #[must_use]
    pub fn differs(&self, kind: IdentifierKind, other: &Self) -> bool {
        self.of(kind).next().is_some() && other.of(kind).next().is_some() && !self.shares(kind, other)
    }

    /// Whether both name a maker, and one the same.
    #[must_use]
    pub fn same_maker(&self, other: &Self) -> bool {
        self.makers.intersection(&other.makers).next().is_some()
    }

    /// The same without what tells nothing: identifiers of which `is_shared` says so.
    #[must_use]
    pub fn without(mut self, is_shared: impl Fn(IdentifierKind, &str) -> bool) -> Self {
        for (kind, values) in &mut self.identifiers {
            values.retain(|value| !is_shared(*kind, value));
        }
        self.identifiers.retain(|_, values| !values.is_empty());
        self
    }
}

/// What makers add to their names and sources spell in different ways, without its dots.
const LEGAL_FORMS: [&str; 14] = [
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "sa",
    "bv",
    "llc",
    "computer",
];

/// A maker's name as it is compared: small letters, without the company's legal form. Nothing if it is a placeholder.
#[must_use]
pub fn maker(raw: &str) -> Option<String> {
    let words = raw.split(|c: char| c.is_whitespace() || c == ',').map(|word| word.replace('.', "").to_lowercase());
    let kept: Vec<String> = words.filter(|word| !word.is_empty() && !LEGAL_FORMS.contains(&word.as_str())).collect();
    let name = kept.join(" ");
    (!name.is_empty() && !placeholder::is_filler(&raw.trim().to_lowercase())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Evidence, IdentifierKind, maker};

    #[test]
    fn every_kind_has_the_name_it_is_read_by() {
        for kind in IdentifierKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
    }

    #[test]
    fn one_maker_in_many_spellings_is_one() {
        for raw in ["Dell Inc.", "DELL", "Dell, Inc", " dell  inc "] {
            assert_eq!(maker(raw).as_deref(), Some("dell"), "{raw}");
        }
        assert_eq!(maker("To Be Filled By O.E.M."), None);
        assert_eq!(maker(" , "), None);
    }

    #[test]
    fn nothing_is_shared_equal_or_different_where_one_carries_nothing() {
        let (one, none) = (Evidence::default().with(IdentifierKind::Serial, "CZJ9510B2T"), Evidence::default());
        assert!(!one.shares(IdentifierKind::Serial, &none));
        assert!(!one.differs(IdentifierKind::Serial, &none));
        assert!(!none.equals(IdentifierKind::Serial, &none));
    }
}
