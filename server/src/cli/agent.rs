//! `terrier-server enrolment-token` and `terrier-server agent`.

use clap::Subcommand;

use super::{CliError, Desk, print, print_lines};
use crate::app::installation;
use crate::fleet::{cli, token::Wish};
use crate::kernel::excerpt::Excerpt;
use crate::kernel::id::{AgentId, EnrolmentTokenId, OrganisationId};

/// What is done with enrolment tokens.
#[derive(Debug, Subcommand)]
pub(super) enum EnrolmentTokenCommand {
    /// Make a token; prints it, once.
    Create {
        /// What people call it.
        #[arg(long)]
        name: Option<String>,
        /// Where the hosts it lets in belong; the root organisation unless said.
        #[arg(long, value_name = "ID")]
        organisation: Option<OrganisationId>,
        /// auto lets agents speak at once, approve has a person look at each.
        #[arg(long, default_value = "auto")]
        mode: String,
        /// How many hosts it lets in, 1 to 10000.
        #[arg(long, default_value_t = 1)]
        uses: i64,
        /// For how many minutes, 1 to 1440.
        #[arg(long, default_value_t = 60)]
        minutes: i64,
        /// From which network, as 192.0.2.0/24; may be given several times; from anywhere unless said.
        #[arg(long = "from", value_name = "CIDR")]
        cidrs: Vec<String>,
    },
    /// List the tokens, the latest first.
    List,
    /// Revoke a token.
    Revoke {
        /// The token's id.
        id: EnrolmentTokenId,
    },
}

/// What is done with agents.
#[derive(Debug, Subcommand)]
pub(super) enum AgentCommand {
    /// List the agents, by host name.
    List,
    /// Let an agent in that waits for it.
    Approve {
        /// The agent's id.
        id: AgentId,
    },
    /// Shut an agent out for good. A running server refuses it within five seconds.
    Revoke {
        /// The agent's id.
        id: AgentId,
        /// Why; stands in the audit trail.
        #[arg(long)]
        reason: Option<String>,
    },
}

pub(super) fn enrolment_token(desk: &Desk, command: EnrolmentTokenCommand) -> Result<(), CliError> {
    let Desk { store, clock, .. } = desk;
    match command {
        EnrolmentTokenCommand::Create { name, organisation, mode, uses, minutes, cidrs } => {
            let pin = store.read_blocking(installation::pin)?.ok_or(CliError::NeverStarted)?;
            let wish = Wish { name, mode: Some(mode), uses: Some(uses), expires_in_minutes: Some(minutes), cidrs };
            let secret = cli::create_token(store, clock, organisation, wish, &pin)?.map_err(CliError::Values)?;
            print(&format!("{secret}\n"))
        }
        EnrolmentTokenCommand::List => print_lines(cli::list_tokens(store, clock)?, |token| {
            let name = token.name.as_deref().unwrap_or("-");
            let (state, organisation) = (token.state(clock.now()).name(), Excerpt(&token.organisation_name));
            let uses = format!("{}/{}", token.uses_left, token.uses);
            format!("{}\t{}\t{state}\t{uses}\t{organisation}", token.id, Excerpt(name))
        }),
        EnrolmentTokenCommand::Revoke { id } => Ok(cli::revoke_token(store, clock, id)?),
    }
}

pub(super) fn agent(desk: &Desk, command: AgentCommand) -> Result<(), CliError> {
    let Desk { store, clock, .. } = desk;
    match command {
        AgentCommand::List => print_lines(cli::list_agents(store, clock)?, |row| {
            let (agent, seen) = (row.agent, row.last_seen_at);
            let seen = seen.map_or_else(|| "never".to_owned(), |at| at.to_string());
            let (state, hostname) = (agent.state.name(), Excerpt(&agent.hostname));
            format!("{}\t{hostname}\t{state}\t{seen}", agent.id)
        }),
        AgentCommand::Approve { id } => Ok(cli::approve(store, clock, id)?),
        AgentCommand::Revoke { id, reason } => Ok(cli::revoke(store, clock, id, reason.as_deref())?),
    }
}
