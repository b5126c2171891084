//! What sources say of attributes, as rows.

pub mod api;
mod decided;
pub mod end;
pub mod expression;
pub mod rules;
pub mod said;
pub mod service;
pub mod settle;
pub mod shown;
pub mod standing;
pub mod store;
