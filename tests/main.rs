//! The table of contents of every test that crosses a boundary.
#![cfg(test)]

mod harness;

mod api;
mod architecture;
mod contract;
mod flow;
mod torture;
