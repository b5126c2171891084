//! What an account says about its person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::invalid::{Fault, Invalid};

/// Longest display name in characters.
const DISPLAY_NAME_CHARS: usize = 200;

/// A language of the user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// Light, dark, or as the person's machine has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Language {
    /// The name that is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The language with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Ko, Self::En].into_iter().find(|known| known.name() == name)
    }
}

impl Theme {
    /// The name that is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|known| known.name() == name)
    }
}

/// A display name without surrounding space: 1 to 200 characters, none of them a control character.
pub fn display_name(typed: &str) -> Result<String, Invalid> {
    name("display_name", typed, DISPLAY_NAME_CHARS)
}

/// A name without surrounding space: 1 to `most` characters, none of them a control character.
pub fn name(field: &str, typed: &str, most: usize) -> Result<String, Invalid> {
    let shown = typed.trim();
    if shown.is_empty() {
        return Err(Invalid::new(field, Fault::Required, "a name has at least one character"));
    }
    if shown.chars().count() > most {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        return Err(Invalid::beyond(field, Fault::TooLong, limit, format!("a name has at most {most} characters")));
    }
    if shown.chars().any(char::is_control) {
        return Err(Invalid::new(field, Fault::Invalid, "a name has no control characters"));
    }
    Ok(shown.to_owned())
}

/// The name of a time zone that the IANA database knows, in the database's own spelling; empty for that of the browser.
pub fn time_zone(typed: &str) -> Result<String, Invalid> {
    if typed.is_empty() {
        return Ok(String::new());
    }
    let zone = jiff::tz::TimeZone::get(typed).ok();
    let name = zone.as_ref().and_then(jiff::tz::TimeZone::iana_name).map(str::to_owned);
    name.ok_or_else(|| Invalid::new("time_zone", Fault::Unknown, "the IANA database has no time zone of this name"))
}

#[cfg(test)]
mod tests {
    use super::{display_name, time_zone};

    #[test]
    fn a_display_name_may_be_korean_and_has_no_control_characters() {
        assert_eq!(display_name(" 김하늘 ").unwrap(), "김하늘");
        for bad in ["", "   ", "a\u{0}b", "a\nb", &"x".repeat(201)] {
            assert!(display_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_time_zone_is_one_that_browsers_know_too() {
        assert_eq!(time_zone("Asia/Seoul").unwrap(), "Asia/Seoul");
        assert_eq!(time_zone("UTC").unwrap(), "UTC");
        assert_eq!(time_zone("").unwrap(), "");
        for bad in [" ", "Mars/Olympus", "../../etc/passwd", "+09:00"] {
            assert!(time_zone(bad).is_err(), "{bad:?}");
        }
    }
}
