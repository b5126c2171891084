//! Rules: what must agree, what speaks against it, what follows.

use std::str::FromStr;

use super::evidence::{Evidence, IdentifierKind};
use crate::cmdb::model::attribute::Label;
use crate::kernel::id::RuleId;

/// Most rules of one class.
pub const RULES_MAX: usize = 50;
/// Longest label of a rule in bytes.
pub const LABEL_BYTES: usize = 200;

/// Evidence that a rule needs to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The id that the cloud gave the instance.
    CloudInstance,
    /// The key of the TPM.
    TpmKey,
    /// Maker and serial number.
    MakerAndSerial,
    /// The serial number alone.
    Serial,
    /// The machine id (machine-id(5)).
    MachineId,
    /// The UUID of the firmware (SMBIOS type 1).
    ProductUuid,
    /// At least one hardware address.
    AnyMac,
    /// Every hardware address.
    AllMacs,
    /// The host name.
    Hostname,
    /// The fully qualified name.
    Fqdn,
    /// At least one network address.
    AnyAddress,
}

/// What speaks against a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Veto {
    /// People retired or disposed of the CI.
    Retired,
    /// Another reporter of the same source speaks as this CI and is alive.
    Live,
    /// Of everything else that both carry, at least two kinds, nothing agrees.
    Contradicted,
    /// Both carry serial numbers, and none in common.
    OtherSerial,
    /// Both carry machine ids, and none in common.
    OtherMachineId,
    /// Both carry firmware UUIDs, and none in common.
    OtherProductUuid,
    /// Both carry hardware addresses, and none in common.
    OtherMacs,
}

/// What follows from a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// They are one.
    Match,
    /// A person is asked.
    Propose,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// The class it is for, and its subclasses that have no rules of their own.
    pub class: String,
    /// By what it is known if it was shipped.
    pub shipped_name: Option<String>,
    /// Its place among the rules of its class; the lowest is asked first.
    pub position: i32,
    /// What people read.
    pub label: Label,
    /// What must agree, all of it.
    pub needs: Vec<Need>,
    /// What speaks against it, any of it.
    pub vetoes: Vec<Veto>,
    /// What follows.
    pub outcome: Outcome,
    /// Whether it is asked.
    pub enabled: bool,
    /// Counts changes.
    pub version: i32,
}

/// The text names nothing that a rule can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known")]
pub struct UnknownWord(pub String);

macro_rules! words {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the database and the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|one| one.name() == text).ok_or_else(|| UnknownWord(text.to_owned()))
            }
        }
    };
}

words!(Need {
    CloudInstance = "cloud_instance",
    TpmKey = "tpm_key",
    MakerAndSerial = "maker_and_serial",
    Serial = "serial",
    MachineId = "machine_id",
    ProductUuid = "product_uuid",
    AnyMac = "any_mac",
    AllMacs = "all_macs",
    Hostname = "hostname",
    Fqdn = "fqdn",
    AnyAddress = "any_address",
});

words!(Veto {
    Retired = "retired",
    Live = "live",
    Contradicted = "contradicted",
    OtherSerial = "other_serial",
    OtherMachineId = "other_machine_id",
    OtherProductUuid = "other_product_uuid",
    OtherMacs = "other_macs",
});

words!(Outcome { Match = "match", Propose = "propose" });

/// What is wrong with a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// Names and network addresses are given anew to other machines.
    #[error("a rule needs something that is one machine's alone: names and network addresses are given anew")]
    NothingDistinctive,
    /// Without these two a match is never safe.
    #[error("a rule that makes two one must be vetoed by `retired` and `live`")]
    Reckless,
    /// A hardware address or a single id is copied with an image or moved with a card.
    #[error("one hardware address alone only proposes")]
    TooWeak,
}

impl Need {
    /// The kind of identifier it looks at.
    #[must_use]
    pub const fn kind(self) -> IdentifierKind {
        match self {
            Self::CloudInstance => IdentifierKind::CloudInstance,
            Self::TpmKey => IdentifierKind::TpmKey,
            Self::MakerAndSerial | Self::Serial => IdentifierKind::Serial,
            Self::MachineId => IdentifierKind::MachineId,
            Self::ProductUuid => IdentifierKind::ProductUuid,
            Self::AnyMac | Self::AllMacs => IdentifierKind::Mac,
            Self::Hostname => IdentifierKind::Hostname,
            Self::Fqdn => IdentifierKind::Fqdn,
            Self::AnyAddress => IdentifierKind::Address,
        }
    }

    /// Whether both carry it and agree.
    #[must_use]
    pub fn agrees(self, one: &Evidence, other: &Evidence) -> bool {
        match self {
            Self::MakerAndSerial => one.shares(self.kind(), other) && one.same_maker(other),
            Self::AllMacs => one.equals(self.kind(), other),
            _ => one.shares(self.kind(), other),
        }
    }

    /// Whether a machine carries it at all.
    #[must_use]
    pub fn is_there(self, evidence: &Evidence) -> bool {
        let carried = evidence.of(self.kind()).next().is_some();
        carried && (self != Self::MakerAndSerial || !evidence.makers.is_empty())
    }
}

impl Veto {
    /// Whether what both carry speaks against their being one, whatever else is known of the CI.
    #[must_use]
    pub fn speaks(self, rule: &Rule, one: &Evidence, other: &Evidence) -> bool {
        match self {
            Self::Retired | Self::Live => false,
            Self::OtherSerial => one.differs(IdentifierKind::Serial, other),
            Self::OtherMachineId => one.differs(IdentifierKind::MachineId, other),
            Self::OtherProductUuid => one.differs(IdentifierKind::ProductUuid, other),
            Self::OtherMacs => one.differs(IdentifierKind::Mac, other),
            Self::Contradicted => is_contradicted(rule, one, other),
        }
    }
}

fn is_contradicted(rule: &Rule, one: &Evidence, other: &Evidence) -> bool {
    let rest =
        || IdentifierKind::DISTINCTIVE.into_iter().filter(|kind| rule.needs.iter().all(|need| need.kind() != *kind));
    rest().filter(|kind| one.differs(*kind, other)).count() >= 2 && !rest().any(|kind| one.shares(kind, other))
}

impl Rule {
    /// Whether everything it needs agrees.
    #[must_use]
    pub fn agrees(&self, one: &Evidence, other: &Evidence) -> bool {
        self.needs.iter().all(|need| need.agrees(one, other))
    }

    /// Checks that the rule cannot make two of everything.
    ///
    /// # Errors
    ///
    /// [`RuleFault`] says what it lacks.
    pub fn check(needs: &[Need], vetoes: &[Veto], outcome: Outcome) -> Result<(), RuleFault> {
        if !needs.iter().any(|need| need.kind().is_distinctive()) {
            return Err(RuleFault::NothingDistinctive);
        }
        if outcome == Outcome::Propose {
            return Ok(());
        }
        if needs == [Need::AnyMac] {
            return Err(RuleFault::TooWeak);
        }
        let is_safe = [Veto::Retired, Veto::Live].iter().all(|veto| vetoes.contains(veto));
        if is_safe { Ok(()) } else { Err(RuleFault::Reckless) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Need, Outcome, Rule, RuleFault, Veto};

    #[test]
    fn a_rule_that_would_merge_by_names_alone_is_refused() {
        let safe = [Veto::Retired, Veto::Live];
        assert_eq!(
            Rule::check(&[Need::Hostname, Need::Fqdn], &safe, Outcome::Match),
            Err(RuleFault::NothingDistinctive)
        );
        assert_eq!(Rule::check(&[], &safe, Outcome::Propose), Err(RuleFault::NothingDistinctive));
        assert_eq!(Rule::check(&[Need::AnyMac], &safe, Outcome::Match), Err(RuleFault::TooWeak));
        assert_eq!(Rule::check(&[Need::Serial], &[Veto::Live], Outcome::Match), Err(RuleFault::Reckless));
        assert_eq!(Rule::check(&[Need::AllMacs, Need::Hostname], &[], Outcome::Propose), Ok(()));
    }

    #[test]
    fn every_word_is_read_by_its_name() {
        for need in Need::ALL {
            assert_eq!(need.name().parse(), Ok(*need));
        }
        for veto in Veto::ALL {
            assert_eq!(veto.name().parse(), Ok(*veto));
        }
        assert_eq!("match".parse(), Ok(Outcome::Match));
    }
}
