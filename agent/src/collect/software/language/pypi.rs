//! Python distributions, by the metadata installed beside them (packaging.python.org, "Recording installed projects").

use terrier_shared::latest::section::software::Package;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::software::memory;

/// Here only people install.
const LOCAL: [&str; 2] = ["/usr/local/lib", "/usr/local/lib64"];
/// Here distributions do, and pip on some of them: the file `INSTALLER` tells which.
const SHARED: [&str; 2] = ["/usr/lib", "/usr/lib64"];
const LIBRARIES: [&str; 2] = ["site-packages", "dist-packages"];
const INSTALLERS: [&str; 4] = ["pip", "uv", "poetry", "pdm"];
const TOPIC: &str = "python distributions";
/// Name and version stand first, before a description of any length.
const METADATA_BYTES: usize = 8 << 10;

pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    let mut places = Vec::new();
    for (roots, is_shared) in [(LOCAL, false), (SHARED, true)] {
        for root in roots {
            let pythons = host.find_names(root)?.into_iter().filter(|name| name.starts_with("python3"));
            let libraries = pythons.flat_map(|name| LIBRARIES.map(|library| format!("{root}/{name}/{library}")));
            places.extend(libraries.filter(|place| host.exists(place)).map(|place| (place, is_shared)));
        }
    }
    let stamps = places.iter().map(|(place, _)| host.stamp(place)).collect();
    memory::recalled(host, TOPIC, stamps, || {
        let mut packages = Vec::new();
        for (place, is_shared) in &places {
            let names = host.find_names(place)?;
            let paths = names.iter().map(|name| format!("{place}/{name}"));
            packages.extend(paths.filter_map(|path| package(host, &path, *is_shared)));
        }
        Ok(packages)
    })
}

fn package(host: &Host, path: &str, is_shared: bool) -> Option<Package> {
    let metadata = if path.ends_with(".dist-info") {
        format!("{path}/METADATA")
    } else if path.ends_with(".egg-info") && host.exists(format!("{path}/PKG-INFO")) {
        format!("{path}/PKG-INFO")
    } else if path.ends_with(".egg-info") {
        path.to_owned()
    } else {
        return None;
    };
    let installer = || host.value(format!("{path}/INSTALLER")).unwrap_or_default();
    if is_shared && !INSTALLERS.contains(&installer().as_str()) {
        return None;
    }
    let bytes = host.beginning(metadata, METADATA_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let field = |name: &str| {
        let mut lines = text.lines().take_while(|line| !line.is_empty());
        lines.find_map(|line| line.strip_prefix(name)).map(|value| clip(value.trim().to_owned()))
    };
    Some(Package {
        ecosystem: "pypi".to_owned(),
        name: normalised(&field("Name:")?),
        version: field("Version:")?,
        ..Package::default()
    })
}

/// The one spelling of a name (PEP 503).
fn normalised(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Host, normalised, packages};

    #[test]
    fn distributions_are_those_that_pip_installed_and_none_that_the_distribution_did() {
        let host = Host::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/language"));
        let found = packages(&host).unwrap();
        let found: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.version.as_str())).collect();
        assert_eq!(found, [("example-dotted-name", "1.0rc2"), ("by-pip-in-usr", "4.5")]);
    }

    #[test]
    fn an_old_egg_is_a_directory_or_a_file() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("usr/local/lib/python3.11/dist-packages");
        fs::create_dir_all(place.join("a-1.egg-info")).unwrap();
        let info = "Metadata-Version: 1.1\nName: A_b..C\nVersion: 1\n\nVersion: 2\n";
        fs::write(place.join("a-1.egg-info/PKG-INFO"), info).unwrap();
        fs::write(place.join("b-2-py3.11.egg-info"), info.replace("A_b..C", "b")).unwrap();
        fs::write(place.join("c.dist-info"), "no directory").unwrap();
        let found = packages(&Host::at(root.path())).unwrap();
        assert_eq!(found.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["a-b-c", "b"]);
    }

    #[test]
    fn names_have_one_spelling() {
        assert_eq!(normalised("Zope.Event__x"), "zope-event-x");
    }
}
