//! Enrolment tokens: how many hosts get in, from where, until when, and whether a person looks at each. Pure.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;

use crate::kernel::id::{EnrolmentTokenId, OrganisationId, UserId};
use crate::kernel::invalid::{Fault, Invalid};

/// What becomes of an agent that enrols with a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, utoipa::ToSchema)]
#[schema(as = EnrolmentMode, rename_all = "snake_case")]
pub enum Mode {
    /// It may speak at once.
    #[default]
    Auto,
    /// A person has to approve it first.
    Approve,
}

/// Whether a token still lets anybody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(as = EnrolmentTokenState, rename_all = "snake_case")]
pub enum TokenState {
    /// It does.
    Usable,
    /// It has let in as many as it was made for.
    UsedUp,
    /// Its time is over.
    Expired,
    /// A person has revoked it.
    Revoked,
}

/// A network in CIDR notation (RFC 4632, RFC 4291).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix: u8,
}

/// An enrolment token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: EnrolmentTokenId,
    /// What people call it.
    pub name: Option<String>,
    /// Where the hosts it lets in belong.
    pub organisation: OrganisationId,
    /// That organisation's name.
    pub organisation_name: String,
    /// What becomes of those it lets in.
    pub mode: Mode,
    /// How many it was made for.
    pub uses: i32,
    /// How many it still lets in.
    pub uses_left: i32,
    /// From where; from anywhere if there is none.
    pub cidrs: Vec<Cidr>,
    /// Who made it, and that account's name; nobody if it was made on the command line.
    pub created_by: Option<(UserId, String)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its time is over.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What a token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What people call it.
    pub name: Option<String>,
    /// Where the hosts it lets in belong.
    pub organisation: OrganisationId,
    /// What becomes of those it lets in.
    pub mode: Mode,
    /// How many it lets in.
    pub uses: i32,
    /// For how long.
    pub lifetime: Duration,
    /// From where; from anywhere if there is none.
    pub cidrs: Vec<Cidr>,
}

/// What somebody wants a token to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// At most 100 characters.
    pub name: Option<String>,
    /// `auto` unless said.
    pub mode: Option<String>,
    /// 1 to 10,000; 1 unless said.
    pub uses: Option<i64>,
    /// 1 to 1,440; 60 unless said.
    pub expires_in_minutes: Option<i64>,
    /// At most 32 networks.
    pub cidrs: Vec<String>,
}

const NAME_CHARACTERS: usize = 100;
const USES: i64 = 10_000;
const MINUTES: i64 = 24 * 60;
const CIDRS: usize = 32;

impl Wish {
    /// The token that is wished for.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn check(self, organisation: OrganisationId) -> Result<NewToken, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let name = self.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARACTERS) {
            wrong.push(Invalid::beyond("name", Fault::TooLong, 100, "at most 100 characters"));
        }
        let mode = self.mode.as_deref().map_or(Some(Mode::default()), Mode::of_name);
        if mode.is_none() {
            wrong.push(Invalid::new("mode", Fault::Unknown, "`auto` or `approve`"));
        }
        let uses = within(&mut wrong, "uses", self.uses.unwrap_or(1), USES);
        let minutes = within(&mut wrong, "expires_in_minutes", self.expires_in_minutes.unwrap_or(60), MINUTES);
        let cidrs = cidrs(&mut wrong, &self.cidrs);
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(NewToken {
            name,
            organisation,
            mode: mode.unwrap_or_default(),
            uses: i32::try_from(uses).unwrap_or(1),
            lifetime: Duration::from_mins(u64::try_from(minutes).unwrap_or(1)),
            cidrs,
        })
    }
}

fn within(wrong: &mut Vec<Invalid>, field: &str, value: i64, most: i64) -> i64 {
    if !(1..=most).contains(&value) {
        wrong.push(Invalid::beyond(field, Fault::OutOfRange, most, format!("1 to {most}")));
    }
    value
}

/// Reads networks; what is wrong with any is added to `wrong`.
pub fn cidrs(wrong: &mut Vec<Invalid>, texts: &[String]) -> Vec<Cidr> {
    if texts.len() > CIDRS {
        wrong.push(Invalid::beyond("cidrs", Fault::TooLong, 32, "at most 32 networks"));
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        match text.parse() {
            Ok(cidr) => found.push(cidr),
            Err(InvalidCidr) => {
                wrong.push(Invalid::new(format!("cidrs[{at}]"), Fault::Invalid, InvalidCidr.to_string()));
            }
        }
    }
    found
}

impl Token {
    /// Whether it still lets anybody in.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if now >= self.expires_at {
            TokenState::Expired
        } else if self.uses_left <= 0 {
            TokenState::UsedUp
        } else {
            TokenState::Usable
        }
    }

    /// Whether it lets somebody in from `address`.
    #[must_use]
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        self.cidrs.is_empty() || address.is_some_and(|address| self.cidrs.iter().any(|cidr| cidr.contains(address)))
    }
}

impl TokenState {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usable => "usable",
            Self::UsedUp => "used_up",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Mode {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Approve => "approve",
        }
    }

    /// The mode of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::Approve].into_iter().find(|mode| mode.name() == name)
    }
}

impl Cidr {
    /// Whether `address` is in the network; an IPv4 address mapped into IPv6 is the IPv4 address.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32_u32.saturating_sub(self.prefix.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128_u32.saturating_sub(self.prefix.into());
                (network.to_bits() ^ address.to_bits()).checked_shr(shift).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The text names no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network as 192.0.2.0/24 or 2001:db8::/32")]
pub struct InvalidCidr;

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let (address, prefix) = text.trim().split_once('/').map_or((text.trim(), None), |(a, p)| (a, Some(p)));
        let network: IpAddr = address.parse().map_err(|_malformed| InvalidCidr)?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), str::parse).map_err(|_malformed| InvalidCidr)?;
        if prefix > longest { Err(InvalidCidr) } else { Ok(Self { network, prefix }) }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.network, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cidr, Mode, Wish};
    use crate::kernel::id::OrganisationId;

    fn organisation() -> OrganisationId {
        OrganisationId::from_uuid(uuid::Uuid::nil())
    }

    #[test]
    fn without_wishes_a_token_lets_one_host_in_within_an_hour() {
        let token = Wish::default().check(organisation()).unwrap();
        assert_eq!((token.uses, token.lifetime.as_secs(), token.mode), (1, 3_600, Mode::Auto));
    }

    #[test]
    fn everything_wrong_with_a_wish_is_named_at_once() {
        let wish = Wish {
            name: Some("x".repeat(101)),
            mode: Some("always".to_owned()),
            uses: Some(0),
            expires_in_minutes: Some(1_441),
            cidrs: vec!["10.0.0.0/8".to_owned(), "10.0.0.0/33".to_owned(), "x".to_owned()],
        };
        let wrong: Vec<_> = wish.check(organisation()).unwrap_err().into_iter().map(|invalid| invalid.field).collect();
        assert_eq!(wrong, ["name", "mode", "uses", "expires_in_minutes", "cidrs[1]", "cidrs[2]"]);
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (cidr, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let parsed: Cidr = cidr.parse().unwrap();
            assert_eq!(parsed.contains(address.parse().unwrap()), inside, "{address} in {cidr}");
        }
    }
}
