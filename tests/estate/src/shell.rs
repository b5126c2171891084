//! What is beside the simulator: commands that stop and start a server, and the memory that it holds.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tokio::sync::watch;

use crate::Failure;

/// Runs a command by the shell and waits for its end.
///
/// # Errors
///
/// It cannot be run, or says that it failed.
pub async fn run(command: &str) -> Result<(), Failure> {
    let text = command.to_owned();
    let ran = tokio::task::spawn_blocking(move || Command::new("sh").arg("-c").arg(text).status()).await??;
    if ran.success() { Ok(()) } else { Err(format!("`{command}`: {ran}").into()) }
}

/// A process whose memory is looked at.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    /// The file with its number; the number changes when the process is started anew.
    pub pid_file: Option<PathBuf>,
}

/// Between two looks.
const LOOK: Duration = Duration::from_millis(500);

impl Watched {
    /// The most resident memory that was seen until `stop` turns true, in mebibytes.
    pub async fn watch(self, mut stop: watch::Receiver<bool>) -> Option<u64> {
        let mut most = None;
        loop {
            most = most.max(self.resident_mib());
            tokio::select! {
                _told_or_gone = stop.wait_for(|is_over| *is_over) => return most,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Resident memory now, in mebibytes (proc(5), `VmRSS`).
    #[must_use]
    pub fn resident_mib(&self) -> Option<u64> {
        let pid = std::fs::read_to_string(self.pid_file.as_ref()?).ok()?;
        let status = std::fs::read_to_string(format!("/proc/{}/status", pid.trim())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kibibytes.div_ceil(1_024))
    }
}
