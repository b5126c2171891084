//! What waits to be installed, and whether the host waits for a reboot.
//!
//! Does: compare what apt last fetched with what is installed, and the running kernel with the installed ones.
//! Does not: fetch anything, run a package manager, or know what other package managers would update: their lists are
//! either not kept or only theirs to read, so `pending` is absent there.

mod apt;
mod archive;
mod automatic;
mod candidate;
mod kernel;
mod sources;
mod version;

use std::collections::BTreeSet;
use std::time::Duration;

use terrier_shared::latest::section::{Section, SectionKind, Updates};

use super::Collector;
use super::bounds::{bounded, clip};
use super::budget::Budget;
use super::failure::Failure;
use super::scan::Scan;

/// What packages of Debian and its kin leave for the administrator: that there is something, and by whom.
const MARKS: [&str; 2] = ["/run/reboot-required", "/var/run/reboot-required"];
const MARK_BYTES: usize = 1 << 20;

pub(super) struct UpdatesCollector;

impl Collector for UpdatesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Updates
    }

    /// Lists of some 50 MB, on a host that gives the agent a small share of its time.
    fn budget(&self) -> Budget {
        Budget { cpu: Duration::from_secs(20), ..Budget::waiting(Duration::from_mins(1)) }
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let lists = apt::pending(scan)?;
        let mark = MARKS.iter().find(|mark| host.exists(mark));
        let mut reasons = BTreeSet::new();
        if let Some(mark) = mark {
            let packages = host.find(format!("{mark}.pkgs"), MARK_BYTES)?.unwrap_or_default();
            let packages = String::from_utf8_lossy(&packages);
            reasons.extend(packages.lines().filter(|line| !line.is_empty()).map(|line| clip(line.to_owned())));
        }
        reasons.extend(kernel::waiting(host)?.map(clip));
        let (pending, checked_s) = lists.map_or((None, None), |lists| (Some(lists.pending), lists.checked_s));
        Ok(Section::Updates(Updates {
            pending: pending.map(|pending| bounded("updates.pending", pending)).transpose()?,
            checked_s,
            reboot_required: mark.is_some() || !reasons.is_empty(),
            reboot_reasons: bounded("updates.reboot_reasons", reasons.into_iter().collect())?,
            automatic: automatic::by(host),
        }))
    }
}
