//! Identifiers that identify nothing, because many machines carry the same.

/// Texts that makers and board vendors leave in serial numbers and names, in lower case.
const SERIALS: [&str; 34] = [
    "to be filled by o.e.m.",
    "to be filled by o.e.m",
    "to be filled",
    "default string",
    "system serial number",
    "system product name",
    "system manufacturer",
    "base board serial number",
    "chassis serial number",
    "serial number",
    "not specified",
    "not available",
    "not applicable",
    "not provided",
    "none",
    "n/a",
    "na",
    "unknown",
    "invalid",
    "empty",
    "oem",
    "o.e.m.",
    "type1productconfigid",
    "system version",
    "default",
    "s/n",
    "type2 - board serial number",
    "0123456789",
    "chassis s/n 123",
    "1234567890",
    "123456789",
    "12345678",
    "123456",
    "xxxxxxxxxxx",
];

/// UUIDs that vendors burn into every board of a kind, without their dashes.
const UUIDS: [&str; 10] = [
    "03000200040005000006000700080009",
    "00020003000400050006000700080009",
    "12345678123456789012345678901234",
    "fefefefefefefefefefefefefefefefe",
    "00112233445566778899aabbccddeeff",
    "0102030405060708090a0b0c0d0e0f10",
    "11111111222233334444555555555555",
    "49434d53020090250000000000000000",
    "4c4c4544000020108020a0c04f202020",
    "ffffffff00010003000200040005000f",
];

/// Hardware addresses that software makes and every machine with that software has, by how they begin: the gateway of
/// `VMware`'s host-only networks, VRRP (RFC 5798), dial-in and tunnel adapters of Windows, Cisco, Fortinet and
/// Check Point.
const VIRTUAL_MACS: [&str; 10] = [
    "00:50:56:c0:00:",
    "00:00:5e:00:01:",
    "00:00:5e:00:02:",
    "20:41:53:59:4e:",
    "50:50:54:50:30:30",
    "33:50:6f:45:30:30",
    "00:05:9a:3c:7",
    "00:09:0f:aa:00:01",
    "00:09:0f:fe:00:01",
    "54:55:43:44:52:09",
];

/// Whether a text, in lower case, is one that makers leave in instead of a name or number.
#[must_use]
pub fn is_filler(text: &str) -> bool {
    SERIALS.contains(&text)
}

/// The id of a cloud instance as it is compared; nothing if there is none.
#[must_use]
pub fn cloud_instance(raw: &str) -> Option<String> {
    let id = raw.trim().to_lowercase();
    let telling = id.chars().filter(|c| c.is_alphanumeric()).count();
    (telling >= 3 && !is_filler(&id)).then_some(id)
}

/// The serial number, trimmed and in lower case, unless it is a placeholder.
#[must_use]
pub fn serial(raw: &str) -> Option<String> {
    let serial = raw.trim().to_lowercase();
    let telling = serial.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let known = SERIALS.contains(&serial.as_str()) || counts_up(&telling);
    (telling.len() >= 3 && !known && !all_the_same(&telling)).then_some(serial)
}

/// The SMBIOS UUID in lower case, unless it is none or a placeholder.
#[must_use]
pub fn product_uuid(raw: &str) -> Option<String> {
    let uuid = uuid::Uuid::try_parse(raw.trim()).ok()?;
    let plain = uuid.simple().to_string();
    (!UUIDS.contains(&plain.as_str()) && !all_the_same(&plain)).then(|| uuid.hyphenated().to_string())
}

/// The machine id in lower case, unless it is not 32 hexadecimal digits (machine-id(5)) or all of one kind.
#[must_use]
pub fn machine_id(raw: &str) -> Option<String> {
    let id = raw.trim().to_ascii_lowercase();
    let is_hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && !all_the_same(&id)).then_some(id)
}

/// What tells the key of a TPM, in lower case, unless it is not 64 hexadecimal digits or all of one kind.
#[must_use]
pub fn tpm_key(raw: &str) -> Option<String> {
    let key = raw.trim().to_ascii_lowercase();
    let is_hex = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && !all_the_same(&key)).then_some(key)
}

/// The hardware address in lower case, unless it is locally administered, a group address or empty (IEEE 802).
#[must_use]
pub fn hardware_address(raw: &str) -> Option<String> {
    let address = raw.trim().to_ascii_lowercase().replace('-', ":");
    if VIRTUAL_MACS.iter().any(|known| address.starts_with(known)) {
        return None;
    }
    let first = address.split(':').next().and_then(|byte| u8::from_str_radix(byte, 16).ok())?;
    let digits: String = address.chars().filter(char::is_ascii_hexdigit).collect();
    (digits.len() == 12 && first.trailing_zeros() >= 2 && !all_the_same(&digits)).then_some(address)
}

fn all_the_same(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next();
    bytes.all(|byte| Some(byte) == first)
}

fn counts_up(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() >= 6
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes.windows(2).all(|pair| match pair {
            [before, after] => *after == (before - b'0' + 1) % 10 + b'0',
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::{hardware_address, machine_id, product_uuid, serial, tpm_key};

    #[test]
    fn placeholders_identify_nothing() {
        for raw in [
            "",
            " ",
            "0",
            "00000000",
            "FFFFFFFF",
            "To Be Filled By O.E.M.",
            "Default string",
            "System Serial Number",
            "0123456789",
            "chassis s/n 123",
            "Not Specified",
            "........",
            "1234567",
            "x",
            "None",
            "---",
        ] {
            assert_eq!(serial(raw), None, "{raw}");
        }
        for raw in ["03000200-0400-0500-0006-000700080009", "00000000-0000-0000-0000-000000000000", "no", ""] {
            assert_eq!(product_uuid(raw), None, "{raw}");
        }
        for raw in ["", "abc", &"0".repeat(64), &"g".repeat(64), "0123456789abcdef0123456789abcdef"] {
            assert_eq!(tpm_key(raw), None, "{raw}");
        }
        for raw in ["", "00000000000000000000000000000000", "uninitialized", "abc"] {
            assert_eq!(machine_id(raw), None, "{raw}");
        }
        for raw in [
            "00:00:00:00:00:00",
            "ff:ff:ff:ff:ff:ff",
            "02:42:ac:11:00:02",
            "00:50:56:C0:00:08",
            "00:00:5e:00:01:0a",
            "01:00:5e:00:00:01",
            "",
            "x",
        ] {
            assert_eq!(hardware_address(raw), None, "{raw}");
        }
    }

    #[test]
    fn real_identifiers_are_kept_in_one_spelling() {
        assert_eq!(serial(" CZJ9510B2T ").as_deref(), Some("czj9510b2t"));
        let vmware = "VMware-42 1d 5a 3f 00 00 00 00-11 22 33 44 55 66 77 88";
        assert_eq!(serial(vmware), Some(vmware.to_lowercase()));
        let uuid = "4C4C4544-0034-5310-8052-B4C04F4A4E31";
        assert_eq!(product_uuid(uuid), Some(uuid.to_lowercase()));
        assert_eq!(machine_id("0123456789ABCDEF0123456789abcdef").unwrap(), "0123456789abcdef0123456789abcdef");
        assert_eq!(hardware_address("AC:1F:6B:00:11:22").as_deref(), Some("ac:1f:6b:00:11:22"));
    }
}
