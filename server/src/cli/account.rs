//! `terrier-server user` and `terrier-server token`.

use clap::Subcommand;

use super::{CliError, Desk, print, print_lines};
use crate::access::cli;
use crate::access::model::account::Language;
use crate::kernel::excerpt::Excerpt;
use crate::kernel::id::ApiTokenId;
use crate::kernel::permission::Role;

/// What is done with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make an account with a role everywhere; prints a link to set its password, which works once and for a day.
    Create {
        /// How the person signs in.
        login: String,
        /// How others see the person; the login unless said.
        #[arg(long)]
        name: Option<String>,
        /// `viewer`, `operator`, `asset_manager`, `change_manager`, `approver`, `auditor`, `security_admin` or `administrator`.
        #[arg(long, default_value = "administrator")]
        role: Role,
        /// en or ko.
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
    },
    /// Print a link to set an account's password anew, or remove its second factor.
    Reset {
        /// The account.
        login: String,
        /// Remove the second factor of somebody who lost it; the password stays.
        #[arg(long)]
        second_factor: bool,
    },
    /// List the accounts.
    List,
}

/// What is done with personal access tokens.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token of an account; prints it, once.
    Create {
        /// The account.
        login: String,
        /// What the token is for.
        #[arg(long)]
        name: String,
        /// A permission, as `ci.read`; may be given several times.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
        /// For how many days, 1 to 365; 90 unless said.
        #[arg(long)]
        days: Option<u32>,
    },
    /// List the tokens of an account.
    List {
        /// The account.
        login: String,
    },
    /// End a token.
    Revoke {
        /// The token's id.
        id: ApiTokenId,
    },
}

fn language(name: &str) -> Result<Language, String> {
    Language::from_name(name).ok_or_else(|| "`en` or `ko`".to_owned())
}

pub(super) fn user(desk: &Desk, command: UserCommand) -> Result<(), CliError> {
    let Desk { store, clock, people_url } = desk;
    match command {
        UserCommand::Create { login, name, role, language } => {
            let name = name.unwrap_or_else(|| login.clone());
            let (_user, link) = cli::user_create(store, clock, &login, &name, language, role)?;
            print(&format!("{people_url}{}\n", link.path))
        }
        UserCommand::Reset { login, second_factor: true } => {
            let was_there = cli::user_reset_second_factor(store, clock, &login)?;
            print(if was_there { "the second factor is removed\n" } else { "there was no second factor\n" })
        }
        UserCommand::Reset { login, second_factor: false } => {
            let link = cli::user_reset(store, clock, &login)?;
            print(&format!("{people_url}{}\n", link.path))
        }
        UserCommand::List => print_lines(cli::user_list(store, clock)?, |user| {
            let roles: Vec<_> = user.grants.iter().map(|named| named.grant.role.name()).collect();
            let state = if user.enabled { "enabled" } else { "disabled" };
            let (login, name) = (Excerpt(&user.login), Excerpt(&user.display_name));
            format!("{login}\t{name}\t{state}\t{}", roles.join(","))
        }),
    }
}

pub(super) fn token(desk: &Desk, command: TokenCommand) -> Result<(), CliError> {
    let Desk { store, clock, .. } = desk;
    match command {
        TokenCommand::Create { login, name, scopes, days } => {
            let (_token, secret) = cli::token_create(store, clock, &login, &name, &scopes, days)?;
            print(&format!("{secret}\n"))
        }
        TokenCommand::List { login } => print_lines(cli::token_list(store, &login)?, |token| {
            let state = if token.is_live(clock.now()) { "usable" } else { "ended" };
            format!("{}\t{}\t{state}\tuntil {}", token.id, Excerpt(&token.name), token.expires_at)
        }),
        TokenCommand::Revoke { id } => Ok(cli::token_revoke(store, clock, id)?),
    }
}
