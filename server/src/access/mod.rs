//! Who people are, what they may do and where.
//!
//! Does: keep organisations, accounts, grants, sessions, personal access tokens and one-time links; find out who calls
//! ([`Authenticator`]).
//! Does not: know what the permissions are for; look at certificates of agents.
//!
//! Invariants
//! - Of a second factor the database holds the secret sealed with a key from elsewhere; no code of it is taken twice.
//! - There is exactly one organisation without a parent; a grant reaches the organisation and everything below it.
//! - Of every secret that the server makes, the database holds only a hash; of a password, argon2id's.
//! - The first administrator is made once, by a link that the server itself gave out.
//! - Once somebody who can sign in is administrator of the root, somebody always is.
//! - Nobody changes his own grants; only an administrator makes, changes or unmakes one.
//! - A user is in scope who has grants there and nowhere else; what is outside answers like what does not exist.
//! - Who loses a role, is disabled or gets a new password loses his sessions in the same transaction; who is disabled
//!   loses his tokens and links with them.

pub mod api;
mod authenticator;
pub mod cli;
mod error;
mod limits;
pub mod model;
pub mod names;
mod organisation;
mod password;
mod secret;
mod service;
mod sign_in;
mod store;
mod vault;

pub use self::authenticator::Authenticator;
pub use self::error::Error;
pub use self::limits::LoginLimits;
pub use self::model::organisation::ConfiguredInterval;
pub use self::model::second_factor::SecondFactorPolicy;
pub use self::organisation::{agent_intervals, bootstrap, root};
pub use self::password::Passwords;
pub use self::service::housekeeping::{Removed, forget_dead};
pub use self::service::link::PasswordLink;
pub use self::service::setup::setup_link;
pub use self::service::token::{end_again as end_tokens_again, ended_tokens};
pub use self::vault::Vault;
