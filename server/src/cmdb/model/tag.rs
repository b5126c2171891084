//! Tags: words that people put on items.
//!
//! What reads alike is one tag: composed (NFC), in lower case, without blanks around it and with single ones within.

use std::collections::BTreeSet;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::value::ValueError;

/// The attribute of the root that holds them.
pub const ATTRIBUTE: &str = "tags";
/// Most tags of an item.
pub const TAGS_MAX: usize = 50;
/// Longest tag in characters.
pub const TAG_CHARACTERS: usize = 64;

/// The tag as it is kept.
///
/// # Errors
///
/// It is empty, longer than [`TAG_CHARACTERS`], or has a comma, a semicolon or a control character: with these queries
/// and tables tell one tag from the next.
pub fn one(written: &str) -> Result<String, ValueError> {
    let kept = written_alike(written);
    if kept.is_empty() {
        return Err(ValueError::Empty);
    }
    if kept.chars().count() > TAG_CHARACTERS {
        return Err(ValueError::TooManyCharacters { limit: TAG_CHARACTERS });
    }
    let divides = |one: char| matches!(one, ',' | ';') || one.is_control();
    if kept.contains(divides) { Err(ValueError::NoTag) } else { Ok(kept) }
}

/// Tags as they are kept: each once, in order.
///
/// # Errors
///
/// The first that [`one`] has, or they are more than [`TAGS_MAX`].
pub fn all(written: &[String]) -> Result<Vec<String>, ValueError> {
    let kept: BTreeSet<String> = written.iter().map(|tag| one(tag)).collect::<Result<_, _>>()?;
    if kept.len() > TAGS_MAX { Err(ValueError::TooMany { limit: TAGS_MAX }) } else { Ok(kept.into_iter().collect()) }
}

/// What is written as it would be kept, whether or not it may be.
#[must_use]
pub fn written_alike(written: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc();
    let lower = composed.normalize(written).to_lowercase();
    composed.normalize(&lower).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{TAG_CHARACTERS, TAGS_MAX, ValueError, all, one};

    #[test]
    fn what_reads_alike_is_one_tag() {
        assert_eq!(one("  Web \t Server ").unwrap(), "web server");
        assert_eq!(one("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}").unwrap(), "한국");
        let tags = ["b", "A", "a ", "B"].map(str::to_owned);
        assert_eq!(all(&tags).unwrap(), ["a", "b"]);
        for tag in ["Å", "İ", "ǅ", "ß"] {
            let kept = one(tag).unwrap();
            assert_eq!(one(&kept).unwrap(), kept, "{tag}");
        }
    }

    #[test]
    fn what_is_no_tag_is_refused_with_the_limit() {
        assert_eq!(one(" "), Err(ValueError::Empty));
        assert_eq!(one("a,b"), Err(ValueError::NoTag));
        assert_eq!(one("a;b"), Err(ValueError::NoTag));
        assert_eq!(one("a\u{7}b"), Err(ValueError::NoTag));
        assert!(one(&"가".repeat(TAG_CHARACTERS)).is_ok());
        let too_long = ValueError::TooManyCharacters { limit: TAG_CHARACTERS };
        assert_eq!(one(&"가".repeat(TAG_CHARACTERS + 1)), Err(too_long));
        let tags: Vec<String> = (0..=TAGS_MAX).map(|number| format!("t{number}")).collect();
        assert_eq!(all(&tags), Err(ValueError::TooMany { limit: TAGS_MAX }));
    }
}
