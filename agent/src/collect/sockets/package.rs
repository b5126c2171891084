//! Which packages own executables.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use crate::collect::bounds::clip;
use crate::collect::host::{Host, Stamp};
use crate::collect::software::rpm;

const INFO: &str = "/var/lib/dpkg/info";
const DPKG_STATUS: &str = "/var/lib/dpkg/status";
const LIST: &str = ".list";
const LIST_BYTES: usize = 16 << 20;
const RPM_BYTES: usize = 1 << 20;
const RPM_BUDGET: Duration = Duration::from_secs(5);
/// Most paths that one `rpm` is asked for.
const RPM_PATHS: usize = 200;

type Owners = BTreeMap<Vec<u8>, Option<String>>;

/// The package of each of `paths`, or nothing where none owns it.
///
/// What was found is kept under `topic` while the databases are unchanged, so that an idle host is not read again each
/// time. Of each topic it is what was asked for last.
pub(in crate::collect) fn owners(host: &Host, topic: &'static str, paths: &BTreeSet<Vec<u8>>) -> Owners {
    let stamps: Vec<Option<Stamp>> =
        vec![host.stamp(DPKG_STATUS), rpm::database(host).and_then(|file| host.stamp(file))];
    let mut known = host.recall(topic, &stamps);
    let unknown: BTreeSet<Vec<u8>> = paths.iter().filter(|path| !known.contains_key(*path)).cloned().collect();
    if unknown.is_empty() {
        return known;
    }
    let mut found = by_dpkg(host, &unknown);
    let rest: Vec<&str> = unknown
        .iter()
        .filter(|path| !found.contains_key(*path))
        .filter_map(|path| std::str::from_utf8(path).ok())
        .collect();
    found.extend(by_rpm(host, &rest));
    known.retain(|path, _| paths.contains(path));
    known.extend(unknown.into_iter().map(|path| {
        let owner = found.remove(&path);
        (path, owner)
    }));
    host.keep(topic, stamps, known.clone());
    known
}

/// Looks through the lists of files in one pass, until everything is found.
fn by_dpkg(host: &Host, paths: &BTreeSet<Vec<u8>>) -> BTreeMap<Vec<u8>, String> {
    let mut wanted: HashMap<&[u8], &Vec<u8>> = HashMap::new();
    for path in paths {
        wanted.insert(path, path);
        // On a host with merged /usr, packages may still say /bin for what lies in /usr/bin.
        if let Some(short) = path.strip_prefix(b"/usr").filter(|short| is_merged(short)) {
            wanted.insert(short, path);
        }
    }
    let mut found = BTreeMap::new();
    let lists = host.find_names(INFO).unwrap_or_default();
    for name in lists.iter().filter(|name| name.ends_with(LIST)) {
        if found.len() == paths.len() {
            break;
        }
        let Ok(list) = host.read(format!("{INFO}/{name}"), LIST_BYTES) else { continue };
        for path in lines(&list).filter_map(|line| wanted.get(line)) {
            // `libc6:amd64.list` where several architectures are installed.
            let package = name.trim_end_matches(LIST).split(':').next().unwrap_or_default();
            found.entry((*path).clone()).or_insert_with(|| clip(package.to_owned()));
        }
    }
    found
}

fn is_merged(path: &[u8]) -> bool {
    [&b"/bin/"[..], b"/sbin/", b"/lib"].iter().any(|place| path.starts_with(place))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    memchr::memchr_iter(b'\n', text).filter_map(move |end| {
        let line = text.get(start..end);
        start = end + 1;
        line
    })
}

/// `rpm` prints one line per path and owner; only with as many lines as paths is it plain which is whose.
fn by_rpm(host: &Host, paths: &[&str]) -> BTreeMap<Vec<u8>, String> {
    let mut found = BTreeMap::new();
    let Some(file) = rpm::database(host) else { return found };
    let place = rpm::directory(host, &file);
    for some in paths.chunks(RPM_PATHS) {
        let place = place.to_string_lossy();
        let mut arguments = vec!["--dbpath", &place, "-qf", "--queryformat", "%{NAME}\\n"];
        arguments.extend(some);
        let Ok(output) = host.run("rpm", &arguments, RPM_BYTES, RPM_BUDGET) else { return found };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if text.lines().count() == some.len() {
            let owned = some.iter().zip(text.lines()).filter(|(_, name)| !name.contains(' '));
            found.extend(owned.map(|(path, name)| (path.as_bytes().to_vec(), clip(name.to_owned()))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{Host, owners};

    fn write(root: &Path, path: &str, content: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn asked(host: &Host, paths: &[&str]) -> Vec<Option<String>> {
        let found = owners(host, "owners", &paths.iter().map(|path| path.as_bytes().to_vec()).collect());
        paths.iter().map(|path| found[path.as_bytes()].clone()).collect()
    }

    #[test]
    fn executables_are_found_in_the_lists_of_dpkg_also_by_their_unmerged_path() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "var/lib/dpkg/status", "");
        write(root.path(), "var/lib/dpkg/info/openssh-server.list", "/.\n/usr/sbin/sshd\n");
        write(root.path(), "var/lib/dpkg/info/bash:amd64.list", "/bin\n/bin/bash\n");
        let host = Host::at(root.path());
        let found = asked(&host, &["/usr/sbin/sshd", "/usr/bin/bash", "/opt/app", "/usr/sbin"]);
        assert_eq!(found, [Some("openssh-server".to_owned()), Some("bash".to_owned()), None, None]);
    }

    #[test]
    fn what_was_found_is_kept_until_the_database_changes() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "var/lib/dpkg/status", "");
        write(root.path(), "var/lib/dpkg/info/a.list", "/usr/bin/x\n");
        let host = Host::at(root.path());
        assert_eq!(asked(&host, &["/usr/bin/x"]), [Some("a".to_owned())]);
        fs::remove_file(root.path().join("var/lib/dpkg/info/a.list")).unwrap();
        assert_eq!(asked(&host, &["/usr/bin/x"]), [Some("a".to_owned())]);
        write(root.path(), "var/lib/dpkg/status", "changed");
        assert_eq!(asked(&host, &["/usr/bin/x"]), [None]);
    }

    #[test]
    fn rpm_is_asked_for_what_dpkg_does_not_know() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "var/lib/rpm/rpmdb.sqlite", "");
        let script = "#!/bin/sh\necho openssh-server; echo 'file /opt/app is not owned by any package'\n";
        write(root.path(), "usr/bin/rpm", script);
        fs::set_permissions(root.path().join("usr/bin/rpm"), fs::Permissions::from_mode(0o755)).unwrap();
        let host = Host::at(root.path());
        // In the order in which the paths are sorted.
        assert_eq!(asked(&host, &["/a/sshd", "/opt/app"]), [Some("openssh-server".to_owned()), None]);
    }
}
