//! Flatpaks installed for all users: a directory per ref, in which `deploy` says what is there.
//!
//! The file is a serialised `GVariant` of type `(ssasta{sv})`: origin, commit, subpaths, size as a big-endian number,
//! and details, among them the version (flatpak, common/flatpak-dir.c, `flatpak_dir_new_deploy_data`).

use terrier_shared::latest::section::software::Package;

use super::memory;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/var/lib/flatpak";
/// Touched by flatpak whenever it changed something.
const CHANGED: &str = "/var/lib/flatpak/.changed";
const KINDS: [&str; 2] = ["app", "runtime"];
const TOPIC: &str = "packages of flatpak";
const DEPLOY_BYTES: usize = 1 << 20;

/// The apps and runtimes that are installed.
pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    let Some(place) = host.stamp(PLACE) else { return Ok(Vec::new()) };
    memory::recalled(host, TOPIC, vec![Some(place), host.stamp(CHANGED)], || read(host))
}

fn read(host: &Host) -> Result<Vec<Package>, Failure> {
    let mut packages = Vec::new();
    for kind in KINDS {
        let place = format!("{PLACE}/{kind}");
        for name in host.find_names(&place)? {
            // Beside the architectures there is a link `current` to one of them.
            let mut architectures = host.find_names(format!("{place}/{name}"))?;
            architectures.retain(|architecture| architecture != "current");
            for architecture in architectures {
                for branch in host.find_names(format!("{place}/{name}/{architecture}"))? {
                    packages.extend(package(host, &place, [&name, &architecture, &branch])?);
                }
            }
        }
    }
    Ok(packages)
}

fn package(host: &Host, place: &str, [name, architecture, branch]: [&str; 3]) -> Result<Option<Package>, Failure> {
    let path = format!("{place}/{name}/{architecture}/{branch}/active/deploy");
    let Some(bytes) = host.find(&path, DEPLOY_BYTES)? else { return Ok(None) };
    let deploy = Deploy::parse(&bytes).ok_or_else(|| Failure::malformed(&path, "is no deployment"))?;
    Ok(Some(Package {
        ecosystem: "flatpak".to_owned(),
        name: clip(name.to_owned()),
        architecture: Some(clip(architecture.to_owned())),
        // Runtimes have no version besides their branch, which is one.
        version: clip(deploy.version.unwrap_or(branch).to_owned()),
        vendor: Some(clip(deploy.origin.to_owned())),
        size_bytes: Some(deploy.size_bytes),
        ..Package::default()
    }))
}

#[derive(Debug, PartialEq, Eq)]
struct Deploy<'a> {
    origin: &'a str,
    size_bytes: u64,
    version: Option<&'a str>,
}

impl<'a> Deploy<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        // The ends of the members that have no fixed size, but for the last, stand at the end of all, last first.
        let width = offset_bytes(bytes.len());
        let end = |member: usize| offset(bytes, bytes.len().checked_sub(width.checked_mul(member + 1)?)?, width);
        let origin = text(bytes.get(..end(0)?)?)?;
        let size_at = end(2)?.checked_next_multiple_of(8)?;
        let size_bytes = bytes.get(size_at..)?.first_chunk().copied().map(u64::from_be_bytes)?;
        let details = bytes.get(size_at.checked_add(8)?..bytes.len().checked_sub(width.checked_mul(3)?)?)?;
        Some(Self { origin, size_bytes, version: detail(details, "appdata-version") })
    }
}

/// The text of `key` in a `GVariant` of type `a{sv}`: entries, then where each ends.
fn detail<'a>(bytes: &'a [u8], key: &str) -> Option<&'a str> {
    let width = offset_bytes(bytes.len());
    let ends_at = offset(bytes, bytes.len().checked_sub(width)?, width)?;
    let mut start: usize = 0;
    for at in (ends_at..bytes.len()).step_by(width) {
        let end = offset(bytes, at, width)?;
        let entry = bytes.get(start..end)?;
        if let Some(value) = value_of(entry, key) {
            return Some(value);
        }
        start = end.checked_next_multiple_of(8)?;
    }
    None
}

/// An entry is a string, and aligned to eight bytes a variant, which is a value, a null byte and the value's type.
fn value_of<'a>(entry: &'a [u8], key: &str) -> Option<&'a str> {
    let width = offset_bytes(entry.len());
    let body = entry.len().checked_sub(width)?;
    let key_end = offset(entry, body, width)?;
    if text(entry.get(..key_end)?)? != key {
        return None;
    }
    let variant = entry.get(key_end.checked_next_multiple_of(8)?..body)?;
    text(variant.strip_suffix(b"\0s")?)
}

/// How many bytes an offset takes in a container of this size (`GVariant` specification, 2.3.6).
fn offset_bytes(size: usize) -> usize {
    match size {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}

fn offset(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let digits = bytes.get(at..at.checked_add(width)?)?;
    digits.iter().rev().try_fold(0_usize, |sum, digit| sum.checked_mul(256)?.checked_add(usize::from(*digit)))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes.strip_suffix(b"\0")?).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::{Path, PathBuf};

    use proptest::prelude::*;

    use super::{Deploy, Host, packages};

    fn fixture() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/flatpak")
    }

    fn deploy() -> Vec<u8> {
        let place = fixture().join("var/lib/flatpak/app/org.example.App/x86_64/stable/active/deploy");
        fs::read(place).unwrap()
    }

    #[test]
    fn apps_and_runtimes_are_those_that_flatpak_installed() {
        let found = packages(&Host::at(fixture())).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|p| (p.name.as_str(), p.architecture.as_deref().unwrap(), p.version.as_str(), p.size_bytes))
            .collect();
        assert_eq!(
            found,
            [
                ("org.example.App", "x86_64", "3.2.1", Some(2_048)),
                ("org.example.Platform", "x86_64", "23.08", Some(512))
            ]
        );
    }

    #[test]
    fn a_deployment_that_cannot_be_understood_is_a_failure() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("var/lib/flatpak/app/a/x86_64/stable");
        fs::create_dir_all(place.join("1")).unwrap();
        symlink("1", place.join("active")).unwrap();
        fs::write(place.join("1/deploy"), "no").unwrap();
        assert!(packages(&Host::at(root.path())).is_err());
    }

    proptest! {
        #[test]
        fn no_damage_is_more_than_a_wrong_answer(at in 0_usize..243, value: u8, end in 0_usize..=243) {
            let mut bytes = deploy();
            bytes[at] = value;
            let _answer = Deploy::parse(&bytes[..end]);
        }
    }
}
