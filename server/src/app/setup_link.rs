//! The link by which the first administrator makes himself.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::AppError;
use crate::access;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::store::Store;

const FILE: &str = "setup-link";

/// While there is nobody yet: a new link, which also stands in the data directory for its owner to read. Once there is
/// somebody, the file of an earlier start is taken away.
pub(super) fn renew(
    store: &Store,
    clock: &Clock,
    data_dir: &Path,
    people_url: &str,
) -> Result<Option<String>, AppError> {
    let ctx = Ctx::system(clock);
    let path = data_dir.join(FILE);
    let unwritable = |source| AppError::SetupLink { path: path.clone(), source };
    match store.write_blocking(|conn| access::setup_link(conn, &ctx))? {
        Some(link) => {
            let link = format!("{people_url}{link}");
            write(&path, &link).map_err(unwritable)?;
            Ok(Some(link))
        }
        None => match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(error)),
            _ => Ok(None),
        },
    }
}

/// A file of before may belong to others: it is replaced, never written into.
fn write(path: &Path, link: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    writeln!(file, "{link}")?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
