//! The command line.
//!
//! Does: read it, put configuration and commands together, print what they give.
//! Does not: do what a command does; each slice does its own.

mod serve;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::app::AppError;
use crate::config::{Config, ConfigError, Override};
use crate::kernel::clock::Clock;
use crate::store::{Store, StoreError, migrate};

/// Keeps the register of an IT estate and runs its service management.
#[derive(Debug, Parser)]
#[command(name = "terrier-server", version)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings that every command takes; they win over the environment and the file.
#[derive(Debug, Args)]
struct Settings {
    /// The configuration file; without it `TERRIER_SERVER_CONFIG`, or none.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where keys, the set-up link and the SQLite database are.
    #[arg(long, global = true, value_name = "DIRECTORY")]
    data_dir: Option<String>,
    /// `postgres://user:password@host/database`, or `sqlite:path`. Passwords belong in the file or the environment,
    /// because others can read a command line.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop.
    Serve(serve::Serve),
    /// Bring the database's schema up to date, and say what was done.
    Migrate,
    /// Check the configuration and print it as it is in effect, secrets masked.
    CheckConfig,
}

/// A command failed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant says what its error says")]
pub enum CliError {
    #[error("the configuration is wrong")]
    Config(#[from] ConfigError),
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    #[error("cannot start")]
    Start(#[source] io::Error),
    #[error(transparent)]
    App(#[from] AppError),
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
}

impl CliError {
    /// The program's exit code: 2 for what the caller wrote wrong, 1 for everything else.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::App(AppError::Config(_)) => 2,
            _ => 1,
        }
    }
}

/// Does what the command line asks for. `variables` is the environment.
///
/// # Errors
///
/// It could not be done; nothing was printed about that yet.
pub fn execute(cli: Cli, variables: impl IntoIterator<Item = (String, String)>) -> Result<(), CliError> {
    let Cli { settings, command } = cli;
    let mut flags = settings.overrides();
    if let Command::Serve(serve) = &command {
        flags.extend(serve.overrides());
    }
    let config = Config::load(settings.config.as_deref(), variables, flags)?;
    let clock = Clock::system();
    match command {
        Command::Serve(_) => serve::execute(&config, &clock),
        Command::Migrate => migrate_schema(&config),
        Command::CheckConfig => print(&config.masked()?),
    }
}

impl Settings {
    fn overrides(&self) -> Vec<Override> {
        let data_dir = self.data_dir.clone().map(|value| Override::new("", "data_dir", value));
        let database = self.database_url.clone().map(|value| Override::new("database", "url", value));
        data_dir.into_iter().chain(database).collect()
    }
}

fn migrate_schema(config: &Config) -> Result<(), CliError> {
    let store = Store::open(&config.database_location()?)?;
    let ran = migrate::run(&store)?;
    if ran.is_empty() {
        return print("the schema is current\n");
    }
    ran.iter().try_for_each(|name| print(&format!("{name}\n")))
}

/// Prints `text`. A reader who has seen enough is no error.
fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}
