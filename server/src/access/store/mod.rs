//! The slice's tables.

pub(super) mod link;
pub(super) mod organisation;
pub(super) mod second_factor;
pub(super) mod session;
pub(super) mod token;
pub(super) mod user;
