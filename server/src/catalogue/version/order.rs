//! One key for every ecosystem.

use std::cmp::Ordering;

use rpm_version::{Evr, EvrSortKey};

use super::deb::DebVersion;

/// A version ready to be compared with others of its ecosystem.
#[derive(Debug, Clone)]
pub enum VersionKey<'a> {
    /// By rpm's rule, `rpmvercmp`: epoch, version, release; `~` before everything, `^` after the end.
    Rpm(EvrSortKey),
    /// By dpkg's rule, which also reads the versions of ecosystems we know nothing of sensibly.
    Deb(DebVersion<'a>),
}

impl<'a> VersionKey<'a> {
    /// The key of `version` as `ecosystem` reads it.
    #[must_use]
    pub fn new(ecosystem: &str, version: &'a str) -> Self {
        match ecosystem {
            "rpm" => Self::Rpm(Evr::parse(version).sortkey()),
            _ => Self::Deb(DebVersion::parse(version)),
        }
    }
}

impl Ord for VersionKey<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Rpm(left), Self::Rpm(right)) => left.cmp(right),
            (Self::Deb(left), Self::Deb(right)) => left.cmp(right),
            (Self::Rpm(_), Self::Deb(_)) => Ordering::Less,
            (Self::Deb(_), Self::Rpm(_)) => Ordering::Greater,
        }
    }
}

impl PartialOrd for VersionKey<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for VersionKey<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for VersionKey<'_> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::VersionKey;

    #[test]
    fn known_versions_have_their_known_order() {
        // From deb-version(7), Debian's own archive, rpm-version(7) and rpm's test-suite: each older than the next.
        let known = [
            ("deb", ["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+", "1:0.1"].as_slice()),
            ("deb", &["3.0.2-0ubuntu1.18", "3.0.7-1", "3.0.15-1~deb12u1", "3.0.15-1", "3.5.1-1"]),
            ("deb", &["1.2.3-1", "1.2.3-1+b1", "1.2.3-1+deb12u1", "1.2.3-1.1", "1.2.3-2", "1.2.3-10"]),
            ("deb", &["2.36-9+deb12u4", "2.36-9+deb12u10", "2.37-1", "20240101-1", "1:1-1"]),
            ("rpm", &["1.0~rc1", "1.0~rc2", "1.0", "1.0^20200101", "1.0.1", "1.1", "1:0.1"]),
            ("rpm", &["1.0.fc9", "1.0.1", "1.0.10", "2.0-1.el8", "2.0-1.el9", "2.0-10.el9"]),
            ("rpm", &["5.14.0-9.el9", "5.14.0-70.el9", "5.14.0-362.8.1.el9_3", "5.14.0-362.24.1.el9_3"]),
        ];
        for (ecosystem, versions) in known {
            for pair in versions.windows(2) {
                let (older, newer) = (VersionKey::new(ecosystem, pair[0]), VersionKey::new(ecosystem, pair[1]));
                assert!(older < newer, "{ecosystem}: {} < {}", pair[0], pair[1]);
            }
        }
    }

    #[test]
    fn versions_that_mean_the_same_are_equal() {
        let equal = [
            ("deb", "1.0", "0:1.0"),
            ("deb", "1.0", "1.0-0"),
            ("deb", "1.01", "1.1"),
            ("rpm", "1.0", "0:1.0"),
            ("rpm", "1.0", "1_0"),
            ("rpm", "1.05", "1.5"),
        ];
        for (ecosystem, left, right) in equal {
            assert_eq!(VersionKey::new(ecosystem, left), VersionKey::new(ecosystem, right), "{left} {right}");
        }
    }

    #[test]
    fn hostile_versions_are_sorted_without_harm() {
        let long = "9".repeat(100_000);
        let mut versions =
            ["", "-", ":", "~", "^", "::", "--", "a:b-c", "한국", "\u{202e}", "1:2:3-4-5", "\n", long.as_str()];
        for ecosystem in ["deb", "rpm", "nonsense"] {
            versions.sort_by_cached_key(|version| VersionKey::new(ecosystem, version));
            assert!(versions.is_sorted_by_key(|version| VersionKey::new(ecosystem, version)), "{ecosystem}");
        }
    }

    proptest! {
        #[test]
        fn any_versions_have_a_total_order(
            ecosystem in prop_oneof!["deb", "rpm"],
            texts in proptest::array::uniform3("[0-9a-c~^.+:_-]{0,8}|\\PC{0,6}"),
        ) {
            let [a, b, c] = texts.each_ref().map(|text| VersionKey::new(&ecosystem, text));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert!(a.cmp(&a).is_eq());
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
            if a == b {
                prop_assert_eq!(a.cmp(&c), b.cmp(&c));
            }
        }

        #[test]
        fn a_higher_number_is_newer(ecosystem in prop_oneof!["deb", "rpm"], lower: u32, step in 1..1_000_u32) {
            let higher = u64::from(lower) + u64::from(step);
            let (older, newer) = (format!("1.{lower}-1"), format!("1.{higher}-1"));
            prop_assert!(VersionKey::new(&ecosystem, &older) < VersionKey::new(&ecosystem, &newer));
        }
    }
}
