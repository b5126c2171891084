//! One look at a host: what several sections need is read once.

use super::host::Host;

/// The host and what was already read of it in this run.
pub(super) struct Scan {
    pub(super) host: Host,
}

impl Scan {
    pub(super) fn new(host: Host) -> Self {
        Self { host }
    }
}
