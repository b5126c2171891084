//! N-grams: three characters of Latin script, two of any other, and the beginnings of words.

use std::collections::BTreeSet;

/// Most n-grams of what is looked for: more of them narrow nothing down any more.
const WANTED: usize = 24;

/// An n-gram as a number. Two may fall on the same: whatever one leads to is looked at.
pub type Gram = u32;

/// What an n-gram says of a text.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    /// These characters stand in it.
    Part,
    /// A word begins so.
    Begin,
    /// It is a word.
    Word,
    /// It is a field.
    Whole,
    /// It is of this kind.
    Kind,
}

/// The number of an n-gram (FNV-1a).
#[must_use]
pub fn gram(sort: Sort, text: &str) -> Gram {
    let tag: u8 = match sort {
        Sort::Part => b'p',
        Sort::Begin => b'b',
        Sort::Word => b'w',
        Sort::Whole => b'=',
        Sort::Kind => b'k',
    };
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(step(0x811c_9dc5, tag), step)
}

/// Everything a folded field is found by.
pub fn of_field(folded: &str, into: &mut BTreeSet<Gram>) {
    into.insert(gram(Sort::Whole, folded));
    for word in words(folded) {
        into.insert(gram(Sort::Word, word));
        let ends = word.char_indices().skip(1).map(|(at, _)| at).chain([word.len()]).take(2);
        into.extend(ends.filter_map(|end| word.get(..end)).map(|part| gram(Sort::Begin, part)));
    }
    parts(folded, |part| {
        into.insert(gram(Sort::Part, part));
    });
}

/// What every text has that has this one in it.
#[must_use]
pub fn of_part(folded: &str) -> Vec<Gram> {
    let mut grams = BTreeSet::new();
    if is_short_word(folded) {
        grams.insert(gram(Sort::Begin, folded));
    }
    parts(folded, |part| {
        grams.insert(gram(Sort::Part, part));
    });
    grams.into_iter().take(WANTED).collect()
}

/// Whether it is so short that it is looked for at the beginning of words alone.
#[must_use]
pub fn is_short_word(folded: &str) -> bool {
    let is_word = folded.chars().all(char::is_alphanumeric);
    let most = if folded.is_ascii() { 2 } else { 1 };
    is_word && !folded.is_empty() && folded.chars().count() <= most
}

/// The words of a folded text: letters and digits, those of ASCII apart from others.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    let class = |one: char| (one.is_alphanumeric(), one.is_ascii());
    let mut rest = folded;
    std::iter::from_fn(move || {
        loop {
            let first = class(rest.chars().next()?);
            let end = rest.find(|one| class(one) != first).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            rest = after;
            if first.0 {
                return Some(word);
            }
        }
    })
}

/// Two neighbours of which one is not ASCII, and three of ASCII; none across a blank.
fn parts<'a>(folded: &'a str, mut take: impl FnMut(&'a str)) {
    for run in folded.split(' ') {
        let starts: Vec<(usize, char)> = run.char_indices().collect();
        let end = |at: usize| starts.get(at).map_or(run.len(), |(start, _)| *start);
        for (at, pair) in starts.windows(2).enumerate() {
            let [(start, one), (_, other)] = pair else { continue };
            let length = if one.is_ascii() && other.is_ascii() { 3 } else { 2 };
            let whole = run.get(*start..end(at + length)).filter(|part| part.chars().count() == length);
            if let Some(part) = whole.filter(|part| length == 2 || part.is_ascii()) {
                take(part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{of_field, of_part, words};
    use crate::index::model::fold::fold;
    use crate::index::model::term::Term;

    #[test]
    fn words_of_two_scripts_are_two() {
        assert_eq!(words("db-01 결제서버01.kr").collect::<Vec<_>>(), ["db", "01", "결제서버", "01", "kr"]);
    }

    proptest! {
        #[test]
        fn whatever_has_a_part_has_its_grams(text in "[a-c가-다0-1 .:-]{0,16}", from in 0_usize..16, length in 1_usize..8) {
            let folded = fold(&text);
            let part: String = folded.chars().skip(from).take(length).collect();
            let mut grams = BTreeSet::new();
            of_field(&folded, &mut grams);
            if let Some(term) = Term::new(&part)
                && term.is_in(&folded)
            {
                prop_assert!(of_part(term.folded()).iter().all(|gram| grams.contains(gram)), "{folded:?} {part:?}");
            }
        }
    }
}
