//! Programs whose output is the only door to what they know.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};

use super::Host;
use crate::collect::failure::Failure;

/// Where programs are looked for; never the caller's `PATH`.
const PLACES: [&str; 4] = ["/usr/bin", "/usr/sbin", "/bin", "/sbin"];
/// Most memory that a program may ask for, in bytes: of addresses, of which it uses a part.
const MEMORY_BYTES: u64 = 1 << 30;
/// Most bytes read of what a program says went wrong.
const COMPLAINT_BYTES: usize = 4 << 10;
/// How often a program that closed its output is asked whether it ended.
const POLL: Duration = Duration::from_millis(2);

/// What a program printed, and how it ended.
#[derive(Debug)]
pub struct Output {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, its beginning.
    pub stderr: String,
    /// How it ended.
    pub status: ExitStatus,
}

impl Host {
    /// Where the host has `program`, if it has it.
    #[must_use]
    pub fn program(&self, program: &str) -> Option<PathBuf> {
        PLACES.iter().map(|place| self.path(Path::new(place).join(program))).find(|path| path.is_file())
    }

    /// Runs `program` with `arguments` in an empty environment and the C locale.
    ///
    /// A program that fails is no failure here; its output says what it is worth.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the program: it is not there, it could not be started, it took longer than `budget`, or
    /// it printed more than `limit` bytes. In the last two cases it is killed.
    pub fn run(&self, program: &str, arguments: &[&str], limit: usize, budget: Duration) -> Result<Output, Failure> {
        let place = self.program(program).ok_or_else(|| Failure::NotFound(program.to_owned()))?;
        run(Command::new(place).args(arguments), program, limit, budget)
    }

    /// As [`Host::run`], of the program at `path`, without arguments.
    ///
    /// # Errors
    ///
    /// As [`Host::run`].
    pub fn run_at(&self, path: &str, limit: usize, budget: Duration) -> Result<Output, Failure> {
        run(&mut Command::new(self.path(path)), path, limit, budget)
    }
}

fn run(command: &mut Command, program: &str, limit: usize, budget: Duration) -> Result<Output, Failure> {
    let failed = |error: io::Error| Failure::io(Path::new(program), &error);
    let mut child = command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", PLACES.join(":"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(failed)?;
    confine(&child, budget);
    let result = attend(&mut child, program, limit, budget);
    if result.is_err() {
        end(&child);
        drop(child.wait());
    }
    result
}

/// Ends the program and what it has started.
fn end(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _gone_already = kill_process_group(group, Signal::KILL);
    }
}

/// Limits what `child` may take, as far as the kernel lets us: processor time as long as it may run at all, and memory.
/// A program that asks for more is ended by the kernel, or is told that there is none, and says so.
fn confine(child: &Child, budget: Duration) {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    let limits = [(Resource::Cpu, budget.as_secs().saturating_add(1)), (Resource::As, MEMORY_BYTES)];
    for (resource, most) in limits {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        // It may have ended already.
        let _not_limited = prlimit(Some(pid), resource, limit);
    }
}

fn attend(child: &mut Child, program: &str, limit: usize, budget: Duration) -> Result<Output, Failure> {
    let deadline = Instant::now() + budget;
    let late = || Failure::TimedOut { what: program.to_owned(), budget };
    let stdout = drain(child.stdout.take(), limit.saturating_add(1));
    let stderr = drain(child.stderr.take(), COMPLAINT_BYTES);
    let stdout = stdout.recv_timeout(deadline.saturating_duration_since(Instant::now())).map_err(|_late| late())?;
    if stdout.len() > limit {
        return Err(Failure::TooLarge { what: format!("the output of {program}"), limit, unit: "bytes" });
    }
    let stderr = stderr.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_default();
    loop {
        match child.try_wait().map_err(|error| Failure::io(Path::new(program), &error))? {
            Some(status) => {
                return Ok(Output { stdout, stderr: String::from_utf8_lossy(&stderr).trim().to_owned(), status });
            }
            None if Instant::now() >= deadline => return Err(late()),
            None => thread::sleep(POLL),
        }
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(1);
    let read = move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            drop(pipe.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut bytes));
        }
        drop(sender.try_send(bytes));
    };
    drop(thread::Builder::new().name("pipe".to_owned()).spawn(read));
    receiver
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    use super::Host;
    use crate::collect::failure::Failure;

    const LONG: Duration = Duration::from_secs(20);

    fn host_with(script: &str) -> (tempfile::TempDir, Host) {
        let root = tempfile::tempdir().unwrap();
        let bin = root.path().join("usr/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("tell"), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(bin.join("tell"), fs::Permissions::from_mode(0o755)).unwrap();
        let host = Host::at(root.path());
        (root, host)
    }

    #[test]
    fn a_program_gets_arguments_the_c_locale_and_nothing_of_our_environment() {
        let (_root, host) = host_with("echo \"$1 $LC_ALL $HOME\"; echo no >&2; exit 3");
        let output = host.run("tell", &["a b"], 100, LONG).unwrap();
        assert_eq!(output.stdout, b"a b C \n");
        assert_eq!((output.stderr.as_str(), output.status.code()), ("no", Some(3)));
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_named() {
        let (_root, host) = host_with("exec sleep 100");
        let failure = host.run("tell", &[], 100, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(&failure, Failure::TimedOut { what, .. } if what == "tell"), "{failure}");
    }

    #[test]
    fn a_program_gets_no_more_memory_and_processor_time_than_it_may_take() {
        let (_root, host) = host_with("while [ $(ulimit -v) = unlimited ]; do :; done; ulimit -v; ulimit -t");
        let output = host.run("tell", &[], 100, LONG).unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "1048576\n21\n");
    }

    #[test]
    fn a_program_that_prints_without_end_is_stopped() {
        let (_root, host) = host_with("exec yes");
        let failure = host.run("tell", &[], 1_000, LONG).unwrap_err();
        assert!(matches!(failure, Failure::TooLarge { limit: 1_000, .. }), "{failure}");
    }

    #[test]
    fn a_program_outside_the_root_is_not_run() {
        let (_root, host) = host_with("");
        assert_eq!(host.run("sh", &[], 1, LONG).unwrap_err(), Failure::NotFound("sh".to_owned()));
    }
}
