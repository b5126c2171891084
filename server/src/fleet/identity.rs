//! Which of the machines that speak with one identity is the agent, and which are copies of it. Pure.
//!
//! A run is one start of an agent's process, and no two processes of one machine are the agent at a time. So a run that
//! speaks again after a later one began proves that two live: the one that began first stays the agent, the other is a
//! copy. A machine that differs for certain, while the agent was heard lately, is not taken at all until it is clear
//! which it is: the agent speaks again, then it is a copy; the agent is gone, then its disk has moved.

use std::time::Duration;

use jiff::Timestamp;
use terrier_shared::latest::machine::Machine;
use terrier_shared::latest::report::Epoch;

/// A process that speaks as an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its run.
    pub run: Epoch,
    /// The kernel's boot id.
    pub boot_id: String,
    /// When its machine booted, by the server's clock; late by what the request took on its way.
    pub booted_at: Timestamp,
    /// Its machine's marks.
    pub machine: Machine,
    /// Where it speaks from.
    pub address: String,
}

/// What a run is to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the agent.
    Speaking,
    /// It was the agent before a later run.
    Past,
    /// It is the agent or a copy; nobody knows yet.
    Waiting,
    /// It has the identity of another machine.
    Copy,
    /// It was a copy and has asked to be an agent of its own.
    Enrolled,
}

/// A run that has spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its process.
    pub process: Process,
    /// What it is to the agent.
    pub standing: Standing,
    /// When it first spoke.
    pub began_at: Timestamp,
    /// When it asked last, if it waits or is a copy.
    pub heard_at: Timestamp,
}

/// What is known when a process speaks.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// This moment.
    pub now: Timestamp,
    /// As of when the silence of an agent is judged: see [`super::silence::Holds`].
    pub judged_at: Timestamp,
    /// When the agent was heard last.
    pub last_heard: Option<Timestamp>,
    /// After what silence an agent is gone.
    pub patience: Duration,
}

/// What becomes of what a process says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the agent's word.
    Speaks,
    /// It is not taken now, and the process comes again.
    Waits,
    /// It is not taken, and the process has to become an agent of its own.
    IsCopy,
}

/// Something that people want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// This run has the identity of another machine that is in use.
    Copied(Epoch),
    /// This run's machine is another than before, which is gone.
    Moved(Epoch),
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// About the process that spoke.
    pub verdict: Verdict,
    /// For the audit trail.
    pub findings: Vec<Finding>,
}

/// Every run that has spoken as one agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claimants(Vec<Known>);

/// Longest time that a request may be on its way: what is later was sent later.
const ON_ITS_WAY: Duration = Duration::from_mins(1);
/// How far the reckoned moment of a boot may be off.
const BOOT_IS_OFF_BY: Duration = Duration::from_secs(30);
/// Most runs that are remembered of an agent.
const REMEMBERED: usize = 512;

impl Standing {
    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Speaking => "speaking",
            Self::Past => "past",
            Self::Waiting => "waiting",
            Self::Copy => "copy",
            Self::Enrolled => "enrolled",
        }
    }

    /// The standing of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Speaking, Self::Past, Self::Waiting, Self::Copy, Self::Enrolled];
        all.into_iter().find(|standing| standing.name() == name)
    }

    /// Whether it is in the way of the agent.
    #[must_use]
    pub const fn contends(self) -> bool {
        matches!(self, Self::Waiting | Self::Copy)
    }
}

impl Process {
    /// Whether this is another machine than the one that was heard then.
    fn differs_from(&self, other: &Self, last_heard: Option<Timestamp>) -> bool {
        let ran_at_once = self.boot_id != other.boot_id
            && last_heard.is_some_and(|heard| elapsed(self.booted_at, heard) > BOOT_IS_OFF_BY);
        ran_at_once || self.machine.differs_from(&other.machine)
    }

    fn is_of_the_machine_of(&self, other: &Self) -> bool {
        !self.machine.differs_from(&other.machine)
            && (self.boot_id == other.boot_id || self.machine.shares_a_mark_with(&other.machine))
    }
}

impl Claimants {
    /// These runs.
    #[must_use]
    pub const fn new(known: Vec<Known>) -> Self {
        Self(known)
    }

    /// Every run there is.
    #[must_use]
    pub fn all(&self) -> &[Known] {
        &self.0
    }

    /// The run that is the agent.
    #[must_use]
    pub fn speaking(&self) -> Option<Epoch> {
        self.present().map(|known| known.process.run)
    }

    /// How many wait or are copies.
    #[must_use]
    pub fn contenders(&self) -> usize {
        self.0.iter().filter(|known| known.standing.contends()).count()
    }

    /// `process` speaks.
    pub fn hear(&mut self, process: Process, scene: Scene) -> Hearing {
        let standing = self.find(process.run).map(|known| known.standing);
        let hearing = match standing {
            None => self.hear_new(process, scene),
            Some(Standing::Speaking) => self.hear_present(scene.now),
            Some(Standing::Past) => self.hear_past(process.run, scene.now),
            Some(Standing::Waiting) => self.hear_waiting(process.run, scene),
            Some(Standing::Copy | Standing::Enrolled) => {
                self.set(process.run, Standing::Copy, scene.now);
                Hearing::of(Verdict::IsCopy)
            }
        };
        self.forget_the_oldest();
        hearing
    }

    /// The agent lives, so whoever waits for its end is a copy. Unless it was on its way when that one first spoke.
    fn hear_present(&mut self, now: Timestamp) -> Hearing {
        let is_exposed =
            |known: &&mut Known| known.standing == Standing::Waiting && elapsed(known.began_at, now) >= ON_ITS_WAY;
        let mut findings = Vec::new();
        for known in self.0.iter_mut().filter(is_exposed) {
            known.standing = Standing::Copy;
            findings.push(Finding::Copied(known.process.run));
        }
        Hearing { verdict: Verdict::Speaks, findings }
    }

    fn hear_past(&mut self, run: Epoch, now: Timestamp) -> Hearing {
        let began_at = self.find(run).map_or(now, |known| known.began_at);
        let Some((present, present_began)) = self.present().map(|known| (known.process.run, known.began_at)) else {
            self.set(run, Standing::Speaking, now);
            return Hearing::of(Verdict::Speaks);
        };
        if began_at > present_began {
            self.set(run, Standing::Copy, now);
            return Hearing { verdict: Verdict::IsCopy, findings: vec![Finding::Copied(run)] };
        }
        if elapsed(present_began, now) >= ON_ITS_WAY {
            // The other has not spoken since; if it does, it is the copy.
            self.set(present, Standing::Past, now);
            self.set(run, Standing::Speaking, now);
        }
        Hearing::of(Verdict::Speaks)
    }

    fn hear_waiting(&mut self, run: Epoch, scene: Scene) -> Hearing {
        if scene.is_agent_gone() {
            return self.succeed(run, scene.now);
        }
        self.set(run, Standing::Waiting, scene.now);
        Hearing::of(Verdict::Waits)
    }

    fn hear_new(&mut self, process: Process, scene: Scene) -> Hearing {
        let run = process.run;
        let is_same = self.present().is_none_or(|present| !process.differs_from(&present.process, scene.last_heard));
        let mut known = Known { process, standing: Standing::Waiting, began_at: scene.now, heard_at: scene.now };
        if is_same {
            self.retire_present();
            known.standing = Standing::Speaking;
            self.0.push(known);
            return Hearing::of(Verdict::Speaks);
        }
        // The process of a machine that has spoken before was started again.
        let before = self.0.iter().position(|other| {
            matches!(other.standing, Standing::Waiting | Standing::Copy | Standing::Enrolled)
                && known.process.is_of_the_machine_of(&other.process)
        });
        if let Some(before) = before.map(|at| self.0.swap_remove(at)) {
            known.began_at = before.began_at;
            known.standing = if before.standing == Standing::Waiting { Standing::Waiting } else { Standing::Copy };
        }
        let standing = known.standing;
        self.0.push(known);
        match standing {
            Standing::Copy => Hearing::of(Verdict::IsCopy),
            _ => self.hear_waiting(run, scene),
        }
    }

    /// The agent's disk has moved to the machine of `run`.
    fn succeed(&mut self, run: Epoch, now: Timestamp) -> Hearing {
        self.retire_present();
        self.set(run, Standing::Speaking, now);
        Hearing { verdict: Verdict::Speaks, findings: vec![Finding::Moved(run)] }
    }

    fn retire_present(&mut self) {
        for known in self.0.iter_mut().filter(|known| known.standing == Standing::Speaking) {
            known.standing = Standing::Past;
        }
    }

    fn present(&self) -> Option<&Known> {
        self.0.iter().find(|known| known.standing == Standing::Speaking)
    }

    fn find(&self, run: Epoch) -> Option<&Known> {
        self.0.iter().find(|known| known.process.run == run)
    }

    fn set(&mut self, run: Epoch, standing: Standing, now: Timestamp) {
        if let Some(known) = self.0.iter_mut().find(|known| known.process.run == run) {
            known.standing = standing;
            known.heard_at = now;
        }
    }

    fn forget_the_oldest(&mut self) {
        while self.0.len() > REMEMBERED {
            let past = self.0.iter().enumerate().filter(|(_, known)| known.standing != Standing::Speaking);
            let Some((at, _)) = past.min_by_key(|(_, known)| (known.standing.contends(), known.heard_at)) else {
                return;
            };
            self.0.swap_remove(at);
        }
    }
}

impl Finding {
    /// The run it is about.
    #[must_use]
    pub const fn run(self) -> Epoch {
        match self {
            Self::Copied(run) | Self::Moved(run) => run,
        }
    }
}

impl Hearing {
    const fn of(verdict: Verdict) -> Self {
        Self { verdict, findings: Vec::new() }
    }
}

impl Scene {
    fn is_agent_gone(&self) -> bool {
        self.last_heard.is_none_or(|heard| elapsed(heard, self.judged_at) > self.patience)
    }
}

/// No time at all if `to` is before `from`.
fn elapsed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests;
