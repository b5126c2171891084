//! The command line.
//!
//! Does: read it, put configuration and commands together, print what they give.
//! Does not: do what a command does; each slice does its own.

mod account;
mod agent;
mod audit;
mod import;
mod serve;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::api::openapi;
use crate::app::{AppError, ROOT_ORGANISATION, address, restore};
use crate::audit::{CheckpointError, Finding};
use crate::config::{Config, ConfigError, Override};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::invalid::Invalid;
use crate::store::{Store, StoreError, migrate};
use crate::{access, fleet, imports};

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
    /// Say that the database was put back from a backup, where the server cannot see it by itself: after the whole
    /// machine was set back to a snapshot. Agents send again what they hold.
    Restored,
    /// Check the configuration and print it as it is in effect, secrets masked.
    CheckConfig,
    /// Print the description of the API (OpenAPI 3.1).
    Openapi,
    /// Accounts of people.
    #[command(subcommand)]
    User(account::UserCommand),
    /// Personal access tokens, by which programs use the API as somebody's account.
    #[command(subcommand)]
    Token(account::TokenCommand),
    /// Enrolment tokens, by which hosts become agents.
    #[command(subcommand)]
    EnrolmentToken(agent::EnrolmentTokenCommand),
    /// Agents.
    #[command(subcommand)]
    Agent(agent::AgentCommand),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Import a file: inventories of other agents, a dump of `NetBox`, a table, lines of JSON.
    Import(import::Import),
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
    #[error("the API's description cannot be written")]
    Description(#[from] serde_json::Error),
    #[error(transparent)]
    Access(#[from] access::Error),
    #[error(transparent)]
    Fleet(#[from] fleet::service::Error),
    #[error("the audit trail cannot be checked")]
    Audit(#[from] CheckpointError),
    #[error("the audit trail does not hold: {0}")]
    Tampered(Finding),
    #[error("{}", values(.0))]
    Values(Vec<Invalid>),
    #[error("the server has to be started once before this")]
    NeverStarted,
    #[error(transparent)]
    Import(#[from] imports::service::Error),
    #[error("cannot read {0}")]
    File(String, #[source] io::Error),
    #[error("{0} of it were not taken")]
    NotTaken(usize),
}

fn values(wrong: &[Invalid]) -> String {
    let lines: Vec<_> = wrong.iter().map(|value| format!("{}: {}", value.field, value.detail)).collect();
    lines.join("; ")
}

impl CliError {
    /// The program's exit code: 2 for what the caller wrote wrong, 3 where something of a file was not taken, 1 for
    /// everything else.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::App(AppError::Config(_))
            | Self::Values(_)
            | Self::Access(access::Error::Invalid(_))
            | Self::Import(imports::service::Error::Invalid(_) | imports::service::Error::UnknownOrganisation) => 2,
            Self::NotTaken(_) => 3,
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
        Command::Restored => {
            Ok(restore::declare(&Desk::open(&config, clock.clone())?.store, &clock, &config.data_dir)?)
        }
        Command::CheckConfig => print(&config.masked()?),
        Command::Openapi => print(&format!("{}\n", openapi::json()?)),
        Command::User(command) => account::user(&Desk::open(&config, clock)?, command),
        Command::Token(command) => account::token(&Desk::open(&config, clock)?, command),
        Command::EnrolmentToken(command) => agent::enrolment_token(&Desk::open(&config, clock)?, command),
        Command::Audit(command) => audit::audit(&config, command),
        Command::Import(command) => import::import(&Desk::open(&config, clock)?, &command),
        Command::Agent(command) => agent::agent(&Desk::open(&config, clock)?, command),
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

/// What commands on accounts and agents work with: the database of a server that may be running beside them.
struct Desk {
    store: Store,
    clock: Clock,
    people_url: String,
}

impl Desk {
    fn open(config: &Config, clock: Clock) -> Result<Self, CliError> {
        let store = Store::open(&config.database_location()?)?;
        migrate::run(&store)?;
        let ctx = Ctx::system(&clock);
        store.write_blocking::<_, StoreError>(|conn| access::bootstrap(conn, &ctx, ROOT_ORGANISATION))?;
        Ok(Self { store, clock, people_url: address::url_as_configured(config) })
    }
}

/// Prints a line for each of these.
fn print_lines<T>(items: Vec<T>, line: impl Fn(T) -> String) -> Result<(), CliError> {
    items.into_iter().try_for_each(|item| print(&(line(item) + "\n")))
}

/// Prints `text`. A reader who has seen enough is no error.
fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}
