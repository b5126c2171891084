//! Evidence, rules and what follows from them. Pure.

pub mod decision;
pub mod evidence;
pub mod placeholder;
pub mod rule;
