//! The server side of network mounts.

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::storage::RemoteExport;

use super::mount::Mount;
use crate::collect::bounds::{clip, clip_bytes};

/// What a network mount is of; absent for local file systems and for those whose source names no server.
pub(super) fn export(mount: &Mount) -> Option<RemoteExport> {
    let source = String::from_utf8_lossy(&mount.source);
    let (server, path) = match mount.kind.as_str() {
        "nfs" | "nfs4" | "ceph" | "glusterfs" | "fuse.glusterfs" | "fuse.sshfs" | "lustre" => server_and_path(&source),
        "cifs" | "smb3" | "smbfs" => source.trim_start_matches(['/', '\\']).split_once(['/', '\\']),
        _ => None,
    }?;
    let server = server.rsplit('@').next().unwrap_or(server);
    Some(RemoteExport {
        server: clip(server.trim_matches(['[', ']']).to_owned()),
        address: address(mount),
        path: clip_bytes(path.as_bytes(), STRING_BYTES),
    })
}

/// `server:/path`, `[fe80::1]:/path`, `user@server:path`; a colon before the path parts them.
fn server_and_path(source: &str) -> Option<(&str, &str)> {
    if let Some(rest) = source.strip_prefix('[') {
        let (server, path) = rest.split_once("]:")?;
        return Some((server, path));
    }
    match source.find(":/") {
        Some(colon) => Some((source.get(..colon)?, source.get(colon + 1..)?)),
        None => source.split_once(':'),
    }
}

fn address(mount: &Mount) -> Option<String> {
    let options = String::from_utf8_lossy(&mount.options);
    let address = options.split(',').find_map(|option| option.strip_prefix("addr="))?;
    Some(clip(address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Mount, export};

    fn exported(kind: &str, source: &str, options: &str) -> Option<(String, String, Option<String>)> {
        let mount = Mount {
            device: (0, 50),
            point: b"/mnt".to_vec(),
            kind: kind.to_owned(),
            source: source.as_bytes().to_vec(),
            read_only: false,
            options: options.as_bytes().to_vec(),
        };
        export(&mount).map(|e| (e.server, e.path.to_lossy().into_owned(), e.address))
    }

    #[test]
    fn server_path_and_address_of_network_mounts_are_told_apart() {
        let own = |server: &str, path: &str| Some((server.to_owned(), path.to_owned(), None));
        assert_eq!(
            exported("nfs4", "nas.example.org:/export/home", "rw,addr=10.1.2.3,vers=4.2"),
            Some(("nas.example.org".to_owned(), "/export/home".to_owned(), Some("10.1.2.3".to_owned())))
        );
        assert_eq!(exported("nfs", "[2001:db8::1]:/e", ""), own("2001:db8::1", "/e"));
        assert_eq!(exported("nfs4", "2001:db8::1:/e", ""), own("2001:db8::1", "/e"));
        assert_eq!(exported("cifs", "//files/share/dir", ""), own("files", "share/dir"));
        assert_eq!(exported("fuse.sshfs", "me@box:docs", ""), own("box", "docs"));
        assert_eq!(exported("ceph", "10.0.0.1:6789:/", ""), own("10.0.0.1:6789", "/"));
        assert_eq!(exported("ext4", "/dev/sda1", ""), None);
        assert_eq!(exported("nfs4", "nothing", ""), None);
    }
}
