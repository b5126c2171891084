//! `terrier-server serve`.

use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{CliError, print};
use crate::app::Application;
use crate::config::{Config, Override};
use crate::kernel::clock::Clock;
use crate::observability::logging;

/// How long what hangs in the database may hold up the end.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Settings of `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port for people and programs; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Address and port for agents; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    agent_listen: Option<String>,
    /// How people reach the server, `https://host[:port]`.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How agents reach the server, `https://host[:port]`.
    #[arg(long, value_name = "URL")]
    agent_url: Option<String>,
    /// A name or address for the server's certificate; may be given several times.
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
}

impl Serve {
    pub(super) fn overrides(&self) -> Vec<Override> {
        let names = if self.names.is_empty() { None } else { Some(self.names.join(",")) };
        [
            ("people", "listen", self.listen.clone()),
            ("agents", "listen", self.agent_listen.clone()),
            ("people", "url", self.public_url.clone()),
            ("agents", "url", self.agent_url.clone()),
            ("tls", "names", names),
            ("log", "level", self.log_level.clone()),
        ]
        .into_iter()
        .filter_map(|(section, key, value)| Some(Override::new(section, key, value?)))
        .collect()
    }
}

pub(super) fn execute(config: &Config, clock: &Clock) -> Result<(), CliError> {
    logging::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CliError::Start)?;
    let outcome = runtime.block_on(async {
        let stop = stop_signal().map_err(CliError::Start)?;
        let application = Application::build(config, clock)?;
        announce(&application)?;
        Ok(application.run_until_stopped(stop).await?)
    });
    // Whatever still waits for a database that does not answer holds nothing that was acknowledged.
    runtime.shutdown_timeout(LAST_WAIT);
    outcome
}

/// Ends when the process is asked to stop, by a person (SIGINT) or by the system (SIGTERM).
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

/// What whoever starts a server wants to know; one fact a line, so that programs can read it, too.
fn announce(application: &Application) -> Result<(), CliError> {
    print(&format!("listening on https://{}\n", application.people_address()))?;
    print(&format!("agents on https://{}\n", application.agent_address()))?;
    if let Some(link) = application.setup_link() {
        print(&format!("set up: {link}\n"))?;
    }
    print("ready\n")
}
