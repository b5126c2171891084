//! Which machine this is.
//!
//! Does: read what the kernel, the firmware and machine-id(5) say, and leave out what says nothing.
//! Does not: decide whether two machines are the same.

pub(super) mod container;
mod dmi;
mod hardware;
mod hypervisor;
mod machine;
mod name;
mod tpm;

use terrier_shared::latest::enrolment::Evidence;
use terrier_shared::latest::section::{Identity, Section, SectionKind};

pub(super) use self::dmi::said;
pub use self::hardware::{Hardware, NOTE};
pub use self::machine::machine;

use super::Collector;
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;

pub(super) struct IdentityCollector;

impl Collector for IdentityCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Identity
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let hostname = name::hostname(host)?;
        Ok(Section::Identity(Identity {
            fqdn: name::fqdn(host, &hostname),
            hostname,
            machine_id: machine_id(host),
            boot_id: boot_id(host),
            system: dmi::system(host),
            board: dmi::board(host),
            product_uuid: dmi::product_uuid(host),
            tpm_key: tpm::key(host),
            chassis_type: dmi::chassis_type(host),
            bios_vendor: dmi::attribute(host, "bios_vendor"),
            bios_version: dmi::attribute(host, "bios_version"),
            bios_date: dmi::attribute(host, "bios_date"),
            hypervisor: hypervisor::under(host),
            container: container::within(host),
            is_hypervisor: hypervisor::runs_guests(host),
        }))
    }
}

/// What this machine says of itself when it asks for a certificate.
///
/// # Errors
///
/// [`Failure`] when the host has no name.
pub fn evidence(host: &Host) -> Result<Evidence, Failure> {
    Ok(Evidence {
        hostname: name::hostname(host)?,
        machine_id: machine_id(host),
        product_uuid: dmi::product_uuid(host),
        serial: dmi::system(host).serial,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

/// The kernel's id of this boot, a UUID; absent where the kernel does not say.
#[must_use]
pub fn boot_id(host: &Host) -> Option<String> {
    host.value("/proc/sys/kernel/random/boot_id")
}

/// machine-id(5): 32 hexadecimal digits, not all zero; anything else, as `uninitialized`, says nothing.
fn machine_id(host: &Host) -> Option<String> {
    let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].iter().find_map(|place| host.value(place))?;
    let id = id.to_ascii_lowercase();
    let is_id = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) && id.bytes().any(|b| b != b'0');
    is_id.then_some(id)
}
