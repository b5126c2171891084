//! Logins: one account per name, however it is written.

use crate::kernel::invalid::{Fault, Invalid};

/// Longest login in characters.
pub const LOGIN_CHARS: usize = 64;

/// A login as it was typed, and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// As typed, without surrounding space.
    pub shown: String,
    /// Folded: see [`fold`].
    pub folded: String,
}

/// The login as accounts are looked up and attempts are counted: `Admin `, `ADMIN` and `ａｄｍｉｎ` are all `admin`.
///
/// Space and control characters around and within go, full-width letters (U+FF01 to U+FF5E, what a Korean or Japanese
/// keyboard may leave behind) become plain ones, capitals small ones. A letter of another alphabet that looks the same
/// stays another letter: such a login cannot exist ([`Login::parse`]), so that nobody signs in with it.
#[must_use]
pub fn fold(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !c.is_control()).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The plain form of a full-width letter, digit or sign: both blocks stand in the same order.
fn narrow(character: char) -> char {
    const OFFSET: u32 = 0xFF01 - 0x21;
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - OFFSET).unwrap_or(character),
        other => other,
    }
}

impl Login {
    /// A login for a new account: 1 to 64 of `a-z A-Z 0-9 . _ - @ +`.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let shown = typed.trim();
        if shown.is_empty() {
            return Err(Invalid::new("login", Fault::Required, "a login has at least one character"));
        }
        if shown.chars().count() > LOGIN_CHARS {
            return Err(Invalid::beyond("login", Fault::TooLong, 64, "a login has at most 64 characters"));
        }
        if !shown.chars().all(|c| c.is_ascii_alphanumeric() || ".-_@+".contains(c)) {
            return Err(Invalid::new("login", Fault::Invalid, "a login is made of a-z, 0-9 and . _ - @ +"));
        }
        Ok(Self { shown: shown.to_owned(), folded: fold(shown) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Login, fold};

    #[test]
    fn one_name_however_it_is_written() {
        for typed in ["admin", "Admin ", " ADMIN", "ａｄｍｉｎ", "ad\u{a0}min", "adm\u{0}in\t"] {
            assert_eq!(fold(typed), "admin", "{typed:?}");
        }
    }

    #[test]
    fn a_letter_that_only_looks_the_same_makes_no_login() {
        assert_ne!(fold("аdmin"), "admin");
        for typed in ["аdmin", "관리자", "a b", "", "  ", "a/b", &"x".repeat(65)] {
            assert!(Login::parse(typed).is_err(), "{typed:?}");
        }
    }

    #[test]
    fn a_login_is_shown_as_it_was_typed() {
        let login = Login::parse(" Ada.Lovelace@example.com ").unwrap();
        assert_eq!(login.shown, "Ada.Lovelace@example.com");
        assert_eq!(login.folded, "ada.lovelace@example.com");
    }
}
