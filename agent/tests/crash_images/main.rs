//! The spool after every power cut that its writes allow: what `record` and `settle` returned for is there.

#[cfg(test)]
#[path = "../protocol/dice.rs"]
mod dice;

#[cfg(test)]
mod spool;
