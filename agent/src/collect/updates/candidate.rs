//! Which version apt would install instead of the one that is.

use std::cmp::Ordering;

use super::archive::{Archive, Priority};
use super::version::compare;

/// What the archives have for one installed package.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidate {
    /// The newest version of archives whose packages are all wanted.
    normal: Option<String>,
    /// The newest version of those from which only updates are.
    updates: Option<String>,
    /// The newest version of archives of security updates.
    security: Option<String>,
}

impl Candidate {
    /// Takes note of a version in an archive.
    pub(super) fn note(&mut self, archive: Archive, version: &str) {
        match archive.priority {
            Priority::Normal => raise(&mut self.normal, version),
            Priority::Updates => raise(&mut self.updates, version),
            Priority::Never => {}
        }
        if archive.is_security {
            raise(&mut self.security, version);
        }
    }

    /// The version that would replace `installed`, and whether security asks for it. Never an older one.
    ///
    /// Versions from archives like backports count only where what is installed is newer than all others or of
    /// none of them.
    pub(super) fn update(&self, installed: &str) -> Option<(&str, bool)> {
        let normal = against(self.normal.as_deref(), installed);
        let updates = against(self.updates.as_deref(), installed);
        let ((Some((available, Ordering::Greater)), _)
        | (None | Some((_, Ordering::Less)), Some((available, Ordering::Greater)))) = (normal, updates)
        else {
            return None;
        };
        let is_security = against(self.security.as_deref(), installed).is_some_and(|(_, order)| order.is_gt());
        Some((available, is_security))
    }
}

fn against<'a>(version: Option<&'a str>, installed: &str) -> Option<(&'a str, Ordering)> {
    version.map(|version| (version, compare(version, installed)))
}

fn raise(newest: &mut Option<String>, version: &str) {
    if newest.as_deref().is_none_or(|newest| compare(version, newest).is_gt()) {
        *newest = Some(version.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{Archive, Candidate, Priority};

    fn candidate(versions: &[(Priority, bool, &str)]) -> Candidate {
        let mut candidate = Candidate::default();
        for (priority, is_security, version) in versions {
            candidate.note(Archive { is_security: *is_security, priority: *priority }, version);
        }
        candidate
    }

    #[test]
    fn the_newest_version_is_offered_and_never_an_older_one() {
        let found = candidate(&[(Priority::Normal, false, "1.2"), (Priority::Normal, false, "1.10")]);
        assert_eq!(found.update("1.1"), Some(("1.10", false)));
        assert_eq!(found.update("1.10"), None);
        assert_eq!(found.update("2"), None);
    }

    #[test]
    fn backports_are_offered_to_what_came_from_there_alone() {
        let found = candidate(&[(Priority::Normal, false, "1"), (Priority::Updates, false, "3~bpo")]);
        assert_eq!(found.update("1"), None);
        assert_eq!(found.update("2~bpo"), Some(("3~bpo", false)));
        assert_eq!(candidate(&[(Priority::Never, false, "9")]).update("1"), None);
    }

    #[test]
    fn a_later_version_without_the_label_still_holds_the_security_update() {
        let found = candidate(&[(Priority::Normal, true, "1.1"), (Priority::Normal, false, "1.2")]);
        assert_eq!(found.update("1.0"), Some(("1.2", true)));
        assert_eq!(found.update("1.1"), Some(("1.2", false)));
    }
}
