//! The agents of an estate with their certificates, and what each does over a connection.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use terrier_agent::clock::{Clock as _, Moment, SystemClock};
use terrier_agent::entropy::{Entropy as _, KernelEntropy};
use terrier_agent::transport::answer::Answer;
use terrier_agent::transport::client::{Body, Client, ClientError, Patience, Session};
use terrier_agent::transport::credentials::Credentials;
use terrier_agent::transport::enrol::{self, EnrolError, Step};
use terrier_agent::transport::retry::Backoff;
use terrier_agent::transport::server_url::ServerUrl;
use terrier_agent::transport::state_dir::StateDir;
use terrier_agent::transport::tls;
use terrier_agent::transport::token::Token;
use terrier_shared::latest::paths;
use terrier_shared::latest::report::{Batch, BatchReply, Epoch};

use crate::Failure;
use crate::agent::Agent;
use crate::host::{Estate, Host};
use crate::latency::{Latencies, Measured};
use crate::life::Record;

const PATIENCE: Patience = Patience { connect: Duration::from_secs(10), exchange: Duration::from_secs(30) };
/// Enrolments at once: the server's signature is what takes time.
const ENROLLING: usize = 8;
/// Hosts that one enrolment token lets in at most.
const HOSTS_PER_TOKEN: usize = 10_000;
/// How often an enrolment that found no server is tried again, and after how long.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(200);
/// Pause per report while a backlog is delivered: 20 reports a second, as the agent does.
const PAUSE_PER_REPORT: Duration = Duration::from_millis(50);
/// Most requests of one delivery: a server that never has enough is answered again at the next turn.
const REQUESTS: u32 = 64;

/// All agents of a run.
pub struct Fleet {
    estate: Estate,
    server: ServerUrl,
    tokens: Rc<Vec<Token>>,
    directory: Directory,
    /// The agents that have a certificate, in the order of their hosts.
    pub members: Vec<Member>,
}

/// Where certificates are.
enum Directory {
    Kept(PathBuf),
    Forgotten(TempDir),
}

/// An agent with its certificate.
#[derive(Clone)]
pub struct Member {
    /// What it remembers and decides.
    pub agent: Agent,
    /// The agent's own retry policy.
    pub backoff: Backoff,
    id: Rc<str>,
    authorities_pem: Rc<str>,
    client: Client,
    draws: u64,
}

/// A delivery did not come to its end.
#[derive(Debug, Clone)]
pub struct Setback {
    /// What went wrong.
    pub why: String,
    /// Whether the server answered, and sent the agent away.
    pub is_refusal: bool,
    /// After how many seconds it asked the agent to come again.
    pub retry_after_s: Option<u64>,
}

impl Fleet {
    /// No agents yet. Certificates are kept in `directory`, if there is one, and used again.
    ///
    /// # Errors
    ///
    /// No directory can be made.
    pub fn new(
        estate: Estate,
        server: ServerUrl,
        tokens: Vec<Token>,
        directory: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let directory = match directory {
            Some(path) => Directory::Kept(path),
            None => Directory::Forgotten(TempDir::new()?),
        };
        Ok(Self { estate, server, tokens: Rc::new(tokens), directory, members: Vec::new() })
    }

    /// Has so many more agents enrol, and measures how long each took. Those that have a certificate keep it.
    ///
    /// # Errors
    ///
    /// The kernel gives no randomness.
    pub async fn enrol(&mut self, count: usize) -> Result<Measured, Failure> {
        let first = self.members.len();
        let joined: Rc<RefCell<Vec<Member>>> = Rc::default();
        let shared = Rc::new((self.server.clone(), Rc::clone(&self.tokens), self.directory.path().to_owned()));
        let estate = self.estate;
        let joining = Rc::clone(&joined);
        let (latencies, took) = at_once(ENROLLING, (first..first + count).collect(), move |number: usize| {
            let (shared, joined) = (Rc::clone(&shared), Rc::clone(&joining));
            async move {
                let (server, tokens, directory) = &*shared;
                let began = Instant::now();
                let token = tokens.get(number / HOSTS_PER_TOKEN).or(tokens.last());
                let host = estate.host(u32::try_from(number).map_err(|error| error.to_string())?);
                let member = Member::join(host, server, token, directory).await.map_err(|error| error.to_string())?;
                joined.borrow_mut().push(member);
                Ok(began.elapsed())
            }
        })
        .await;
        let mut joined = joined.take();
        joined.sort_by_key(|member| member.agent.host().number());
        self.members.extend(joined);
        Ok(latencies.measured(took))
    }

    /// Has every agent tell all of its host, so many at a time.
    pub async fn establish(&mut self, width: usize) -> Measured {
        let members = std::mem::take(&mut self.members);
        let done: Rc<RefCell<Vec<Member>>> = Rc::default();
        let established = Rc::clone(&done);
        let (latencies, took) = at_once(width, members, move |mut member: Member| {
            let done = Rc::clone(&established);
            async move {
                let began = Instant::now();
                let told = member.tell_everything().await;
                done.borrow_mut().push(member);
                told.map(|()| began.elapsed())
            }
        })
        .await;
        self.members = done.take();
        self.members.sort_by_key(|member| member.agent.host().number());
        latencies.measured(took)
    }

    /// The authority that vouches for the server, as every agent has it.
    #[must_use]
    pub fn authorities_pem(&self) -> Option<String> {
        self.members.first().map(|member| member.authorities_pem.to_string())
    }
}

impl Directory {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Forgotten(directory) => directory.path(),
        }
    }
}

/// This moment.
#[must_use]
pub fn now() -> Moment {
    SystemClock.now()
}

/// Lets this process have as many connections open as the operating system allows it.
pub fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where that is not allowed, what there is may still be enough.
    let _refused = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

impl Member {
    /// The agent of `host`: with the certificate that it has, or with one that it gets for `token`.
    ///
    /// # Errors
    ///
    /// The server gives none.
    pub async fn join(
        host: Host,
        server: &ServerUrl,
        token: Option<&Token>,
        directory: &Path,
    ) -> Result<Self, Failure> {
        let state = StateDir::open(&directory.join(host.number().to_string()))?;
        let credentials = match (state.credentials()?, token) {
            (Some(credentials), _) => credentials,
            (None, Some(token)) => enrolled(host, server, token, &state).await?,
            (None, None) => return Err("no certificate, and no token to get one for".into()),
        };
        // A run of an agent has a number of its own, also where everything else is from a seed.
        let epoch = Epoch(KernelEntropy.bits()?);
        Ok(Self {
            agent: Agent::new(host, epoch, a_day_ago()),
            backoff: Backoff::default(),
            id: credentials.issued.agent_id.as_str().into(),
            authorities_pem: credentials.issued.authorities_pem.as_str().into(),
            client: client_of(server, &credentials)?,
            draws: 0,
        })
    }

    /// The id that the server gave it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// There is no server that is to be trusted.
    pub async fn connect(&self) -> Result<Session, Setback> {
        self.client.connect().await.map_err(|error| Setback::from(&error))
    }

    /// Delivers all that waits, or a sign of life, as the agent does: over a connection of its own, request by request.
    /// What comes of each is put on `record`.
    ///
    /// # Errors
    ///
    /// It did not come to its end: what was not answered for waits.
    pub async fn deliver(&mut self, record: &Rc<RefCell<Record>>) -> Result<(), Setback> {
        let delivered = self.try_deliver(record).await;
        match &delivered {
            Ok(()) => record.borrow_mut().delivered(),
            Err(setback) => record.borrow_mut().set_back(setback),
        }
        delivered
    }

    async fn try_deliver(&mut self, record: &Rc<RefCell<Record>>) -> Result<(), Setback> {
        record.borrow_mut().called();
        let mut session = self.connect().await?;
        for request in 0..REQUESTS {
            if request > 0 {
                record.borrow_mut().called();
            }
            let batch = self.agent.next_batch(now()).map_err(|error| Setback::own(&error.to_string()))?;
            let body = Body::of(&batch).map_err(|error| Setback::from(&error))?;
            let began = Instant::now();
            let reply = exchange(&mut session, body).await?;
            record.borrow_mut().acknowledged(began.elapsed(), batch.reports.len());
            self.agent.answered(&batch, &reply, now());
            self.backoff.succeeded();
            if !self.agent.has_news() {
                return Ok(());
            }
            let reports = u32::try_from(batch.reports.len()).unwrap_or(u32::MAX);
            tokio::time::sleep(PAUSE_PER_REPORT.saturating_mul(reports)).await;
        }
        Ok(())
    }

    /// Observes all of its host and delivers it, at the second or third attempt if need be.
    async fn tell_everything(&mut self) -> Result<(), String> {
        self.agent.observe(now());
        let mut attempts = 0;
        loop {
            match self.deliver(&Rc::default()).await {
                Ok(()) => return Ok(()),
                Err(setback) if attempts < ATTEMPTS => {
                    attempts += 1;
                    tokio::time::sleep(Duration::from_secs(setback.retry_after_s.unwrap_or(1))).await;
                }
                Err(setback) => return Err(setback.why),
            }
        }
    }

    /// After a setback: how long to wait.
    pub fn set_back(&mut self, retry_after_s: Option<u64>) -> Duration {
        let draw = self.agent.host().draw(13);
        let mut random = || {
            self.draws += 1;
            draw.of(self.draws).bits()
        };
        let random = [random(), random()];
        Duration::from_millis(self.backoff.failed(retry_after_s, random))
    }
}

/// Sends a batch that was made ready before.
///
/// # Errors
///
/// Anything but an acknowledgement.
pub async fn exchange(session: &mut Session, body: Body) -> Result<BatchReply, Setback> {
    match session.send::<BatchReply>(paths::REPORTS, body).await.map_err(|error| Setback::from(&error))? {
        Answer::Accepted(reply) => Ok(reply),
        Answer::Busy { status, retry_after_s } => {
            Err(Setback { why: format!("status {status}"), is_refusal: true, retry_after_s })
        }
        other => Err(Setback { why: format!("{other:?}"), is_refusal: true, retry_after_s: None }),
    }
}

/// What an agent is going to send, made ready.
///
/// # Errors
///
/// It is more than a request may carry.
pub fn ready(batch: &Batch) -> Result<Body, Failure> {
    Ok(Body::of(batch)?)
}

impl Setback {
    /// What is this program's own fault.
    pub(crate) fn own(why: &str) -> Self {
        Self { why: why.to_owned(), is_refusal: false, retry_after_s: None }
    }
}

impl From<&ClientError> for Setback {
    fn from(error: &ClientError) -> Self {
        use std::error::Error as _;
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::own(&format!("{error}{cause}"))
    }
}

/// Runs `job` for each of `items`, `width` of them at a time.
pub async fn at_once<T: 'static, F>(
    width: usize,
    items: Vec<T>,
    job: impl Fn(T) -> F + 'static,
) -> (Latencies, Duration)
where
    F: Future<Output = Result<Duration, String>> + 'static,
{
    let queue = Rc::new(RefCell::new(items.into_iter()));
    let job = Rc::new(job);
    let all = Rc::new(RefCell::new(Latencies::default()));
    let began = Instant::now();
    let workers: Vec<_> = (0..width)
        .map(|_| {
            let (queue, job, all) = (Rc::clone(&queue), Rc::clone(&job), Rc::clone(&all));
            tokio::task::spawn_local(async move {
                loop {
                    let Some(item) = queue.borrow_mut().next() else { break };
                    let outcome = job(item).await;
                    all.borrow_mut().add(outcome);
                }
            })
        })
        .collect();
    for worker in workers {
        if let Err(error) = worker.await {
            all.borrow_mut().add(Err(error.to_string()));
        }
    }
    (all.take(), began.elapsed())
}

/// The window of utilisation a day ago: an estate that is driven faster than time passes tells nothing of the future.
fn a_day_ago() -> i64 {
    now().wall_ms.div_euclid(300_000) - 288
}

async fn enrolled(host: Host, server: &ServerUrl, token: &Token, state: &StateDir) -> Result<Credentials, Failure> {
    let client = Client::new(server.clone(), tls::for_enrolment(token.pin(), Arc::new(SystemClock))?, PATIENCE);
    let mut attempts = 0;
    loop {
        match enrol::ask(&client, server, token, host.evidence(), state).await {
            Ok(Step::Enrolled(credentials)) => return Ok(*credentials),
            Ok(Step::Pending { .. }) => return Err("the token asks for approval".into()),
            // The server lets in so many a second; whoever it sends away comes when he was asked to.
            Err(EnrolError::Busy { retry_after_s: Some(seconds), .. }) => {
                tokio::time::sleep(Duration::from_secs(seconds.clamp(1, 3_600))).await;
            }
            Err(EnrolError::Client(_) | EnrolError::Busy { .. }) if attempts < ATTEMPTS => {
                attempts += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn client_of(server: &ServerUrl, credentials: &Credentials) -> Result<Client, Failure> {
    let issued = &credentials.issued;
    let tls = tls::for_reports(
        &issued.authorities_pem,
        &issued.certificate_pem,
        &credentials.key_pem,
        Arc::new(SystemClock),
        // One machine's clock for all of them, and for the server.
        i64::MAX,
    )?;
    Ok(Client::new(server.clone(), tls, PATIENCE))
}
