//! The second factor: time-based one-time passwords (RFC 6238) and codes for when the device is lost.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use super::reach::Grant;
use crate::kernel::permission::Role;

/// Bytes of a secret: as many as the hash of the codes has (RFC 4226, section 4).
pub const SECRET_BYTES: usize = 20;
/// Recovery codes that are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Random bytes in a recovery code: 80 bits, so that a fast hash is enough.
pub const RECOVERY_BYTES: usize = 10;

/// Who may not go on without a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecondFactorPolicy {
    /// Nobody.
    #[default]
    Off,
    /// Who is administrator or security administrator anywhere.
    Administrators,
    /// Nobody goes on without one.
    Everybody,
}

impl SecondFactorPolicy {
    /// Whether somebody with these grants must have one.
    pub fn requires(self, grants: impl IntoIterator<Item = Grant>) -> bool {
        match self {
            Self::Off => false,
            Self::Administrators => administrates(grants),
            Self::Everybody => true,
        }
    }
}

/// Whether somebody with these grants keeps users, tokens or certificates, and so ought to have a second factor.
pub fn administrates(grants: impl IntoIterator<Item = Grant>) -> bool {
    grants.into_iter().any(|grant| matches!(grant.role, Role::Administrator | Role::SecurityAdmin))
}

/// Makes and checks codes of six digits that hold for 30 seconds, one step earlier or later allowed.
pub struct Generator(Totp);

/// A secret that is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret of a second factor does not have {SECRET_BYTES} bytes")]
pub struct BadSecret;

impl Generator {
    /// The generator with this secret.
    pub fn new(secret: &[u8]) -> Result<Self, BadSecret> {
        if secret.len() != SECRET_BYTES {
            return Err(BadSecret);
        }
        Builder::new().with_secret(secret.to_vec()).build().map(Self).map_err(|_too_short| BadSecret)
    }

    /// The step whose code this is; spaces in it do not matter.
    #[must_use]
    pub fn step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let code: String = code.chars().filter(|one| !one.is_whitespace()).collect();
        if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let step = self.0.check(&code, u64::try_from(now.as_second()).ok()?)?;
        i64::try_from(step).ok()
    }
}

/// The secret as it is typed into an authenticator: base32 (RFC 4648, section 6).
#[must_use]
pub fn written(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// The secret as an authenticator reads it from a picture. A login has no character that a URI would not.
#[must_use]
pub fn uri(login: &str, secret: &[u8]) -> String {
    let login = login.replace('+', "%2B").replace('@', "%40");
    format!("otpauth://totp/Terrier:{login}?secret={}&issuer=Terrier", written(secret))
}

/// A code for when the device is lost, good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// The code made of these random bytes.
    #[must_use]
    pub fn new(bytes: [u8; RECOVERY_BYTES]) -> Self {
        Self(written(&bytes))
    }

    /// As it is stored, by its hash.
    #[must_use]
    pub fn plain(&self) -> &str {
        &self.0
    }

    /// As it is shown: in groups of four.
    #[must_use]
    pub fn shown(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
    }
}

/// The text is no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no recovery code")]
pub struct NoRecoveryCode;

impl FromStr for RecoveryCode {
    type Err = NoRecoveryCode;

    fn from_str(text: &str) -> Result<Self, NoRecoveryCode> {
        let letters = text.chars().filter(|one| !one.is_whitespace() && *one != '-');
        let code: String = letters.take(RECOVERY_BYTES * 8 / 5 + 1).map(|one| one.to_ascii_uppercase()).collect();
        let is_base32 = code.bytes().all(|one| matches!(one, b'A'..=b'Z' | b'2'..=b'7'));
        if is_base32 && code.len() == RECOVERY_BYTES * 8 / 5 { Ok(Self(code)) } else { Err(NoRecoveryCode) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Generator, RecoveryCode, SecondFactorPolicy, uri};
    use crate::access::model::reach::Grant;
    use crate::kernel::id::OrganisationId;
    use crate::kernel::permission::Role;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_rfcs_table_and_hold_one_step_longer_and_earlier() {
        let generator = Generator::new(SECRET).unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        // RFC 6238, appendix B, the last six digits.
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(generator.step(code, at(second)), Some(second / 30), "{second}");
            assert_eq!(generator.step(code, at(second + 30)), Some(second / 30));
            assert_eq!(generator.step(code, at(second - 30)), Some(second / 30));
            assert_eq!(generator.step(code, at(second + 60)), None);
        }
        assert_eq!(generator.step("287 082", at(59)), Some(1));
        for wrong in ["", "28708", "2870820", "287083", "２８７０８２", "-87082"] {
            assert_eq!(generator.step(wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        let code = RecoveryCode::new(*b"0123456789");
        assert_eq!(code.shown().len(), 19);
        for typed in [code.shown(), code.shown().to_lowercase(), format!(" {} ", code.shown().replace('-', " "))] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed}");
        }
        for wrong in ["", "123456", &"A".repeat(17), "AAAA-AAAA-AAAA-AAA1"] {
            assert!(wrong.parse::<RecoveryCode>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_picture_says_which_account_it_is_for() {
        let expected =
            "otpauth://totp/Terrier:ada%2Bops%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Terrier";
        assert_eq!(uri("ada+ops@example.org", SECRET), expected);
    }

    #[test]
    fn who_must_have_a_second_factor() {
        let grants = |role| [Grant { role, organisation: OrganisationId::from_uuid(uuid::Uuid::nil()) }];
        let required = |policy: SecondFactorPolicy| Role::ALL.map(|role| policy.requires(grants(role)));
        assert_eq!(required(SecondFactorPolicy::Off), [false; 8]);
        assert_eq!(
            required(SecondFactorPolicy::Administrators),
            [false, false, false, false, false, false, true, true]
        );
        assert_eq!(required(SecondFactorPolicy::Everybody), [true; 8]);
        assert!(SecondFactorPolicy::Everybody.requires([]));
    }
}
