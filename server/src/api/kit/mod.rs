//! What every handler shares: who may, what was sent, what went wrong.
//!
//! Does: turn requests into checked values and errors into problem documents.
//! Does not: know any slice.
//!
//! Invariants: errors learn about HTTP here and nowhere else; a permission stands in the handler's signature
//! ([`auth::Allowed`]); a body that holds an unknown field is refused.

pub mod action;
pub mod auth;
pub mod code;
pub mod cursor;
pub mod etag;
pub mod export;
#[cfg(feature = "fail-points")]
pub mod halved;
pub mod headers;
pub mod json;
pub mod problem;
pub mod request_id;
pub mod schema;
pub mod unread;
pub mod upload;
