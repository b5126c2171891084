//! Values as the register keeps them: JSON texts of bounded length that both databases hold alike.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use terrier_shared::latest::text::Text;

use super::attribute::Attribute;

pub use crate::store::dialect::storable;

/// What a report says of attributes: each with the JSON text of its value, or none where it has no value now.
pub type Values = Vec<(Attribute, Option<String>)>;

/// Longest name or key in bytes: index entries of PostgreSQL end at 2,700.
const KEY_BYTES: usize = 255;

/// A string.
#[must_use]
pub fn text(text: &str) -> String {
    json(&storable(text))
}

/// A string that may be missing; an empty one is.
#[must_use]
pub fn optional_text(value: Option<&str>) -> Option<String> {
    value.filter(|text| !text.is_empty()).map(text)
}

/// A number without sign; beyond 63 bits it is the largest that fits.
#[must_use]
pub fn whole(number: u64) -> String {
    i64::try_from(number).unwrap_or(i64::MAX).to_string()
}

/// A truth.
#[must_use]
pub fn truth(value: bool) -> String {
    value.to_string()
}

/// A time.
#[must_use]
pub fn time(at: Timestamp) -> String {
    json(&at.to_string())
}

/// A list of strings, in their order; none where it is empty.
#[must_use]
pub fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> Option<String> {
    let items: Vec<_> = items.into_iter().map(|item| storable(item.as_ref()).into_owned()).collect();
    if items.is_empty() { None } else { serde_json::to_string(&items).ok() }
}

/// Text as a name or key: at most 255 bytes. What is longer keeps its beginning and gets a digest of the whole, so
/// that two long names that differ stay different.
#[must_use]
pub fn key<'a>(text: impl Into<Cow<'a, str>>) -> String {
    let text = text.into();
    let text = if text.contains('\0') { Cow::Owned(storable(&text).into_owned()) } else { text };
    if text.len() <= KEY_BYTES {
        return text.into_owned();
    }
    let digest = Sha256::digest(text.as_bytes());
    let mut end = KEY_BYTES - 20;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut short = text.get(..end).unwrap_or_default().to_owned();
    short.push('…');
    for byte in digest.iter().take(8) {
        let _ = write!(short, "{byte:02x}");
    }
    short
}

/// The kernel's bytes as text without loss: what is no UTF-8 stands as `\xff`, and a backslash as `\\` only then.
#[must_use]
pub fn readable(bytes: &Text) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut readable = String::new();
    for chunk in bytes.as_bytes().utf8_chunks() {
        readable.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            let _ = write!(readable, "\\x{byte:02x}");
        }
    }
    Cow::Owned(readable)
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::text::Text;

    use super::{key, list, readable, text, whole};

    #[test]
    fn what_a_database_cannot_hold_is_written_so_that_both_can() {
        assert_eq!(text("a\0b\"c"), "\"a\u{2400}b\\\"c\"");
        assert_eq!(whole(u64::MAX), i64::MAX.to_string());
        assert_eq!(list(["x\0"]), Some("[\"x\u{2400}\"]".to_owned()));
        assert_eq!(list([""; 0]), None);
    }

    #[test]
    fn long_names_that_differ_at_the_end_stay_different() {
        let (one, other) = (key(format!("{}1", "한".repeat(3000))), key(format!("{}2", "한".repeat(3000))));
        assert!(one.len() <= 255 && other.len() <= 255 && one != other, "{one} {other}");
        assert_eq!(key("short"), "short");
    }

    #[test]
    fn paths_that_are_no_utf8_are_told_apart() {
        assert_eq!(readable(&Text::from(b"/a\xff".to_vec())), "/a\\xff");
        assert_ne!(readable(&Text::from(b"/a\\xff\xfe".to_vec())), readable(&Text::from(b"/a\xff\xfe".to_vec())));
        assert_eq!(readable(&Text::from("/plain\\path")), "/plain\\path");
    }
}
