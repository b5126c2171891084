//! The rows of this slice.

mod mapping;
mod run;
mod token;

pub(super) use self::mapping::{delete_mapping, list_mappings, put_mapping};
pub(super) use self::run::{NewRun, find_by_key, find_run, insert_run, list_runs};
pub(super) use self::token::{find_secret, find_token, insert_token, list_tokens, revoke_token, touch_token};
