//! What sources say of attributes, as rows.

pub mod expression;
pub mod shown;
pub mod store;
