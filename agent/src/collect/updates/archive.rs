//! An archive of packages, as its `Release` file describes it (wiki.debian.org, "DebianRepository/Format").

use crate::collect::host::Host;

/// The fields stand before the lists of checksums.
const HEAD_BYTES: usize = 16 << 10;

/// What matters of an archive here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Archive {
    pub(super) is_security: bool,
    /// How much apt wants its packages (`apt_preferences(5)`).
    pub(super) priority: Priority,
}

/// apt's default priorities, lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Priority {
    /// 1: only by name.
    Never,
    /// 100: only updates of what was installed from it, such as backports.
    Updates,
    /// 500: everything.
    #[default]
    Normal,
}

impl Archive {
    pub(super) fn read(host: &Host, path: &str) -> Self {
        let bytes = host.beginning(path, HEAD_BYTES).unwrap_or_default();
        Self::parse(&String::from_utf8_lossy(&bytes))
    }

    fn parse(text: &str) -> Self {
        let field = |name: &str| {
            let lines = text.lines().take_while(|line| !line.starts_with("MD5Sum") && !line.starts_with("SHA256"));
            lines
                .filter_map(|line| line.split_once(':'))
                .find(|(found, _)| *found == name)
                .map(|(_, value)| value.trim())
        };
        let is = |name: &str| field(name) == Some("yes");
        let is_suite = ["Suite", "Codename"].into_iter().filter_map(field).any(|name| name.ends_with("-security"));
        let priority = match (is("NotAutomatic"), is("ButAutomaticUpgrades")) {
            (true, true) => Priority::Updates,
            (true, false) => Priority::Never,
            (false, _) => Priority::Normal,
        };
        Self { is_security: is_suite || field("Label") == Some("Debian-Security"), priority }
    }
}

#[cfg(test)]
mod tests {
    use super::{Archive, Priority};

    #[test]
    fn security_and_priority_are_in_the_release_file() {
        let signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n";
        let debian = format!("{signed}Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nSHA256:\n");
        assert_eq!(Archive::parse(&debian), Archive { is_security: true, priority: Priority::Normal });
        let ubuntu = "Origin: Ubuntu\nLabel: Ubuntu\nSuite: jammy-security\n";
        assert!(Archive::parse(ubuntu).is_security);
        let backports = "Suite: stable-backports\nNotAutomatic: yes\nButAutomaticUpgrades: yes\n";
        assert_eq!(Archive::parse(backports).priority, Priority::Updates);
        assert_eq!(Archive::parse("Suite: experimental\nNotAutomatic: yes\n").priority, Priority::Never);
        assert_eq!(Archive::parse("MD5Sum:\nSuite: x-security\n"), Archive::default());
    }
}
