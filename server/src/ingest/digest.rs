//! `Content-Digest` (RFC 9530): the body is what was sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Why a body is not taken as what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum DigestError {
    /// The header is missing or is none.
    #[error("Content-Digest: `sha-256=:<base64>:` over the body as sent is needed")]
    Missing,
    /// The body is another.
    #[error("Content-Digest: the body is not what was sent")]
    Differs,
}

/// Compares `body` with the digest that `header` names.
pub(super) fn check(header: Option<&str>, body: &[u8]) -> Result<(), DigestError> {
    // Other algorithms may stand beside this one.
    let encoded = header
        .and_then(|header| header.split(',').find_map(|member| member.trim().strip_prefix("sha-256=:")))
        .and_then(|rest| rest.strip_suffix(':'))
        .ok_or(DigestError::Missing)?;
    let named = STANDARD.decode(encoded).map_err(|_malformed| DigestError::Missing)?;
    if named == Sha256::digest(body).as_slice() { Ok(()) } else { Err(DigestError::Differs) }
}

#[cfg(test)]
mod tests {
    use super::{DigestError, check};

    #[test]
    fn only_the_body_that_was_sent_passes() {
        // The digest of `{"hello": "world"}` and a line end, from RFC 9530, section 2.
        let header = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        assert_eq!(check(Some(header), b"{\"hello\": \"world\"}\n"), Ok(()));
        assert_eq!(check(Some(&format!("md5=:AAAA:, {header}")), b"{\"hello\": \"world\"}\n"), Ok(()));
        assert_eq!(check(Some(header), b"{\"hello\": \"World\"}\n"), Err(DigestError::Differs));
        for header in [None, Some(""), Some("sha-256=x"), Some("sha-256=:*:"), Some("sha-512=:AAAA:")] {
            assert_eq!(check(header, b""), Err(DigestError::Missing));
        }
    }
}
