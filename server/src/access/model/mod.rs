//! The slice's types and rules: no database, no HTTP, no clock.

pub mod account;
pub mod login;
pub mod organisation;
pub mod password;
pub mod reach;
pub mod second_factor;
pub mod session;
pub mod token;
pub mod user;
