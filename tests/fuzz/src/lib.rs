//! What reads bytes of somebody else, as functions of those bytes.
//!
//! Does: hand bytes to the product's own readers and panic where one of them breaks its promise.
//! Does not: choose the bytes. That is done by `corpus.rs`, which every `make test` runs, and, guided by what the bytes
//! reach, by `packaging/dev/fuzz`.

mod answer;
mod body;
mod delta;
mod inventory;
mod report;
mod signing_request;
mod spool;
mod table;
mod token;

/// One way in.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its folder in `corpus`.
    pub name: &'static str,
    /// Reads bytes; panics if they break something.
    pub run: fn(&[u8]),
}

/// Every way in.
pub const TARGETS: [Target; 11] = [
    Target { name: "body", run: body::run },
    Target { name: "report", run: report::run_batch },
    Target { name: "section", run: report::run_section },
    Target { name: "delta", run: delta::run },
    Target { name: "signing_request", run: signing_request::run },
    Target { name: "token", run: token::run },
    Target { name: "answer", run: answer::run },
    Target { name: "inventory", run: inventory::run },
    Target { name: "table", run: table::run },
    Target { name: "spool", run: spool::run_file },
    Target { name: "spool_rows", run: spool::run_rows },
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// What stands before the first line end, and what stands behind it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}
