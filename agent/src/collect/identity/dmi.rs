//! SMBIOS as the kernel shows it in `/sys/class/dmi/id` (DMTF DSP0134), or the device tree where there is none.

use terrier_shared::latest::section::identity::Firmware;

use super::hardware::Hardware;
use crate::collect::bounds::clip;
use crate::collect::host::Host;

pub(super) const PLACE: &str = "/sys/class/dmi/id";

/// What makers leave in fields they did not fill, in lower case without spaces, stops and dashes.
const FILLERS: [&str; 23] = [
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
    "nodimm",
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
    said(host.value(format!("{PLACE}/{name}"))?)
}

/// The same of one that only root may read: where the agent is not root, what root has noted of it.
fn guarded(host: &Host, name: &str, of: impl FnOnce(Hardware) -> Option<String>) -> Option<String> {
    host.value(format!("{PLACE}/{name}")).or_else(|| of(Hardware::noted(host)))
}

/// The value, unless it is a filler.
pub(in crate::collect) fn said(value: String) -> Option<String> {
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
        serial: guarded(host, "product_serial", |noted| noted.product_serial)
            .and_then(said)
            .or_else(|| host.value("/proc/device-tree/serial-number").map(clip)),
    }
}

pub(super) fn board(host: &Host) -> Firmware {
    Firmware {
        vendor: attribute(host, "board_vendor"),
        product: attribute(host, "board_name"),
        version: attribute(host, "board_version"),
        serial: guarded(host, "board_serial", |noted| noted.board_serial).and_then(said),
    }
}

pub(super) fn product_uuid(host: &Host) -> Option<String> {
    let uuid = guarded(host, "product_uuid", |noted| noted.product_uuid)?.to_ascii_lowercase();
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
