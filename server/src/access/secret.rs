//! Secrets that the server makes: only their hashes are stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

use super::error::Error;

/// 256 random bits from the operating system as 43 characters (base64url, RFC 4648, section 5).
pub(super) fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    SysRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Machinery(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. With 256 random bits there is nothing to guess, so that a fast hash is enough.
#[must_use]
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a secret is the one whose hash is stored, in a time that does not tell how much of it is right.
#[must_use]
pub(super) fn is_genuine(secret: &str, stored: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(hash(secret).as_slice(), stored).into()
}

#[cfg(test)]
mod tests {
    use super::{hash, is_genuine, random};

    #[test]
    fn a_secret_has_43_characters_and_never_comes_twice() {
        let (one, other) = (random().unwrap(), random().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
        assert!(is_genuine(&one, &hash(&one)));
        assert!(!is_genuine(&one, &hash(&other)));
        assert!(!is_genuine(&one, &[]));
    }
}
