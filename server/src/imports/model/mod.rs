//! Documents of others: how they are unpacked, read and bounded, and what was made of them.

pub mod encoding;
pub mod entry;
pub mod inventory;
pub mod json;
pub mod node;
pub mod refusal;
pub mod report;
pub mod run;
pub mod table;
pub mod token;
pub mod unpack;
pub mod xml;
