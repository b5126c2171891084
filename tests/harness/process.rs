//! The programs themselves, as processes: a server on either database, and agents of hosts.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::KeyPair;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::permission::Role;
use terrier_server::store::{Location, Store};
use terrier_shared::latest::paths;

use super::agent::{TestAgent, application, gzip, post, signing_request};
use super::database::{Backend, TestDatabase};
use super::http::Response;
use super::server::{Caller, trusting};

/// Longest that anything may take here: far more than on any machine that is not broken.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks at a condition.
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// A running `terrier-server` with its data; both go with the test.
pub(crate) struct ServerProcess {
    child: Child,
    people: SocketAddr,
    agents: SocketAddr,
    home: Home,
    /// How it is started the next time.
    pub(crate) launch: Launch,
    /// A database of this test's own goes after the server.
    _database: Option<TestDatabase>,
}

/// How a server is started, besides what every one needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Launch {
    /// Variables of its environment.
    pub(crate) environment: Vec<(String, String)>,
    /// A program that becomes the server's, and its arguments; none starts it as it is.
    pub(crate) through: Vec<String>,
}

/// Where a server's data are.
struct Home {
    directory: PathBuf,
    database: Location,
    _temporary: Option<TempDir>,
}

/// A host with its own `terrier-agent`: state and configuration in a directory that goes with the test.
pub(crate) struct AgentProcess {
    directory: TempDir,
    /// Which host it reports; the one that runs unless said.
    pub(crate) root: Option<PathBuf>,
}

impl ServerProcess {
    /// A new server on free ports that has said that it is ready.
    pub(crate) fn start(backend: Backend) -> Self {
        Self::start_as(backend, Launch::default())
    }

    /// The same with settings of its own: each is the end of a variable's name, and what it says.
    pub(crate) fn start_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let variable = |(name, value): &(&str, &str)| (format!("TERRIER_SERVER_{name}"), (*value).to_owned());
        let environment = settings.iter().map(variable).collect();
        Self::start_as(backend, Launch { environment, ..Launch::default() })
    }

    /// The same, started in this way.
    pub(crate) fn start_as(backend: Backend, launch: Launch) -> Self {
        let temporary = TempDir::new().unwrap();
        let directory = temporary.path().to_owned();
        let database = (backend == Backend::Postgres).then(|| TestDatabase::unmigrated(backend));
        let sqlite = || Location::Sqlite(directory.join("terrier.db"));
        let location = database.as_ref().map_or_else(sqlite, |database| database.location.clone());
        let home = Home { directory, database: location, _temporary: Some(temporary) };
        Self::start_in(home, launch, database)
    }

    /// A new server with its data in this directory and this database, which both stay.
    pub(crate) fn start_at(directory: &Path, database: Location, launch: Launch) -> Self {
        Self::start_in(Home { directory: directory.to_owned(), database, _temporary: None }, launch, None)
    }

    fn start_in(home: Home, launch: Launch, database: Option<TestDatabase>) -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let started = serve(&home, &launch, nowhere, nowhere);
        let (child, people, agents) = started.unwrap_or_else(|status| panic!("{status}: {}", home.log()));
        Self { child, people, agents, home, launch, _database: database }
    }

    /// Kills the server where it stands, and starts it again on the same ports and data.
    pub(crate) fn kill_and_restart(&mut self) {
        self.kill();
        self.start_again().unwrap_or_else(|status| panic!("{status}: {}", self.home.log()));
    }

    /// Kills the server where it stands.
    pub(crate) fn kill(&mut self) {
        drop(self.child.kill());
        self.child.wait().unwrap();
    }

    /// Starts a server that has ended on the same ports and data. If it ends before it is ready: how.
    pub(crate) fn start_again(&mut self) -> Result<(), ExitStatus> {
        (self.child, self.people, self.agents) = serve(&self.home, &self.launch, self.people, self.agents)?;
        Ok(())
    }

    /// Waits until the server has ended by itself; gives how, or nothing if it is still there after a minute.
    pub(crate) fn wait_for_end(&mut self) -> Option<ExitStatus> {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            std::thread::sleep(LOOK_AGAIN / 5);
        }
        None
    }

    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Runs a command of the server's program beside the server; gives what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = command(&self.home, &Launch::default()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    }

    /// The same for one that may fail; gives its exit code and what it printed.
    pub(crate) fn attempt(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = command(&self.home, &Launch::default()).args(arguments).output().unwrap();
        (output.status.code(), text(&output.stdout).to_owned())
    }

    /// Whether a command of the server's program fails in this environment.
    pub(crate) fn refuses(&self, environment: &[(&str, &str)]) -> bool {
        let mut command = command(&self.home, &Launch::default());
        command.arg("check-config").envs(environment.iter().copied());
        !command.output().unwrap().status.success()
    }

    /// A new enrolment token for one host.
    pub(crate) fn enrolment_token(&self) -> String {
        self.run(&["enrolment-token", "create"])
    }

    /// An administrator, by a token with every permission.
    pub(crate) fn administrator(&self) -> Caller {
        self.run(&["user", "create", "root"]);
        let mut arguments = vec!["token", "create", "root", "--name", "test"];
        for permission in Role::Administrator.permissions() {
            arguments.extend(["--scope", permission.name()]);
        }
        Caller { token: self.run(&arguments), people: self.people, tls: self.tls() }
    }

    /// TLS of a client without a certificate that trusts this server's authority.
    pub(crate) fn tls(&self) -> Arc<rustls::ClientConfig> {
        Arc::new(trusting(&self.authority_pem(), &Clock::system()).with_no_client_auth())
    }

    /// Where agents are listened to.
    pub(crate) const fn agents(&self) -> SocketAddr {
        self.agents
    }

    /// Where people are listened to.
    pub(crate) const fn people(&self) -> SocketAddr {
        self.people
    }

    /// An agent that is no process, and says what it is told to.
    pub(crate) async fn agent(&self, hostname: &str) -> TestAgent {
        let key = KeyPair::generate().unwrap();
        let body = application(&self.enrolment_token(), &signing_request(&key), hostname).to_string();
        let answer = post(self.agents, &self.tls(), paths::ENROL, &gzip(body.as_bytes()), &[]).await;
        TestAgent::at(self.agents, key, answer.json(), &Clock::system())
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.home.log()
    }

    /// The most memory it ever had, in KiB (`proc_pid_status(5)`).
    pub(crate) fn most_memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The certificate of its authority.
    pub(crate) fn authority_pem(&self) -> String {
        fs::read_to_string(self.home.directory.join("pki/root.pem")).unwrap()
    }

    /// Where agents reach it.
    pub(crate) fn agents_url(&self) -> String {
        format!("https://localhost:{}", self.agents.port())
    }

    /// Where it listens for agents, and for people.
    pub(crate) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.agents, self.people)
    }

    /// The directory with its data.
    pub(crate) fn directory(&self) -> &Path {
        &self.home.directory
    }

    /// Its database, past the server.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.home.database).unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Home {
    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("server.log")).unwrap()
    }
}

/// Starts a server and waits until it is ready; gives how it ended if it ends before.
fn serve(
    home: &Home,
    launch: &Launch,
    people: SocketAddr,
    agents: SocketAddr,
) -> Result<(Child, SocketAddr, SocketAddr), ExitStatus> {
    let log = fs::File::options().create(true).append(true).open(home.directory.join("server.log")).unwrap();
    let mut child = command(home, launch)
        .args(["serve", "--listen", &people.to_string(), "--agent-listen", &agents.to_string()])
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut address = |beginning: &str| -> Option<SocketAddr> {
        said.by_ref().find_map(|line| line.strip_prefix(beginning)?.parse().ok())
    };
    let found = address("listening on https://").zip(address("agents on https://"));
    match found {
        Some((people, agents)) if said.any(|line| line == "ready") => Ok((child, people, agents)),
        _ => Err(child.wait().unwrap()),
    }
}

fn command(home: &Home, launch: &Launch) -> Command {
    let mut command = program_through(&launch.through, "SERVER");
    command.arg("--data-dir").arg(&home.directory);
    // One address makes all the attempts of a test.
    for key in ["PER_ADDRESS", "PER_SECOND", "BURST"] {
        command.env(format!("TERRIER_SERVER_ENROLMENT_{key}"), "1000000");
    }
    command.env("TERRIER_SERVER_AGENTS_STRANGERS_PER_ADDRESS", "1000000");
    // A test says more in a second than an agent in a minute.
    command.env("TERRIER_SERVER_INGEST_AGENT_PER_MINUTE", "0");
    if let Location::Postgres(url) = &home.database {
        command.env("TERRIER_SERVER_DATABASE_URL", url.expose_secret());
    }
    command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
    command
}

impl AgentProcess {
    /// An agent of this host that is not enrolled yet.
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("agent.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
        Self { directory, root: None }
    }

    /// Enrols with what `token` says.
    pub(crate) fn enrol(&self, server: &ServerProcess, token: &str) -> Output {
        let mut child = self
            .program()
            .args(["enrol", "--server", &server.agents_url(), "--token-file", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// An agent that is enrolled; its id.
    pub(crate) fn enrolled(server: &ServerProcess) -> (Self, String) {
        let agent = Self::new();
        let output = agent.enrol(server, &server.enrolment_token());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let id = text(&output.stdout).trim().rsplit(' ').next().unwrap().to_owned();
        (agent, id)
    }

    /// Reports once.
    pub(crate) fn report(&self) -> Output {
        let mut program = self.program();
        program.args(["run", "--once"]);
        if let Some(root) = &self.root {
            program.arg("--root").arg(root);
        }
        program.output().unwrap()
    }

    /// Reports once, and the server acknowledges everything.
    pub(crate) fn report_all(&self) {
        let output = self.report();
        assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    }

    /// Reports until the server does not take it any more.
    pub(crate) fn report_until_refused(&self) {
        let until = Instant::now() + PATIENCE;
        while self.report().status.success() {
            assert!(Instant::now() < until, "the server still listens to the agent");
        }
    }

    /// What `terrier-agent status` says.
    pub(crate) fn status(&self) -> Value {
        let output = self.program().args(["status", "--format", "json"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
    }

    /// A file of the state directory.
    pub(crate) fn state_file(&self, name: &str) -> PathBuf {
        self.directory.path().join("state").join(name)
    }

    fn program(&self) -> Command {
        let mut command = program("AGENT");
        command.arg("--config").arg(self.directory.path().join("agent.toml"));
        command.env("TERRIER_AGENT_STATE_DIR", self.directory.path().join("state"));
        command
    }
}

/// A program of ours with none of the caller's settings: the one that `TERRIER_TEST_…` names, or else the one that was
/// built with this test.
fn program(name: &str) -> Command {
    program_through(&[], name)
}

/// The same, started by another program that becomes it.
fn program_through(through: &[String], name: &str) -> Command {
    let built = || {
        let test = std::env::current_exe().unwrap();
        test.parent().and_then(Path::parent).unwrap().join(format!("terrier-{}", name.to_lowercase()))
    };
    let path = std::env::var_os(format!("TERRIER_TEST_{name}")).map_or_else(built, PathBuf::from);
    assert!(path.exists(), "{} is missing: `cargo build --bins` makes it", path.display());
    let mut command = match through {
        [] => Command::new(path),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(path);
            command
        }
    };
    command.stdin(Stdio::null());
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("TERRIER_") {
            command.env_remove(variable);
        }
    }
    command
}

/// What `name` prints, if there is such a program here. If not, that is said on standard error, which no runner hides.
pub(crate) fn printed<A: AsRef<OsStr>>(name: &str, arguments: &[A]) -> Option<String> {
    match Command::new(name).args(arguments).output() {
        Ok(output) => {
            assert!(output.stderr.is_empty(), "{name}: {}", text(&output.stderr));
            Some(text(&output.stdout).to_owned())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            writeln!(std::io::stderr(), "not compared: this host has no `{name}`").unwrap();
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// What a program wrote.
pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

impl Caller {
    /// What is at `path` once it is as `wanted` has it.
    pub(crate) async fn wait_for(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path).await;
            let found = if answer.status == 200 { answer.json() } else { Value::Null };
            if wanted(&found) {
                return found;
            }
            assert!(Instant::now() < until, "{path} did not become what it should: {found}");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Every item of a list, page by page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let answer: Response = self.get(&format!("{path}{mark}limit=200{cursor}")).await;
            assert_eq!(answer.status, 200, "{path}: {}", text(&answer.body));
            let mut page = answer.json();
            items.append(page["items"].as_array_mut().unwrap());
            let Some(next) = page["next_cursor"].as_str() else { return items };
            cursor = format!("&cursor={next}");
        }
    }
}
