//! pacman's database of what is installed: a directory per package with a file `desc` (libalpm, `be_local.c`).

use std::collections::BTreeMap;

use terrier_shared::latest::section::software::Package;

use super::{memory, person};
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/var/lib/pacman/local";
const TOPIC: &str = "packages of pacman";
const DESC_BYTES: usize = 1 << 20;

/// The packages that are installed; absent where there is no database.
///
/// A change gives a package another directory, so they are read again only when the directory of all has changed.
pub(super) fn packages(host: &Host) -> Result<Option<Vec<Package>>, Failure> {
    let Some(stamp) = host.stamp(PLACE) else { return Ok(None) };
    memory::recalled(host, TOPIC, vec![Some(stamp)], || read(host)).map(Some)
}

fn read(host: &Host) -> Result<Vec<Package>, Failure> {
    let mut names = host.find_names(PLACE)?;
    names.retain(|name| name != "ALPM_DB_VERSION");
    names.iter().map(|name| package(host, &format!("{PLACE}/{name}/desc"))).collect()
}

fn package(host: &Host, path: &str) -> Result<Package, Failure> {
    let text = host.text(path, DESC_BYTES)?;
    let values = values(&text);
    let value = |name: &str| values.get(name).copied();
    let (Some(name), Some(version)) = (value("NAME"), value("VERSION")) else {
        return Err(Failure::malformed(path, "has no NAME or no VERSION"));
    };
    Ok(Package {
        ecosystem: "alpm".to_owned(),
        name: clip(name.to_owned()),
        architecture: value("ARCH").map(|text| clip(text.to_owned())),
        version: clip(version.to_owned()),
        source: value("BASE").filter(|base| *base != name).map(|text| clip(text.to_owned())),
        source_version: None,
        vendor: value("PACKAGER").and_then(person),
        size_bytes: value("SIZE").and_then(|size| size.parse().ok()),
    })
}

/// The first line of each value, which stands below its name in percent signs.
fn values(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().zip(text.lines().skip(1));
    let named = lines.filter_map(|(name, value)| {
        Some((name.strip_prefix('%')?.strip_suffix('%')?, value)).filter(|(_, value)| !value.is_empty())
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Host, packages};

    #[test]
    fn packages_are_those_that_makepkg_built_and_pacman_installed() {
        let host = Host::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pacman"));
        let packages = packages(&host).unwrap().unwrap();
        let found: Vec<_> =
            packages.iter().map(|p| (p.name.as_str(), p.version.as_str(), p.source.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("single", "0.9-1", None),
                ("thing", "2:1.2.3-4", Some("thing-suite")),
                ("thing-docs", "2:1.2.3-4", Some("thing-suite"))
            ]
        );
        assert_eq!(
            (packages[0].architecture.as_deref(), packages[1].architecture.as_deref()),
            (Some("x86_64"), Some("any"))
        );
        assert_eq!((packages[1].vendor.as_deref(), packages[1].size_bytes), (Some("Häß Packer"), Some(2_000)));
    }

    #[test]
    fn a_package_that_cannot_be_read_is_a_failure_and_never_one_less() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("var/lib/pacman/local/a-1-1")).unwrap();
        assert!(packages(&Host::at(root.path())).is_err());
        assert_eq!(packages(&Host::at("/nonexistent")).unwrap(), None);
    }
}
