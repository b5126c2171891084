//! rpm's package headers, as they stand in its database (rpm's manual, "RPM Package Header format").
//!
//! There they begin with the two lengths: the eight bytes of magic are for files alone.

use std::borrow::Cow;

const ENTRY_BYTES: usize = 16;
/// Types of values, by the manual; of a translated string the first is the untranslated one.
const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const TRANSLATED: u32 = 9;

/// Tags, by rpm's rpmtag.h.
pub(super) mod tag {
    pub(in super::super) const NAME: u32 = 1000;
    pub(in super::super) const VERSION: u32 = 1001;
    pub(in super::super) const RELEASE: u32 = 1002;
    pub(in super::super) const EPOCH: u32 = 1003;
    pub(in super::super) const SIZE: u32 = 1009;
    pub(in super::super) const VENDOR: u32 = 1011;
    pub(in super::super) const ARCHITECTURE: u32 = 1022;
    pub(in super::super) const SOURCE_RPM: u32 = 1044;
    /// The size of a package with more than four gigabytes, which has no other.
    pub(in super::super) const LONG_SIZE: u32 = 5009;
}

/// A header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a> {
    index: &'a [u8],
    data: &'a [u8],
}

impl<'a> Header<'a> {
    /// The header in `blob`, if its lengths are those of what is there.
    pub(super) fn parse(blob: &'a [u8]) -> Option<Self> {
        let (entries, data_bytes) = (number(blob, 0)?, number(blob, 4)?);
        let index_bytes = usize::try_from(entries).ok()?.checked_mul(ENTRY_BYTES)?;
        let (index, rest) = blob.get(8..)?.split_at_checked(index_bytes)?;
        let data = rest.get(..usize::try_from(data_bytes).ok()?)?;
        Some(Self { index, data })
    }

    /// Whether it has what every package has.
    pub(super) fn is_package(self) -> bool {
        [tag::NAME, tag::VERSION, tag::RELEASE]
            .into_iter()
            .all(|tag| self.string(tag).is_some_and(|text| !text.is_empty()))
    }

    /// The (first) string of `tag`.
    pub(super) fn string(self, tag: u32) -> Option<Cow<'a, str>> {
        let value = self.value(tag, &[STRING, STRING_ARRAY, TRANSLATED])?;
        let end = memchr::memchr(0, value)?;
        value.get(..end).map(String::from_utf8_lossy)
    }

    /// The (first) number of `tag`.
    pub(super) fn number(self, tag: u32) -> Option<u64> {
        let short = || number(self.value(tag, &[INT32])?, 0).map(u64::from);
        let long = || self.value(tag, &[INT64])?.first_chunk().copied().map(u64::from_be_bytes);
        short().or_else(long)
    }

    /// What stands where the entry of `tag` points, to the end of all.
    fn value(self, tag: u32, kinds: &[u32]) -> Option<&'a [u8]> {
        let entry = self.index.chunks_exact(ENTRY_BYTES).find(|entry| {
            number(entry, 0) == Some(tag) && number(entry, 4).is_some_and(|kind| kinds.contains(&kind))
        })?;
        self.data.get(usize::try_from(number(entry, 8)?).ok()?..)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}
