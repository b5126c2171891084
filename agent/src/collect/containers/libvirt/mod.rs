//! Virtual machines: those libvirt has a definition of, where it may be read, and those that run.
//!
//! Does: read the domains in libvirt's directories and the command lines of QEMU.
//! Does not: connect to libvirt, or list a machine without a UUID: nothing would tell it from another.

mod domain;
mod process;

use std::collections::BTreeMap;

use terrier_shared::latest::section::containers::Guest;

use super::Found;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::scan::Scan;

/// Definitions of libvirt's driver for QEMU, and the state of what runs. Only root may read them, as a rule.
const DEFINED: &str = "/etc/libvirt/qemu";
const RUNNING: &str = "/run/libvirt/qemu";
const DOMAIN_BYTES: usize = 1 << 20;

/// The virtual machines, by UUID.
///
/// # Errors
///
/// [`Failure`] when the processes cannot be read, or a definition has not libvirt's form.
pub(super) fn read(scan: &Scan, found: &mut Found) -> Result<Vec<Guest>, Failure> {
    let host = &scan.host;
    let defined = domains(host, DEFINED)?;
    if host.exists(DEFINED) || host.exists(RUNNING) {
        found.manager("libvirt", None, defined.is_some());
    }
    let mut guests = BTreeMap::new();
    for mut guest in defined.into_iter().flatten() {
        guest.autostart = Some(host.exists(format!("{DEFINED}/autostart/{}.xml", guest.name)));
        guests.entry(guest.uuid.clone()).or_insert(guest);
    }
    let states = domains(host, RUNNING)?.unwrap_or_default();
    let mut states: BTreeMap<_, _> = states.into_iter().map(|guest| (guest.uuid.clone(), guest)).collect();
    for running in process::guests(scan)? {
        let guest = guests.entry(running.uuid.clone());
        guest.or_insert_with(|| states.remove(&running.uuid).unwrap_or(running)).running = true;
    }
    Ok(guests.into_values().collect())
}

/// The domains in a directory; absent where they may not be read.
fn domains(host: &Host, directory: &str) -> Result<Option<Vec<Guest>>, Failure> {
    let mut domains = Vec::new();
    let names = match host.find_names(directory) {
        Err(Failure::PermissionDenied(_)) => return Ok(None),
        names => names?,
    };
    for name in names.iter().filter_map(|name| name.strip_suffix(".xml")) {
        let path = format!("{directory}/{name}.xml");
        match host.find(&path, DOMAIN_BYTES) {
            Err(Failure::PermissionDenied(_)) => return Ok(None),
            Ok(None) => {}
            Ok(Some(bytes)) => domains.extend(domain::parse(&path, &bytes)?),
            Err(failure) => return Err(failure),
        }
    }
    Ok(Some(domains))
}
