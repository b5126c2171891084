//! What only root may read, noted once at boot for an agent that is not: serial numbers and tables of the firmware
//! (mode 0400), the key of the TPM, and LVM's metadata.

use serde::{Deserialize, Serialize};
use terrier_shared::latest::section::storage::VolumeGroup;

use crate::collect::host::Host;
use crate::collect::smbios::Board;
use crate::collect::storage::lvm;

/// Where it is noted. `/run` is empty after a boot, so a note is of this one.
pub const NOTE: &str = "/run/terrier-agent/hw.json";
/// A note with as many modules and slots as there can be is some 300 KiB.
const NOTE_BYTES: usize = 4 << 20;

/// The attributes by their names in sysfs, as the firmware has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hardware {
    /// Serial number of the system.
    pub product_serial: Option<String>,
    /// UUID of the system.
    pub product_uuid: Option<String>,
    /// Serial number of the board.
    pub board_serial: Option<String>,
    /// What the key of the TPM is told by, see [`Identity::tpm_key`](terrier_shared::latest::section::Identity::tpm_key).
    pub tpm_key: Option<String>,
    /// What the firmware's tables say; absent in notes of agents that did not read them, and where reading failed.
    pub(in crate::collect) board: Option<Board>,
    /// Volume groups by LVM's metadata, with UUIDs as names of physical volumes; absent as above.
    pub(in crate::collect) volume_groups: Option<Vec<VolumeGroup>>,
}

impl Hardware {
    /// Reads what this process may read.
    #[must_use]
    pub fn read(host: &Host) -> Self {
        let value = |name: &str| host.value(format!("{}/{name}", super::dmi::PLACE));
        Self {
            product_serial: value("product_serial"),
            product_uuid: value("product_uuid"),
            board_serial: value("board_serial"),
            tpm_key: super::tpm::read(host).ok(),
            board: Board::read(host).ok(),
            volume_groups: lvm::metadata(host).ok(),
        }
    }

    /// What a process that may read more has noted; nothing where there is no such note, or none that can be read.
    pub(in crate::collect) fn noted(host: &Host) -> Self {
        let bytes = host.read(NOTE, NOTE_BYTES).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Hardware, NOTE};
    use crate::collect::host::Host;
    use crate::collect::identity::dmi;

    /// A host whose files these are.
    fn host(files: &[(&str, &str)]) -> (tempfile::TempDir, Host) {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path.trim_start_matches('/'));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let host = Host::at(dir.path());
        (dir, host)
    }

    const UUID: &str = "4c4c4544-0047-4a10-8058-b7c04f4d3333";

    #[test]
    fn an_agent_that_may_not_read_the_firmware_takes_what_was_noted_at_boot() {
        let (_dir, firmware) = host(&[
            ("/sys/class/dmi/id/product_serial", "7XK2B93\n"),
            ("/sys/class/dmi/id/product_uuid", UUID),
            ("/sys/class/dmi/id/board_serial", "Default string\n"),
        ]);
        let note = serde_json::to_string(&Hardware::read(&firmware)).unwrap();
        let (_dir, unprivileged) = host(&[("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n"), (NOTE, &note)]);
        let system = dmi::system(&unprivileged);
        assert_eq!((system.vendor.as_deref(), system.serial.as_deref()), (Some("Dell Inc."), Some("7XK2B93")));
        assert_eq!(dmi::product_uuid(&unprivileged).as_deref(), Some(UUID));
        assert_eq!(dmi::board(&unprivileged).serial, None, "a filler says nothing, noted or not");
    }

    #[test]
    fn what_the_agent_reads_itself_comes_before_a_note() {
        let note = r#"{"product_serial":"OLD","later":1}"#;
        let (_dir, host) = host(&[("/sys/class/dmi/id/product_serial", "NEW\n"), (NOTE, note)]);
        assert_eq!(dmi::system(&host).serial.as_deref(), Some("NEW"));
    }

    #[test]
    fn a_note_that_cannot_be_read_says_nothing() {
        for note in ["", "{", "[]", r#"{"product_serial":7}"#, "\0"] {
            let (_dir, host) = host(&[(NOTE, note)]);
            assert_eq!(Hardware::noted(&host), Hardware::default(), "{note}");
        }
    }
}
