//! Where sshd looks for keys: `AuthorizedKeysFile` of `sshd_config(5)`.

use crate::collect::failure::Failure;
use crate::collect::host::Host;

/// The administrator's, or else the distribution's.
const PLACES: [&str; 2] = ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config"];
const DEFAULTS: [&str; 2] = [".ssh/authorized_keys", ".ssh/authorized_keys2"];
const LIMIT: usize = 1 << 20;
/// How deep files include each other, as sshd allows it.
const DEPTH: usize = 16;
/// Most files that are read for one configuration.
const FILES: usize = 256;

/// What the configuration says of the keys.
#[derive(Debug, Default)]
struct Reading {
    /// The first value, which is the one that counts.
    files: Option<Vec<String>>,
    /// Whether some users' keys are elsewhere, depending on how they connect.
    depends: bool,
    in_match: bool,
    read: usize,
}

/// The places of a user's keys, with sshd's tokens in them; absent where the agent may not look, or where they depend
/// on how somebody connects.
pub(super) fn key_files(host: &Host) -> Result<Option<Vec<String>>, Failure> {
    let mut reading = Reading::default();
    let read = match PLACES.iter().find(|place| host.exists(place)) {
        Some(place) => reading.file(host, place, 0),
        None => Ok(()),
    };
    match read {
        Ok(()) if reading.depends => Ok(None),
        Ok(()) => Ok(Some(reading.files.unwrap_or_else(|| DEFAULTS.map(str::to_owned).to_vec()))),
        Err(Failure::PermissionDenied(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

impl Reading {
    fn file(&mut self, host: &Host, path: &str, depth: usize) -> Result<(), Failure> {
        self.read += 1;
        if depth > DEPTH || self.read > FILES {
            return Err(Failure::malformed(path, "too many files include each other"));
        }
        let text = host.text(path, LIMIT)?;
        for line in text.lines() {
            let (keyword, values) = words(line);
            match keyword.as_str() {
                "match" => self.in_match = values.len() != 1 || !values.iter().any(|v| v.eq_ignore_ascii_case("all")),
                "authorizedkeysfile" if self.in_match => self.depends = true,
                "authorizedkeysfile" => self.files = self.files.take().or(Some(values)),
                "include" => self.include(host, &values, depth)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A `Match` in an included file ends with it.
    fn include(&mut self, host: &Host, patterns: &[String], depth: usize) -> Result<(), Failure> {
        let in_match = self.in_match;
        for pattern in patterns {
            let pattern = if pattern.starts_with('/') { pattern.clone() } else { format!("/etc/ssh/{pattern}") };
            for path in matching(host, &pattern)? {
                self.file(host, &path, depth + 1)?;
                self.in_match = in_match;
            }
        }
        Ok(())
    }
}

/// The keyword in lower case and its values. `=` may stand between them, and quotes around a value.
fn words(line: &str) -> (String, Vec<String>) {
    let line = line.trim();
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, mut rest) = line.split_at(end);
    rest = rest.trim_start().strip_prefix('=').unwrap_or(rest);
    let mut values = Vec::new();
    loop {
        rest = rest.trim_start();
        let (value, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        if rest.is_empty() || rest.starts_with('#') {
            return (keyword.to_ascii_lowercase(), values);
        }
        values.push(value.to_owned());
        rest = after;
    }
}

/// The files of a glob(7) pattern, by name. Its directory is taken literally.
fn matching(host: &Host, pattern: &str) -> Result<Vec<String>, Failure> {
    let (directory, pattern) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    let names = host.find_names(if directory.is_empty() { "/" } else { directory })?.into_iter();
    let is_hidden = |name: &str| name.starts_with('.') && !pattern.starts_with('.');
    let names = names.filter(|name| !is_hidden(name) && fits(pattern.as_bytes(), name.as_bytes()));
    Ok(names.map(|name| format!("{directory}/{name}")).collect())
}

/// `*` and `?`, in time that grows with the product of the lengths only.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from, mut star) = (0, 0, None);
    while let Some(byte) = name.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                from = taken + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Failure, Host, fits, key_files, words};

    fn configured(files: &[(&str, &str)]) -> Result<Option<Vec<String>>, Failure> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc/ssh/sshd_config.d")).unwrap();
        for (name, text) in files {
            fs::write(root.path().join("etc/ssh").join(name), text).unwrap();
        }
        key_files(&Host::at(root.path()))
    }

    #[test]
    fn the_first_value_counts_and_includes_are_read_where_they_stand() {
        let own = "Include /etc/ssh/sshd_config.d/*.conf\nAuthorizedKeysFile .ssh/late\n";
        let files = [
            ("sshd_config", own),
            ("sshd_config.d/20-b.conf", "AuthorizedKeysFile=/keys/%u \"/with blank/%h\" # note\n"),
            ("sshd_config.d/30-c.conf", "authorizedkeysfile none\n"),
            ("sshd_config.d/10-a.off", "AuthorizedKeysFile off\n"),
        ];
        assert_eq!(configured(&files).unwrap().unwrap(), ["/keys/%u", "/with blank/%h"]);
        assert_eq!(configured(&[("sshd_config", "#x\n")]).unwrap().unwrap().len(), 2);
    }

    #[test]
    fn keys_that_depend_on_the_connection_are_not_counted() {
        let text = "Match User git\nAuthorizedKeysFile /git\nMatch all\nAuthorizedKeysFile /keys/%u\n";
        assert_eq!(configured(&[("sshd_config", text)]).unwrap(), None);
        let text = "Match User git\n  X11Forwarding no\nMatch all\nAuthorizedKeysFile /keys/%u\n";
        assert_eq!(configured(&[("sshd_config", text)]).unwrap().unwrap(), ["/keys/%u"]);
    }

    #[test]
    fn a_file_that_includes_itself_is_a_failure_and_no_endless_loop() {
        let failure = configured(&[("sshd_config", "Include sshd_config\n")]).unwrap_err();
        assert!(failure.to_string().contains("include each other"), "{failure}");
    }

    #[test]
    fn words_and_patterns_are_read_as_sshd_does() {
        assert_eq!(words("  Port = 22"), ("port".to_owned(), vec!["22".to_owned()]));
        assert!(fits(b"*.conf", b"a.b.conf") && fits(b"??-*", b"10-") && !fits(b"*.conf", b"a.conf~"));
        assert!(fits(b"a*b*c", b"axxbyybzc") && !fits(b"a*b", b"a"));
    }
}
