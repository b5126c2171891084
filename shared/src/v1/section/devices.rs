//! What is plugged in: PCI, USB, and the cards in it that compute or draw.

use serde::{Deserialize, Serialize};

/// Devices on the buses that can be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Devices {
    /// PCI functions from `/sys/bus/pci/devices`, by address.
    pub pci: Vec<PciDevice>,
    /// USB devices from `/sys/bus/usb/devices`, by place, hubs of the host controllers left out.
    pub usb: Vec<UsbDevice>,
    /// Graphics and compute cards, by address.
    pub gpus: Vec<Gpu>,
    /// Slots for cards from SMBIOS type 9, in the firmware's order. Absent where the firmware's table may not be read;
    /// empty where there is none.
    pub slots: Option<Vec<Slot>>,
}

/// A function of a PCI device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PciDevice {
    /// `domain:bus:device.function`.
    pub address: String,
    /// Class, subclass and interface as six hexadecimal digits: `010802`.
    pub class_id: String,
    /// The class by its name in pci.ids(5): `Non-Volatile memory controller`.
    pub class: Option<String>,
    /// Vendor as four hexadecimal digits.
    pub vendor_id: String,
    /// The vendor's name.
    pub vendor: Option<String>,
    /// Device as four hexadecimal digits.
    pub device_id: String,
    /// The device's name.
    pub device: Option<String>,
    /// Vendor of the card as four hexadecimal digits.
    pub subsystem_vendor_id: Option<String>,
    /// The card as four hexadecimal digits.
    pub subsystem_id: Option<String>,
    /// Name of the card.
    pub subsystem: Option<String>,
    /// Revision as two hexadecimal digits.
    pub revision: Option<String>,
    /// Kernel driver that drives it.
    pub driver: Option<String>,
}

/// A USB device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsbDevice {
    /// Bus and ports: `1-4.2`.
    pub place: String,
    /// Vendor as four hexadecimal digits.
    pub vendor_id: String,
    /// The vendor's name, as the device or else usb.ids(5) says it.
    pub vendor: Option<String>,
    /// Product as four hexadecimal digits.
    pub product_id: String,
    /// The product's name, as the device or else usb.ids(5) says it.
    pub product: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Class of the device, or of its first interface, as two hexadecimal digits: `03` for people's input.
    pub class_id: Option<String>,
    /// Drivers of its interfaces, sorted, each once.
    pub drivers: Vec<String>,
    /// Speed in megabits per second.
    pub speed_mbps: Option<u32>,
}

/// A graphics or compute card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gpu {
    /// PCI address.
    pub address: String,
    /// Vendor and device by name, else by number.
    pub name: String,
    /// Kernel driver.
    pub driver: Option<String>,
    /// Version of the driver, where it has one of its own.
    pub driver_version: Option<String>,
    /// Its own memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Serial number or UUID, where the driver says it.
    pub serial: Option<String>,
}

/// A slot for a card (DSP0134, 7.10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Slot {
    /// As printed on the board: `PCIE1`.
    pub name: String,
    /// What fits: `pci_express_gen3_x16`, …
    pub kind: Option<String>,
    /// Whether something is in it; absent where the firmware does not know.
    pub in_use: Option<bool>,
    /// PCI address of what is in it.
    pub address: Option<String>,
}
