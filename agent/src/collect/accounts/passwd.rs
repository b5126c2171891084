//! Users, from passwd(5).

use crate::collect::failure::Failure;
use crate::collect::host::Host;

pub(super) const PLACE: &str = "/etc/passwd";
/// Some 100 000 users.
const LIMIT: usize = 8 << 20;
/// Programs that stand in a shell's place and end at once.
const NO_SHELLS: [&str; 6] = ["nologin", "false", "true", "sync", "shutdown", "halt"];

/// A line of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) uid: u32,
    pub(super) name: String,
    pub(super) gid: u32,
    /// What stands in the password's place, shortened to what tells its state.
    pub(super) password: Password,
    /// The comment field.
    pub(super) comment: String,
    pub(super) home: Vec<u8>,
    pub(super) shell: Vec<u8>,
}

/// What stands in the place of a password's hash, here or in shadow(5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Password {
    /// Nothing: none is asked for.
    Absent,
    /// What no password can become.
    #[default]
    Locked,
    /// A hash.
    Set,
    /// `x`: it stands in shadow(5).
    Elsewhere,
}

impl Password {
    pub(super) fn of(field: &[u8]) -> Self {
        match field {
            [] => Self::Absent,
            b"x" => Self::Elsewhere,
            [b'!' | b'*', ..] => Self::Locked,
            _ => Self::Set,
        }
    }
}

impl Entry {
    /// Without a shell the user gets `/bin/sh`.
    pub(super) fn is_interactive(&self) -> bool {
        let program = self.shell.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        self.shell != b"/dev/null" && !NO_SHELLS.iter().any(|name| name.as_bytes() == program)
    }

    /// Up to the first comma. `&` means the name of the user.
    pub(super) fn full_name(&self) -> Option<String> {
        let first = self.comment.split(',').next().unwrap_or_default().trim();
        (!first.is_empty()).then(|| first.replace('&', &self.name))
    }
}

/// The users by number and name. As the C library does, lines that are none are passed over: comments, `+` and `-`
/// of NIS, and what has no number.
pub(super) fn read(host: &Host) -> Result<Vec<Entry>, Failure> {
    let bytes = host.read(PLACE, LIMIT)?;
    let mut entries: Vec<Entry> = bytes.split(|byte| *byte == b'\n').filter_map(parse).collect();
    entries.sort();
    entries.dedup_by(|later, kept| (later.uid, &later.name) == (kept.uid, &kept.name));
    Ok(entries)
}

fn parse(line: &[u8]) -> Option<Entry> {
    let mut fields = line.split(|byte| *byte == b':');
    let name = name(fields.next()?)?;
    let password = Password::of(fields.next()?);
    let (uid, gid) = (number(fields.next()?)?, number(fields.next()?)?);
    let mut rest = || fields.next().unwrap_or_default();
    let comment = String::from_utf8_lossy(rest()).into_owned();
    let (home, shell) = (rest().to_vec(), rest().trim_ascii().to_vec());
    Some(Entry { uid, name, gid, password, comment, home, shell })
}

/// The first field of passwd(5), shadow(5) and group(5); absent where the line is none of theirs.
pub(super) fn name(field: &[u8]) -> Option<String> {
    let is_name = !field.is_empty() && !matches!(field, [b'#' | b'+' | b'-', ..]);
    is_name.then(|| String::from_utf8_lossy(field).into_owned())
}

pub(super) fn number(field: &[u8]) -> Option<u32> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Entry, Host, Password, parse, read};

    #[test]
    fn lines_that_are_no_users_are_passed_over() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("etc")).unwrap();
        let text = b"root:x:0:0:root:/root:/bin/bash\n# note:x:1:1::/:\n+@staff\n+\n-bob\nno-number:x:y:1::/:/bin/sh\n\
            \n:x:5:5::/:\nhuge:x:4294967296:1::/:\nshort:x:7\ntoor:x:0:0::/root:/bin/sh\nr\xf6:*:9:9:\xff,,:/\xfe:/bin/sh\n\
            root:x:0:0:twice:/root:/bin/bash";
        fs::write(root.path().join("etc/passwd"), text).unwrap();
        let entries = read(&Host::at(root.path())).unwrap();
        let names: Vec<_> = entries.iter().map(|entry| (entry.uid, entry.name.as_str())).collect();
        assert_eq!(names, [(0, "root"), (0, "toor"), (9, "r\u{fffd}")]);
        assert_eq!((entries[2].home.as_slice(), entries[2].password), (&b"/\xfe"[..], Password::Locked));
    }

    #[test]
    fn a_shell_that_ends_at_once_lets_nobody_in_and_no_shell_is_the_default_one() {
        let interactive = |shell: &str| Entry { shell: shell.as_bytes().to_vec(), ..Entry::default() }.is_interactive();
        for shell in ["/usr/sbin/nologin", "/bin/false", "/bin/sync", "/dev/null"] {
            assert!(!interactive(shell), "{shell}");
        }
        for shell in ["", "/bin/sh", "/usr/bin/git-shell"] {
            assert!(interactive(shell), "{shell}");
        }
    }

    #[test]
    fn a_full_name_ends_at_the_comma_and_repeats_the_users_name() {
        let named = |comment: &str| parse(format!("ann:x:1:1:{comment}:/:").as_bytes()).unwrap().full_name();
        assert_eq!(named("& Example,Room 1"), Some("ann Example".to_owned()));
        assert_eq!(named(",,,"), None);
    }
}
