//! What is looked for.

use std::ops::Range;

use super::fold::{compact, fold, is_divider};
use super::gram::is_short_word;

/// Least characters of an identifier that is also looked for without its dividers.
const COMPACT_CHARS: usize = 4;

/// One thing that must stand in a text: a word or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    written: String,
    folded: String,
    compact: Option<String>,
    is_short: bool,
}

impl Term {
    /// The term; none if nothing is left of it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let folded = fold(text);
        let is_short = is_short_word(&folded);
        let compact = divided(&folded).then(|| compact(&folded));
        let written = text.replace('\0', "\u{2400}").to_lowercase();
        (!folded.is_empty()).then_some(Self { written, folded, compact, is_short })
    }

    /// The text in lower case and otherwise as it was written: for what is not folded.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The folded text.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The same without dividers, if it may be an identifier that others divide in another way.
    #[must_use]
    pub fn compact(&self) -> Option<&str> {
        self.compact.as_deref()
    }

    /// Where it stands in a folded text first.
    #[must_use]
    pub fn place(&self, folded: &str) -> Option<Range<usize>> {
        self.places(folded).next()
    }

    /// Everywhere it stands in a folded text. What is very short stands at the beginning of a word alone.
    pub fn places<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let begins = move |start: usize| {
            let (before, after) = folded.split_at_checked(start).unwrap_or_default();
            let same = |one: char, other: char| other.is_alphanumeric() && one.is_ascii() == other.is_ascii();
            before
                .chars()
                .next_back()
                .zip(after.chars().next())
                .is_none_or(|(one, other)| !(one.is_alphanumeric() && same(one, other)))
        };
        folded
            .match_indices(&self.folded)
            .filter(move |(start, _)| !self.is_short || begins(*start))
            .map(|(start, text)| start..start + text.len())
    }

    /// Whether it stands in a folded text.
    #[must_use]
    pub fn is_in(&self, folded: &str) -> bool {
        self.place(folded).is_some()
    }
}

/// Whether it looks like an identifier with dividers: letters and digits of ASCII in several parts, a digit among them.
fn divided(folded: &str) -> bool {
    let known = |one: char| one.is_ascii_alphanumeric() || is_divider(one);
    let characters = folded.chars().filter(|one| !is_divider(*one)).count();
    folded.chars().any(is_divider)
        && folded.chars().any(|one| one.is_ascii_digit())
        && characters >= COMPACT_CHARS
        && folded.chars().all(known)
}

#[cfg(test)]
mod tests {
    use super::Term;

    #[test]
    fn a_letter_or_two_stand_at_the_beginning_of_words() {
        let db = Term::new("DB").unwrap();
        assert!(db.is_in("prod-db-1") && db.is_in("서버db") && !db.is_in("adb"));
        let web = Term::new("웹").unwrap();
        assert!(web.is_in("web웹서버") && !web.is_in("우리웹"));
        assert!(Term::new("eb0").unwrap().is_in("web01"), "and three anywhere");
    }

    #[test]
    fn an_identifier_is_looked_for_without_its_dividers_too() {
        assert_eq!(Term::new("AA-BB-CC-00").unwrap().compact(), Some("aabbcc00"));
        assert_eq!(Term::new("결제-01").unwrap().compact(), None);
        assert_eq!(Term::new("web").unwrap().compact(), None);
        assert!(Term::new(" \u{3000} ").is_none());
    }
}
