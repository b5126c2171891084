//! The text of an enrolment token: `ter1.<id>.<secret>.<pin>`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::kernel::id::EnrolmentTokenId;

const PREFIX: &str = "ter1";
/// A good deal more than the longest.
const LONGEST: usize = 512;

/// A token as an agent shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which token.
    pub id: EnrolmentTokenId,
    /// SHA-256 of its secret: a plain hash, because the secret is 256 random bits.
    pub secret_hash: [u8; 32],
}

/// Makes a secret. Gives the token's text, which is shown once, and the hash that is stored.
#[must_use]
pub fn make(id: EnrolmentTokenId, pin: &[u8; 32]) -> (String, [u8; 32]) {
    let secret = fresh();
    let text = format!("{PREFIX}.{}.{secret}.{}", id.uuid().simple(), URL_SAFE_NO_PAD.encode(pin));
    (text, hash(&secret))
}

/// 256 random bits as 43 characters that nothing needs to quote (base64url, RFC 4648, section 5).
#[must_use]
pub fn fresh() -> String {
    let mut secret = [0_u8; 32];
    rand::fill(&mut secret);
    URL_SAFE_NO_PAD.encode(secret)
}

/// Reads a token's text; `None` if it is none.
#[must_use]
pub fn read(text: &str) -> Option<Shown> {
    if text.len() > LONGEST {
        return None;
    }
    let parts: Vec<&str> = text.trim().split('.').collect();
    let &[PREFIX, id, secret, _pin] = parts.as_slice() else { return None };
    Some(Shown { id: id.parse().ok()?, secret_hash: hash(secret) })
}

/// What is stored of a secret: a plain hash, because the secret is 256 random bits.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::{Shown, make, read};
    use crate::kernel::id::EnrolmentTokenId;

    #[test]
    fn a_token_that_was_made_is_read_and_its_hash_is_not_in_it() {
        let id = EnrolmentTokenId::from_uuid(uuid::Uuid::from_u128(7));
        let (text, secret_hash) = make(id, &[1; 32]);
        assert_eq!(read(&text), Some(Shown { id, secret_hash }));
        assert_eq!(read(&format!(" {text}\n")), Some(Shown { id, secret_hash }));
        assert_ne!(make(id, &[1; 32]).1, secret_hash);
        assert_eq!(text.split('.').map(str::len).collect::<Vec<_>>(), [4, 32, 43, 43]);
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in ["", "ter1", "ter1.x.y.z", "ter2.0000.y.z", &"ter1.".repeat(200), "ter1.\0.y.z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
