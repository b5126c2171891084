//! Classes and attributes as they stand in the database.

pub mod api;
pub mod store;

pub use self::store::load_book;
