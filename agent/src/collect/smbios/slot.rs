//! Slots for cards (DSP0134, 7.10).

use terrier_shared::latest::section::devices::Slot;

use super::structure::{Structure, all};

const SLOT: u8 = 9;
/// Most slots: what a note has room for.
const SLOTS: usize = 256;

pub(super) fn read(table: &[u8]) -> Vec<Slot> {
    all(table).filter(|found| found.kind == SLOT).take(SLOTS).map(|slot| describe(&slot)).collect()
}

fn describe(slot: &Structure<'_>) -> Slot {
    let in_use = match slot.byte(0x07) {
        Some(3) => Some(false),
        Some(4) => Some(true),
        _ => None,
    };
    Slot {
        name: slot.string(0x04).unwrap_or_default(),
        kind: slot.byte(0x05).and_then(kind),
        in_use,
        address: address(slot).filter(|_| in_use == Some(true)),
    }
}

/// Where there is none, all bits are set.
fn address(slot: &Structure<'_>) -> Option<String> {
    let (segment, bus, function) = (slot.word(0x0d)?, slot.byte(0x0f)?, slot.byte(0x10)?);
    let is_none = (bus == 0xff && function == 0xff) || segment == 0xffff;
    (!is_none).then(|| format!("{segment:04x}:{bus:02x}:{:02x}.{:x}", function >> 3, function & 7))
}

/// PCI Express has for each generation one code without a width and five with one.
fn kind(code: u8) -> Option<String> {
    const GENERATIONS: [(u8, &str); 5] = [
        (0xa5, "pci_express"),
        (0xab, "pci_express_gen2"),
        (0xb1, "pci_express_gen3"),
        (0xb8, "pci_express_gen4"),
        (0xbe, "pci_express_gen5"),
    ];
    const WIDTHS: [&str; 6] = ["", "_x1", "_x2", "_x4", "_x8", "_x16"];
    let with_width = GENERATIONS.iter().find_map(|(first, name)| {
        let width = WIDTHS.get(usize::from(code.checked_sub(*first)?))?;
        Some(format!("{name}{width}"))
    });
    with_width.or_else(|| other_kind(code).map(str::to_owned))
}

fn other_kind(code: u8) -> Option<&'static str> {
    Some(match code {
        0x03 => "isa",
        0x05 => "eisa",
        0x06 => "pci",
        0x0a => "processor_card",
        0x0b => "memory_card",
        0x0c => "riser",
        0x0e => "pci_66",
        0x0f..=0x11 | 0x13 => "agp",
        0x12 => "pci_x",
        0x14..=0x17 => "m2",
        0x18..=0x1e => "mxm",
        0x1f => "pci_express_gen2_u2",
        0x20 => "pci_express_gen3_u2",
        0x21..=0x23 => "pci_express_mini",
        0x24 => "pci_express_gen4_u2",
        0x25 => "pci_express_gen5_u2",
        0x26..=0x28 => "ocp_nic",
        0x30 => "cxl",
        0xc4 => "pci_express_gen6",
        0xc5 => "edsff_e1",
        0xc6 => "edsff_e3",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn codes_are_named_as_the_standard_has_them() {
        let named = [
            (0xa5, "pci_express"),
            (0xaa, "pci_express_x16"),
            (0xac, "pci_express_gen2_x1"),
            (0xb6, "pci_express_gen3_x16"),
            (0xb8, "pci_express_gen4"),
            (0xbd, "pci_express_gen4_x16"),
            (0xc3, "pci_express_gen5_x16"),
            (0xc4, "pci_express_gen6"),
            (0x06, "pci"),
        ];
        for (code, name) in named {
            assert_eq!(kind(code).as_deref(), Some(name), "{code:#x}");
        }
        assert_eq!([kind(0), kind(2), kind(0xb7), kind(0xff)], [None, None, None, None]);
    }
}
