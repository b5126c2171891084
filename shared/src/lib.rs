#![doc = include_str!("../README.md")]

pub mod v1;
pub use v1 as latest;
