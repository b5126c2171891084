//! What udev(7) found out about a device, from its database in `/run/udev/data`; nothing where udev does not run.

use std::collections::BTreeMap;

use crate::collect::host::Host;

const LIMIT: usize = 64 << 10;

/// The properties of a block device.
#[derive(Debug, Default)]
pub(super) struct Properties(BTreeMap<String, String>);

impl Properties {
    /// Of the device with this `major:minor`.
    pub(super) fn read(host: &Host, number: &str) -> Self {
        let text = host.text(format!("/run/udev/data/b{number}"), LIMIT).unwrap_or_default();
        let assignments = text.lines().filter_map(|line| line.strip_prefix("E:")?.split_once('='));
        Self(assignments.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}
