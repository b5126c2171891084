//! Having a test's own program traced.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::trace::{STRACE, Step, TraceError, read};

/// What is traced: a test that does nothing unless a variable names the directory it is to work in.
#[derive(Debug, Clone, Copy)]
pub struct Traced<'a> {
    /// The name of the test, in the binary that runs.
    pub test: &'a str,
    /// The name of the variable.
    pub variable: &'a str,
}

/// Nothing was recorded, though strace is there and may trace.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file cannot be read or written.
    #[error("what was traced cannot be read")]
    Io(#[from] io::Error),
    /// What strace has written is not what it writes.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The program itself has failed.
    #[error("the program that is traced has failed: {0}")]
    Failed(String),
}

/// What `traced` did to the files of the new directory `traced` in `dir`; nothing where strace is not there or may not
/// trace.
///
/// # Errors
///
/// [`RecordError`], where something else is wrong.
pub fn record(traced: Traced<'_>, dir: &Path) -> Result<Option<Vec<Step>>, RecordError> {
    if !can_trace() {
        return Ok(None);
    }
    let (place, log) = (dir.join("traced"), dir.join("trace"));
    std::fs::create_dir(&place)?;
    let mut command = Command::new("strace");
    command.args(STRACE).arg("-o").arg(&log).arg(std::env::current_exe()?);
    command.args(["--exact", "--nocapture", traced.test]).env(traced.variable, &place).stdin(Stdio::null());
    let output = command.output()?;
    if !output.status.success() {
        return Err(RecordError::Failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let trace = std::fs::read_to_string(&log)?;
    std::fs::remove_file(&log)?;
    Ok(Some(read(&trace, &place.to_string_lossy())?))
}

fn can_trace() -> bool {
    let mut strace = Command::new("strace");
    strace.args(STRACE).args([OsStr::new("-o"), OsStr::new("/dev/null"), OsStr::new("true")]);
    strace.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    strace.status().is_ok_and(|status| status.success())
}
