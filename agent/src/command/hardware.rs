//! `terrier-agent hardware`: run by root once at boot, so that the agent need not be root.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use super::CommandError;
use crate::collect::host::Host;
use crate::collect::identity::Hardware;

pub(super) fn execute(output: &Path) -> Result<ExitCode, CommandError> {
    let json = serde_json::to_vec(&Hardware::read(&Host::live())).map_err(crate::report::Unwritable::from)?;
    write(output, &json).map_err(|source| CommandError::Note { path: output.to_owned(), source })?;
    Ok(ExitCode::SUCCESS)
}

/// Whole or not at all, for its owner and the agent's group: a serial number is not for everybody.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o640).open(&beside)?;
    file.write_all(bytes)?;
    fs::rename(beside, path)
}
