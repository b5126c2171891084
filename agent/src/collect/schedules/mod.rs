//! What runs by the clock.
//!
//! Does: list timers of systemd and jobs of cron and anacron by their files, and name the files that may not be read.
//! Does not: say when something ran last, or know the queue of at(1) and the timers of logins.

mod anacron;
mod cron;
mod crontab;
mod timer;

use terrier_shared::latest::section::{Schedules, Section, SectionKind};

use self::cron::Cron;
use super::Collector;
use super::bounds::bounded;
use super::failure::Failure;
use super::scan::Scan;

pub(super) struct SchedulesCollector;

impl Collector for SchedulesCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Schedules
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let Cron { jobs, unread, schedulers } = Cron::read(&scan.host);
        Ok(Section::Schedules(Schedules {
            timers: bounded("schedules.timers", timer::read(scan)?)?,
            schedulers,
            jobs: bounded("schedules.jobs", jobs)?,
            unread: bounded("schedules.unread", unread)?,
        }))
    }
}
