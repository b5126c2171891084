//! Node modules that `npm install --global` installed, by their `package.json`.

use serde::Deserialize;
use terrier_shared::latest::section::software::Package;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::software::memory;

/// By npm's prefix, which is where node itself was installed. Debian's own modules are in `/usr/share/nodejs`.
const PLACES: [&str; 2] = ["/usr/lib/node_modules", "/usr/local/lib/node_modules"];
const TOPIC: &str = "node modules";
const MANIFEST_BYTES: usize = 1 << 20;

pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    let mut places = Vec::new();
    for place in PLACES.iter().filter(|place| host.exists(place)) {
        let names = host.find_names(place)?;
        let scopes = names.iter().filter(|name| name.starts_with('@')).map(|scope| format!("{place}/{scope}"));
        places.push((*place).to_owned());
        places.extend(scopes);
    }
    let stamps = places.iter().map(|place| host.stamp(place)).collect();
    memory::recalled(host, TOPIC, stamps, || {
        let mut packages = Vec::new();
        for place in &places {
            let names = host.find_names(place)?;
            packages.extend(names.iter().filter_map(|name| package(host, &format!("{place}/{name}/package.json"))));
        }
        Ok(packages)
    })
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    version: String,
}

/// A directory without a manifest is no module.
fn package(host: &Host, path: &str) -> Option<Package> {
    let manifest: Manifest = serde_json::from_slice(&host.read(path, MANIFEST_BYTES).ok()?).ok()?;
    Some(Package {
        ecosystem: "npm".to_owned(),
        name: clip(manifest.name),
        version: clip(manifest.version),
        ..Package::default()
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Host, packages};

    #[test]
    fn modules_are_those_that_npm_installed_also_in_a_scope() {
        let host = Host::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/language"));
        let found = packages(&host).unwrap();
        let found: Vec<_> = found.iter().map(|p| (p.name.as_str(), p.version.as_str())).collect();
        assert_eq!(found, [("plain-module", "2.0.0-rc.1"), ("@example/scoped", "1.4.2")]);
        assert_eq!(packages(&Host::at("/nonexistent")).unwrap(), []);
    }
}
