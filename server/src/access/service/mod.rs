//! The slice's use cases: one function each, one transaction each.

pub(super) mod housekeeping;
pub(super) mod identity;
pub(super) mod link;
pub(super) mod organisation;
pub(super) mod second_factor;
pub(super) mod session;
pub(super) mod setup;
pub(super) mod token;
pub(super) mod user;
