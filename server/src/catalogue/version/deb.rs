//! Debian's order of versions: deb-version(7), "Sorting algorithm"; Debian Policy 5.6.12.

use std::cmp::Ordering;

/// A version taken apart: `[epoch:]upstream[-revision]`.
#[derive(Debug, Clone, Copy)]
pub struct DebVersion<'a> {
    epoch: &'a str,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> DebVersion<'a> {
    /// Takes any text apart. What stands before a colon is an epoch only if it is a number.
    #[must_use]
    pub fn parse(version: &'a str) -> Self {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (epoch, rest) = version.split_once(':').filter(|(epoch, _)| is_number(epoch)).unwrap_or(("", version));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Self { epoch, upstream, revision }
    }
}

impl Ord for DebVersion<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        number(self.epoch)
            .cmp(&number(other.epoch))
            .then_with(|| compare(self.upstream.as_bytes(), other.upstream.as_bytes()))
            .then_with(|| compare(self.revision.as_bytes(), other.revision.as_bytes()))
    }
}

impl PartialOrd for DebVersion<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DebVersion<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for DebVersion<'_> {}

/// Turn by turn: what is no digit, letter by letter; then a number as a number.
fn compare(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (left_text, left_rest) = split_at(left, u8::is_ascii_digit);
        let (right_text, right_rest) = split_at(right, u8::is_ascii_digit);
        let (left_number, left_rest) = split_at(left_rest, |byte| !byte.is_ascii_digit());
        let (right_number, right_rest) = split_at(right_rest, |byte| !byte.is_ascii_digit());
        let ordering =
            compare_text(left_text, right_text).then_with(|| magnitude(left_number).cmp(&magnitude(right_number)));
        if ordering.is_ne() {
            return ordering;
        }
        (left, right) = (left_rest, right_rest);
    }
    Ordering::Equal
}

/// `~` before the end, the end before letters, letters before everything else.
fn compare_text(left: &[u8], right: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    };
    let places = left.len().max(right.len());
    (0..places)
        .map(|at| weight(left.get(at)).cmp(&weight(right.get(at))))
        .find(|one| one.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn split_at(bytes: &[u8], end: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    bytes.split_at_checked(bytes.iter().position(end).unwrap_or(bytes.len())).unwrap_or((bytes, &[]))
}

fn number(text: &str) -> (usize, &[u8]) {
    magnitude(text.as_bytes())
}

/// Digits of any number, in the order of their value: without leading zeros, more digits are more.
fn magnitude(digits: &[u8]) -> (usize, &[u8]) {
    let (_, significant) = split_at(digits, |byte| *byte != b'0');
    (significant.len(), significant)
}
