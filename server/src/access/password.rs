//! Hashing passwords, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use super::error::Error;
use super::model::password::PASSWORD_MAX;

/// Memory of one hash in KiB (46 MiB, one pass, one lane: the OWASP choice for argon2id).
const MEMORY_KIB: u32 = 46 << 10;
/// Hashes at once: they hold at most 184 MiB.
const AT_ONCE: usize = 4;
/// How long to wait for one's turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// The hash of no password: checked when there is no account, so that the answer takes as long.
    decoy: Arc<str>,
}

impl Passwords {
    /// Takes as long as one hash.
    pub fn new() -> Result<Self, Error> {
        let decoy = hash_now(&super::secret::random()?)?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), decoy: decoy.into() })
    }

    /// The hash to store, as a PHC string.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when there is no turn within five seconds.
    pub async fn hash(&self, password: SecretString) -> Result<String, Error> {
        self.in_turn(move || hash_now(password.expose_secret())).await
    }

    /// Whether the password is the one whose hash is stored; without a stored hash it takes as long and is not.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when there is no turn within five seconds.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, Error> {
        let decoy = Arc::clone(&self.decoy);
        self.in_turn(move || {
            let possible = stored.is_some() && password.expose_secret().len() <= PASSWORD_MAX;
            let bytes = password.expose_secret().as_bytes();
            let bytes = bytes.get(..bytes.len().min(PASSWORD_MAX)).unwrap_or_default();
            let hash = stored.as_deref().unwrap_or(&decoy);
            Ok(<Argon2<'_> as PasswordVerifier<str>>::verify_password(&hasher()?, bytes, hash).is_ok() && possible)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, turn).await else { return Err(Error::Busy) };
        let done = tokio::task::spawn_blocking(move || {
            // Held until the hash is done, even if the caller hangs up.
            let _turn = turn;
            work()
        });
        done.await.map_err(|stopped| Error::Machinery(stopped.to_string()))?
    }
}

fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, 1, 1, None).map_err(|error| Error::Machinery(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, Error> {
    let hash: PasswordHash =
        hasher()?.hash_password(password.as_bytes()).map_err(|error| Error::Machinery(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::Passwords;

    #[tokio::test]
    async fn a_password_is_stored_as_argon2id_and_only_it_fits() {
        let passwords = Passwords::new().unwrap();
        let stored = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse battery".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse batterz".into(), Some(stored)).await.unwrap());
        assert!(!passwords.verify("correct horse battery".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_never_cut_off() {
        let passwords = Passwords::new().unwrap();
        let longest = "x".repeat(1024);
        let stored = passwords.hash(longest.clone().into()).await.unwrap();
        assert!(passwords.verify(longest.clone().into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify(format!("{longest}x").into(), Some(stored)).await.unwrap());
    }
}
