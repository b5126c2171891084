//! What guards the kernel and what it starts.

use crate::collect::bounds::clip;
use crate::collect::host::Host;

const MODULES: &str = "/sys/kernel/security/lsm";
const LOCKDOWN: &str = "/sys/kernel/security/lockdown";
const SELINUX: &str = "/sys/fs/selinux/enforce";
/// A variable of the firmware (UEFI, 3.3): four bytes of attributes, then its value.
const SECURE_BOOT: &str = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/// In the order in which the kernel asks them.
pub(super) fn security_modules(host: &Host) -> Vec<String> {
    let listed = host.value(MODULES).unwrap_or_default();
    listed.split(',').map(str::trim).filter(|name| !name.is_empty()).map(|name| clip(name.to_owned())).collect()
}

pub(super) fn selinux(host: &Host) -> Option<String> {
    let state = if host.flag(SELINUX)? { "enforcing" } else { "permissive" };
    Some(state.to_owned())
}

/// Of `none [integrity] confidentiality`, the one in brackets.
pub(super) fn lockdown(host: &Host) -> Option<String> {
    let levels = host.value(LOCKDOWN)?;
    let level = levels.split_whitespace().find_map(|level| level.strip_prefix('[')?.strip_suffix(']'))?;
    Some(clip(level.to_owned()))
}

pub(super) fn secure_boot(host: &Host) -> Option<bool> {
    let variable = host.read(SECURE_BOOT, 64).ok()?;
    variable.get(4).map(|value| *value == 1)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, lockdown, secure_boot, security_modules, selinux};

    #[test]
    fn guards_are_told_and_absent_where_there_are_none() {
        let root = tempfile::tempdir().unwrap();
        let host = Host::at(root.path());
        assert_eq!((security_modules(&host).len(), selinux(&host), lockdown(&host)), (0, None, None));
        assert_eq!(secure_boot(&host), None);
        for (place, text) in [
            ("sys/kernel/security/lsm", &b"lockdown,capability,selinux"[..]),
            ("sys/kernel/security/lockdown", b"none [integrity] confidentiality\n"),
            ("sys/fs/selinux/enforce", b"0"),
            ("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", &[6, 0, 0, 0, 1]),
        ] {
            let path = root.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(security_modules(&host), ["lockdown", "capability", "selinux"]);
        assert_eq!((selinux(&host).as_deref(), lockdown(&host).as_deref()), (Some("permissive"), Some("integrity")));
        assert_eq!(secure_boot(&host), Some(true));
    }
}
