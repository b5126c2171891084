//! What is plugged in.
//!
//! Does: list PCI functions, USB devices and graphics cards as the kernel's buses have them, with the names that the
//! host's own databases know, and the board's slots.
//! Does not: ask a device anything, or look a name up elsewhere than on this host.

mod gpu;
mod ids;
mod pci;
mod udev;
mod usb;

use terrier_shared::latest::section::{Devices, Section, SectionKind};

use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct DevicesCollector;

impl Collector for DevicesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Devices
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        // Without sysfs all would look as if it had been taken out.
        host.names("/sys/bus")?;
        let pci = pci::read(host)?;
        Ok(Section::Devices(Devices {
            gpus: gpu::read(host, &pci),
            pci: bounded("devices.pci", pci)?,
            usb: bounded("devices.usb", usb::read(host)?)?,
            slots: scan.board().map(|board| board.slots.clone()),
        }))
    }
}
