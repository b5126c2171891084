//! Work beside requests: started with the server, stopped with it.
//!
//! Does: run a job now and then, or when it is woken; run what goes on all the time; tell when that breaks; stop
//! everything and wait for it.
//! Does not: know what a job does.
//!
//! Invariants: a job takes no input but the state of things, so that a run too many or too few does no harm; a run
//! that fails is logged, counted and tried again at the next turn; two runs of one job never overlap.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// How long jobs may take to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// The jobs of one server.
#[derive(Debug)]
pub struct Jobs {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
    ending: Ending,
}

/// Has the server end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ending(watch::Sender<Option<String>>);

impl Ending {
    /// The server is to end, for this reason.
    pub fn end(&self, why: String) {
        self.0.send_replace(Some(why));
    }
}

/// Becomes true when the server stops.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<bool>);

/// What a run of a job comes to.
pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Default for Jobs {
    fn default() -> Self {
        Self { tasks: JoinSet::new(), stop: watch::Sender::new(false), ending: Ending(watch::Sender::new(None)) }
    }
}

impl Stopping {
    /// Waits until the server stops.
    pub async fn wait(&mut self) {
        // A sender that is gone has stopped, too.
        let _stopped = self.0.wait_for(|stopping| *stopping).await;
    }
}

impl Jobs {
    /// What tells a task of its own making that the server stops.
    #[must_use]
    pub fn stopping(&self) -> Stopping {
        Stopping(self.stop.subscribe())
    }

    /// What lets a job have the server end.
    #[must_use]
    pub fn ending(&self) -> Ending {
        self.ending.clone()
    }

    /// Waits until a job has the server end, or until what goes on all the time has broken off; gives why.
    pub async fn broken(&mut self) -> String {
        let mut told = self.ending.0.subscribe();
        loop {
            tokio::select! {
                ended = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if let Some(Err(error)) = ended {
                        return format!("work that goes on all the time has broken off: {error}");
                    }
                }
                why = told.wait_for(Option::is_some) => {
                    return why.ok().and_then(|why| why.clone()).unwrap_or_default();
                }
            }
        }
    }

    /// Runs `task` until it ends by itself.
    pub fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Runs `job` every `period`, and at once when `wake` says so; a last time when the server stops.
    pub fn every<J, F>(&mut self, name: &'static str, period: Duration, wake: Option<Arc<Notify>>, job: J)
    where
        J: Fn() -> F + Send + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let mut stopping = self.stopping();
        self.tasks.spawn(async move {
            let mut turns = tokio::time::interval(period);
            turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = turns.tick() => {}
                    () = woken(wake.as_deref()) => {}
                    () = stopping.wait() => break,
                }
                report(name, apart(job()).await);
            }
            report(name, apart(job()).await);
        });
    }

    /// Stops every job and waits until the last run has ended; what does not end in a minute is cut off.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(PATIENCE, self.drain()).await.is_err() {
            tracing::error!(jobs = self.tasks.len(), "jobs did not end and were cut off");
            self.tasks.abort_all();
            self.drain().await;
        }
    }

    async fn drain(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a job ended by itself");
            }
        }
    }
}

/// A run that panics costs that run.
#[expect(clippy::disallowed_methods, reason = "it is waited for here")]
async fn apart(run: impl Future<Output = Outcome> + Send + 'static) -> Outcome {
    tokio::spawn(run).await?
}

async fn woken(wake: Option<&Notify>) {
    match wake {
        Some(wake) => wake.notified().await,
        None => std::future::pending().await,
    }
}

fn report(name: &'static str, outcome: Outcome) {
    let counted = if outcome.is_ok() { "done" } else { "failed" };
    metrics::counter!("job_runs_total", "job" => name, "outcome" => counted).increment(1);
    if let Err(error) = outcome {
        tracing::warn!(job = name, error = %crate::kernel::chain::Chain(error.as_ref()), "a job failed");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use tokio::sync::Notify;

    use super::Jobs;

    #[tokio::test]
    async fn a_job_runs_when_woken_and_a_last_time_when_stopped() {
        let (runs, wake, ran) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()), Arc::new(Notify::new()));
        let mut jobs = Jobs::default();
        let (counted, told) = (Arc::clone(&runs), Arc::clone(&ran));
        jobs.every("test", Duration::from_hours(1), Some(Arc::clone(&wake)), move || {
            counted.fetch_add(1, Ordering::SeqCst);
            told.notify_one();
            std::future::ready(Err("failing does not end it".into()))
        });
        ran.notified().await;
        wake.notify_one();
        ran.notified().await;
        jobs.stop().await;
        assert_eq!(runs.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn a_run_that_panics_costs_that_run_and_work_that_goes_on_all_the_time_the_server() {
        let mut jobs = Jobs::default();
        let (wake, ran) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let told = Arc::clone(&ran);
        jobs.every("test", Duration::from_hours(1), Some(Arc::clone(&wake)), move || {
            let told = Arc::clone(&told);
            async move {
                told.notify_one();
                panic!("a run");
            }
        });
        ran.notified().await;
        wake.notify_one();
        ran.notified().await;
        jobs.run(async {});
        jobs.run(async { panic!("the writer") });
        assert!(jobs.broken().await.contains("panicked"), "and not for what ended by itself");
        jobs.stop().await;
    }

    #[tokio::test]
    async fn a_job_may_have_the_server_end() {
        let mut jobs = Jobs::default();
        let ending = jobs.ending();
        jobs.run(async move { ending.end("enough".to_owned()) });
        assert_eq!(jobs.broken().await, "enough");
    }
}
