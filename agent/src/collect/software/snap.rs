//! Snaps, by the metadata in their images (snapcraft.io, "The snap.yaml format"), which are mounted where all may read.
//!
//! snapd's own state is for root alone.

use terrier_shared::latest::section::software::Package;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Where images are mounted, by distribution.
const PLACES: [&str; 2] = ["/snap", "/var/lib/snapd/snap"];
const YAML_BYTES: usize = 1 << 20;

/// The snaps of which a revision is active. On many hosts one place is a link to the other: they are read once.
pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    for place in PLACES {
        let names = host.find_names(place)?;
        let snaps = names.iter().filter_map(|name| package(host, name, &format!("{place}/{name}/current")));
        let snaps: Vec<Package> = snaps.collect();
        if !snaps.is_empty() {
            return Ok(snaps);
        }
    }
    Ok(Vec::new())
}

/// A snap whose image is not mounted is broken or switched off, and cannot be run.
fn package(host: &Host, name: &str, place: &str) -> Option<Package> {
    let text = host.text(format!("{place}/meta/snap.yaml"), YAML_BYTES).ok()?;
    Some(Package {
        ecosystem: "snap".to_owned(),
        name: clip(name.to_owned()),
        architecture: list(&text, "architectures").map(clip),
        version: clip(scalar(&text, "version")?),
        ..Package::default()
    })
}

/// The value of a key at the top.
fn scalar(text: &str, key: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix(':'))?;
    Some(plain(value)).filter(|value| !value.is_empty())
}

/// The only item of a list, which stands behind its key in brackets or below it.
fn list(text: &str, key: &str) -> Option<String> {
    let inline = scalar(text, key);
    if let Some(items) = inline.as_deref().and_then(|value| value.strip_prefix('[')?.strip_suffix(']')) {
        return Some(plain(items)).filter(|item| !item.is_empty() && !item.contains(','));
    }
    let below = text.lines().skip_while(|line| line.trim_end() != format!("{key}:")).skip(1);
    let mut items = below.map_while(|line| line.trim_start().strip_prefix("- "));
    items.next().filter(|_| items.next().is_none()).map(plain)
}

fn plain(value: &str) -> String {
    let value = value.trim();
    let quoted = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.split(quote).next());
    let bare = || value.split(" #").next().unwrap_or_default().trim_end();
    quoted('\'').or_else(|| quoted('"')).unwrap_or_else(bare).to_owned()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{Host, packages};

    #[test]
    fn the_active_revision_of_a_snap_is_listed_by_its_metadata() {
        let root = tempfile::tempdir().unwrap();
        let snap = |name: &str, revision: &str, yaml: &str| {
            let meta = root.path().join("snap").join(name).join(revision).join("meta");
            fs::create_dir_all(&meta).unwrap();
            fs::write(meta.join("snap.yaml"), yaml).unwrap();
            symlink(revision, root.path().join("snap").join(name).join("current")).unwrap();
        };
        snap("core22", "1748", "name: core22\nversion: '20241119'\ntype: base\narchitectures:\n- amd64\n");
        snap("lxd_two", "3", "name: lxd\nversion: 5.21.2-34459c8 # git\narchitectures: [ all ]\napps:\n  version: 1\n");
        fs::create_dir_all(root.path().join("snap/bin")).unwrap();
        fs::create_dir_all(root.path().join("snap/off/12")).unwrap();
        let found = packages(&Host::at(root.path())).unwrap();
        let found: Vec<_> =
            found.iter().map(|p| (p.name.as_str(), p.version.as_str(), p.architecture.as_deref())).collect();
        assert_eq!(found, [("core22", "20241119", Some("amd64")), ("lxd_two", "5.21.2-34459c8", Some("all"))]);
        assert_eq!(packages(&Host::at("/nonexistent")).unwrap(), []);
    }
}
