//! The tables of agents, tokens, certificates and presence.
//!
//! Does: read and write rows.
//! Does not: decide anything.

mod agent;
mod presence;
mod run;
mod token;

pub(super) use self::agent::{
    Listed, NewAgent, Only, Origin, count_copies, count_recovery, find_by_key_hash, find_certificate, find_latest_end,
    fingerprint, hold, insert, insert_certificate, list, list_known, lock, recoveries, set_certificate, set_identity,
    set_state,
};
pub(super) use self::presence::{list_presence, write_presence};
pub(super) use self::run::{find_standing, forget_runs, load_runs, save_runs, settle_run};
pub(super) use self::token::{
    StoredToken, find_token, insert_token, list_ended_tokens, list_tokens, lock_token, organisation_exists,
    revoke_token, use_token,
};
