//! A PostgreSQL server of a test's own, to be stopped, killed and started again; and a link to one that a test can spoil.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use terrier_server::store::Location;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Longest time until a server accepts connections.
const PATIENCE: Duration = Duration::from_mins(1);
const SOCKET: &str = ".s.PGSQL.5432";

/// A PostgreSQL server that ends with the test.
pub(crate) struct OwnPostgres {
    home: TempDir,
    programs: PathBuf,
    is_root: bool,
}

impl OwnPostgres {
    /// A server with an empty database. It flushes nothing: only its processes end, the machine does not.
    pub(crate) fn start() -> Self {
        let mut versions: Vec<PathBuf> =
            std::fs::read_dir("/usr/lib/postgresql").unwrap().map(|entry| entry.unwrap().path().join("bin")).collect();
        versions.sort();
        let home = TempDir::new().unwrap();
        let is_root = text_of(Command::new("id").arg("-u")) == "0";
        if is_root {
            // PostgreSQL refuses to run as root; its package brings the account.
            assert!(Command::new("chown").arg("postgres").arg(home.path()).status().unwrap().success());
        }
        let postgres = Self { home, programs: versions.pop().unwrap(), is_root };
        let made = postgres
            .program("initdb")
            .args(["--username=terrier", "--auth=trust", "--encoding=UTF8", "--no-sync"])
            .output();
        let made = made.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.start_again();
        postgres
    }

    /// Its database.
    pub(crate) fn location(&self) -> Location {
        Location::Postgres(format!("postgres://terrier@/postgres?host={}", self.home.path().display()).into())
    }

    /// Ends it as `pg_ctl stop` does it: `fast` or `immediate`.
    pub(crate) fn stop(&self, mode: &str) {
        drop(self.program("pg_ctl").args(["stop", "--mode", mode, "--wait"]).stdout(Stdio::null()).status());
    }

    /// Kills it where it stands.
    pub(crate) fn kill(&self) {
        let lines = std::fs::read_to_string(self.home.path().join("data/postmaster.pid")).unwrap();
        let pid = lines.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    }

    /// Starts it when it has ended, and waits until it accepts connections.
    pub(crate) fn start_again(&self) {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=100 -c fsync=off",
            self.home.path().display()
        );
        let until = Instant::now() + PATIENCE;
        loop {
            // Of a server that was killed, some processes live on for a moment.
            let mut start = self.program("pg_ctl");
            start.args(["start", "--wait", "--timeout=60", "--silent", "--options", &options]);
            start.arg("--log").arg(self.home.path().join("log")).stdout(Stdio::null()).stderr(Stdio::null());
            if start.status().unwrap().success() {
                return;
            }
            assert!(Instant::now() < until, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if self.is_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.arg("--pgdata").arg(self.home.path().join("data")).stdin(Stdio::null()).current_dir("/");
        command
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.stop("immediate");
    }
}

fn text_of(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap().trim().to_owned()
}

/// What a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Hands on what comes.
    Forward,
    /// Takes everything, hands on nothing and closes nothing. Whatever was open then never recovers.
    Swallow,
    /// Closes the connection at every third COMMIT, in turn before it is handed on and after.
    CutCommits,
    /// Hands a COMMIT on, and never its answer.
    HoldCommits,
}

/// A link to a PostgreSQL server: a socket that hands on to the server's.
pub(crate) struct Link {
    _runtime: Runtime,
    directory: TempDir,
    state: Arc<State>,
}

struct State {
    server: PathBuf,
    mode: Mutex<Mode>,
    commits: AtomicUsize,
    cuts: AtomicUsize,
    holds: AtomicBool,
}

impl Link {
    /// A link to the server of this database.
    pub(crate) fn to(location: &Location) -> Self {
        let (_, host) = split(location);
        let directory = TempDir::new().unwrap();
        let state = State {
            server: Path::new(&host).join(SOCKET),
            mode: Mutex::new(Mode::Forward),
            commits: AtomicUsize::new(0),
            cuts: AtomicUsize::new(0),
            holds: AtomicBool::new(false),
        };
        let (state, path) = (Arc::new(state), directory.path().join(SOCKET));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(async { UnixListener::bind(path).unwrap() });
        let serving = Arc::clone(&state);
        runtime.spawn(async move {
            let mut links = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                links.spawn(hand_on(client, Arc::clone(&serving)));
            }
        });
        Self { _runtime: runtime, directory, state }
    }

    /// The URL of the database at its other end.
    pub(crate) fn url(&self, location: &Location) -> String {
        let (before, _) = split(location);
        format!("{before}{}", self.directory.path().display())
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = mode;
        self.state.holds.store(false, Ordering::SeqCst);
    }

    /// How many connections were cut at a COMMIT.
    pub(crate) fn cuts(&self) -> usize {
        self.state.cuts.load(Ordering::SeqCst)
    }

    /// Whether the answer to a COMMIT is held back.
    pub(crate) fn holds(&self) -> bool {
        self.state.holds.load(Ordering::SeqCst)
    }
}

fn split(location: &Location) -> (String, String) {
    let Location::Postgres(url) = location else { panic!("a link leads to PostgreSQL") };
    let (before, host) = url.expose_secret().split_once("host=").unwrap();
    (format!("{before}host="), host.to_owned())
}

async fn hand_on(client: UnixStream, state: Arc<State>) {
    state.wait_if_swallowing().await;
    let Ok(server) = UnixStream::connect(&state.server).await else { return };
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let held = AtomicBool::new(false);
    let there = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            let chunk = &bytes[..count];
            state.wait_if_swallowing().await;
            let cut = if chunk.windows(7).any(|part| part == b"COMMIT\0") { state.at_commit(&held) } else { Cut::No };
            if cut == Cut::Before || to_server.write_all(chunk).await.is_err() || cut == Cut::After {
                return;
            }
        }
    };
    let back = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            state.wait_if_swallowing().await;
            if held.load(Ordering::SeqCst) {
                state.holds.store(true, Ordering::SeqCst);
                std::future::pending::<()>().await;
            }
            if to_client.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = there => {}
        () = back => {}
    }
}

#[derive(PartialEq, Eq)]
enum Cut {
    No,
    Before,
    After,
}

impl State {
    async fn wait_if_swallowing(&self) {
        let mode = *self.mode.lock().unwrap();
        if mode == Mode::Swallow {
            std::future::pending::<()>().await;
        }
    }

    fn at_commit(&self, held: &AtomicBool) -> Cut {
        match *self.mode.lock().unwrap() {
            Mode::Forward | Mode::Swallow => Cut::No,
            Mode::HoldCommits => {
                held.store(true, Ordering::SeqCst);
                Cut::No
            }
            Mode::CutCommits => {
                let number = self.commits.fetch_add(1, Ordering::SeqCst);
                if !number.is_multiple_of(3) {
                    return Cut::No;
                }
                self.cuts.fetch_add(1, Ordering::SeqCst);
                if number.is_multiple_of(2) { Cut::Before } else { Cut::After }
            }
        }
    }
}
