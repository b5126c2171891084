//! Cards that draw or compute: PCI classes 03 (display) and 12 (processing accelerator), with what their drivers say.

use terrier_shared::latest::section::devices::{Gpu, PciDevice};

use super::pci;
use crate::collect::bounds::clip;
use crate::collect::host::Host;

/// One card's description by NVIDIA's driver (its README, "The /proc File System Interface to the NVIDIA Driver").
const INFORMATION_BYTES: usize = 16 << 10;

pub(super) fn read(host: &Host, devices: &[PciDevice]) -> Vec<Gpu> {
    let is_card = |device: &&PciDevice| device.class_id.starts_with("03") || device.class_id.starts_with("12");
    devices.iter().filter(is_card).map(|device| describe(host, device)).collect()
}

fn describe(host: &Host, device: &PciDevice) -> Gpu {
    let path = format!("/proc/driver/nvidia/gpus/{}/information", device.address);
    let nvidia = host.text(path, INFORMATION_BYTES).unwrap_or_default();
    let place = format!("{}/{}", pci::BUS, device.address);
    let version = |driver: &String| host.value(format!("/sys/module/{driver}/version"));
    Gpu {
        name: clip(field(&nvidia, "Model").map_or_else(|| name(device), |model| format!("NVIDIA {}", bare(&model)))),
        driver_version: device.driver.as_ref().and_then(version).map(clip),
        memory_bytes: host.number(format!("{place}/mem_info_vram_total")),
        // Question marks stand for what the driver does not know before the card is first used.
        serial: field(&nvidia, "GPU UUID")
            .filter(|uuid| !uuid.contains('?'))
            .or_else(|| host.value(format!("{place}/unique_id")))
            .map(clip),
        driver: device.driver.clone(),
        address: device.address.clone(),
    }
}

/// Some versions of the driver begin the model with its maker, some do not.
fn bare(model: &str) -> &str {
    model.strip_prefix("NVIDIA ").unwrap_or(model)
}

fn field(information: &str, name: &str) -> Option<String> {
    let mut fields = information.lines().filter_map(|line| line.split_once(':'));
    let value = fields.find(|(found, _)| found.trim() == name)?.1.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn name(device: &PciDevice) -> String {
    let vendor = device.vendor.as_ref().unwrap_or(&device.vendor_id);
    let model = device.device.as_ref().unwrap_or(&device.device_id);
    format!("{vendor} {model}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, PciDevice, read};

    fn card(class_id: &str, driver: &str) -> PciDevice {
        PciDevice {
            address: "0000:07:00.0".to_owned(),
            class_id: class_id.to_owned(),
            vendor_id: "10de".to_owned(),
            device_id: "20b0".to_owned(),
            driver: Some(driver.to_owned()),
            ..PciDevice::default()
        }
    }

    fn host(files: &[(&str, &str)]) -> (tempfile::TempDir, Host) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let host = Host::at(root.path());
        (root, host)
    }

    #[test]
    fn what_a_driver_says_of_its_card_comes_before_what_the_bus_does() {
        let information = "Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ:   \t\t 305\n\
            GPU UUID: \t GPU-5d2c1b7e-0000-4000-8000-000000000001\nBus Location: \t 0000:07:00.0\n";
        let (_root, host) = host(&[
            ("proc/driver/nvidia/gpus/0000:07:00.0/information", information),
            ("sys/module/nvidia/version", "535.183.01\n"),
        ]);
        let gpu = read(&host, &[card("030200", "nvidia")]).remove(0);
        assert_eq!((gpu.name.as_str(), gpu.driver_version.as_deref()), ("NVIDIA A100-SXM4-40GB", Some("535.183.01")));
        assert_eq!(gpu.serial.as_deref(), Some("GPU-5d2c1b7e-0000-4000-8000-000000000001"));
    }

    #[test]
    fn an_accelerator_is_a_card_and_says_its_memory_in_sysfs() {
        let (_root, host) = host(&[
            ("sys/bus/pci/devices/0000:07:00.0/mem_info_vram_total", "68702699520\n"),
            ("sys/bus/pci/devices/0000:07:00.0/unique_id", "bc13b0d1a0b1c2d3\n"),
        ]);
        let gpu = read(&host, &[card("120000", "amdgpu")]).remove(0);
        assert_eq!((gpu.memory_bytes, gpu.serial.as_deref()), (Some(68_702_699_520), Some("bc13b0d1a0b1c2d3")));
        assert_eq!((gpu.name.as_str(), gpu.driver_version), ("10de 20b0", None));
        assert_eq!(read(&host, &[card("020000", "e1000e")]), []);
    }
}
