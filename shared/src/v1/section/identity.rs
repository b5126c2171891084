//! Which machine this is.

use serde::{Deserialize, Serialize};

/// What identifies the machine. Absent means that it could not be read or that the firmware leaves it blank.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// The kernel's host name, `uname(2)`.
    pub hostname: String,
    /// Fully qualified name where the host's own files say one.
    pub fqdn: Option<String>,
    /// `/etc/machine-id`, 32 hexadecimal digits (machine-id(5)).
    pub machine_id: Option<String>,
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: Option<String>,
    /// SMBIOS type 1, from `/sys/class/dmi/id`.
    pub system: Firmware,
    /// SMBIOS type 2.
    pub board: Firmware,
    /// SMBIOS type 1 UUID in its canonical text form.
    pub product_uuid: Option<String>,
    /// SHA-256, in hexadecimal, of the public part (`TPMT_PUBLIC`) of the default P-256 endorsement key of the machine's
    /// TPM 2.0 (TCG EK Credential Profile, template L-2).
    pub tpm_key: Option<String>,
    /// SMBIOS type 3, as its number (DSP0134 table 17): 3 desktop, 9 laptop, 23 rack mount, …
    pub chassis_type: Option<u8>,
    /// Vendor of the firmware.
    pub bios_vendor: Option<String>,
    /// Version of the firmware.
    pub bios_version: Option<String>,
    /// Date of the firmware as it writes it.
    pub bios_date: Option<String>,
    /// The hypervisor this runs under, in systemd-detect-virt(1)'s words: `kvm`, `vmware`, `microsoft`, …; absent on bare metal.
    pub hypervisor: Option<String>,
    /// The container manager this runs under, in the same words: `docker`, `podman`, `lxc`, …; absent outside.
    pub container: Option<String>,
    /// Whether this host runs virtual machines of its own (`/dev/kvm` in use, Xen dom0).
    pub is_hypervisor: bool,
}

/// Maker, model and serial number of a piece of hardware.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Firmware {
    /// Who made it.
    pub vendor: Option<String>,
    /// The product's name.
    pub product: Option<String>,
    /// The product's version.
    pub version: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
}
