//! Space and inodes of file systems, by statvfs(3).

use std::time::Duration;

use super::number::{float, ratio};
use super::{Reading, sampler};
use crate::collect::failure::Failure;
use crate::collect::host::{Host, Usage};
use crate::collect::storage::mount::{self, Mount};

/// How long a file system that may hang is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn report(host: &Host, reading: &mut Reading) {
    let mounts = mount::read(host).unwrap_or_default();
    for mount in mounts.iter().take(sampler::DIMENSIONS) {
        match usage(host, mount) {
            Ok(usage) => push(&usage, &String::from_utf8_lossy(&mount.point), reading),
            Err(failure) => tracing::debug!(error = %failure, "a file system was not measured"),
        }
    }
}

fn usage(host: &Host, mount: &Mount) -> Result<Usage, Failure> {
    let (path, device) = (mount.path(), mount.device_number());
    if mount.is_slow() { host.usage_within(path, device, PATIENCE) } else { host.usage(path, device) }
}

fn push(usage: &Usage, place: &str, reading: &mut Reading) {
    reading.push_of("filesystem_size_bytes", place, float(usage.size_bytes));
    reading.push_of("filesystem_used_bytes", place, float(usage.used_bytes));
    if let Some(share) = ratio(usage.inodes_used, usage.inodes) {
        reading.push_of("filesystem_inodes_used_ratio", place, share);
    }
}

#[cfg(test)]
mod tests {
    use super::{Host, Reading, report};

    #[test]
    fn the_root_file_system_is_measured_and_not_fuller_than_it_is_large() {
        let mut reading = Reading::default();
        report(&Host::live(), &mut reading);
        let of_root = |metric: &str| {
            let found = reading.values.iter().find(|v| v.metric == metric && v.dimension.as_deref() == Some("/"));
            found.unwrap().value
        };
        assert!(of_root("filesystem_size_bytes") > 0.0);
        assert!(of_root("filesystem_used_bytes") <= of_root("filesystem_size_bytes"));
    }
}
