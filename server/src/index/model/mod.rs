//! Texts, terms and how they meet. Pure.

pub mod fold;
pub mod gram;
pub mod judge;
pub mod term;
pub mod text;
