//! PCI functions, from `/sys/bus/pci/devices` (Documentation/ABI/testing/sysfs-bus-pci).

use std::collections::BTreeSet;

use terrier_shared::latest::section::devices::PciDevice;

use super::ids::{self, Names};
use super::udev::Properties;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

pub(super) const BUS: &str = "/sys/bus/pci/devices";

/// All functions, by address; those that were taken out while they were looked at are not listed.
pub(super) fn read(host: &Host) -> Result<Vec<PciDevice>, Failure> {
    let addresses = host.find_names(BUS)?;
    let mut devices: Vec<PciDevice> = addresses.into_iter().filter_map(|address| numbers(host, address)).collect();
    let keys: BTreeSet<String> = devices.iter().flat_map(keys).collect();
    let names = ids::PCI.names(host, keys);
    for device in &mut devices {
        name(host, &names, device);
    }
    Ok(devices)
}

fn numbers(host: &Host, address: String) -> Option<PciDevice> {
    let place = format!("{BUS}/{address}");
    let digits = |name: &str| digits(host, &format!("{place}/{name}"));
    let subsystem_vendor_id = digits("subsystem_vendor").filter(|id| id != "0000" && id != "ffff");
    Some(PciDevice {
        class_id: digits("class")?,
        vendor_id: digits("vendor")?,
        device_id: digits("device")?,
        subsystem_id: digits("subsystem_device").filter(|_| subsystem_vendor_id.is_some()),
        subsystem_vendor_id,
        revision: digits("revision"),
        driver: host.link_name(format!("{place}/driver")).map(clip),
        address: clip(address),
        ..PciDevice::default()
    })
}

/// The kernel writes `0x8086`.
fn digits(host: &Host, path: &str) -> Option<String> {
    let value = host.value(path)?;
    let digits = value.strip_prefix("0x")?;
    let is_number = digits.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| digits.to_ascii_lowercase())
}

fn vendor_key(device: &PciDevice) -> String {
    device.vendor_id.clone()
}

fn device_key(device: &PciDevice) -> String {
    format!("{}:{}", device.vendor_id, device.device_id)
}

fn card_key(device: &PciDevice) -> Option<String> {
    let (vendor, card) = (device.subsystem_vendor_id.as_ref()?, device.subsystem_id.as_ref()?);
    Some(format!("{}:{vendor}:{card}", device_key(device)))
}

/// The subclass, and the class for those subclasses that have no name of their own.
fn class_keys(device: &PciDevice) -> Option<[String; 2]> {
    let (class, subclass) = (device.class_id.get(..2)?, device.class_id.get(2..4)?);
    Some([format!("C {class}:{subclass}"), format!("C {class}")])
}

fn keys(device: &PciDevice) -> Vec<String> {
    let mut keys = vec![vendor_key(device), device_key(device)];
    keys.extend(card_key(device));
    keys.extend(class_keys(device).into_iter().flatten());
    keys
}

/// udev's hardware database is compiled from the same list; of some devices it names the card with the device.
fn name(host: &Host, names: &Names, device: &mut PciDevice) {
    let class_keys = class_keys(device);
    let class = |number: usize| names.get(class_keys.as_ref()?.get(number)?);
    device.class = class(0);
    device.vendor = names.get(&vendor_key(device));
    device.device = names.get(&device_key(device));
    device.subsystem = card_key(device).and_then(|key| names.get(&key));
    if device.class.is_some() && device.vendor.is_some() && device.device.is_some() {
        return;
    }
    let udev = Properties::read(host, &format!("+pci:{}", device.address));
    let or = |name: Option<String>, property: &str| name.or_else(|| udev.get(property));
    let subclass = or(device.class.take(), "ID_PCI_SUBCLASS_FROM_DATABASE").or_else(|| class(1));
    device.class = or(subclass, "ID_PCI_CLASS_FROM_DATABASE");
    device.vendor = or(device.vendor.take(), "ID_VENDOR_FROM_DATABASE");
    device.device = or(device.device.take(), "ID_MODEL_FROM_DATABASE");
}
