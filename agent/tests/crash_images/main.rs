//! The spool after every power cut that its writes allow: what `record` and `settle` returned for is there.
//!
//! `trace.rs` and `image.rs` know nothing of the spool: with another program to trace and another one to look at what is
//! left, they do the same for any database.

#[cfg(test)]
#[path = "../protocol/dice.rs"]
mod dice;
#[cfg(test)]
mod image;
#[cfg(test)]
mod trace;

#[cfg(test)]
mod spool;
