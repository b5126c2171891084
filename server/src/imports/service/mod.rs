//! Use cases: one function each.

mod error;
mod file;
mod joining;
mod mapping;
mod table;
mod taking;
mod token;

pub use self::error::Error;
pub use self::file::{Imported, Order, get, import, list};
pub use self::mapping::{delete as delete_mapping, list as list_mappings, save as save_mapping};
pub use self::table::{Inspected, TableOrder, import_table, inspect};
pub use self::taking::{Desk, Who};
pub use self::token::{create, list as list_tokens, revoke, speaker};
