//! Classes and attributes as they stand in the database, and how administrators change them.

pub mod api;
mod attribute;
mod command;
mod obstacle;
mod service;
pub mod store;
mod usage;
mod write;

pub use self::obstacle::Obstacle;
pub use self::store::{load_book, revision};
pub use self::write::count_change;
