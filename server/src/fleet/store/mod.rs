//! The tables of agents, tokens, certificates and presence.
//!
//! Does: read and write rows.
//! Does not: decide anything.

mod agent;
mod presence;
mod token;

pub(super) use self::agent::{
    Listed, NewAgent, Only, find_by_key_hash, fingerprint, generation_of, insert, insert_certificate, list, list_known,
    lock, set_certificate, set_identity, set_state,
};
pub(super) use self::presence::{list_presence, write_presence};
pub(super) use self::token::{
    StoredToken, find_token, insert_token, list_tokens, lock_token, organisation_exists, revoke_token, use_token,
};
