//! Elements of DER (ITU-T X.690), as far as certificates use them.

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Tags of more than one byte begin so; certificates have none.
const LONG_TAG: u8 = 0x1f;

/// A tag and what it says, with its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) encoding: &'a [u8],
}

/// Elements one after the other. It ends at the first byte that belongs to none.
#[derive(Debug, Clone)]
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element, if it has this tag; otherwise it stays the next one.
    pub(super) fn tagged(&mut self, tag: u8) -> Option<Element<'a>> {
        let (element, rest) = first(self.0).filter(|(element, _)| element.tag == tag)?;
        self.0 = rest;
        Some(element)
    }

    /// The elements in the next one, if it has this tag.
    pub(super) fn within(&mut self, tag: u8) -> Option<Self> {
        self.tagged(tag).map(|element| Self(element.content))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (element, rest) = first(self.0)?;
        self.0 = rest;
        Some(element)
    }
}

fn first(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, content) = if *length & 0x80 == 0 {
        (usize::from(*length), rest)
    } else {
        // The indefinite form is none of DER, and no certificate needs more than four bytes.
        let bytes = Some(usize::from(*length & 0x7f)).filter(|bytes| (1..=4).contains(bytes))?;
        let (digits, rest) = rest.split_at_checked(bytes)?;
        (digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit)), rest)
    };
    let (content, after) = content.split_at_checked(length)?;
    let encoding = bytes.get(..bytes.len() - after.len())?;
    (tag & LONG_TAG != LONG_TAG).then_some((Element { tag: *tag, content, encoding }, after))
}

/// An object identifier in its numbers: `2.5.4.3`.
pub(super) fn dotted(content: &[u8]) -> String {
    let mut numbers: Vec<u128> = Vec::new();
    let mut number = 0_u128;
    for byte in content {
        number = number.wrapping_shl(7) | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(number);
            number = 0;
        }
    }
    let Some((first, rest)) = numbers.split_first() else { return String::new() };
    let root = (*first / 40).min(2);
    let all = [root, *first - root * 40].into_iter().chain(rest.iter().copied());
    all.map(|number| number.to_string()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::{Elements, INTEGER, SEQUENCE, dotted};

    #[test]
    fn an_element_that_is_cut_or_has_no_definite_length_is_none() {
        for bytes in [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x80, 0, 0], &[0x30, 0x85, 0, 0, 0, 0, 0], &[0x1f, 0]] {
            assert_eq!(Elements::of(bytes).next(), None, "{bytes:?}");
        }
        assert_eq!(Elements::of(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).next(), None);
        let mut elements = Elements::of(&[0x30, 0x81, 3, 2, 1, 5]);
        assert!(elements.tagged(INTEGER).is_none());
        assert_eq!(elements.within(SEQUENCE).unwrap().tagged(INTEGER).unwrap().content, [5]);
        assert!(elements.is_empty());
    }

    #[test]
    fn object_identifiers_are_written_in_numbers() {
        assert_eq!(dotted(&[0x55, 4, 3]), "2.5.4.3");
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]), "1.2.840.113549.1.1.11");
        assert_eq!(dotted(&[0x88, 0x37]), "2.999");
        assert_eq!(dotted(&[0xff; 40]), "");
    }
}
