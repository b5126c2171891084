//! Whether the running kernel is the newest of its kind that is installed.

use std::cmp::Ordering;

use super::version::compare;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::identity;

const RUNNING: &str = "/proc/sys/kernel/osrelease";
const RELEASE_BYTES: usize = 4 << 10;
const BOOT: &str = "/boot";
const MODULES: &str = "/usr/lib/modules";
const IMAGE: &str = "vmlinuz-";

/// Why the host waits for a reboot: a newer kernel than the running one is installed. A container has no kernel of
/// its own.
pub(super) fn waiting(host: &Host) -> Result<Option<String>, Failure> {
    if identity::container::within(host).is_some() {
        return Ok(None);
    }
    let running = host.text(RUNNING, RELEASE_BYTES)?.trim().to_owned();
    let same = installed(host).into_iter().filter(|release| flavour(release) == flavour(&running));
    let newest = same.max_by(|one, other| compare(one, other));
    let newer = newest.filter(|newest| compare(newest, &running) == Ordering::Greater);
    Ok(newer.map(|newest| format!("kernel {running} is running, {newest} is installed")))
}

/// The releases of which there is an image, by its name in `/boot` or beside its modules.
fn installed(host: &Host) -> Vec<String> {
    let images = host.find_names(BOOT).unwrap_or_default();
    let mut releases: Vec<String> =
        images.iter().filter_map(|name| name.strip_prefix(IMAGE)).map(str::to_owned).collect();
    let modules = host.find_names(MODULES).unwrap_or_default().into_iter();
    releases.extend(modules.filter(|release| host.exists(format!("{MODULES}/{release}/vmlinuz"))));
    releases
}

/// What is left of `6.1.0-25-cloud-amd64` without its numbers: another flavour is another kernel, not a later one.
fn flavour(release: &str) -> String {
    let words = release.split(['-', '.', '_']).map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    // `el9_4` and `fc40` count releases of the distribution; `x86_64` was split.
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, waiting};

    fn told(running: &str, images: &[&str]) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("proc/sys/kernel")).unwrap();
        fs::create_dir_all(root.path().join("boot")).unwrap();
        fs::write(root.path().join("proc/sys/kernel/osrelease"), running).unwrap();
        for image in images {
            fs::write(root.path().join("boot").join(format!("vmlinuz-{image}")), "").unwrap();
        }
        waiting(&Host::at(root.path())).unwrap()
    }

    #[test]
    fn a_newer_kernel_of_the_same_flavour_waits_for_a_reboot() {
        assert_eq!(
            told("6.1.0-9-amd64\n", &["6.1.0-9-amd64", "6.1.0-25-amd64", "6.1.0-30-cloud-amd64"]).as_deref(),
            Some("kernel 6.1.0-9-amd64 is running, 6.1.0-25-amd64 is installed")
        );
        let rocky = ["5.14.0-427.13.1.el9_4.x86_64", "5.14.0-503.el9_5.x86_64", "0-rescue-5f0a6b1c2d3e4f50"];
        assert!(told("5.14.0-427.13.1.el9_4.x86_64", &rocky).unwrap().ends_with("503.el9_5.x86_64 is installed"));
    }

    #[test]
    fn the_newest_kernel_waits_for_nothing() {
        assert_eq!(told("6.1.0-25-amd64", &["6.1.0-9-amd64", "6.1.0-25-amd64", "7.0-1-rt-amd64"]), None);
        assert_eq!(told("6.12.0-custom", &["6.1.0-25-amd64"]), None);
        assert_eq!(told("6.1.0-25-amd64", &[]), None);
    }
}
