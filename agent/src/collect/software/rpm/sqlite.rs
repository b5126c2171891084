//! rpm's database in SQLite: a table `Packages` of headers (lib/backend/sqlite.c of rpm).
//!
//! It is opened as a file that nobody changes, which takes no lock and makes no file beside it, so that any user may
//! and none leaves a trace. That holds as long as nobody does change it, which is looked for before and after.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::header::Header;
use super::line;
use crate::collect::failure::Failure;
use crate::collect::host::{Host, Stamp};

/// Longest header; those of packages with a hundred thousand files have some ten megabytes.
const HEADER_BYTES: u32 = 32 << 20;
const LINES_BYTES: usize = 32 << 20;
/// Where SQLite keeps what is not in the database yet, or has to be taken back.
const LOGS: [&str; 2] = ["-wal", "-journal"];

/// The packages in the database `file`, each as a [`mod@line`].
pub(super) fn list(host: &Host, file: &str) -> Result<String, Failure> {
    let before = stamps(host, file)?;
    let lines = read(host, file)?;
    if stamps(host, file)? != before {
        return Err(Failure::Io { what: file.to_owned(), problem: "changed while it was read".to_owned() });
    }
    Ok(lines)
}

fn stamps(host: &Host, file: &str) -> Result<Vec<Option<Stamp>>, Failure> {
    let logs: Vec<_> = LOGS.iter().map(|log| host.stamp(format!("{file}{log}"))).collect();
    if logs.iter().flatten().any(|log| log.size() > 0) {
        return Err(Failure::Io { what: file.to_owned(), problem: "is being changed".to_owned() });
    }
    Ok([vec![host.stamp(file)], logs].concat())
}

fn read(host: &Host, file: &str) -> Result<String, Failure> {
    let failed = |error: rusqlite::Error| Failure::malformed(file, error.to_string());
    let place = host.locate(file)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(address(&place.to_string_lossy()), flags).map_err(failed)?;
    connection.busy_timeout(Duration::ZERO).map_err(failed)?;
    let page: u64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(failed)?;
    if host.stamp(file).is_none_or(|stamp| stamp.size() % page.max(1) != 0) {
        // SQLite would take what is missing for zeroes.
        return Err(Failure::malformed(file, "ends in the middle of a page"));
    }
    // A header that is too long is not even loaded.
    let select = "SELECT hnum, CASE WHEN length(blob) <= ?1 THEN blob END FROM Packages";
    let mut statement = connection.prepare(select).map_err(failed)?;
    let mut rows = statement.query([HEADER_BYTES]).map_err(failed)?;
    let mut lines = String::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let number: i64 = row.get(0).map_err(failed)?;
        let blob = row.get_ref(1).map_err(failed)?.as_blob_or_null().unwrap_or_default();
        let header = blob.and_then(Header::parse).filter(|header| header.is_package());
        let header = header.ok_or_else(|| Failure::malformed(file, format!("header {number} is damaged")))?;
        lines.push_str(&line::of(header));
        lines.push('\n');
        if lines.len() > LINES_BYTES {
            return Err(Failure::TooLarge { what: file.to_owned(), limit: LINES_BYTES, unit: "bytes" });
        }
    }
    Ok(lines)
}

/// The URI of a database that nobody changes (sqlite.org/uri.html).
fn address(place: &str) -> String {
    let escaped = place.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::super::packages;
    use super::{Host, address};
    use crate::collect::failure::Failure;

    /// A host with the database that rpm made, see the README there, and no program `rpm`.
    fn host() -> (tempfile::TempDir, Host) {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("var/lib/rpm");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("rpmdb.sqlite"), database()).unwrap();
        let host = Host::at(root.path());
        (root, host)
    }

    fn recorded(name: &str) -> Vec<u8> {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rpm").join(name)).unwrap()
    }

    fn database() -> Vec<u8> {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(recorded("rpmdb.sqlite.gz").as_slice()).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn the_lines_are_those_that_rpm_prints() {
        let (_root, host) = host();
        let sorted = |text: String| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            lines
        };
        let ours = super::list(&host, "/var/lib/rpm/rpmdb.sqlite").unwrap();
        assert_eq!(sorted(ours), sorted(String::from_utf8(recorded("rpm-qa.txt")).unwrap()));
    }

    #[test]
    fn keys_are_no_packages_and_large_packages_have_their_size() {
        let (_root, host) = host();
        let packages = packages(&host).unwrap().unwrap();
        let mut names: Vec<_> = packages.iter().map(|p| format!("{} {}", p.name, p.version)).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "big 1-1",
                "bind 32:9.16.23-18.el9",
                "bind-libs 32:9.16.24-18.el9",
                "plain 1.2.3-4.el9",
                "tilde-name.with+odd_ 2.0~rc1^20240101-0.1.x",
                "tool-without-epoch 0:9.16.23-18.el9",
            ]
        );
        let found = |name: &str| packages.iter().find(|package| package.name == name).unwrap();
        assert_eq!(found("big").size_bytes, Some(5 << 30));
        assert_eq!(found("plain").vendor.as_deref(), Some("Häßlich & Söhne"));
        let libs = found("bind-libs");
        assert_eq!((libs.source.as_deref(), libs.source_version.as_deref()), (Some("bind"), Some("9.16.23-18.el9")));
    }

    #[test]
    fn reading_leaves_no_trace_beside_the_database() {
        let (root, host) = host();
        let place = root.path().join("var/lib/rpm");
        fs::write(place.join("rpmdb.sqlite-wal"), "").unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o555)).unwrap();
        let before = host.stamp("/var/lib/rpm");
        packages(&host).unwrap();
        assert_eq!(host.names("/var/lib/rpm").unwrap(), ["rpmdb.sqlite", "rpmdb.sqlite-wal"]);
        assert_eq!((host.stamp("/var/lib/rpm"), fs::read(place.join("rpmdb.sqlite")).unwrap()), (before, database()));
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn a_database_that_is_being_written_is_not_read_by_half() {
        let (root, host) = host();
        fs::write(root.path().join("var/lib/rpm/rpmdb.sqlite-wal"), "something").unwrap();
        let failure = packages(&host).unwrap_err();
        assert_eq!(failure.to_string(), "/var/lib/rpm/rpmdb.sqlite: is being changed");
    }

    #[test]
    fn a_damaged_database_is_a_failure_and_never_fewer_packages() {
        let (root, host) = host();
        let file = root.path().join("var/lib/rpm/rpmdb.sqlite");
        let whole = database();
        for end in (0..whole.len()).step_by(1_500) {
            fs::write(&file, &whole[..end]).unwrap();
            if let Ok(Some(found)) = packages(&host) {
                assert_eq!(found.len(), 6, "cut at {end}");
            }
        }
        let needle = whole.windows(6).position(|bytes| bytes == b"plain\0").unwrap();
        for at in (needle - 2_000..needle).step_by(4) {
            let mut changed = whole.clone();
            changed[at] = 0xff;
            fs::write(&file, &changed).unwrap();
            drop(packages(&host));
        }
    }

    #[test]
    fn a_link_out_of_the_root_is_not_followed() {
        let (root, host) = host();
        let outside = tempfile::tempdir().unwrap();
        let file = root.path().join("var/lib/rpm/rpmdb.sqlite");
        fs::rename(&file, outside.path().join("rpmdb.sqlite")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("rpmdb.sqlite"), &file).unwrap();
        assert!(matches!(packages(&host).unwrap_err(), Failure::NotFound(_)));
    }

    #[test]
    fn a_path_is_no_option() {
        assert_eq!(address("/a?mode=rw#%"), "file:/a%3fmode=rw%23%25?immutable=1");
    }
}
