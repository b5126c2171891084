//! What a configuration item is, apart from any database.
//!
//! Does: classes and their attributes, values by type, lifecycle, observation, which source is shown, what may be done.
//! Does not: read or write; no diesel, no actix, no clock.
//!
//! Invariants: an [`value::AttributeValue`] fits its [`attribute::Attribute`]; a [`lifecycle::Lifecycle`] changes only as
//! [`lifecycle::Lifecycle::check`] allows.

pub mod action;
pub mod attribute;
pub mod check;
pub mod class;
pub mod confidence;
pub mod definition;
pub mod lifecycle;
pub mod observation;
pub mod order;
pub mod precedence;
pub mod rules;
pub mod source;
pub mod tag;
pub mod value;
