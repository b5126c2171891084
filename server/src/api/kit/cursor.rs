//! Cursors: where a page ends, sealed so that nobody writes his own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::problem::Problem;
use crate::kernel::page::{LIMIT_DEFAULT, LIMIT_MAX, PageRequest};

/// Seals and opens cursors with a key that lives as long as the process: a cursor is for the next click, not for keeps.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

/// Bytes of the seal that a cursor carries.
const SEAL_BYTES: usize = 16;

impl CursorKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The page asked for. `list` says which list with which sort and filters; a cursor of another one is refused.
    ///
    /// # Errors
    ///
    /// `validation_failed` on `limit` or `cursor`.
    pub fn page<K: DeserializeOwned>(
        &self,
        list: &str,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<PageRequest<K>, Problem> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            let mut problem = Problem::field("limit", "out_of_range", format!("1 to {LIMIT_MAX}"));
            problem.errors.iter_mut().for_each(|error| error.limit = Some(i64::from(LIMIT_MAX)));
            return Err(problem);
        }
        let after = cursor.map(|cursor| self.open(list, cursor).ok_or_else(foreign)).transpose()?;
        Ok(PageRequest { limit, after })
    }

    /// The cursor that goes on after `key`.
    ///
    /// # Errors
    ///
    /// `internal` if the key cannot be written as JSON.
    pub fn seal<K: Serialize>(&self, list: &str, key: &K) -> Result<String, Problem> {
        let mut bytes = serde_json::to_vec(key).map_err(|error| Problem::internal(&error))?;
        let seal = self.mac(list, &bytes);
        bytes.extend_from_slice(&seal);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn open<K: DeserializeOwned>(&self, list: &str, cursor: &str) -> Option<K> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (key, seal) = bytes.split_at_checked(bytes.len().checked_sub(SEAL_BYTES)?)?;
        let genuine = subtle::ConstantTimeEq::ct_eq(self.mac(list, key).as_slice(), seal);
        if bool::from(genuine) { serde_json::from_slice(key).ok() } else { None }
    }

    fn mac(&self, list: &str, bytes: &[u8]) -> [u8; SEAL_BYTES] {
        let mut seal = [0; SEAL_BYTES];
        // A 32-byte key is of a length that HMAC takes; with no key there would be no seal that fits.
        if let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0) {
            mac.update(list.as_bytes());
            mac.update(&[0]);
            mac.update(bytes);
            seal.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        }
        seal
    }
}

fn foreign() -> Problem {
    Problem::field("cursor", "invalid", "not a cursor of this list")
}

#[cfg(test)]
mod tests {
    use super::CursorKey;

    #[test]
    fn a_cursor_goes_on_where_the_page_ended() {
        let key = CursorKey::new([7; 32]);
        let cursor = key.seal("cis?sort=name", &("web-1", 4)).unwrap();
        let page = key.page::<(String, i32)>("cis?sort=name", None, Some(&cursor)).unwrap();
        assert_eq!(page.after, Some(("web-1".to_owned(), 4)));
    }

    #[test]
    fn a_cursor_of_another_list_or_another_hand_is_refused() {
        let key = CursorKey::new([7; 32]);
        let cursor = key.seal("cis?sort=name", &1).unwrap();
        assert!(key.page::<i32>("cis?sort=-name", None, Some(&cursor)).is_err());
        assert!(CursorKey::new([8; 32]).page::<i32>("cis?sort=name", None, Some(&cursor)).is_err());
        for forged in ["", "e30", "%", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(key.page::<i32>("cis?sort=name", None, Some(forged)).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_page_holds_at_most_200_items() {
        let key = CursorKey::new([7; 32]);
        assert!(key.page::<i32>("x", Some(200), None).is_ok());
        for limit in [0, 201] {
            assert!(key.page::<i32>("x", Some(limit), None).is_err(), "{limit}");
        }
    }
}
