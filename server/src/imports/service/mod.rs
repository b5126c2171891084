//! Use cases: one function each.

mod error;
mod file;
mod joining;
mod taking;
mod token;

pub use self::error::Error;
pub use self::file::{Imported, Order, get, import, list};
pub use self::taking::{Desk, Who};
pub use self::token::{create, list as list_tokens, revoke, speaker};
