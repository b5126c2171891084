//! Tokens by which agents of others may send inventories: `ter_inv_<id>_<secret>`. Pure.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::fleet::token::Cidr;
use crate::kernel::id::{InventoryTokenId, OrganisationId, UserId};
use crate::kernel::invalid::{Fault, Invalid};

/// How a token begins, so that scanners for leaked secrets find it.
const PREFIX: &str = "ter_inv_";
/// A good deal more than the longest header.
const LONGEST: usize = 512;
const NAME_CHARACTERS: usize = 100;
const CIDRS: usize = 32;

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: InventoryTokenId,
    /// What people call it.
    pub name: String,
    /// Where the devices belong of which inventories come with it.
    pub organisation: OrganisationId,
    /// That organisation's name.
    pub organisation_name: String,
    /// From where; from anywhere if there is none.
    pub cidrs: Vec<Cidr>,
    /// Who made it, and that account's name.
    pub created_by: Option<(UserId, String)>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, to the minute, and from where.
    pub last_used: Option<(Timestamp, Option<String>)>,
}

/// What a token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// From where; from anywhere if there is none.
    pub cidrs: Vec<Cidr>,
}

/// A token as an agent shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which token.
    pub id: InventoryTokenId,
    /// SHA-256 of its secret: a plain hash, because the secret is 256 random bits.
    pub secret_hash: [u8; 32],
}

impl NewToken {
    /// Checks what was asked for.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn check(name: &str, cidrs: &[String]) -> Result<Self, Vec<Invalid>> {
        let (name, mut wrong) = (name.trim().to_owned(), Vec::new());
        if name.is_empty() {
            wrong.push(Invalid::new("name", Fault::Required, "a name, so that it can be told from others"));
        } else if name.chars().count() > NAME_CHARACTERS {
            wrong.push(Invalid::beyond("name", Fault::TooLong, 100, "at most 100 characters"));
        }
        if cidrs.len() > CIDRS {
            wrong.push(Invalid::beyond("cidrs", Fault::TooLong, 32, "at most 32 networks"));
        }
        let mut found = Vec::new();
        for (text, at) in cidrs.iter().take(CIDRS).zip(0..) {
            match text.parse() {
                Ok(cidr) => found.push(cidr),
                Err(error @ crate::fleet::token::InvalidCidr) => {
                    wrong.push(Invalid::new(format!("cidrs[{at}]"), Fault::Invalid, error.to_string()));
                }
            }
        }
        if wrong.is_empty() { Ok(Self { name, cidrs: found }) } else { Err(wrong) }
    }
}

impl Token {
    /// Whether it lets somebody speak from `address`.
    #[must_use]
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        let within = |address| self.cidrs.iter().any(|cidr| cidr.contains(address));
        self.revoked_at.is_none() && (self.cidrs.is_empty() || address.is_some_and(within))
    }
}

/// Makes a secret. Gives the token's text, which is shown once, and the hash that is stored.
#[must_use]
pub fn make(id: InventoryTokenId) -> (String, [u8; 32]) {
    let mut secret = [0_u8; 32];
    rand::fill(&mut secret);
    // It has nothing that a shell or a configuration file would touch.
    let secret = URL_SAFE_NO_PAD.encode(secret);
    (format!("{PREFIX}{}_{secret}", id.uuid().simple()), hash(&secret))
}

/// The token in an `Authorization` header: as the password of whatever user, or alone.
#[must_use]
pub fn of_header(value: &str) -> Option<Shown> {
    if value.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return read(rest);
    }
    let plain = STANDARD.decode(rest.trim()).or_else(|_padded| URL_SAFE_NO_PAD.decode(rest.trim())).ok();
    let plain =
        plain.filter(|_| scheme.eq_ignore_ascii_case("basic")).and_then(|plain| String::from_utf8(plain).ok())?;
    let (_, password) = plain.split_once(':')?;
    read(password)
}

/// Reads a token's text; `None` if it is none.
#[must_use]
pub fn read(text: &str) -> Option<Shown> {
    let (id, secret) = text.trim().strip_prefix(PREFIX)?.split_once('_')?;
    Some(Shown { id: id.parse().ok()?, secret_hash: hash(secret) })
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{NewToken, Shown, make, of_header};
    use crate::kernel::id::InventoryTokenId;

    #[test]
    fn a_token_is_read_from_either_kind_of_header() {
        let id = InventoryTokenId::from_uuid(uuid::Uuid::from_u128(7));
        let (text, secret_hash) = make(id);
        let expected = Some(Shown { id, secret_hash });
        assert_eq!(of_header(&format!("Bearer {text}")), expected);
        for user in ["inventory", "", "x"] {
            assert_eq!(of_header(&format!("Basic {}", STANDARD.encode(format!("{user}:{text}")))), expected);
        }
        assert_ne!(make(id).1, secret_hash);
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for header in ["", "Basic", "Basic !!", "Bearer x", "Basic eDp5", "Digest x", &"Bearer x".repeat(100)] {
            assert_eq!(of_header(header), None, "{header}");
        }
    }

    #[test]
    fn everything_wrong_with_a_wish_is_named_at_once() {
        let wrong = NewToken::check(" ", &["10.0.0.0/8".to_owned(), "x".to_owned()]).unwrap_err();
        assert_eq!(wrong.into_iter().map(|invalid| invalid.field).collect::<Vec<_>>(), ["name", "cidrs[1]"]);
    }
}
