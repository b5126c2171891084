//! SMBIOS as the kernel shows it in `/sys/class/dmi/id` (DMTF DSP0134), or the device tree where there is none.

use terrier_shared::latest::section::identity::Firmware;

use crate::collect::bounds::clip;
use crate::collect::host::Host;

const PLACE: &str = "/sys/class/dmi/id";

/// What makers leave in fields they did not fill, in lower case without spaces, stops and dashes.
const FILLERS: [&str; 22] = [
    "",
    "0",
    "00000000",
    "0123456789",
    "123456789",
    "1234567890",
    "assetserialnumber",
    "baseboardserialnumber",
    "chassisserialnumber",
    "default",
    "defaultstring",
    "empty",
    "invalid",
    "na",
    "n/a",
    "none",
    "notapplicable",
    "notavailable",
    "notspecified",
    "systemserialnumber",
    "tobefilledbyoem",
    "unknown",
];

/// UUIDs that boards share because their maker never set one.
const SHARED_UUIDS: [&str; 3] = [
    "00000000-0000-0000-0000-000000000000",
    "03000200-0400-0500-0006-000700080009",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

/// The attribute, unless it is a filler.
pub(super) fn attribute(host: &Host, name: &str) -> Option<String> {
    let value = host.value(format!("{PLACE}/{name}"))?;
    (!is_filler(&value)).then(|| clip(value))
}

fn is_filler(value: &str) -> bool {
    let bare: String = value.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '/').collect();
    FILLERS.contains(&bare.as_str()) || bare.chars().all(|c| c == 'x') || bare == "systemproductname"
}

pub(super) fn system(host: &Host) -> Firmware {
    let model = || host.value("/proc/device-tree/model").map(clip);
    Firmware {
        vendor: attribute(host, "sys_vendor"),
        product: attribute(host, "product_name").or_else(model),
        version: attribute(host, "product_version"),
        serial: attribute(host, "product_serial").or_else(|| host.value("/proc/device-tree/serial-number").map(clip)),
    }
}

pub(super) fn board(host: &Host) -> Firmware {
    Firmware {
        vendor: attribute(host, "board_vendor"),
        product: attribute(host, "board_name"),
        version: attribute(host, "board_version"),
        serial: attribute(host, "board_serial"),
    }
}

pub(super) fn product_uuid(host: &Host) -> Option<String> {
    let uuid = host.value(format!("{PLACE}/product_uuid"))?.to_ascii_lowercase();
    let is_uuid = uuid.len() == 36 && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (is_uuid && !SHARED_UUIDS.contains(&uuid.as_str())).then_some(uuid)
}

/// 2 is "unknown" by DSP0134.
pub(super) fn chassis_type(host: &Host) -> Option<u8> {
    host.number(format!("{PLACE}/chassis_type")).filter(|kind| *kind > 2)
}

#[cfg(test)]
mod tests {
    use super::is_filler;

    #[test]
    fn what_makers_leave_in_unfilled_fields_says_nothing() {
        for value in [
            "To Be Filled By O.E.M.",
            "Default string",
            "None",
            "N/A",
            "0123456789",
            "System Serial Number",
            "xxxxx",
            "-",
        ] {
            assert!(is_filler(value), "{value}");
        }
        for value in ["Dell Inc.", "PowerEdge R650", "7XK2B93", "A0", "1.0"] {
            assert!(!is_filler(value), "{value}");
        }
    }
}
