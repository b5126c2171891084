//! What each command does, one file each.
//!
//! Does: put configuration, stages and terminal together for one run of the program.
//! Does not: collect, report or deliver by itself.

mod check_config;
mod document;
mod enrol;
mod hardware;
mod inventory;
mod run;
mod status;
mod table;

use std::io;
use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::config::{Config, ConfigError};
use crate::report::Unwritable;
use crate::run::{RunError, Supervisor};
use crate::transport::client::ClientError;
use crate::transport::credentials::CredentialsError;
use crate::transport::enrol::EnrolError;
use crate::transport::lock::LockError;
use crate::transport::server_url::InvalidServerUrl;
use crate::transport::spool::SpoolError;
use crate::transport::state_dir::StateDirError;
use crate::transport::tls::TlsError;
use crate::transport::token::InvalidToken;

/// A command failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says what its error says")]
pub enum CommandError {
    #[error("the configuration is wrong")]
    Config(#[from] ConfigError),
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    #[error("cannot read the token")]
    TokenFile(#[source] io::Error),
    #[error(transparent)]
    Token(#[from] InvalidToken),
    #[error(transparent)]
    Server(#[from] InvalidServerUrl),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(transparent)]
    StateDir(#[from] StateDirError),
    #[error(transparent)]
    Locked(#[from] LockError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error("cannot tell which machine this is")]
    Evidence(#[from] Failure),
    #[error("cannot start")]
    Runtime(#[source] io::Error),
    #[error("cannot write {}", path.display())]
    Note {
        path: std::path::PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{0} is not a directory")]
    NoRoot(std::path::PathBuf),
    #[error("this host is enrolled already, as agent {0}; `--replace` gives that identity up")]
    EnrolledAlready(String),
}

impl CommandError {
    /// The program's exit code: 2 for what the caller wrote wrong, 1 for everything else.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Token(_) | Self::Server(_) | Self::NoRoot(_) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// Does what `cli` asks for. `variables` is the environment.
///
/// # Errors
///
/// It could not be done; nothing was printed about that yet.
pub fn execute(cli: Cli, variables: impl IntoIterator<Item = (String, String)>) -> Result<ExitCode, CommandError> {
    let variables: Vec<_> = variables.into_iter().collect();
    let config = Config::load(cli.config.as_deref(), variables.iter().cloned())?;
    match cli.command {
        Command::Inventory { format, section, root } => inventory::execute(&config, format, section, root),
        Command::Enrol { server, token_file, replace } => enrol::execute(&config, &server, &token_file, replace),
        Command::Run { once: true, root } => run::once(config, host(root)?),
        Command::Run { once: false, root } => {
            run::settle_allocator(&variables);
            let supervisor = Supervisor::of(&variables, std::process::id());
            run::daemon(config, host(root)?, &supervisor, move || {
                Config::load(cli.config.as_deref(), variables.iter().cloned())
            })
        }
        Command::Status { format } => status::execute(&config, format),
        Command::Hardware { output } => hardware::execute(&output),
        Command::CheckConfig => check_config::execute(&config),
    }
}

/// The host to look at: the one below `root`, or else the one that runs.
fn host(root: Option<std::path::PathBuf>) -> Result<Host, CommandError> {
    match root {
        None => Ok(Host::live()),
        Some(root) if root.is_dir() => Ok(Host::at(root)),
        Some(root) => Err(CommandError::NoRoot(root)),
    }
}

/// Prints `text`. A reader who has seen enough is no error.
fn print(text: &str) -> Result<(), CommandError> {
    use std::io::Write as _;

    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::Output(error)),
        _ => Ok(()),
    }
}
