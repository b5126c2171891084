//! What tests stand on.

pub(crate) mod agent;
pub(crate) mod api;
pub(crate) mod cpu;
pub(crate) mod database;
pub(crate) mod estate;
pub(crate) mod fleet;
pub(crate) mod hostile;
pub(crate) mod http;
pub(crate) mod inbox;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod register;
pub(crate) mod server;
pub(crate) mod statements;
