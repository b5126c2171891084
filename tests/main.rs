//! The table of contents of every test that crosses a boundary.

mod harness;

mod contract;
