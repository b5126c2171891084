//! Versions, as names and texts hold them.

/// The version that one of the names on the way to `path` holds: `/opt/etcd-v3.5.9-linux-amd64/etcd` and
/// `/usr/lib/postgresql/15/bin/postgres`, where `product` names it.
pub(super) fn of_path(path: &str, product: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let named = parts.iter().rev().filter(|part| part.contains(product)).find_map(|part| of_name(part));
    let below = || {
        let pairs = parts.windows(2).rev();
        pairs.filter_map(|pair| match pair {
            [parent, part] if parent.contains(product) => whole(part),
            _ => None,
        })
    };
    named.or_else(|| below().next())
}

/// The version in a name like `kafka_2.13-3.6.1.jar`: a part between dashes that is one, with at least one dot.
pub(super) fn of_name(name: &str) -> Option<String> {
    name.split('-').filter_map(leading).find(|version| version.contains('.'))
}

/// The version that stands behind `before` in `text`.
pub(super) fn behind(text: &str, before: &str) -> Option<String> {
    text.lines().find_map(|line| line.split_once(before).and_then(|(_, rest)| leading(rest.trim_start())))
}

/// A directory's name that is a version and nothing else.
fn whole(part: &str) -> Option<String> {
    leading(part).filter(|version| version == part.trim_start_matches('v'))
}

/// The numbers with dots between them at the beginning, be it after a `v`.
pub(super) fn leading(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let version = text.get(..end)?.trim_end_matches('.');
    let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.len() <= 40;
    is_version.then(|| version.to_owned())
}

/// What the package's authors released, without what the distribution counts on top: `1:9.2p1-2+deb12u3` → `9.2p1`.
pub(super) fn upstream(package: &str) -> String {
    const REPACKED: [&str; 4] = ["+dfsg", "~dfsg", "+ds", "+repack"];
    let version = package.split_once(':').map_or(package, |(_, rest)| rest);
    let version = version.rsplit_once('-').map_or(version, |(upstream, _)| upstream);
    let end = REPACKED.iter().filter_map(|mark| version.find(mark)).min().unwrap_or(version.len());
    version.get(..end).unwrap_or(version).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{behind, of_name, of_path, upstream};

    #[test]
    fn versions_are_found_in_the_names_that_archives_and_directories_have() {
        for (path, product, expected) in [
            ("/opt/etcd-v3.5.9-linux-amd64/etcd", "etcd", Some("3.5.9")),
            ("/opt/prometheus-2.45.0.linux-amd64/prometheus", "prometheus", Some("2.45.0")),
            ("/opt/mongodb-linux-x86_64-ubuntu2204-7.0.4/bin/mongod", "mongodb", Some("7.0.4")),
            ("/opt/mysql-8.0.35-linux-glibc2.28-x86_64/bin/mysqld", "mysql", Some("8.0.35")),
            ("/usr/lib/postgresql/15/bin/postgres", "postgresql", Some("15")),
            ("/home/a/.nvm/versions/node/v20.10.0/bin/node", "node", Some("20.10.0")),
            ("/usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/x", "rabbitmq", Some("3.10.8")),
            ("/usr/sbin/nginx", "nginx", None),
            ("/opt/etcd/etcd2", "etcd", None),
            ("/", "etcd", None),
        ] {
            assert_eq!(of_path(path, product).as_deref(), expected, "{path}");
        }
        assert_eq!(of_name("kafka_2.13-3.6.1.jar").as_deref(), Some("3.6.1"));
        assert_eq!(of_name("kafka-clients.jar"), None);
    }

    #[test]
    fn the_version_of_a_package_is_shortened_to_what_its_authors_released() {
        for (package, expected) in [
            ("1:9.2p1-2+deb12u3", "9.2p1"),
            ("5:7.0.15-1~deb12u5", "7.0.15"),
            ("2.4.62+dfsg-1", "2.4.62"),
            ("32:9.16.23-18.el9", "9.16.23"),
            ("240.1", "240.1"),
        ] {
            assert_eq!(upstream(package), expected);
        }
    }

    #[test]
    fn a_version_stands_behind_its_words() {
        assert_eq!(behind("x\n  Apache Tomcat Version 9.0.85\n", "Apache Tomcat Version ").as_deref(), Some("9.0.85"));
        assert_eq!(behind("WildFly Full 30.0.1.Final (x)", "WildFly Full ").as_deref(), Some("30.0.1"));
        assert_eq!(behind("Version of it", "Version "), None);
    }
}
