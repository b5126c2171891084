//! What runs by the clock.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// Timers of systemd and jobs of cron. When each last ran is not among it: that changes all the time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Schedules {
    /// Timers, by name.
    pub timers: Vec<Timer>,
    /// Programs that run the jobs, those that are installed: `cron`, `crond`, `anacron`, … Without one, a job is but a
    /// line in a file.
    pub schedulers: Vec<String>,
    /// Jobs, by file and line.
    pub jobs: Vec<CronJob>,
    /// Files and directories that may hold jobs which are missing here, because the agent may not read them.
    pub unread: Vec<Text>,
}

/// A timer unit (systemd.timer(5)).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timer {
    /// Its name: `logrotate.timer`.
    pub name: String,
    /// What it starts: `logrotate.service`.
    pub unit: String,
    /// `Description=`.
    pub description: Option<String>,
    /// Unit file state: `enabled`, `disabled`, `static`, `masked`, …
    pub enablement: Option<String>,
    /// `OnCalendar=` and the settings that count from an event, as they are written: `OnCalendar=daily`.
    pub when: Vec<String>,
    /// Whether a run that was missed is made up for (`Persistent=`).
    pub persistent: bool,
}

/// A job of cron (crontab(5)) or anacron.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CronJob {
    /// The file it stands in.
    pub file: Text,
    /// Its line there, from 1; absent for a program in a directory such as `cron.daily`.
    pub line: Option<u32>,
    /// When, as it is written: five fields, or `@daily` and the like; for anacron a period in days, a delay in minutes
    /// and the job's name; for a program in a directory the directory's: `@daily`.
    pub when: String,
    /// As whom.
    pub user: String,
    /// What, secrets replaced by `***`, without what it gets as its input.
    pub command: Text,
}
