//! A herd: every agent loses the server at once, and later all of them come back.
//!
//! The server is really stopped and started, and agents really come back by their own policy. The first part of the
//! outage may be passed over: then every agent's attempts against no server are reckoned with the same policy instead
//! of made, and its host is observed as often as it would have been.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use terrier_shared::latest::report::{Batch, Outcome};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::Failure;
use crate::fleet::{Fleet, Member, Setback, at_once, exchange, now, ready};
use crate::latency::{Latencies, Measured};
use crate::life::{Plan, Record, live};
use crate::probe::Probe;
use crate::shell::{self, Watched};

/// What is done to a herd.
#[derive(Debug, Clone)]
pub struct Outage {
    /// The command that stops the server.
    pub cut: String,
    /// The command that starts it, and ends when it serves.
    pub back: String,
    /// How long the server is away.
    pub away: Duration,
    /// How much of that passes in real time, at its end.
    pub real: Duration,
    /// How long the last of them is waited for.
    pub patience: Duration,
}

/// What came of it. Times count from the server's return.
#[derive(Debug, Serialize)]
pub struct Herd {
    /// Agents.
    pub agents: usize,
    /// Seconds for which the server was away, and how many of them were passed over.
    pub away_s: u64,
    /// See above.
    pub passed_over_s: u64,
    /// Agents that delivered everything.
    pub back: usize,
    /// When half of them had, in seconds.
    pub half_back_s: f64,
    /// When all of them had, in seconds.
    pub all_back_s: f64,
    /// Most requests within one second.
    pub peak: u32,
    /// Requests that were sent away.
    pub refused: u64,
    /// Deliveries that found no server or lost it, after its return.
    pub broken: u64,
    /// What the first of those said.
    pub why: Option<String>,
    /// Reports that were sent.
    pub sent: u64,
    /// Reports that were acknowledged.
    pub acknowledged: u64,
    /// Of those that were asked about once more, reports that the server did not know any more, or knew otherwise.
    pub lost: u64,
    /// How many were asked about.
    pub asked: u64,
    /// Sections that the server did not hold as it had acknowledged them.
    pub wanted: u64,
    /// Windows of utilisation that were acknowledged: as many rows the server has to have.
    pub windows: u64,
    /// Requests and how long their acknowledgements took.
    pub acknowledgements: Measured,
    /// Pages of the interface, from the server's return until all were back.
    pub interface: Option<Measured>,
    /// Most memory that the server held, in mebibytes.
    pub server_mib: Option<u64>,
}

/// Lets it happen to all agents of `fleet`, which have told everything before.
///
/// # Errors
///
/// The server cannot be stopped or started, or does not answer when it is asked what it knows.
pub async fn herd(
    fleet: &mut Fleet,
    outage: &Outage,
    probe: Option<Probe>,
    watched: &Watched,
) -> Result<Herd, Failure> {
    let record: Rc<RefCell<Record>> = Rc::default();
    let returned: Rc<RefCell<Returns>> = Rc::default();
    let (stop, stopped) = watch::channel(false);
    shell::run(&outage.cut).await?;
    let passed_over = outage.away.saturating_sub(outage.real);
    let began = Instant::now();
    let members: Vec<_> = std::mem::take(&mut fleet.members)
        .into_iter()
        .map(|mut member| {
            let plan = Plan { interval_s: None, first: Some(began + pass_over(&mut member, passed_over)) };
            let returned = Rc::clone(&returned);
            let note = move |member: &Member| returned.borrow_mut().note(member);
            tokio::task::spawn_local(live(member, plan, Rc::clone(&record), stopped.clone(), note))
        })
        .collect();
    tokio::time::sleep_until(began + outage.real).await;
    shell::run(&outage.back).await?;
    // Only now does it count.
    record.take();
    returned.borrow_mut().since = Some(Instant::now());
    let looking = probe.map(|probe| tokio::task::spawn_local(probe.look(stopped.clone())));
    let memory = tokio::task::spawn_local(watched.clone().watch(stopped));
    let until = Instant::now() + outage.patience;
    while returned.borrow().at.len() < members.len() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let _nobody_left = stop.send(true);
    for member in members {
        fleet.members.push(member.await?);
    }
    let interface = match looking {
        Some(looking) => Some(looking.await?),
        None => None,
    };
    let known = ask_again(fleet).await?;
    let returned = returned.take();
    Ok(told(fleet, outage, (record.take(), returned), interface, (known, memory.await?)))
}

/// When each agent was back.
#[derive(Debug, Default)]
struct Returns {
    since: Option<Instant>,
    at: BTreeMap<u32, Duration>,
}

impl Returns {
    fn note(&mut self, member: &Member) {
        if let Some(since) = self.since {
            self.at.entry(member.agent.host().number()).or_insert_with(|| since.elapsed());
        }
    }
}

/// Has an agent live through the first part of an outage: gives how long after that it tries again.
fn pass_over(member: &mut Member, outage: Duration) -> Duration {
    let mut at = Duration::from_millis(u64::from(member.agent.host().draw(15).below(1_000)));
    let interval = Duration::from_secs(u64::from(member.agent.interval_s()));
    let mut turn = interval.mul_f64(member.agent.host().draw(16).share());
    while turn < outage {
        member.agent.observe(now());
        turn += interval;
    }
    while at < outage {
        at += member.set_back(None);
    }
    at.saturating_sub(outage)
}

/// What the server knows of what it acknowledged.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    asked: u64,
    lost: u64,
}

/// Tells the server once more what it acknowledged lately: it has to know every report as it was. Then what every agent
/// believes that it holds.
///
/// # Errors
///
/// An agent gets no answer.
async fn ask_again(fleet: &mut Fleet) -> Result<Known, Failure> {
    let members = std::mem::take(&mut fleet.members);
    let known: Rc<RefCell<(Known, Vec<Member>)>> = Rc::default();
    let asking = Rc::clone(&known);
    let (latencies, took) = at_once(16, members, move |mut member: Member| {
        let known = Rc::clone(&asking);
        async move {
            let mut own = Known::default();
            let asked = ask_one(&mut member, &mut own).await;
            let mut known = known.borrow_mut();
            known.0.asked += own.asked;
            known.0.lost += own.lost;
            known.1.push(member);
            asked.map(|()| Duration::ZERO).map_err(|setback| setback.why)
        }
    })
    .await;
    let (all, mut members) = known.take();
    members.sort_by_key(|member| member.agent.host().number());
    fleet.members = members;
    let measured = latencies.measured(took);
    match measured.why {
        None => Ok(all),
        Some(why) => Err(format!("{} agents could not ask what the server knows: {why}", measured.failed).into()),
    }
}

/// How often an agent asks that the server sends away, or that loses it.
const ATTEMPTS: u32 = 10;

async fn ask_one(member: &mut Member, known: &mut Known) -> Result<(), Setback> {
    let batches = member.agent.again(now()).map_err(|error| Setback::own(&error.to_string()))?;
    let mut attempts = 0;
    let mut asked = 0;
    while asked <= batches.len() {
        let answered = match batches.get(asked) {
            Some(batch) => ask(member, batch, known).await,
            None => member.deliver(&Rc::default()).await,
        };
        match answered {
            Ok(()) => asked += 1,
            Err(setback) if attempts < ATTEMPTS => {
                attempts += 1;
                tokio::time::sleep(Duration::from_secs(setback.retry_after_s.unwrap_or(1))).await;
            }
            Err(setback) => return Err(setback),
        }
    }
    Ok(())
}

async fn ask(member: &mut Member, batch: &Batch, known: &mut Known) -> Result<(), Setback> {
    let body = ready(batch).map_err(|error| Setback::own(&error.to_string()))?;
    let reply = exchange(&mut member.connect().await?, body).await?;
    let (asked, known_ones) =
        (batch.reports.len(), reply.results.iter().filter(|one| one.outcome == Outcome::Duplicate));
    known.asked += count(asked);
    known.lost += count(asked.saturating_sub(known_ones.count()));
    member.agent.answered(batch, &reply, now());
    Ok(())
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn told(
    fleet: &Fleet,
    outage: &Outage,
    (record, returned): (Record, Returns),
    interface: Option<Latencies>,
    (known, server_mib): (Known, Option<u64>),
) -> Herd {
    let mut back: Vec<f64> = returned.at.values().map(Duration::as_secs_f64).collect();
    back.sort_by(f64::total_cmp);
    let took = returned.since.map_or(Duration::ZERO, |since| since.elapsed());
    let tallies: Vec<_> = fleet.members.iter().map(|member| member.agent.tally()).collect();
    Herd {
        agents: fleet.members.len(),
        away_s: outage.away.as_secs(),
        passed_over_s: outage.away.saturating_sub(outage.real).as_secs(),
        back: back.len(),
        half_back_s: back.get(back.len() / 2).copied().unwrap_or_default(),
        all_back_s: back.last().copied().unwrap_or_default(),
        peak: record.peak(),
        refused: record.refused,
        broken: record.broken,
        sent: tallies.iter().map(|tally| tally.sent).sum(),
        acknowledged: tallies.iter().map(|tally| tally.acknowledged).sum(),
        lost: known.lost,
        asked: known.asked,
        wanted: tallies.iter().map(|tally| tally.wanted).sum(),
        windows: tallies.iter().map(|tally| tally.windows).sum(),
        acknowledgements: record.acknowledgements.measured(took),
        why: record.why,
        interface: interface.map(|seen| seen.measured(took)),
        server_mib,
    }
}
