//! The three stages of one enrolled agent, put together.

use std::sync::Arc;
use std::time::Duration;

use terrier_shared::latest::limits;
use terrier_shared::latest::machine::Machine;
use terrier_shared::latest::metrics::Metrics;
use terrier_shared::latest::report::Epoch;
use terrier_shared::latest::section::SectionKind;

use super::Pulse;
use super::delivery::Delivery;
use super::keeping::Kept;
use super::offenders::Offenders;
use crate::clock::{Clock, Moment, believed_until_s, built_s};
use crate::collect::collect_noting;
use crate::collect::host::Host;
use crate::collect::identity::machine;
use crate::collect::journal::Journal;
use crate::config::{Config, ConfigError};
use crate::entropy::Entropy;
use crate::report::{self, Body, Finding, Unwritable, daily};
use crate::transport::client::{Client, Patience};
use crate::transport::credentials::{Credentials, CredentialsError};
use crate::transport::lock::{Lock, LockError};
use crate::transport::retry::Backoff;
use crate::transport::server_url::InvalidServerUrl;
use crate::transport::spool::{Entry, Ledger, SpoolError, Subject, WallClock};
use crate::transport::state_dir::{StateDir, StateDirError};
use crate::transport::tls::{self, TlsError};

/// An agent cannot run, or cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says what its error says")]
pub enum RunError {
    #[error("this host is not enrolled: see `terrier-agent enrol`")]
    NotEnrolled,
    #[error(transparent)]
    Locked(#[from] LockError),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Server(#[from] InvalidServerUrl),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error("the kernel gives no randomness")]
    Entropy(#[source] std::io::Error),
    #[error("the collectors were stopped")]
    Collectors(#[source] tokio::task::JoinError),
}

/// What an agent is made of.
#[derive(Debug)]
pub struct Setup<E> {
    /// The configuration.
    pub config: Config,
    /// The host it observes.
    pub host: Host,
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Its randomness.
    pub entropy: E,
    /// How long it waits for a server.
    pub patience: Patience,
    /// Pause per report while a backlog is delivered: 50 ms make 20 reports a second.
    pub pause_per_report: Duration,
}

/// An enrolled agent with its spool open.
pub struct Agent {
    pub(super) config: Config,
    pub(super) host: Host,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Box<dyn Entropy>,
    pub(super) patience: Patience,
    pub(super) pause_per_report: Duration,
    pub(super) state: StateDir,
    pub(super) credentials: Credentials,
    pub(super) client: Client,
    pub(super) kept: Kept,
    pub(super) boot_id: String,
    /// This start of the process: two that take turns are two machines with one identity.
    pub(super) run: Epoch,
    pub(super) machine: Machine,
    pub(super) backoff: Backoff,
    pub(super) batch_limit: usize,
    pub(super) renewal_not_before_ms: u64,
    pub(super) certificate_is_refused: bool,
    /// When the server answered last, in milliseconds since 1970 by its clock and by this host's that never jumps.
    pub(super) server_clock: Option<(i64, u64)>,
    pub(super) pulse: Pulse,
    pub(super) offenders: Arc<Offenders>,
    /// The section whose collector took too much and still runs.
    pub(super) runaway: Option<SectionKind>,
    _owned: Lock,
}

impl Agent {
    /// Takes the state directory, reads who this agent is and opens its spool under a new epoch.
    ///
    /// # Errors
    ///
    /// The host is not enrolled, another process is this agent, or the state directory cannot be used.
    pub fn open<E: Entropy + 'static>(setup: Setup<E>) -> Result<Self, RunError> {
        let Setup { config, host, clock, mut entropy, patience, pause_per_report } = setup;
        let state = StateDir::open(&config.state_dir)?;
        let owned = Lock::take(&state)?;
        let credentials = state.credentials()?.ok_or(RunError::NotEnrolled)?;
        let client = connect_to(&config, &credentials, &clock, patience)?;
        let boot_id = host.value("/proc/sys/kernel/random/boot_id").unwrap_or_else(|| "unknown".to_owned());
        let epoch = Epoch(entropy.bits().map_err(RunError::Entropy)?);
        let kept = Kept::open(&state, epoch, &boot_id, clock.now(), &credentials)?;
        let machine = machine(&host);
        let offenders = Arc::new(Offenders::open(&state, Arc::clone(&clock)));
        Ok(Self {
            config,
            host,
            clock,
            entropy: Box::new(entropy),
            patience,
            pause_per_report,
            state,
            credentials,
            client,
            kept,
            boot_id,
            run: epoch,
            machine,
            backoff: Backoff::default(),
            batch_limit: usize::MAX,
            renewal_not_before_ms: 0,
            certificate_is_refused: false,
            server_clock: None,
            pulse: Pulse::default(),
            offenders,
            runaway: None,
            _owned: owned,
        })
    }

    /// This moment, by the agent's clock.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The time by the server's clock in seconds since 1970; `None` before its first answer to this process.
    pub(super) fn server_time_s(&self) -> Option<i64> {
        let (answered_ms, at_mono_ms) = self.server_clock?;
        let since_ms = self.now().mono_ms.saturating_sub(at_mono_ms);
        Some(answered_ms.saturating_add(i64::try_from(since_ms).unwrap_or(i64::MAX)).div_euclid(1000))
    }

    /// Whether the wall clock can be right.
    pub(super) fn wall_clock(&self, now: Moment) -> WallClock {
        let until_s = believed_until_s(self.credentials.issued.not_after_s);
        if (built_s()..=until_s).contains(&now.wall_s()) { WallClock::Believed } else { WallClock::Doubtful }
    }

    /// How much waits for the server.
    ///
    /// # Errors
    ///
    /// The spool cannot be read.
    pub fn outlook(&self) -> Result<crate::transport::spool::Outlook, SpoolError> {
        self.kept.spool.outlook()
    }

    /// How it stands after `delivery`, for people who ask the init system.
    #[must_use]
    pub fn summary(&self, delivery: Delivery) -> String {
        match (delivery, self.outlook()) {
            (Delivery::Done, _) => "the server has everything".to_owned(),
            (Delivery::Failed { wait_ms }, Ok(outlook)) => {
                format!("{} reports wait, next attempt in {} s", outlook.pending, wait_ms / 1000)
            }
            (Delivery::Failed { .. }, Err(_)) => "the spool cannot be read".to_owned(),
        }
    }

    /// Takes over another configuration.
    ///
    /// # Errors
    ///
    /// It does not work with what the agent holds; the present one stays. The state directory is never changed.
    pub fn reconfigure(&mut self, config: Config) -> Result<(), RunError> {
        self.client = connect_to(&config, &self.credentials, &self.clock, self.patience)?;
        self.config = Config { state_dir: self.config.state_dir.clone(), ..config };
        Ok(())
    }

    /// Uses `credentials` from now on.
    pub(super) fn adopt(&mut self, credentials: Credentials) -> Result<(), RunError> {
        self.client = connect_to(&self.config, &credentials, &self.clock, self.patience)?;
        self.credentials = credentials;
        Ok(())
    }

    /// Seconds until this agent's next turn.
    #[must_use]
    pub fn until_next_turn(&self) -> u32 {
        daily::until_next_turn(&self.credentials.issued.agent_id, self.now().wall_s(), self.interval_s())
    }

    /// Seconds between reports: as the server asked, or else as configured.
    #[must_use]
    pub fn interval_s(&self) -> u32 {
        let asked = self.kept.spool.recall(Ledger::IntervalS).ok().flatten();
        let asked = asked.and_then(|text| text.parse::<u32>().ok());
        asked.map_or(self.config.interval_s, |asked| asked.clamp(limits::INTERVAL_MIN_S, limits::INTERVAL_MAX_S))
    }

    /// Observes every section that is switched on. What goes wrong is logged; the next turn tries again.
    pub async fn observe(&mut self) {
        let kinds = self.config.sections.clone();
        let now = self.now();
        self.return_to_disk(now);
        if let Err(error) = self.note_full_day(now) {
            self.trouble(&error.into());
        }
        self.observe_only(kinds).await;
        self.keep_spool_small(now);
    }

    /// Observes these sections.
    pub(super) async fn observe_only(&mut self, kinds: Vec<SectionKind>) {
        if let Err(error) = self.try_observe(kinds).await {
            self.trouble(&error);
        }
    }

    /// Collectors run beside, so that a signal is heard while a disk is slow.
    async fn try_observe(&mut self, kinds: Vec<SectionKind>) -> Result<(), RunError> {
        let (host, settings) = (self.host.clone(), self.config.settings.clone());
        let journal: Arc<dyn Journal> = self.offenders.clone();
        let collecting = tokio::task::spawn_blocking(move || {
            let collected = collect_noting(&host, &settings, &kinds, &journal);
            report::assemble(&collected).map(|findings| (findings, collected.runaway))
        });
        let (findings, runaway) = collecting.await.map_err(RunError::Collectors)??;
        self.runaway = self.runaway.or(runaway);
        let at = self.now();
        let entries: Vec<Entry> = findings.into_iter().map(|finding| entry(finding, at)).collect();
        self.keep(&entries);
        Ok(())
    }

    /// The process ends as it should.
    pub fn acquit(&self) {
        self.offenders.acquit();
    }

    /// Takes in a closed window of utilisation.
    pub fn record_metrics(&mut self, metrics: &Metrics) {
        let at = self.now();
        match report::metrics(metrics) {
            Ok(Body { json, hash }) => self.keep(&[Entry { subject: Subject::Metrics, hash, body: json, at }]),
            Err(error) => self.trouble(&error.into()),
        }
    }

    /// Once a day, at this agent's own hour, everything is told again, asked or not.
    fn note_full_day(&mut self, now: Moment) -> Result<(), SpoolError> {
        let day = daily::full_day(&self.credentials.issued.agent_id, now.wall_s());
        let last: Option<i64> = self.kept.spool.recall(Ledger::FullDay)?.and_then(|text| text.parse().ok());
        if last == Some(day) {
            return Ok(());
        }
        if last.is_some() {
            self.kept.spool.want_everything()?;
        }
        self.kept.spool.remember(&[(Ledger::FullDay, day.to_string())])
    }
}

fn connect_to(
    config: &Config,
    credentials: &Credentials,
    clock: &Arc<dyn Clock>,
    patience: Patience,
) -> Result<Client, RunError> {
    let server = match &config.server {
        Some(server) => server.clone(),
        None => credentials.server.parse()?,
    };
    let issued = &credentials.issued;
    let tls = tls::for_reports(
        &issued.authorities_pem,
        &issued.certificate_pem,
        &credentials.key_pem,
        Arc::clone(clock),
        believed_until_s(issued.not_after_s),
    )?;
    Ok(Client::new(server, tls, patience))
}

fn entry(finding: Finding, at: Moment) -> Entry {
    let (subject, Body { json, hash }) = match finding {
        Finding::Section(kind, body) => (Subject::Section(kind), body),
        Finding::Fault(kind, body) => (Subject::Fault(kind), body),
    };
    Entry { subject, hash, body: json, at }
}
