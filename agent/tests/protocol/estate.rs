//! One host, its agent and their server, put together for a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use terrier_agent::clock::{Clock, Moment, SystemClock};
use terrier_agent::collect::host::Host;
use terrier_agent::config::Config;
use terrier_agent::entropy::Entropy;
use terrier_agent::run::{Agent, Setup};
use terrier_agent::transport::client::{Client, Patience};
use terrier_agent::transport::credentials::Credentials;
use terrier_agent::transport::enrol::{EnrolError, Step, ask};
use terrier_agent::transport::state_dir::StateDir;
use terrier_agent::transport::tls;
use terrier_shared::latest::enrolment::Evidence;
use terrier_shared::latest::metrics::{Metrics, Sample};
use terrier_shared::latest::section::SectionKind;

use crate::server::TestServer;

/// A clock that a test moves, and whose wall clock it can set wrong.
#[derive(Debug)]
pub(crate) struct TestClock {
    start: Moment,
    passed_ms: AtomicU64,
    skew_ms: AtomicI64,
}

impl TestClock {
    fn start() -> Self {
        Self { start: SystemClock.now(), passed_ms: AtomicU64::new(0), skew_ms: AtomicI64::new(0) }
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.passed_ms.fetch_add(by.as_millis().try_into().unwrap(), Ordering::SeqCst);
    }

    /// Sets the wall clock to so many milliseconds from the truth.
    pub(crate) fn skew(&self, by_ms: i64) {
        self.skew_ms.store(by_ms, Ordering::SeqCst);
    }

    /// What a right wall clock shows now.
    pub(crate) fn true_ms(&self) -> i64 {
        self.true_ms_at(self.now().mono_ms)
    }

    /// What a right wall clock showed at a moment of the one that never jumps.
    pub(crate) fn true_ms_at(&self, mono_ms: u64) -> i64 {
        self.start.wall_ms + i64::try_from(mono_ms).unwrap() - i64::try_from(self.start.mono_ms).unwrap()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        let mono_ms = self.start.mono_ms + self.passed_ms.load(Ordering::SeqCst);
        Moment { wall_ms: self.true_ms_at(mono_ms) + self.skew_ms.load(Ordering::SeqCst), mono_ms }
    }
}

/// Numbers that a test can tell apart.
pub(crate) struct TestEntropy(Arc<AtomicU64>);

impl Entropy for TestEntropy {
    fn bits(&mut self) -> std::io::Result<u64> {
        Ok(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A host with an agent.
pub(crate) struct Estate {
    dir: TempDir,
    pub(crate) clock: Arc<TestClock>,
    entropy: Arc<AtomicU64>,
    pub(crate) server: TestServer,
    pub(crate) sections: Vec<SectionKind>,
    pub(crate) pause_per_report: Duration,
}

impl Estate {
    pub(crate) fn new() -> Self {
        Self::with(TestServer::start())
    }

    pub(crate) fn with(server: TestServer) -> Self {
        let estate = Self {
            dir: tempfile::tempdir().unwrap(),
            clock: Arc::new(TestClock::start()),
            entropy: Arc::new(AtomicU64::new(1)),
            server,
            sections: vec![SectionKind::Os, SectionKind::Memory],
            pause_per_report: Duration::ZERO,
        };
        let clock = Arc::clone(&estate.clock);
        estate.server.held().time_ms = Some(Box::new(move || clock.true_ms()));
        estate.write("etc/os-release", "ID=debian\nNAME=Debian\nVERSION_ID=12\n");
        estate.write("proc/meminfo", "MemTotal: 1024 kB\nSwapTotal: 0 kB\n");
        estate.write("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
        estate
    }

    /// One host whose agent is enrolled.
    pub(crate) async fn enrolled() -> (Self, Agent) {
        let estate = Self::new();
        assert!(matches!(estate.ask().await, Ok(Step::Enrolled(_))));
        let agent = estate.agent();
        (estate, agent)
    }

    /// Writes a file of the host.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join("host").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Removes a file of the host.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.dir.path().join("host").join(path)).unwrap();
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn state_file(&self, name: &str) -> PathBuf {
        self.state_dir().join(name)
    }

    pub(crate) fn host(&self) -> Host {
        Host::at(self.dir.path().join("host"))
    }

    pub(crate) fn config(&self) -> Config {
        let path = self.dir.path().join("agent.toml");
        fs::write(&path, format!("state_dir = {:?}", self.state_dir())).unwrap();
        Config { sections: self.sections.clone(), ..Config::load(Some(Path::new(&path)), vec![]).unwrap() }
    }

    /// Asks for a certificate once.
    pub(crate) async fn ask(&self) -> Result<Step, EnrolError> {
        self.ask_with(&self.server.authority.token()).await
    }

    pub(crate) async fn ask_with(&self, token: &str) -> Result<Step, EnrolError> {
        let server = self.server.url().parse().unwrap();
        let token = token.parse::<terrier_agent::transport::token::Token>().unwrap();
        let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&self.clock);
        let client = Client::new(server, tls::for_enrolment(token.pin(), clock).unwrap(), patience());
        let server = self.server.url().parse().unwrap();
        let state = StateDir::open(&self.state_dir()).unwrap();
        ask(&client, &server, &token, Evidence { hostname: "h".to_owned(), ..Evidence::default() }, &state).await
    }

    /// Who the agent is by its state directory.
    pub(crate) fn credentials(&self) -> Credentials {
        StateDir::open(&self.state_dir()).unwrap().credentials().unwrap().unwrap()
    }

    /// Starts the agent, as its process would.
    pub(crate) fn agent(&self) -> Agent {
        let clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&self.clock);
        Agent::open(Setup {
            config: self.config(),
            host: self.host(),
            clock,
            entropy: TestEntropy(Arc::clone(&self.entropy)),
            patience: patience(),
            pause_per_report: self.pause_per_report,
        })
        .unwrap()
    }
}

/// Short enough for a test of a server that never answers, long enough for a busy machine.
fn patience() -> Patience {
    Patience { connect: Duration::from_secs(5), exchange: Duration::from_secs(2) }
}

/// A window of utilisation that begins at `start_ms`.
pub(crate) fn window(start_ms: i64) -> Metrics {
    let sample =
        Sample { metric: "load_1m".to_owned(), dimension: None, count: 5, min: 0.0, mean: 0.5, max: 1.0, p95: 1.0 };
    Metrics { window_start_ms: start_ms, window_s: 300, samples: vec![sample] }
}
