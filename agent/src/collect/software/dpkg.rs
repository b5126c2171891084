//! dpkg's database, read directly (dpkg(1), `/var/lib/dpkg`).

use std::collections::BTreeMap;

use terrier_shared::latest::section::software::Package;

use super::control::{Paragraph, paragraphs};
use super::person;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/var/lib/dpkg";
/// Some 60 000 packages.
const STATUS_BYTES: usize = 32 << 20;
const ENTRY_BYTES: usize = 1 << 20;

/// The packages that are on the disk; absent where there is no database.
///
/// Besides `status` it holds the journal of a running or broken-off dpkg in `updates`, which overrides it, and on
/// images without dpkg one file per package in `status.d`.
pub(super) fn packages(host: &Host) -> Result<Option<Vec<Package>>, Failure> {
    let status = format!("{PLACE}/status");
    let text = host.find(&status, STATUS_BYTES)?;
    let single = single_files(host)?;
    if text.is_none() && single.is_empty() {
        return Ok(None);
    }
    let mut entries = BTreeMap::new();
    read(&status, &text.unwrap_or_default(), &mut entries)?;
    for path in journal(host)? {
        read(&path, &host.find(&path, ENTRY_BYTES)?.unwrap_or_default(), &mut entries)?;
    }
    let mut packages: Vec<Package> = entries.into_values().flatten().collect();
    for path in single {
        let text = host.text(&path, ENTRY_BYTES)?;
        for paragraph in paragraphs(&text) {
            packages.push(Entry::of(paragraph).package(&path, paragraph)?);
        }
    }
    Ok(Some(packages))
}

/// Files of the journal have numbers for names; the highest is the latest.
fn journal(host: &Host) -> Result<Vec<String>, Failure> {
    let mut names = host.find_names(format!("{PLACE}/updates"))?;
    names.retain(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    Ok(names.into_iter().map(|name| format!("{PLACE}/updates/{name}")).collect())
}

fn single_files(host: &Host) -> Result<Vec<String>, Failure> {
    let mut names = host.find_names(format!("{PLACE}/status.d"))?;
    names.retain(|name| !name.ends_with(".md5sums"));
    Ok(names.into_iter().map(|name| format!("{PLACE}/status.d/{name}")).collect())
}

/// Packages by name and architecture; nothing for one that was removed.
type States = BTreeMap<(String, String), Option<Package>>;

fn read(path: &str, bytes: &[u8], states: &mut States) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(bytes);
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(Failure::malformed(path, "ends in the middle of a line"));
    }
    for paragraph in paragraphs(&text) {
        let entry = Entry::of(paragraph);
        if entry.name.is_empty() || entry.status.is_empty() {
            let problem = format!("the paragraph at `{}` has no Package or no Status", shorten(paragraph.title()));
            return Err(Failure::malformed(path, problem));
        }
        let key = (entry.name.to_owned(), entry.architecture.to_owned());
        let package = if entry.is_on_disk() { Some(entry.package(path, paragraph)?) } else { None };
        states.insert(key, package);
    }
    Ok(())
}

/// The fields of a paragraph that matter here.
#[derive(Debug, Default)]
struct Entry<'a> {
    name: &'a str,
    status: &'a str,
    architecture: &'a str,
    version: &'a str,
    source: &'a str,
    maintainer: &'a str,
    installed_size: &'a str,
}

impl<'a> Entry<'a> {
    fn of(paragraph: Paragraph<'a>) -> Self {
        let mut entry = Self::default();
        for (name, value) in paragraph.fields() {
            match name {
                "Package" => entry.name = value,
                "Status" => entry.status = value,
                "Architecture" => entry.architecture = value,
                "Version" => entry.version = value,
                "Source" => entry.source = value,
                "Maintainer" => entry.maintainer = value,
                "Installed-Size" => entry.installed_size = value,
                _ => {}
            }
        }
        entry
    }

    /// Of `want flag status`, the last says what is there; of these two nothing or only configuration is.
    fn is_on_disk(&self) -> bool {
        !matches!(self.status.split_whitespace().nth(2), None | Some("not-installed" | "config-files"))
    }

    fn package(&self, path: &str, paragraph: Paragraph<'_>) -> Result<Package, Failure> {
        if self.name.is_empty() || self.version.is_empty() {
            let problem = format!("the package at `{}` has no Package or no Version", shorten(paragraph.title()));
            return Err(Failure::malformed(path, problem));
        }
        // `Source: name (version)`, the version only where it is another one.
        let (source, source_version) = match self.source.split_once(' ') {
            Some((name, version)) => (name, version.trim_matches(['(', ')'])),
            None => (self.source, ""),
        };
        let present = |text: &str| (!text.is_empty()).then(|| clip(text.to_owned()));
        Ok(Package {
            ecosystem: "deb".to_owned(),
            name: clip(self.name.to_owned()),
            architecture: present(self.architecture),
            version: clip(self.version.to_owned()),
            source: present(source).filter(|source| source != self.name),
            source_version: present(source_version).filter(|version| version != self.version),
            vendor: person(self.maintainer),
            size_bytes: self.installed_size.parse::<u64>().ok().and_then(|kibibytes| kibibytes.checked_mul(1024)),
        })
    }
}

fn shorten(text: &str) -> &str {
    text.get(..text.floor_char_boundary(80)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Failure, Host, Package, packages};

    fn found(files: &[(&str, &str)]) -> Result<Option<Vec<Package>>, Failure> {
        let root = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = root.path().join("var/lib/dpkg").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        packages(&Host::at(root.path()))
    }

    fn versions(files: &[(&str, &str)]) -> Vec<String> {
        found(files).unwrap().unwrap().into_iter().map(|p| format!("{} {}", p.name, p.version)).collect()
    }

    const SSH: &str = "Package: openssh-server\nStatus: install ok installed\nPriority: optional\n\
        Installed-Size: 1900\nMaintainer: Debian OpenSSH Maintainers <debian-ssh@lists.debian.org>\n\
        Architecture: amd64\nSource: openssh\nVersion: 1:9.2p1-2+deb12u3\nDescription: secure shell\n sftp: no field\n\n";

    #[test]
    fn a_package_has_its_version_source_vendor_and_size() {
        let package = found(&[("status", SSH)]).unwrap().unwrap().remove(0);
        assert_eq!(
            package,
            Package {
                ecosystem: "deb".to_owned(),
                name: "openssh-server".to_owned(),
                architecture: Some("amd64".to_owned()),
                version: "1:9.2p1-2+deb12u3".to_owned(),
                source: Some("openssh".to_owned()),
                source_version: None,
                vendor: Some("Debian OpenSSH Maintainers".to_owned()),
                size_bytes: Some(1900 * 1024),
            }
        );
    }

    #[test]
    fn a_source_with_another_version_is_taken_apart() {
        let text = SSH.replace("Source: openssh", "Source: openssh (1:9.2p1-2)");
        let package = found(&[("status", &text)]).unwrap().unwrap().remove(0);
        assert_eq!(package.source_version.as_deref(), Some("1:9.2p1-2"));
    }

    #[test]
    fn only_what_is_on_the_disk_counts() {
        let removed = SSH.replace("install ok installed", "deinstall ok config-files");
        assert_eq!(versions(&[("status", &removed)]), Vec::<String>::new());
        let half = SSH.replace("install ok installed", "install ok half-configured");
        assert_eq!(versions(&[("status", &half)]), ["openssh-server 1:9.2p1-2+deb12u3"]);
    }

    #[test]
    fn the_journal_overrides_the_status_in_the_order_of_its_numbers() {
        let newer = SSH.replace("1:9.2p1-2+deb12u3", "2");
        let newest = SSH.replace("1:9.2p1-2+deb12u3", "3");
        let files =
            [("status", SSH), ("updates/0002", newest.as_str()), ("updates/0001", &newer), ("updates/tmp.i", "x")];
        assert_eq!(versions(&files), ["openssh-server 3"]);
    }

    #[test]
    fn images_without_dpkg_list_packages_in_single_files() {
        let entry = SSH.replace("Status: install ok installed\n", "");
        let files = [("status.d/openssh", entry.as_str()), ("status.d/openssh.md5sums", "x  y")];
        assert_eq!(versions(&files), ["openssh-server 1:9.2p1-2+deb12u3"]);
    }

    #[test]
    fn a_truncated_status_is_a_failure_and_never_fewer_packages() {
        let whole = format!("{SSH}{}", SSH.replace("openssh-server", "openssh-client"));
        for end in SSH.len() + 1..whole.len() - 1 {
            let cut = &whole[..end];
            let Ok(Some(packages)) = found(&[("status", cut)]) else { continue };
            // Cut between two lines after Version: nothing that is read here is lost.
            assert_eq!(packages.len(), 2, "{cut}");
        }
        let failure = found(&[("status", &whole[..whole.len() - 20])]).unwrap_err();
        assert_eq!(failure.to_string(), "/var/lib/dpkg/status: ends in the middle of a line");
    }

    #[test]
    fn a_host_without_dpkg_has_no_database() {
        assert_eq!(found(&[]).unwrap(), None);
    }
}
