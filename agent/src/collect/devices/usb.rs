//! USB devices, from `/sys/bus/usb/devices` (Documentation/ABI/stable/sysfs-bus-usb).

use std::collections::BTreeSet;

use terrier_shared::latest::section::devices::UsbDevice;

use super::ids;
use super::udev::Properties;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::identity::said;

const BUS: &str = "/sys/bus/usb/devices";

/// All devices but the host controllers' own hubs, by place.
pub(super) fn read(host: &Host) -> Result<Vec<UsbDevice>, Failure> {
    let entries = host.find_names(BUS)?;
    let (interfaces, devices): (Vec<String>, Vec<String>) = entries.into_iter().partition(|name| name.contains(':'));
    let devices = devices.into_iter().filter(|name| !name.starts_with("usb"));
    let mut devices: Vec<UsbDevice> = devices.filter_map(|place| describe(host, place, &interfaces)).collect();
    name(host, &mut devices);
    Ok(devices)
}

fn describe(host: &Host, place: String, interfaces: &[String]) -> Option<UsbDevice> {
    let value = |name: &str| host.value(format!("{BUS}/{place}/{name}")).map(clip);
    let own: Vec<&String> =
        interfaces.iter().filter(|interface| interface.split(':').next() == Some(place.as_str())).collect();
    // 00: each interface says it for itself.
    let class_id = value("bDeviceClass").filter(|class| class != "00");
    let of_first = || host.value(format!("{BUS}/{}/bInterfaceClass", own.first()?)).map(clip);
    let drivers: BTreeSet<String> =
        own.iter().filter_map(|interface| host.link_name(format!("{BUS}/{interface}/driver"))).map(clip).collect();
    Some(UsbDevice {
        vendor_id: value("idVendor")?,
        product_id: value("idProduct")?,
        vendor: value("manufacturer"),
        product: value("product"),
        serial: value("serial").and_then(said),
        class_id: class_id.or_else(of_first),
        drivers: drivers.into_iter().collect(),
        speed_mbps: value("speed").and_then(|speed| speed.split('.').next()?.parse().ok()),
        place: clip(place),
    })
}

/// Names those that do not name themselves.
fn name(host: &Host, devices: &mut [UsbDevice]) {
    let vendor_key = |device: &UsbDevice| device.vendor_id.clone();
    let product_key = |device: &UsbDevice| format!("{}:{}", device.vendor_id, device.product_id);
    for device in devices.iter_mut().filter(|device| device.vendor.is_none() || device.product.is_none()) {
        let number = host.value(format!("{BUS}/{}/dev", device.place)).unwrap_or_default();
        let udev = Properties::read(host, &format!("c{number}"));
        device.vendor = device.vendor.take().or_else(|| udev.get("ID_VENDOR_FROM_DATABASE"));
        device.product = device.product.take().or_else(|| udev.get("ID_MODEL_FROM_DATABASE"));
    }
    let unnamed = devices.iter().filter(|device| device.vendor.is_none() || device.product.is_none());
    let keys: BTreeSet<String> = unnamed.flat_map(|device| [vendor_key(device), product_key(device)]).collect();
    if keys.is_empty() {
        return;
    }
    let names = ids::USB.names(host, keys);
    for device in devices {
        device.vendor = device.vendor.take().or_else(|| names.get(&vendor_key(device)));
        device.product = device.product.take().or_else(|| names.get(&product_key(device)));
    }
}
