//! What udev(7) has looked up in its hardware database for a device, from `/run/udev/data`.

use crate::collect::bounds::clip;
use crate::collect::host::Host;

const LIMIT: usize = 64 << 10;

/// The properties of a device, as text with a line for each.
pub(super) struct Properties(String);

impl Properties {
    /// Of the device that the database has under this name: `+pci:0000:00:02.0`, `c189:3`.
    pub(super) fn read(host: &Host, name: &str) -> Self {
        Self(host.text(format!("/run/udev/data/{name}"), LIMIT).unwrap_or_default())
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut assignments = self.0.lines().filter_map(|line| line.strip_prefix("E:")?.split_once('='));
        let value = assignments.find(|(found, _)| *found == name)?.1.trim();
        (!value.is_empty()).then(|| clip(value.to_owned()))
    }
}
