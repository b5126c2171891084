//! What is asked for on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use terrier_shared::latest::section::SectionKind;

/// Finds out what is on this host and reports it to a Terrier server.
#[derive(Debug, Parser)]
#[command(name = "terrier-agent", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Configuration file [default: /etc/terrier/agent.toml, which may be absent].
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what would be reported. Needs no server; a section that cannot be read is printed as a fault.
    Inventory {
        /// For programs or for people.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// Only these sections; may be repeated or separated by commas.
        #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
        section: Vec<SectionKind>,
        /// Read the host below this directory instead of the one that runs.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
    /// Get a certificate from a server, with a token that an administrator made.
    Enrol {
        /// The server's agent listener, https://host:port.
        #[arg(long, value_name = "URL")]
        server: String,
        /// File with the token, `-` for standard input. A token is never an argument: everybody sees those.
        #[arg(long, value_name = "FILE")]
        token_file: PathBuf,
        /// Give up the present identity for a new one.
        #[arg(long)]
        replace: bool,
    },
    /// Report, again and again, until told to stop.
    Run {
        /// Report once and leave: 0 if the server has everything, 1 if not.
        #[arg(long)]
        once: bool,
        /// Report the host below this directory instead of the one that runs.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
    /// Say how this agent is doing.
    Status {
        /// For programs or for people.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Note what of the firmware only root may read, for an agent that is not root.
    Hardware {
        /// Where; the agent looks in /run/terrier-agent/hw.json.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print the configuration as it takes effect.
    CheckConfig,
}

/// For whom something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For programs.
    Json,
    /// For people.
    Text,
}
