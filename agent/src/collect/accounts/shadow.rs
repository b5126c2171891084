//! Whether there is a password, from shadow(5), which mostly root alone may read.

use std::collections::BTreeMap;

use super::passwd::{Entry, Password, name};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/etc/shadow";
const LIMIT: usize = 8 << 20;

/// What stands in each user's password field. The hashes themselves are not kept.
#[derive(Debug, Default)]
pub(super) struct Passwords(BTreeMap<String, Password>);

/// Nothing is known where the agent may not look or there is no such file.
pub(super) fn read(host: &Host) -> Result<Passwords, Failure> {
    match host.find(PLACE, LIMIT) {
        Ok(bytes) => Ok(parse(&bytes.unwrap_or_default())),
        Err(Failure::PermissionDenied(_)) => Ok(Passwords::default()),
        Err(failure) => Err(failure),
    }
}

fn parse(bytes: &[u8]) -> Passwords {
    let mut passwords = BTreeMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut fields = line.split(|byte| *byte == b':');
        if let (Some(name), Some(field)) = (fields.next().and_then(name), fields.next()) {
            passwords.entry(name).or_insert_with(|| Password::of(field));
        }
    }
    Passwords(passwords)
}

impl Passwords {
    /// `set`, `locked`, `none`; absent where it is not known.
    pub(super) fn of(&self, user: &Entry) -> Option<&'static str> {
        let state = match user.password {
            Password::Elsewhere => *self.0.get(&user.name)?,
            here => here,
        };
        match state {
            Password::Absent => Some("none"),
            Password::Locked => Some("locked"),
            Password::Set => Some("set"),
            Password::Elsewhere => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Password, parse};

    #[test]
    fn a_password_is_set_locked_or_not_asked_for() {
        let passwords = parse(b"a:$y$j9T$x:1::::::\nb:!$6$x:1:\nc:*:1\nd::1\ne:!!:1\n+\n\nf\n");
        let of = |name: &str, password| passwords.of(&Entry { name: name.to_owned(), password, ..Entry::default() });
        let states = ["a", "b", "c", "d", "e", "f"].map(|name| of(name, Password::Elsewhere));
        assert_eq!(states, [Some("set"), Some("locked"), Some("locked"), Some("none"), Some("locked"), None]);
        assert_eq!(of("f", Password::Absent), Some("none"));
        assert_eq!(of("f", Password::Set), Some("set"));
    }
}
