//! apk's database (apk-package(5), the characters of version 2): paragraphs with fields of one letter.

use terrier_shared::latest::section::software::Package;

use super::control::{Paragraph, paragraphs};
use super::person;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Where apk keeps it, and where it does since version 3 on a host with a merged /usr.
const PLACES: [&str; 2] = ["/usr/lib/apk/db/installed", "/lib/apk/db/installed"];
const LIMIT: usize = 32 << 20;

/// The packages that are installed; absent where there is no database.
pub(super) fn packages(host: &Host) -> Result<Option<Vec<Package>>, Failure> {
    for place in PLACES {
        if let Some(bytes) = host.find(place, LIMIT)? {
            let text = String::from_utf8_lossy(&bytes);
            if !text.is_empty() && !text.ends_with('\n') {
                return Err(Failure::malformed(place, "ends in the middle of a line"));
            }
            return paragraphs(&text).map(|paragraph| package(place, paragraph)).collect::<Result<_, _>>().map(Some);
        }
    }
    Ok(None)
}

fn package(place: &str, paragraph: Paragraph<'_>) -> Result<Package, Failure> {
    let mut package = Package { ecosystem: "apk".to_owned(), ..Package::default() };
    for (field, value) in paragraph.fields() {
        let text = || clip(value.to_owned());
        match field {
            "P" => package.name = text(),
            "V" => package.version = text(),
            "A" => package.architecture = Some(text()),
            "o" => package.source = Some(text()),
            "m" => package.vendor = person(value),
            "I" => package.size_bytes = value.parse().ok(),
            // What follows are the files.
            "F" => break,
            _ => {}
        }
    }
    if package.name.is_empty() || package.version.is_empty() {
        let title = clip(paragraph.title().to_owned());
        return Err(Failure::malformed(place, format!("the paragraph at `{title}` has no name or no version")));
    }
    package.source = package.source.filter(|source| *source != package.name);
    Ok(package)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Failure, Host, Package, packages};

    // By the manual page; there is no apk to make one with.
    const MUSL: &str = "C:Q1abc=\nP:musl-utils\nV:1.2.4_git20230717-r4\nA:x86_64\nS:36873\nI:135168\nT:utilities\n\
        o:musl\nm:Timo Teras <timo.teras@iki.fi>\nt:1\nc:abc\nD:scanelf so:libc.musl-x86_64.so.1\n\
        F:sbin\nR:ldconfig\na:0:0:755\nZ:Q1x=\nF:usr/bin\nR:P:trap\n\n";

    fn found(place: &str, text: &str) -> Result<Option<Vec<Package>>, Failure> {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        packages(&Host::at(root.path()))
    }

    #[test]
    fn a_package_has_its_origin_and_size() {
        for place in ["lib/apk/db/installed", "usr/lib/apk/db/installed"] {
            let packages = found(place, MUSL).unwrap().unwrap();
            assert_eq!(
                packages,
                [Package {
                    ecosystem: "apk".to_owned(),
                    name: "musl-utils".to_owned(),
                    architecture: Some("x86_64".to_owned()),
                    version: "1.2.4_git20230717-r4".to_owned(),
                    source: Some("musl".to_owned()),
                    source_version: None,
                    vendor: Some("Timo Teras".to_owned()),
                    size_bytes: Some(135_168),
                }]
            );
        }
    }

    #[test]
    fn a_damaged_database_is_a_failure() {
        let place = "lib/apk/db/installed";
        assert!(found(place, &MUSL[..MUSL.len() - 4]).is_err());
        assert!(found(place, &MUSL.replace("V:1", "X:1")).is_err());
        assert_eq!(found("elsewhere", MUSL).unwrap(), None);
    }
}
