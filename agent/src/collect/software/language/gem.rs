//! Ruby gems, by the specifications that `RubyGems` installs beside them.

use terrier_shared::latest::section::software::Package;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::software::memory;

/// Where `gem install` puts them on Debian, in a Ruby built by hand, and on Fedora; the first two have a directory per
/// version of Ruby in between. Distributions use other places.
const PER_VERSION: [&str; 3] = ["/var/lib/gems", "/usr/local/lib/ruby/gems", "/usr/local/lib64/ruby/gems"];
const SHARED: &str = "/usr/local/share/gems/specifications";
const TOPIC: &str = "gems";
/// The line that is looked for is the second.
const BEGINNING: usize = 1 << 10;

pub(super) fn packages(host: &Host) -> Result<Vec<Package>, Failure> {
    let mut places = vec![SHARED.to_owned()];
    for place in PER_VERSION {
        places.extend(host.find_names(place)?.iter().map(|version| format!("{place}/{version}/specifications")));
    }
    places.retain(|place| host.exists(place));
    let stamps = places.iter().map(|place| host.stamp(place)).collect();
    memory::recalled(host, TOPIC, stamps, || {
        let mut packages = Vec::new();
        for place in &places {
            let names = host.find_names(place)?;
            let specifications = names.iter().filter(|name| name.ends_with(".gemspec"));
            packages.extend(specifications.filter_map(|name| package(host, &format!("{place}/{name}"))));
        }
        Ok(packages)
    })
}

/// `RubyGems` writes `# stub: name version platform paths` so that nobody has to run the specification.
fn package(host: &Host, path: &str) -> Option<Package> {
    let bytes = host.beginning(path, BEGINNING).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let stub = text.lines().find_map(|line| line.strip_prefix("# stub: "))?;
    let mut words = stub.split(' ').map(|word| clip(word.to_owned()));
    Some(Package {
        ecosystem: "gem".to_owned(),
        name: words.next()?,
        version: words.next()?,
        architecture: words.next().filter(|platform| platform != "ruby"),
        ..Package::default()
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Host, packages};

    #[test]
    fn gems_are_those_that_gem_installed() {
        let host = Host::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/language"));
        let found = packages(&host).unwrap();
        let found: Vec<_> =
            found.iter().map(|p| (p.name.as_str(), p.version.as_str(), p.architecture.as_deref())).collect();
        assert_eq!(found, [("native-thing", "0.3.0.pre1", Some("x86_64-linux")), ("plain_gem", "1.2.3", None)]);
        assert_eq!(packages(&Host::at("/nonexistent")).unwrap(), []);
    }
}
