//! `terrier-agent run`.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt, reload};

use super::{CommandError, print};
use crate::clock::SystemClock;
use crate::collect::host::Host;
use crate::config::{Config, ConfigError, Log, LogFormat};
use crate::entropy::KernelEntropy;
use crate::run::{Agent, Delivery, Ending, Setup, Supervisor, until_told_to_stop};
use crate::transport::client::Patience;

/// How long a collector that hangs may hold up the end of the process.
const PATIENCE_AT_END: Duration = Duration::from_millis(200);

/// One thread: an agent has one thing to do at a time, and memory is what it must not take.
pub(super) fn runtime() -> Result<Runtime, CommandError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::Runtime)
}

pub(super) fn once(config: Config, host: Host) -> Result<ExitCode, CommandError> {
    start_log(config.log);
    let mut agent = open(config, host)?;
    let runtime = runtime()?;
    let delivery = runtime.block_on(crate::run::once(&mut agent));
    runtime.shutdown_timeout(PATIENCE_AT_END);
    agent.acquit();
    let outlook = agent.outlook()?;
    if delivery == Delivery::Done {
        print("the server has everything\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    print(&format!("{} reports wait for the next attempt\n", outlook.pending))?;
    Ok(ExitCode::FAILURE)
}

/// Starts this program anew, in this process, with an allocator that keeps one heap and gives back what a turn took.
/// glibc reads that from the environment, at the start only (mallopt(3)); it saves a third of the resident memory.
/// Comes back if there is nothing to do, or no way to do it: then the agent is merely larger.
pub(super) fn settle_allocator(variables: &[(String, String)]) {
    const SETTINGS: [(&str, &str); 3] =
        [("MALLOC_ARENA_MAX", "1"), ("MALLOC_TRIM_THRESHOLD_", "131072"), ("MALLOC_MMAP_THRESHOLD_", "131072")];
    let is_settled = variables.iter().any(|(name, _)| name == "MALLOC_ARENA_MAX");
    if !is_settled {
        start_anew(&SETTINGS);
    }
}

/// Puts this program, begun anew with the same arguments, in the place of this process. Comes back if there is no way.
fn start_anew(variables: &[(&str, &str)]) {
    if let Ok(program) = std::env::current_exe() {
        let mut command = std::process::Command::new(program);
        let _not_replaced = command.args(std::env::args_os().skip(1)).envs(variables.iter().copied()).exec();
    }
}

pub(super) fn daemon(
    config: Config,
    host: Host,
    supervisor: &Supervisor,
    reload: impl Fn() -> Result<Config, ConfigError>,
) -> Result<ExitCode, CommandError> {
    let level = start_log(config.log);
    let mut agent = open(config, host)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(until_told_to_stop(&mut agent, supervisor, reload, |config| {
        if let Err(error) = level.reload(config.log.level) {
            tracing::warn!(%error, "the level of the log stays as it was");
        }
    }));
    runtime.shutdown_timeout(PATIENCE_AT_END);
    match ended.map_err(CommandError::Runtime)? {
        Ending::Told => Ok(ExitCode::SUCCESS),
        Ending::Runaway => {
            tracing::error!("started anew, because a collector took too much and cannot be stopped otherwise");
            // The state directory belongs to one process at a time.
            drop(agent);
            start_anew(&[]);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn open(config: Config, host: Host) -> Result<Agent, CommandError> {
    Ok(Agent::open(Setup {
        config,
        host,
        clock: Arc::new(SystemClock),
        entropy: KernelEntropy,
        patience: Patience::default(),
        pause_per_report: Duration::from_millis(50),
    })?)
}

/// Logs to standard error. The level can be changed later; the format cannot.
fn start_log(log: Log) -> reload::Handle<LevelFilter, Registry> {
    let (level, handle) = reload::Layer::new(log.level);
    let registry = tracing_subscriber::registry().with(level);
    match log.format {
        LogFormat::Text => {
            registry.with(fmt::layer().with_target(false).with_ansi(false).with_writer(io::stderr)).init();
        }
        LogFormat::Json => registry.with(fmt::layer().json().with_target(false).with_writer(io::stderr)).init(),
    }
    handle
}
