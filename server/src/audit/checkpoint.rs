//! Checkpoints: what the trail was at a time, signed with a key that the database does not hold.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::model::hexadecimal;

/// Keeps these signatures apart from every other use of the key.
const DOMAIN: &[u8] = b"terrier-checkpoint-1";

/// A checkpoint as it stands in the file, one line of JSON each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The last entry at the time.
    pub seq: i64,
    /// How many entries there were.
    pub count: i64,
    /// The hash of that entry, in hexadecimal: it covers all entries before.
    pub hash: String,
    /// When it was made.
    pub at: Timestamp,
    /// The signature of the checkpoint before; none for the first.
    pub previous: Option<String>,
    /// Ed25519 (RFC 8032) over `terrier-checkpoint-1`, `seq`, `count`, `at` in microseconds since 1970 (8 bytes each,
    /// big-endian), `hash` and `previous` as they stand here; base64.
    pub signature: String,
}

/// Signs checkpoints.
pub struct Signer(Ed25519KeyPair);

/// Knows whether a checkpoint was signed by this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

/// What a checkpoint is to say.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The last entry.
    pub seq: i64,
    /// Its hash.
    pub hash: &'a [u8],
}

impl Signer {
    /// The signer with this secret key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        Ed25519KeyPair::from_seed_unchecked(key).ok().map(Self)
    }

    /// What its signatures are checked with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }

    /// The checkpoint that follows `previous`.
    #[must_use]
    pub fn sign(&self, head: Head<'_>, at: Timestamp, previous: Option<&Checkpoint>) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            seq: head.seq,
            count: head.seq,
            hash: hexadecimal(head.hash),
            at,
            previous: previous.map(|previous| previous.signature.clone()),
            signature: String::new(),
        };
        checkpoint.signature = STANDARD.encode(self.0.sign(&checkpoint.message()));
        checkpoint
    }
}

impl Checkpoint {
    fn message(&self) -> Vec<u8> {
        let mut message = DOMAIN.to_vec();
        for number in [self.seq, self.count, self.at.as_microsecond()] {
            message.extend(number.to_be_bytes());
        }
        message.extend(self.hash.as_bytes());
        message.extend(self.previous.as_deref().unwrap_or_default().as_bytes());
        message
    }

    /// Whether the key's owner signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let Ok(signature) = STANDARD.decode(&self.signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &key.0).verify(&self.message(), &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&STANDARD.encode(&self.0))
    }
}

/// The text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 32 bytes in base64")]
pub struct NoPublicKey;

impl std::str::FromStr for PublicKey {
    type Err = NoPublicKey;

    fn from_str(text: &str) -> Result<Self, NoPublicKey> {
        match STANDARD.decode(text.trim()) {
            Ok(bytes) if bytes.len() == 32 => Ok(Self(bytes)),
            _ => Err(NoPublicKey),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Checkpoint, Head, Signer};

    #[test]
    fn a_signature_holds_for_the_very_checkpoint_and_key() {
        let signer = Signer::new(&[1; 32]).unwrap();
        let key = signer.public_key();
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let first = signer.sign(Head { seq: 7, hash: &[0xab; 32] }, at, None);
        let second = signer.sign(Head { seq: 9, hash: &[0xcd; 32] }, at, Some(&first));
        assert!(first.is_signed_by(&key) && second.is_signed_by(&key));
        assert!(!first.is_signed_by(&Signer::new(&[2; 32]).unwrap().public_key()));
        let edits: [fn(&mut Checkpoint); 6] = [
            |one| one.seq += 1,
            |one| one.count -= 1,
            |one| one.hash = "00".repeat(32),
            |one| one.at = Timestamp::from_second(1_800_000_001).unwrap(),
            |one| one.previous = None,
            |one| one.signature.clear(),
        ];
        for edit in edits {
            let mut changed = second.clone();
            edit(&mut changed);
            assert!(!changed.is_signed_by(&key), "{changed:?}");
        }
        assert_eq!(key.to_string().parse(), Ok(key));
    }
}
