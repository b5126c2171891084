//! A steady load: every agent reports in its turn.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use crate::fleet::{Fleet, Member};
use crate::latency::Measured;
use crate::life::{Plan, Record, live};
use crate::probe::Probe;
use crate::shell::Watched;

/// What a load came to.
#[derive(Debug, Serialize)]
pub struct Load {
    /// Agents.
    pub agents: usize,
    /// Requests and how long their acknowledgements took.
    pub acknowledgements: Measured,
    /// Reports per second that were acknowledged.
    pub reports_per_second: f64,
    /// Most requests within one second.
    pub peak: u32,
    /// Requests that were sent away.
    pub refused: u64,
    /// Deliveries that found no server or lost it.
    pub broken: u64,
    /// What the first of those said.
    pub why: Option<String>,
    /// Reports that the server refused for good, and sections that it did not hold as it had acknowledged them.
    pub faults: u64,
    /// Pages of the interface, meanwhile.
    pub interface: Option<Measured>,
    /// Most memory that the server held, in mebibytes.
    pub server_mib: Option<u64>,
}

/// Has every agent live for `duration`. `interval_s` is how often each reports; as the server asks if there is none.
pub async fn load(
    fleet: &mut Fleet,
    interval_s: Option<u32>,
    duration: Duration,
    probe: Option<Probe>,
    watched: &Watched,
) -> Load {
    let record: Rc<RefCell<Record>> = Rc::default();
    let (stop, stopped) = watch::channel(false);
    let plan = Plan { interval_s, first: None };
    let members: Vec<_> = std::mem::take(&mut fleet.members)
        .into_iter()
        .map(|member| {
            tokio::task::spawn_local(live(member, plan, Rc::clone(&record), stopped.clone(), |_: &Member| {}))
        })
        .collect();
    let looking = probe.map(|probe| tokio::task::spawn_local(probe.look(stopped.clone())));
    let memory = tokio::task::spawn_local(watched.clone().watch(stopped));
    tokio::time::sleep(duration).await;
    let _nobody_left = stop.send(true);
    for member in members {
        fleet.members.extend(member.await.ok());
    }
    let interface = match looking {
        Some(looking) => looking.await.ok().map(|seen| seen.measured(duration)),
        None => None,
    };
    let record = record.take();
    let tallies = fleet.members.iter().map(|member| member.agent.tally());
    Load {
        agents: fleet.members.len(),
        reports_per_second: f64::from(u32::try_from(record.reports).unwrap_or(u32::MAX)) / duration.as_secs_f64(),
        peak: record.peak(),
        refused: record.refused,
        broken: record.broken,
        faults: tallies.map(|tally| tally.refused + tally.wanted).sum(),
        acknowledgements: record.acknowledgements.measured(duration),
        why: record.why,
        interface,
        server_mib: memory.await.ok().flatten(),
    }
}
