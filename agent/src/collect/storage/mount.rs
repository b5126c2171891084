//! Mounted file systems, from mountinfo (`proc_pid_mountinfo(5)`).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Process 1's view comes first: the agent's own has the read-only and private mounts of its sandbox.
const PLACES: [&str; 2] = ["/proc/1/mountinfo", "/proc/self/mountinfo"];
/// Some 50 000 mounts.
const LIMIT: usize = 8 << 20;

/// File systems without a block device that hold data all the same.
const DATA_WITHOUT_DEVICE: [&str; 3] = ["bcachefs", "btrfs", "zfs"];
/// File systems that another host or a program answers for: they may hang.
const SLOW: [&str; 18] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse",
    "fuseblk",
    "glusterfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "virtiofs",
    "vmhgfs",
];
/// Programs that show something else than data as a file system.
const FUSE_VIEWS: [&str; 7] = [
    "fuse.fuse-overlayfs",
    "fuse.gvfsd-fuse",
    "fuse.lxcfs",
    "fuse.portal",
    "fuse.rootlesskit",
    "fuse.snapfuse",
    "fuse.squashfuse",
];
/// Images that are full by nature.
const IMAGES: [&str; 3] = ["cramfs", "erofs", "squashfs"];

/// One line of mountinfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::collect) struct Mount {
    /// Major and minor number of the file system.
    pub(in crate::collect) device: (u32, u32),
    /// Where it is mounted.
    pub(in crate::collect) point: Vec<u8>,
    /// `ext4`, `nfs4`, …
    pub(in crate::collect) kind: String,
    /// What is mounted.
    pub(in crate::collect) source: Vec<u8>,
    /// Whether it cannot be written through this mount.
    pub(in crate::collect) read_only: bool,
    /// Options of the file system.
    pub(in crate::collect) options: Vec<u8>,
}

impl Mount {
    pub(in crate::collect) fn path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.point))
    }

    /// What stat(2) says of files in it; btrfs alone has numbers of its own for each subvolume.
    pub(in crate::collect) fn device_number(&self) -> Option<u64> {
        let (major, minor) = self.device;
        (self.kind != "btrfs").then(|| rustix::fs::makedev(major, minor))
    }

    /// Whether asking it may take for ever.
    pub(in crate::collect) fn is_slow(&self) -> bool {
        SLOW.contains(&self.kind.as_str()) || self.kind.starts_with("fuse.")
    }

    fn holds_data(&self) -> bool {
        let kind = self.kind.as_str();
        if IMAGES.contains(&kind) || FUSE_VIEWS.contains(&kind) {
            return false;
        }
        // The root of a container is all the storage it sees.
        let is_root = kind == "overlay" && self.point == b"/";
        is_root || self.device.0 != 0 || self.is_slow() || DATA_WITHOUT_DEVICE.contains(&kind)
    }
}

/// The mounted file systems that hold data, each once at its shortest place, by mount point.
pub(in crate::collect) fn read(host: &Host) -> Result<Vec<Mount>, Failure> {
    let mut mounts = all(host)?;
    mounts.retain(Mount::holds_data);
    Ok(each_once(mounts))
}

/// Every mount, in the kernel's order: of two at one place the later hides the earlier.
pub(in crate::collect) fn all(host: &Host) -> Result<Vec<Mount>, Failure> {
    let (place, bytes) = match host.find(PLACES[0], LIMIT) {
        Ok(Some(bytes)) => (PLACES[0], bytes),
        Ok(None) | Err(Failure::PermissionDenied(_)) => (PLACES[1], host.read(PLACES[1], LIMIT)?),
        Err(failure) => return Err(failure),
    };
    let mut mounts = Vec::new();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        mounts.push(parse(line).ok_or_else(|| Failure::malformed(place, format!("line {} is no mount", number + 1)))?);
    }
    Ok(mounts)
}

fn each_once(mut mounts: Vec<Mount>) -> Vec<Mount> {
    let place = |mount: &Mount| (mount.point.len(), mount.point.clone());
    mounts.sort_by(|a, b| (a.device, &a.source, place(a)).cmp(&(b.device, &b.source, place(b))));
    mounts.dedup_by(|later, kept| (later.device, &later.source) == (kept.device, &kept.source));
    mounts.sort_by(|a, b| a.point.cmp(&b.point));
    mounts
}

fn parse(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let device = fields.nth(2)?;
    let point = fields.nth(1)?;
    let mount_options = fields.next()?;
    fields.find(|field| *field == b"-")?;
    let (kind, source) = (fields.next()?, fields.next()?);
    let options = fields.next().unwrap_or_default();
    let (major, minor) = std::str::from_utf8(device).ok()?.split_once(':')?;
    Some(Mount {
        device: (major.parse().ok()?, minor.parse().ok()?),
        point: unescape(point),
        kind: String::from_utf8_lossy(kind).into_owned(),
        source: unescape(source),
        read_only: [mount_options, options].iter().any(|list| list.split(|b| *b == b',').any(|o| o == b"ro")),
        options: options.to_vec(),
    })
}

/// Space, tab, line feed, backslash and number sign stand as three octal digits after a backslash.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let octal = after
            .first_chunk::<3>()
            .filter(|_| *first == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { after.get(3..).unwrap_or_default() } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, Mount, parse, read, unescape};

    fn mounts(text: &[u8]) -> Result<Vec<Mount>, super::Failure> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc/self")).unwrap();
        fs::write(root.path().join("proc/self/mountinfo"), text).unwrap();
        read(&Host::at(root.path()))
    }

    #[test]
    fn optional_fields_and_escapes_are_understood() {
        let mount =
            parse(b"36 35 98:0 /x /mnt/a\\040b rw,ro shared:1 master:2 - ext3 /dev/ro\\134ot rw,errors=continue")
                .unwrap();
        assert_eq!(mount.point, b"/mnt/a b");
        assert_eq!(mount.source, b"/dev/ro\\ot");
        assert_eq!((mount.device, mount.read_only), ((98, 0), true));
    }

    #[test]
    fn bytes_that_are_no_text_survive_and_a_lone_backslash_stays() {
        assert_eq!(unescape(b"/\xff\\9\\"), b"/\xff\\9\\");
    }

    #[test]
    fn a_file_system_stands_once_at_its_shortest_place() {
        let text = b"1 0 8:1 /sub /var/lib/long rw - ext4 /dev/sda1 rw\n2 0 8:1 / / rw - ext4 /dev/sda1 rw\n";
        let mounts = mounts(text).unwrap();
        assert_eq!(mounts.len(), 1);
        assert_eq!(mounts[0].point, b"/");
    }

    #[test]
    fn file_systems_without_data_are_left_out() {
        let text = b"1 0 0:5 / /proc rw - proc proc rw\n2 0 0:6 / /tmp rw - tmpfs tmpfs rw\n\
            3 0 7:1 / /snap/x ro - squashfs /dev/loop1 ro\n4 0 0:40 / /data rw - btrfs /dev/sdb rw\n\
            5 0 0:41 / /mnt rw - nfs4 srv:/e rw,addr=10.0.0.1\n6 0 0:42 / /run/user/1/gvfs rw - fuse.gvfsd-fuse g rw\n";
        let kinds: Vec<_> = mounts(text).unwrap().into_iter().map(|mount| mount.kind).collect();
        assert_eq!(kinds, ["btrfs", "nfs4"]);
    }

    #[test]
    fn a_line_that_is_no_mount_is_named() {
        let failure = mounts(b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n1 0 8:1 / / rw ext4\n").unwrap_err();
        assert_eq!(failure.to_string(), "/proc/self/mountinfo: line 2 is no mount");
    }
}
