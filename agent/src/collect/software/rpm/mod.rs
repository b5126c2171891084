//! rpm's database: read directly where it is one of SQLite, else through the `rpm` program.
//!
//! Does: give the same packages either way.
//! Does not: write to the database or beside it, or read the formats of Berkeley DB and ndb by itself.

mod header;
mod line;
mod sqlite;

use std::path::PathBuf;
use std::time::Duration;

use terrier_shared::latest::section::software::Package;

use crate::collect::failure::Failure;
use crate::collect::host::{Answers, Host};

const PROGRAM: &str = "rpm";
/// What is remembered between runs.
const TOPIC: &str = "packages of rpm";
const OUTPUT_BYTES: usize = 32 << 20;
pub(super) const BUDGET: Duration = Duration::from_secs(30);
/// Where distributions keep the database, and what it is called by its format: SQLite, ndb, Berkeley DB.
const PLACES: [&str; 2] = ["/usr/lib/sysimage/rpm", "/var/lib/rpm"];
const SQLITE: &str = "rpmdb.sqlite";
const FILES: [&str; 3] = [SQLITE, "Packages.db", "Packages"];
/// One line per package, see [`mod@line`].
const FORMAT: &str =
    "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t%{VENDOR}\\t%{LONGSIZE}\\n";

/// The database file; absent where there is none.
pub(in crate::collect) fn database(host: &Host) -> Option<String> {
    let mut files = PLACES.iter().flat_map(|place| FILES.iter().map(move |file| format!("{place}/{file}")));
    files.find(|file| host.exists(file))
}

/// The packages that are installed; absent where there is no database.
///
/// Listing costs more than all other sections together, so it is done only when the database changed.
pub(super) fn packages(host: &Host) -> Result<Option<Vec<Package>>, Failure> {
    let Some(file) = database(host) else { return Ok(None) };
    // With the write-ahead log of SQLite, which may hold what the database does not yet.
    let stamps = vec![host.stamp(&file), host.stamp(format!("{file}-wal"))];
    let known = host.recall(TOPIC, &stamps).into_values().flatten().next();
    let text = match known {
        Some(text) => text,
        None => list(host, &file)?,
    };
    let lines = text.lines().filter(|line| !line.starts_with("gpg-pubkey\t"));
    let packages: Vec<Package> = lines.map(line::parse).collect::<Result<_, _>>()?;
    host.keep(TOPIC, stamps, Answers::from([(Vec::new(), Some(text))]));
    Ok(Some(packages))
}

/// The lines of [`FORMAT`].
///
/// What cannot be read directly, be it that rpm is just writing it, is left to `rpm`, which knows how to wait.
fn list(host: &Host, file: &str) -> Result<String, Failure> {
    if !file.ends_with(SQLITE) {
        return ask(host, file);
    }
    sqlite::list(host, file).or_else(|failure| match ask(host, file) {
        Err(Failure::NotFound(_)) => Err(failure),
        answer => answer,
    })
}

fn ask(host: &Host, file: &str) -> Result<String, Failure> {
    let place = directory(host, file);
    let arguments = ["--dbpath", &place.to_string_lossy(), "-qa", "--queryformat", FORMAT];
    let output = host.run(PROGRAM, &arguments, OUTPUT_BYTES, BUDGET)?;
    if !output.status.success() {
        let complaint = output.stderr.lines().next().unwrap_or("no message").to_owned();
        return Err(Failure::Io { what: format!("{PROGRAM} -qa"), problem: complaint });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The directory of the database as this process reaches it.
pub(in crate::collect) fn directory(host: &Host, file: &str) -> PathBuf {
    let mut place = host.path(file);
    place.pop();
    place
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Failure, Host, Package, packages};

    fn found(script: &str) -> Result<Option<Vec<Package>>, Failure> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("usr/lib/sysimage/rpm")).unwrap();
        fs::write(root.path().join("usr/lib/sysimage/rpm/rpmdb.sqlite"), "").unwrap();
        fs::create_dir_all(root.path().join("usr/bin")).unwrap();
        let program = root.path().join("usr/bin/rpm");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        packages(&Host::at(root.path()))
    }

    #[test]
    fn packages_have_their_full_version_and_their_source() {
        let lines = "bash\\t(none)\\t5.1.8\\t9.el9\\tx86_64\\tbash-5.1.8-9.el9.src.rpm\\tRocky Enterprise\\t7738778\\n\
            bind-libs\\t32\\t9.16.23\\t14.el9\\tx86_64\\tbind-9.16.23-14.el9.src.rpm\\t(none)\\t1\\n\
            gpg-pubkey\\t(none)\\t350d275d\\t6279464b\\t(none)\\t(none)\\t(none)\\t0\\n";
        let packages = found(&format!("printf '{lines}'")).unwrap().unwrap();
        assert_eq!(packages.len(), 2);
        assert_eq!((packages[0].version.as_str(), packages[0].source.as_deref()), ("5.1.8-9.el9", None));
        assert_eq!(packages[0].vendor.as_deref(), Some("Rocky Enterprise"));
        assert_eq!((packages[1].version.as_str(), packages[1].source.as_deref()), ("32:9.16.23-14.el9", Some("bind")));
        assert_eq!((packages[1].source_version.as_deref(), packages[1].size_bytes), (None, Some(1)));
    }

    #[test]
    fn a_database_that_rpm_cannot_read_is_a_failure_with_its_words() {
        let failure = found("echo 'error: rpmdb: damaged header' >&2; exit 1").unwrap_err();
        assert_eq!(failure.to_string(), "rpm -qa: error: rpmdb: damaged header");
    }

    #[test]
    fn rpm_is_run_again_only_when_its_database_changed() {
        let root = tempfile::tempdir().unwrap();
        let (file, program) = (root.path().join("var/lib/rpm/rpmdb.sqlite"), root.path().join("usr/bin/rpm"));
        for path in [&file, &program] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
        }
        fs::write(&file, "1").unwrap();
        let printing = |name: &str| {
            let line = format!("{name}\\t(none)\\t1\\t1\\tnoarch\\t(none)\\t(none)\\t0\\n");
            fs::write(&program, format!("#!/bin/sh\nprintf '{line}'\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        };
        let host = Host::at(root.path());
        let first = || packages(&host).unwrap().unwrap().remove(0).name;
        printing("old");
        assert_eq!(first(), "old");
        printing("new");
        assert_eq!(first(), "old");
        fs::write(&file, "12").unwrap();
        assert_eq!(first(), "new");
    }

    #[test]
    fn output_that_is_no_package_is_refused() {
        assert!(matches!(found("echo hello").unwrap_err(), Failure::Malformed { .. }));
    }
}
