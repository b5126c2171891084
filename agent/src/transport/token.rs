//! The enrolment token: a secret, and the pin by which the agent knows the server at first contact.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// SHA-256 of the `SubjectPublicKeyInfo` of the server's certificate authority (RFC 7469, section 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin(pub [u8; 32]);

/// `ter1.<id>.<secret>.<pin>`, as an administrator made it. The pin is base64url without padding.
#[derive(Clone)]
pub struct Token {
    text: String,
    pin: Pin,
}

/// The text is no enrolment token. It is not repeated here, because a token is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an enrolment token has the form `ter1.<id>.<secret>.<pin>`")]
pub struct InvalidToken;

impl Token {
    /// The whole token, as it is sent.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// By what to know the server.
    #[must_use]
    pub const fn pin(&self) -> Pin {
        self.pin
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('.').collect();
        let &["ter1", id, secret, pin] = parts.as_slice() else { return Err(InvalidToken) };
        if text.len() > 512 || id.is_empty() || secret.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken);
        }
        let pin = URL_SAFE_NO_PAD.decode(pin).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(InvalidToken)?;
        Ok(Self { text: text.to_owned(), pin: Pin(pin) })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Pin, Token};

    const PIN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    #[test]
    fn a_token_yields_its_pin_and_never_its_secret_to_a_log() {
        let token: Token = format!(" ter1.id.secret.{PIN}\n").parse().unwrap();
        assert_eq!(token.pin(), Pin([0; 32]));
        assert_eq!(token.reveal(), format!("ter1.id.secret.{PIN}"));
        assert!(!format!("{token:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let padded = format!("ter1.id.secret.{PIN}=");
        let longer = format!("ter1.id.secret.{PIN}.x");
        let other = format!("ter2.id.secret.{PIN}");
        let empty = format!("ter1..secret.{PIN}");
        for text in ["", "ter1", "ter1.id.secret.", "ter1.id.secret.AAAA", &padded, &longer, &other, &empty] {
            assert!(text.parse::<Token>().is_err(), "{text}");
        }
    }
}
