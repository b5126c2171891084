//! Folding: what reads alike becomes the same text.

use icu_normalizer::ComposingNormalizerBorrowed;

/// Longest text of one field that is searched, in characters; what follows is not found.
pub const FIELD_CHARS: usize = 512;

/// The text in lower case, of one width, composed, with single blanks.
#[must_use]
pub fn fold(text: &str) -> String {
    let cut: String = text.chars().take(FIELD_CHARS).map(pictured).collect();
    let composed = ComposingNormalizerBorrowed::new_nfkc();
    let lower = composed.normalize(&cut).to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for word in composed.normalize(&lower).split(char::is_whitespace) {
        if !word.is_empty() {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
    }
    folded
}

/// A control character as the sign for it: it is neither nothing nor a blank.
fn pictured(one: char) -> char {
    match u32::from(one) {
        _ if one.is_whitespace() => one,
        low @ 0..0x20 => char::from_u32(0x2400 + low).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        0x80..0xa0 => char::REPLACEMENT_CHARACTER,
        _ => one,
    }
}

/// A folded text without what identifiers are divided by: `aa:bb`, `AA-BB` and `aabb` are one.
#[must_use]
pub fn compact(folded: &str) -> String {
    folded.chars().filter(|one| !is_divider(*one)).collect()
}

/// Whether identifiers are divided by it.
#[must_use]
pub const fn is_divider(one: char) -> bool {
    matches!(one, ':' | '-' | '.' | ' ' | '_' | '/')
}

/// The folded text, and for each of its bytes where in `text` it comes from; nothing where it cannot be told.
#[must_use]
pub fn fold_with_places(text: &str) -> Option<(String, Vec<(usize, usize)>)> {
    let (mut folded, mut places) = (String::new(), Vec::new());
    for (start, cluster) in clusters(text) {
        let part = fold(cluster);
        let part = if part.is_empty() && !folded.ends_with(' ') && !folded.is_empty() { " " } else { part.as_str() };
        places.extend(std::iter::repeat_n((start, start + cluster.len()), part.len()));
        folded.push_str(part);
    }
    if folded.ends_with(' ') {
        folded.pop();
        places.pop();
    }
    (folded == fold(text)).then_some((folded, places))
}

/// The text in parts that fold by themselves: a character with what combines with it.
fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut starts: Vec<usize> =
        text.char_indices().filter(|(_, one)| !combines(*one)).map(|(start, _)| start).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).filter_map(move |(start, end)| text.get(start..end).map(|part| (start, part)))
}

/// Marks, the later letters of a Hangul syllable, and the marks of half width.
const fn combines(one: char) -> bool {
    matches!(one, '\u{300}'..='\u{36f}' | '\u{1160}'..='\u{11ff}' | '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}'
        | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::{compact, fold, fold_with_places};

    #[test]
    fn what_reads_alike_is_the_same() {
        assert_eq!(fold("ＷＥＢ－０１"), fold("web-01"));
        assert_eq!(fold("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"), "한국", "decomposed as macOS writes it");
        assert_eq!(fold("  A\t\u{3000}b\0c "), "a b\u{2400}c");
        assert_eq!(fold("ﾃﾞｰﾀ"), fold("データ"));
    }

    #[test]
    fn an_identifier_is_the_same_however_it_is_divided() {
        for written in ["AA-BB-CC-00-11-22", "aabb.cc00.1122", "aa:bb:cc:00:11:22"] {
            assert_eq!(compact(&fold(written)), "aabbcc001122");
        }
    }

    #[test]
    fn each_byte_knows_where_it_comes_from() {
        let text = "X \u{1112}\u{1161}\u{11ab}국";
        let (folded, places) = fold_with_places(text).unwrap();
        assert_eq!(folded, "x 한국");
        assert_eq!(text.get(places[2].0..places[2].1), Some("\u{1112}\u{1161}\u{11ab}"));
        assert_eq!(places.len(), folded.len());
    }
}
