//! Memory arrays and the modules in them (DSP0134, 7.17 and 7.18).

use serde::{Deserialize, Serialize};
use terrier_shared::latest::section::memory::MemoryModule;

use super::structure::{Structure, all};

const ARRAY: u8 = 16;
const MODULE: u8 = 17;
/// An array whose use is system memory, as opposed to flash, video memory or cache.
const SYSTEM_MEMORY: u8 = 3;
/// Most places for modules: what a note has room for, and four times as many as the largest boards have.
const MODULES: usize = 512;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// What the tables say of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::collect) struct Modules {
    pub(in crate::collect) error_correction: Option<String>,
    pub(in crate::collect) max_bytes: Option<u64>,
    pub(in crate::collect) places: Vec<MemoryModule>,
}

pub(super) fn read(table: &[u8]) -> Modules {
    let arrays: Vec<Structure<'_>> = all(table).filter(|found| found.kind == ARRAY).take(MODULES).collect();
    let (system, other): (Vec<_>, Vec<_>) =
        arrays.into_iter().partition(|array| array.byte(0x05) == Some(SYSTEM_MEMORY));
    let is_system = |module: &Structure<'_>| !other.iter().any(|array| Some(array.handle) == module.word(0x04));
    let places = all(table).filter(|found| found.kind == MODULE && is_system(found));
    Modules {
        error_correction: system.iter().find_map(error_correction).map(str::to_owned),
        max_bytes: system.iter().filter_map(max_bytes).reduce(u64::saturating_add),
        places: places.take(MODULES).map(|module| describe(&module)).collect(),
    }
}

fn error_correction(array: &Structure<'_>) -> Option<&'static str> {
    Some(match array.byte(0x06)? {
        3 => "none",
        4 => "parity",
        5 => "single_bit_ecc",
        6 => "multi_bit_ecc",
        7 => "crc",
        _ => return None,
    })
}

/// In kibibytes; from two tebibytes on in a field of its own, in bytes.
fn max_bytes(array: &Structure<'_>) -> Option<u64> {
    let bytes = match array.double_word(0x07)? {
        0x8000_0000 => array.quad_word(0x0f)?,
        kibibytes => u64::from(kibibytes) * KIB,
    };
    (bytes > 0).then_some(bytes)
}

fn describe(module: &Structure<'_>) -> MemoryModule {
    let size_bytes = size_bytes(module);
    let is_empty = module.word(0x0c) == Some(0);
    let of_module = |offset: usize| module.string(offset).filter(|_| !is_empty);
    MemoryModule {
        slot: module.string(0x10).unwrap_or_default(),
        bank: module.string(0x11),
        size_bytes,
        form: module.byte(0x0e).and_then(form).map(str::to_owned),
        technology: module.byte(0x12).and_then(technology).filter(|_| !is_empty).map(str::to_owned),
        max_mts: rate(module, 0x15, 0x54).filter(|_| !is_empty),
        mts: rate(module, 0x20, 0x58).filter(|_| !is_empty),
        vendor: of_module(0x17),
        part_number: of_module(0x1a),
        serial: of_module(0x18),
    }
}

/// Bit 15 says that the unit is a kibibyte instead of a mebibyte; from 32 GiB on the size has a field of its own.
fn size_bytes(module: &Structure<'_>) -> Option<u64> {
    match module.word(0x0c)? {
        0 | 0xffff => None,
        0x7fff => Some(u64::from(module.double_word(0x1c)? & 0x7fff_ffff) * MIB).filter(|bytes| *bytes > 0),
        size if size & 0x8000 != 0 => Some(u64::from(size & 0x7fff) * KIB),
        size => Some(u64::from(size) * MIB),
    }
}

/// From 65 535 MT/s on it has a field of its own; 0 is unknown.
fn rate(module: &Structure<'_>, offset: usize, extended: usize) -> Option<u32> {
    let rate = match module.word(offset)? {
        0xffff => module.double_word(extended)? & 0x7fff_ffff,
        rate => u32::from(rate),
    };
    (rate > 0).then_some(rate)
}

fn form(code: u8) -> Option<&'static str> {
    Some(match code {
        0x03 => "simm",
        0x05 => "chip",
        0x09 => "dimm",
        0x0b => "row_of_chips",
        0x0c => "rimm",
        0x0d => "sodimm",
        0x0f => "fb_dimm",
        0x10 => "die",
        0x11 => "camm",
        _ => return None,
    })
}

fn technology(code: u8) -> Option<&'static str> {
    Some(match code {
        0x03 => "DRAM",
        0x07 => "RAM",
        0x0f => "SDRAM",
        0x12 => "DDR",
        0x13 => "DDR2",
        0x14 => "DDR2 FB-DIMM",
        0x18 => "DDR3",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x1f => "Logical non-volatile device",
        0x20 => "HBM",
        0x21 => "HBM2",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        0x24 => "HBM3",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    /// A structure with these bytes at these offsets, and no string.
    fn structure(kind: u8, length: u8, fields: &[(usize, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; usize::from(length)];
        bytes[..2].copy_from_slice(&[kind, length]);
        for (offset, value) in fields {
            bytes[*offset..*offset + value.len()].copy_from_slice(value);
        }
        bytes.extend([0, 0]);
        bytes
    }

    fn size(length: u8, size: u16, extended: u32) -> Option<u64> {
        let table = structure(17, length, &[(0x0c, &size.to_le_bytes()), (0x1c, &extended.to_le_bytes())]);
        read(&table).places[0].size_bytes
    }

    #[test]
    fn a_size_is_in_mebibytes_in_kibibytes_or_in_its_own_field() {
        assert_eq!(size(0x54, 16_384, 0), Some(16 << 30));
        assert_eq!(size(0x54, 0x8000 | 512, 0), Some(512 << 10));
        assert_eq!(size(0x54, 0x7fff, 128 << 10), Some(128 << 30));
        assert_eq!(size(0x54, 0xffff, 0), None, "unknown");
        assert_eq!(size(0x54, 0, 0), None, "empty");
    }

    #[test]
    fn a_size_that_an_old_table_has_no_field_for_is_unknown() {
        let table = structure(17, 0x15, &[(0x0c, &0x7fff_u16.to_le_bytes())]);
        assert_eq!(read(&table).places[0].size_bytes, None);
    }

    #[test]
    fn a_rate_beyond_its_field_is_in_another() {
        let fields: &[(usize, &[u8])] =
            &[(0x0c, &[1, 0]), (0x15, &[0xff, 0xff]), (0x54, &70_000_u32.to_le_bytes()), (0x20, &[0x80, 0x0c])];
        let module = read(&structure(17, 0x5c, fields)).places.remove(0);
        assert_eq!((module.max_mts, module.mts), (Some(70_000), Some(3_200)));
    }

    #[test]
    fn arrays_that_are_no_system_memory_do_not_count_and_large_ones_have_their_own_field() {
        let large: &[(usize, &[u8])] =
            &[(0x05, &[3, 6]), (0x07, &0x8000_0000_u32.to_le_bytes()), (0x0f, &(4_u64 << 40).to_le_bytes())];
        let flash: &[(usize, &[u8])] = &[(2, &[9, 0]), (0x05, &[5, 3]), (0x07, &[0, 64, 0, 0])];
        let in_flash: &[(usize, &[u8])] = &[(0x04, &[9, 0]), (0x0c, &[16, 0])];
        let table = [structure(16, 0x17, large), structure(16, 0x0f, flash), structure(17, 0x28, in_flash)].concat();
        let memory = read(&table);
        assert_eq!((memory.error_correction.as_deref(), memory.max_bytes), (Some("multi_bit_ecc"), Some(4 << 40)));
        assert_eq!(memory.places, []);
    }
}
