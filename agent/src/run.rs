//! The conductor: the only place with timers, signals and all three stages.
//!
//! Does: collect in turn, sample every minute, deliver at once or after the wait that is due, renew the certificate
//! in time, stop within a second, take over a changed configuration, and tell the init system that it lives.
//! Does not: hold anything that a crash may not take: what counts is in the spool.

mod agent;
mod delivery;
mod keeping;
mod offenders;
mod own_identity;
mod renewal;
mod supervisor;
mod timetable;

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info};

pub use self::agent::{Agent, RunError, Setup};
pub use self::delivery::Delivery;
pub use self::supervisor::{Pulse, Supervisor};
use self::timetable::Timetable;
use crate::chain::Chain;
use crate::collect::utilisation::{Aggregator, Sampler};
use crate::config::{Config, ConfigError};

/// Name of the spool in the state directory.
pub const SPOOL: &str = "spool.db";

/// Length of a window of utilisation, in seconds.
const WINDOW_S: u32 = 300;
/// Length of the very first one, so that how full a disk is shows with the first report.
const FIRST_WINDOW_S: u32 = 60;

/// Reports until the process is told to stop, and lets `supervisor` know. `reload` reads the configuration anew, and
/// `reloaded` takes note of what the agent itself does not use of it.
///
/// # Errors
///
/// Signals cannot be received.
pub async fn until_told_to_stop(
    agent: &mut Agent,
    supervisor: &Supervisor,
    reload: impl Fn() -> Result<Config, ConfigError>,
    reloaded: impl Fn(&Config),
) -> std::io::Result<Ending> {
    let mut signals = Signals::listen()?;
    supervisor.ready();
    let pulse = agent.pulse.clone();
    let mut work = Work::begin(agent);
    let ending = loop {
        let order = tokio::select! {
            biased;
            order = signals.next() => order,
            never = supervisor.hear(&pulse) => match never {},
            ending = work.go_on(supervisor) => break ending,
        };
        match order {
            Order::Stop => break Ending::Told,
            Order::Reload => work.reconfigure(reload().inspect(&reloaded)),
        }
    };
    if ending == Ending::Told {
        work.agent.offenders.acquit();
        supervisor.stopping();
        info!("stopped");
    }
    Ok(ending)
}

/// Observes and delivers once; once more if that needed another spool, so that what was in the way costs no report.
pub async fn once(agent: &mut Agent) -> Delivery {
    agent.observe().await;
    let delivery = agent.deliver().await;
    if delivery == Delivery::Done || !agent.has_fresh_spool() {
        return delivery;
    }
    agent.observe().await;
    agent.deliver().await
}

/// Why an agent no longer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was told to stop.
    Told,
    /// A collector took more than it may and cannot be stopped but with the process: it is to be started anew.
    Runaway,
}

/// What is done between two signals. A step may be given up at any point: what it had not finished is done again.
struct Work<'a> {
    agent: &'a mut Agent,
    timetable: Timetable,
    sampler: Sampler,
    aggregator: Aggregator,
}

impl<'a> Work<'a> {
    fn begin(agent: &'a mut Agent) -> Self {
        let timetable = Timetable::begin(agent.now().mono_ms);
        let sampler = Sampler::new(agent.host.clone());
        let aggregator = Aggregator::new(WINDOW_S).first_within(FIRST_WINDOW_S);
        Self { agent, timetable, sampler, aggregator }
    }

    fn reconfigure(&mut self, read: Result<Config, ConfigError>) {
        match read.map_err(RunError::from).and_then(|config| self.agent.reconfigure(config)) {
            Ok(()) => info!("the configuration was read again"),
            Err(error) => error!(error = %Chain(&error), "the configuration stays as it was"),
        }
    }

    fn go_on<'b>(&'b mut self, supervisor: &'b Supervisor) -> impl Future<Output = Ending> + 'b {
        Box::pin(async {
            while self.agent.runaway.is_none() {
                self.step(supervisor).await;
            }
            Ending::Runaway
        })
    }

    fn step<'b>(&'b mut self, supervisor: &'b Supervisor) -> impl Future<Output = ()> + 'b {
        Box::pin(async {
            self.agent.pulse.beat();
            if self.timetable.sample_is_due(self.agent.now().mono_ms) {
                self.sample();
            }
            if self.agent.has_fresh_spool() || self.timetable.observation_is_due(self.agent.now().mono_ms) {
                self.agent.observe().await;
                self.timetable.observed(self.agent.now().mono_ms, self.agent.until_next_turn());
            }
            if self.timetable.delivery_is_due(self.agent.now().mono_ms) {
                let delivery = self.agent.deliver().await;
                supervisor.doing(&self.agent.summary(delivery));
                self.timetable.delivered(self.agent.now().mono_ms, delivery);
            }
            // A collector that runs away takes what is the host's: it is ended at once.
            if self.agent.runaway.is_none() {
                tokio::time::sleep(Duration::from_millis(self.timetable.idle_ms(self.agent.now().mono_ms))).await;
            }
        })
    }

    fn sample(&mut self) {
        let now = self.agent.now();
        let reading = self.sampler.sample(now.wall_ms, now.mono_ms);
        if let Some(metrics) = self.aggregator.add(reading) {
            self.agent.record_metrics(&metrics);
        }
        self.timetable.sampled(now.mono_ms);
    }
}

enum Order {
    Stop,
    Reload,
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.terminate.recv() => Order::Stop,
            _ = self.interrupt.recv() => Order::Stop,
            _ = self.hang_up.recv() => Order::Reload,
        }
    }
}
