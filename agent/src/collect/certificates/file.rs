//! Certificates in files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use terrier_shared::latest::text::Text;

use super::Found;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// Larger files are stores of authorities.
const LIMIT: usize = 256 << 10;
/// A file with more certificates is a store of authorities, too.
const PER_FILE: usize = 16;
/// How far below a configured directory files are looked for.
const DEPTH: usize = 4;
/// Most files and directories that are looked at.
const ENTRIES: usize = 10_000;
const ENDINGS: [&str; 5] = [".pem", ".crt", ".cer", ".cert", ".der"];
/// Where distributions keep authorities. What is linked to here is theirs.
const STORES: [&str; 6] =
    ["/ca-certificates/", "/ca-trust/", "/share/pki/", "/pki/java/", "/pki/nssdb/", "/usr/share/ca-certificates"];
/// What begins a certificate: of RFC 7468, of old programs, and with what openssl(1) trusts it for behind it.
const BEGIN: [&str; 3] =
    ["-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----"];
const END: &[u8] = b"-----END ";

/// Reads the certificates at `paths` and below, and returns what may not be read. Links to files are followed, links
/// to directories are not.
pub(super) fn read(host: &Host, paths: &[String], found: &mut Found) -> Result<Vec<Text>, Failure> {
    let mut walk = Walk { host, found, unread: Vec::new(), entries: 0 };
    for path in paths {
        walk.path(path, DEPTH)?;
    }
    walk.unread.sort_unstable();
    walk.unread.dedup();
    Ok(walk.unread)
}

struct Walk<'a> {
    host: &'a Host,
    found: &'a mut Found,
    unread: Vec<Text>,
    entries: usize,
}

impl Walk<'_> {
    fn path(&mut self, path: &str, depth: usize) -> Result<(), Failure> {
        self.entries += 1;
        if self.entries > ENTRIES {
            let what = "the configured places of certificates".to_owned();
            return Err(Failure::TooLarge { what, limit: ENTRIES, unit: "files" });
        }
        let link = self.host.link(path);
        if link.as_ref().is_some_and(|target| is_store(&target.to_string_lossy())) {
            return Ok(());
        }
        match self.host.access(path) {
            Ok(access) if access.is_directory() && link.is_none() && depth > 0 => self.directory(path, depth),
            Ok(access) if access.is_file() && has_ending(path) => {
                self.file(path);
                Ok(())
            }
            Err(Failure::PermissionDenied(_)) => {
                self.unread.push(Text::from(path));
                Ok(())
            }
            // A link that leads nowhere or in circles holds nothing.
            _ => Ok(()),
        }
    }

    fn directory(&mut self, path: &str, depth: usize) -> Result<(), Failure> {
        let Ok(names) = self.host.find_names(path) else {
            self.unread.push(Text::from(path));
            return Ok(());
        };
        names.iter().try_for_each(|name| self.path(&format!("{path}/{name}"), depth - 1))
    }

    fn file(&mut self, path: &str) {
        match self.host.find(path, LIMIT) {
            Ok(bytes) => {
                let bytes = bytes.unwrap_or_default();
                let certificates = certificates(&bytes);
                if certificates.len() <= PER_FILE {
                    for der in certificates {
                        self.found.in_file(&der, path);
                    }
                }
            }
            Err(Failure::TooLarge { .. }) => {}
            Err(_) => self.unread.push(Text::from(path)),
        }
    }
}

fn is_store(target: &str) -> bool {
    STORES.iter().any(|store| target.contains(store))
}

fn has_ending(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

/// What stands between the marks of certificates, decoded; without marks, the file as it is.
fn certificates(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut starts: Vec<usize> = BEGIN
        .iter()
        .flat_map(|begin| memmem::find_iter(bytes, begin.as_bytes()).map(|place| place + begin.len()))
        .collect();
    if starts.is_empty() && memmem::find(bytes, b"-----BEGIN ").is_none() {
        return vec![bytes.to_vec()];
    }
    starts.sort_unstable();
    starts.into_iter().filter_map(|start| decoded(bytes.get(start..)?)).collect()
}

/// What openssl(1) puts behind a certificate that it trusts is no part of it.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let body = bytes.get(..memmem::find(bytes, END)?)?;
    let digits: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(digits).ok()?;
    let element = super::der::Elements::of(&der).next()?;
    Some(element.encoding.to_vec())
}

#[cfg(test)]
mod tests {
    use super::certificates;

    #[test]
    fn only_what_stands_between_the_marks_of_a_certificate_is_decoded() {
        let text = b"-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\nsubject=x\n\
            -----BEGIN CERTIFICATE-----\r\nMAMC\r\nAQI=\r\n-----END CERTIFICATE-----\n\
            -----BEGIN TRUSTED CERTIFICATE-----\nMAMCAQMwAA==\n-----END TRUSTED CERTIFICATE-----\n\
            -----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nMAM";
        assert_eq!(certificates(text), [[0x30, 3, 2, 1, 2], [0x30, 3, 2, 1, 3]]);
        assert!(certificates(b"-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n").is_empty());
    }
}
