//! SHA-256 as it stands on the wire: 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

/// The text was not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 64 lower-case hexadecimal digits")]
pub struct InvalidHash;

impl Hash {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest over `(name, hash)` pairs: the root that stands for a whole inventory.
    ///
    /// Pairs are sorted by name here, so both sides get one root whatever order they keep.
    #[must_use]
    pub fn root<'a>(pairs: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let mut digest = Sha256::new();
        for (name, hash) in pairs {
            digest.update(name.as_bytes());
            digest.update([0]);
            digest.update(hash.0);
        }
        Self(digest.finalize().into())
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest whose 32 bytes these are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Hash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(InvalidHash);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

const fn digit(ascii: u8) -> Result<u8, InvalidHash> {
    match ascii {
        b'0'..=b'9' => Ok(ascii - b'0'),
        b'a'..=b'f' => Ok(ascii - b'a' + 10),
        _ => Err(InvalidHash),
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Hash;

    #[test]
    fn a_hash_reads_back_what_it_writes() {
        let hash = Hash::of(b"terrier");
        assert_eq!(hash.to_string().parse(), Ok(hash));
    }

    #[test]
    fn the_root_does_not_depend_on_the_order_of_sections() {
        let (a, b) = (Hash::of(b"a"), Hash::of(b"b"));
        assert_eq!(Hash::root([("os", a), ("cpu", b)]), Hash::root([("cpu", b), ("os", a)]));
        assert_ne!(Hash::root([("os", a), ("cpu", b)]), Hash::root([("os", b), ("cpu", a)]));
    }

    #[test]
    fn text_that_is_no_hash_is_refused() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(63), &"A".repeat(64)] {
            assert!(text.parse::<Hash>().is_err(), "{text}");
        }
    }
}
