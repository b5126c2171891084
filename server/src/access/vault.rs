//! Secrets that must be read again: sealed with a key that the database does not hold.

use std::sync::Arc;

use rand::TryRng as _;
use rand::rngs::SysRng;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::error::Error;
use crate::kernel::id::UserId;

/// Seals and opens the secrets of second factors (ChaCha20-Poly1305, RFC 8439). Cheap to clone.
///
/// What is sealed for one account does not open for another, so that nobody who writes to the database can move one.
#[derive(Clone)]
pub struct Vault(Arc<LessSafeKey>);

impl Vault {
    /// A vault with this key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Option<Self> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).ok()?;
        Some(Self(Arc::new(LessSafeKey::new(key))))
    }

    pub(super) fn seal(&self, owner: UserId, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        SysRng.try_fill_bytes(&mut nonce).map_err(|error| Error::Machinery(error.to_string()))?;
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(owner), &mut sealed)
            .map_err(|refused| Error::Machinery(refused.to_string()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Fails for what was sealed with another key or for another account, or was changed.
    pub(super) fn open(&self, owner: UserId, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let foreign = || Error::Machinery("a second factor was sealed with another key".to_owned());
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(foreign)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_wrong_length| foreign())?;
        let mut opened = sealed.to_vec();
        let secret = self.0.open_in_place(nonce, bound_to(owner), &mut opened).map_err(|_refused| foreign())?;
        Ok(secret.to_vec())
    }
}

fn bound_to(owner: UserId) -> Aad<[u8; 16]> {
    Aad::from(*owner.uuid().as_bytes())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Vault;
    use crate::kernel::id::UserId;

    #[test]
    fn a_secret_opens_for_its_owner_with_its_key_and_never_otherwise() {
        let [ada, eve] = [1, 2].map(|number| UserId::from_uuid(Uuid::from_u128(number)));
        let vault = Vault::new(&[7; 32]).unwrap();
        let sealed = vault.seal(ada, b"secret").unwrap();
        assert_eq!(vault.open(ada, &sealed).unwrap(), b"secret");
        assert_ne!(vault.seal(ada, b"secret").unwrap(), sealed);
        assert!(vault.open(eve, &sealed).is_err());
        assert!(Vault::new(&[8; 32]).unwrap().open(ada, &sealed).is_err());
        let mut changed = sealed;
        *changed.last_mut().unwrap() ^= 1;
        assert!(vault.open(ada, &changed).is_err());
        assert!(vault.open(ada, &[]).is_err());
    }
}
