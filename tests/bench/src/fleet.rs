//! The agents, and what they do at once.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use terrier_agent::clock::{Clock as _, SystemClock};
use terrier_agent::transport::answer::Answer;
use terrier_agent::transport::client::{Body, Client, Patience, Session};
use terrier_agent::transport::credentials::Credentials;
use terrier_agent::transport::enrol::{self, Step};
use terrier_agent::transport::server_url::ServerUrl;
use terrier_agent::transport::state_dir::StateDir;
use terrier_agent::transport::tls;
use terrier_agent::transport::token::Token;
use terrier_shared::latest::enrolment::Evidence;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::paths;
use terrier_shared::latest::report::{Batch, BatchReply, Epoch, Outcome, Report, ReportKind};

use crate::Failure;
use crate::host;
use crate::latency::{Latencies, Measured};

const PATIENCE: Patience = Patience { connect: Duration::from_secs(30), exchange: Duration::from_mins(2) };
/// Enrolments at once: the server's signature is what takes time.
const ENROLLING: usize = 8;
/// How often an agent that the server sent away tries again, and after how long.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(200);

/// All agents of this run.
pub(crate) struct Fleet {
    server: ServerUrl,
    token: Token,
    directory: TempDir,
    agents: Vec<Agent>,
    /// How many of them, from the first, have sent their inventory.
    reported: usize,
}

/// An agent with its certificate.
#[derive(Clone)]
struct Agent {
    number: usize,
    client: Rc<Client>,
    root: Option<Hash>,
}

impl Fleet {
    pub(crate) fn new(server: ServerUrl, token: Token) -> Result<Self, Failure> {
        Ok(Self { server, token, directory: TempDir::new()?, agents: Vec::new(), reported: 0 })
    }

    pub(crate) async fn enrol(&mut self, count: usize) -> Result<Measured, Failure> {
        let first = self.agents.len();
        let enrolled: Rc<RefCell<Vec<Agent>>> = Rc::default();
        let shared = Rc::new((self.server.clone(), self.token.reveal().to_owned(), self.directory.path().to_owned()));
        let joining = Rc::clone(&enrolled);
        let (latencies, took) = at_once(ENROLLING, (first..first + count).collect(), move |number| {
            let (shared, enrolled) = (Rc::clone(&shared), Rc::clone(&joining));
            async move {
                let (server, token, directory) = &*shared;
                let began = Instant::now();
                let agent =
                    enrolled_agent(server, token, directory, number).await.map_err(|error| error.to_string())?;
                enrolled.borrow_mut().push(agent);
                Ok(began.elapsed())
            }
        })
        .await;
        let mut agents = enrolled.take();
        agents.sort_by_key(|agent| agent.number);
        self.agents.extend(agents);
        Ok(latencies.measured(took))
    }

    /// Whole inventories of agents that have not sent theirs. A connection each, from opening it to the answer. What
    /// they send is made before the clock runs: agents make it on machines of their own.
    pub(crate) async fn report(&mut self, connections: usize, count: usize) -> Result<Measured, Failure> {
        let estate = self.agents.len();
        let turn: Vec<Agent> = self.agents.iter().skip(self.reported).take(count).cloned().collect();
        if turn.len() < count {
            return Err(format!("only {} agents have not reported yet", turn.len()).into());
        }
        for agent in self.agents.iter_mut().skip(self.reported).take(count) {
            agent.root = Some(host::root(&host::parts(agent.number, estate)?));
        }
        self.reported += count;
        let mut ready = Vec::with_capacity(count);
        for agent in turn {
            let body = Body::of(&full(agent.number, estate)?)?;
            ready.push((agent, body));
        }
        let (latencies, took) = at_once(connections, ready, move |(agent, body)| async move {
            let began = Instant::now();
            let mut session = agent.client.connect().await.map_err(|error| error.to_string())?;
            exchange(&mut session, body).await?;
            Ok(began.elapsed())
        })
        .await;
        Ok(latencies.measured(took))
    }

    /// Heartbeats over kept connections, as fast as they are answered.
    pub(crate) async fn beat(&mut self, connections: usize, seconds: u64) -> Result<Measured, Failure> {
        let all = Rc::new(RefCell::new(Latencies::default()));
        let began = Instant::now();
        let until = began + Duration::from_secs(seconds);
        let tasks: Vec<_> = self
            .reporters(connections)?
            .into_iter()
            .map(|agent| {
                let all = Rc::clone(&all);
                tokio::task::spawn_local(async move {
                    let latencies = beats(&agent, until).await;
                    all.borrow_mut().join(latencies);
                })
            })
            .collect();
        for task in tasks {
            task.await?;
        }
        Ok(all.take().measured(began.elapsed()))
    }

    /// One heartbeat each over a connection of its own.
    pub(crate) async fn call(&mut self, connections: usize, count: usize) -> Result<Measured, Failure> {
        let turn = self.reporters(count)?;
        let (latencies, took) = at_once(connections, turn, |agent| async move {
            let began = Instant::now();
            let mut session = agent.client.connect().await.map_err(|error| error.to_string())?;
            beat(&mut session, agent.root).await?;
            Ok(began.elapsed())
        })
        .await;
        Ok(latencies.measured(took))
    }

    fn reporters(&self, count: usize) -> Result<Vec<Agent>, Failure> {
        if self.reported < count {
            return Err(format!("only {} agents have reported", self.reported).into());
        }
        Ok(self.agents.iter().take(count).cloned().collect())
    }
}

/// Runs `job` for each of `items`, `width` of them at a time.
async fn at_once<T: 'static, F>(width: usize, items: Vec<T>, job: impl Fn(T) -> F + 'static) -> (Latencies, Duration)
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

async fn enrolled_agent(server: &ServerUrl, token: &str, directory: &Path, number: usize) -> Result<Agent, Failure> {
    let token: Token = token.parse()?;
    let state = StateDir::open(&directory.join(number.to_string()))?;
    let client = Client::new(server.clone(), tls::for_enrolment(token.pin(), Arc::new(SystemClock))?, PATIENCE);
    let mut attempt = 0;
    let credentials = loop {
        match enrol::ask(&client, server, &token, evidence(number), &state).await {
            Ok(Step::Enrolled(credentials)) => break credentials,
            Ok(Step::Pending { .. }) => return Err("the token asks for approval".into()),
            Err(_) if attempt < ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    Ok(Agent { number, client: Rc::new(client_of(server, &credentials)?), root: None })
}

fn client_of(server: &ServerUrl, credentials: &Credentials) -> Result<Client, Failure> {
    let issued = &credentials.issued;
    let tls = tls::for_reports(
        &issued.authorities_pem,
        &issued.certificate_pem,
        &credentials.key_pem,
        Arc::new(SystemClock),
    )?;
    Ok(Client::new(server.clone(), tls, PATIENCE))
}

fn evidence(number: usize) -> Evidence {
    Evidence {
        hostname: host::name(number),
        machine_id: Some(host::machine_id(number)),
        product_uuid: None,
        serial: Some(format!("SN{number:08}")),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

async fn beats(agent: &Agent, until: Instant) -> Latencies {
    let mut latencies = Latencies::default();
    let mut session = match agent.client.connect().await {
        Ok(session) => session,
        Err(error) => {
            latencies.add(Err(error.to_string()));
            return latencies;
        }
    };
    while Instant::now() < until {
        let began = Instant::now();
        let outcome = beat(&mut session, agent.root).await;
        let is_broken = outcome.is_err();
        latencies.add(outcome.map(|()| began.elapsed()));
        if is_broken {
            break;
        }
    }
    latencies
}

async fn beat(session: &mut Session, root: Option<Hash>) -> Result<(), String> {
    let body = Body::of(&heartbeat(root)).map_err(|error| error.to_string())?;
    exchange(session, body).await
}

/// Sends a batch; anything but "stored" for all of it is a failure.
async fn exchange(session: &mut Session, body: Body) -> Result<(), String> {
    let answer = session.send::<BatchReply>(paths::REPORTS, body).await.map_err(|error| error.to_string())?;
    match answer {
        Answer::Accepted(reply) => {
            let unstored = reply.results.iter().find(|result| result.outcome != Outcome::Stored);
            match (unstored, reply.want_full.is_empty()) {
                (None, true) => Ok(()),
                (None, false) => Err(format!("the server wants {:?} whole", reply.want_full)),
                (Some(result), _) => Err(format!("{:?}: {:?}", result.outcome, result.why)),
            }
        }
        other => Err(format!("{other:?}")),
    }
}

fn heartbeat(root: Option<Hash>) -> Batch {
    let now = SystemClock.now();
    Batch {
        run: None,
        machine: None,
        boot_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        sent_wall_ms: now.wall_ms,
        sent_mono_ms: now.mono_ms,
        server_incarnation: None,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        inventory_root: root,
        pending_reports: 0,
        dropped_reports: 0,
        spool_replaced_ms: None,
        reports: Vec::new(),
    }
}

fn full(number: usize, estate: usize) -> Result<Batch, Failure> {
    let now = SystemClock.now();
    let parts = host::parts(number, estate)?;
    let root = host::root(&parts);
    let epoch = Epoch(u64::try_from(number)?.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let reports = parts
        .into_iter()
        .zip(1..)
        .map(|(part, seq)| Report {
            epoch,
            seq,
            kind: ReportKind::Full,
            section: Some(part.kind),
            base: None,
            hash: part.hash,
            at_wall_ms: now.wall_ms,
            at_mono_ms: now.mono_ms,
            boot_id: None,
            body: part.body,
        })
        .collect();
    Ok(Batch { reports, ..heartbeat(Some(root)) })
}
