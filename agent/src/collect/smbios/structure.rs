//! One structure after the other (DSP0134, 6.1): a header, fields up to its length, strings up to two zero bytes.

use crate::collect::identity::said;

/// Most structures that are looked at: handles have sixteen bits.
const STRUCTURES: usize = 1 << 16;
const HEADER_BYTES: usize = 4;
const END_OF_TABLE: u8 = 127;

/// A structure of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Structure<'a> {
    pub(super) kind: u8,
    pub(super) handle: u16,
    fields: &'a [u8],
    strings: &'a [u8],
}

/// The structures of a table, up to its end or to the first that is broken.
pub(super) fn all(table: &[u8]) -> impl Iterator<Item = Structure<'_>> {
    let mut rest = table;
    let next = move || {
        let (structure, after) = split(rest)?;
        rest = after;
        (structure.kind != END_OF_TABLE).then_some(structure)
    };
    std::iter::from_fn(next).fuse().take(STRUCTURES)
}

fn split(rest: &[u8]) -> Option<(Structure<'_>, &[u8])> {
    let [kind, length, low, high] = *rest.first_chunk::<HEADER_BYTES>()?;
    let length = usize::from(length);
    if length < HEADER_BYTES {
        return None;
    }
    let (fields, tail) = rest.split_at_checked(length)?;
    // The last structure of a table that was cut off has no terminator: its strings end where the table does.
    let end = tail.windows(2).position(|pair| pair == [0, 0]);
    let strings = tail.get(..end.unwrap_or(tail.len()))?;
    let after = end.and_then(|end| tail.get(end + 2..)).unwrap_or_default();
    Some((Structure { kind, handle: u16::from_le_bytes([low, high]), fields, strings }, after))
}

impl Structure<'_> {
    /// The bytes of a field; absent where the firmware is of an older version that does not have it.
    fn bytes<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.fields.get(offset..)?.first_chunk().copied()
    }

    pub(super) fn byte(&self, offset: usize) -> Option<u8> {
        self.bytes(offset).map(u8::from_le_bytes)
    }

    pub(super) fn word(&self, offset: usize) -> Option<u16> {
        self.bytes(offset).map(u16::from_le_bytes)
    }

    pub(super) fn double_word(&self, offset: usize) -> Option<u32> {
        self.bytes(offset).map(u32::from_le_bytes)
    }

    pub(super) fn quad_word(&self, offset: usize) -> Option<u64> {
        self.bytes(offset).map(u64::from_le_bytes)
    }

    /// The string whose number, counted from one, is in the field, unless it is a filler.
    pub(super) fn string(&self, offset: usize) -> Option<String> {
        let index = usize::from(self.byte(offset)?).checked_sub(1)?;
        let text = String::from_utf8_lossy(self.strings.split(|byte| *byte == 0).nth(index)?);
        let text: String = text.trim().chars().filter(|char| !char.is_control()).collect();
        said(text)
    }
}

#[cfg(test)]
mod tests {
    use super::all;

    fn kinds(table: &[u8]) -> Vec<u8> {
        all(table).map(|structure| structure.kind).collect()
    }

    #[test]
    fn structures_end_at_the_end_of_the_table_at_a_broken_length_and_where_the_bytes_do() {
        let one = [1, 5, 0, 0, 1, b'a', 0, 0];
        let end = [127, 4, 1, 0, 0, 0];
        assert_eq!(kinds(&[&one[..], &end[..], &one[..]].concat()), [1]);
        assert_eq!(kinds(&[&one[..], &[2, 3, 0, 0, 0, 0]].concat()), [1], "a header longer than its structure");
        assert_eq!(kinds(&[&one[..], &[2, 0, 0, 0, 0, 0]].concat()), [1], "a length of nothing must not loop");
        assert_eq!(kinds(&[&one[..], &[2, 200, 0, 0]].concat()), [1], "a structure beyond the table");
        assert_eq!(kinds(&[]), [0_u8; 0]);
    }

    #[test]
    fn a_string_is_found_by_its_number_and_a_number_out_of_range_says_nothing() {
        let table = [1, 8, 0, 0, 2, 0, 3, 255, b'a', b'1', 0, b' ', b'b', 7, b'2', b' '];
        let structure = all(&table).next().unwrap();
        assert_eq!(structure.string(4).as_deref(), Some("b2"), "the terminator is missing");
        assert_eq!(
            [structure.string(5), structure.string(6), structure.string(7), structure.string(99)],
            [None, None, None, None]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken_apart_without_harm(table: Vec<u8>) {
            for structure in all(&table) {
                for offset in 0..=255 {
                    let _ = (structure.string(offset), structure.quad_word(offset));
                }
            }
        }
    }
}
