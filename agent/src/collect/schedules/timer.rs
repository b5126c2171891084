//! Timers of systemd (systemd.timer(5)).

use terrier_shared::latest::section::schedules::Timer;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::scan::Scan;
use crate::collect::services::search::{Found, Units};
use crate::collect::services::{enablement, fragment};

const KINDS: [&str; 1] = [".timer"];
/// Settings that say when. An empty one takes back all of them.
const MOMENTS: [&str; 8] = [
    "OnActiveSec",
    "OnBootSec",
    "OnCalendar",
    "OnClockChange",
    "OnStartupSec",
    "OnTimezoneChange",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
];

/// The timers by name; none on a host without systemd.
pub(super) fn read(scan: &Scan) -> Result<Vec<Timer>, Failure> {
    let units = match scan.units() {
        Ok(units) => units,
        Err(failure) if failure.is_not_found() => return Ok(Vec::new()),
        Err(failure) => return Err(failure),
    };
    units.listed(&KINDS, &[]).iter().map(|found| describe(&scan.host, units, found)).collect()
}

fn describe(host: &Host, units: &Units, found: &Found) -> Result<Timer, Failure> {
    let mut settings = Settings::default();
    let drop_ins = units.drop_ins(host, &found.name)?;
    for path in std::iter::once(&found.path).chain(&drop_ins) {
        settings.take(&fragment::text(host, path)?);
    }
    let enablement = enablement::of(host, units, found)?;
    Ok(settings.timer(&found.name, enablement))
}

#[derive(Debug, Default)]
struct Settings {
    description: Option<String>,
    unit: Option<String>,
    when: Vec<(String, String)>,
    persistent: bool,
}

impl Settings {
    fn take(&mut self, text: &str) {
        for (section, name, value) in fragment::assignments(text) {
            match (section.as_str(), name.as_str()) {
                ("Unit", "Description") => self.description = (!value.is_empty()).then_some(value),
                ("Timer", "Unit") => self.unit = (!value.is_empty()).then_some(value),
                ("Timer", "Persistent") => self.persistent = fragment::is_true(&value),
                ("Timer", name) if MOMENTS.contains(&name) && value.is_empty() => self.when.clear(),
                ("Timer", name) if MOMENTS.contains(&name) => self.when.push((name.to_owned(), value)),
                _ => {}
            }
        }
    }

    fn timer(self, name: &str, enablement: &str) -> Timer {
        let of_same_name = || name.strip_suffix(".timer").map(|stem| format!("{stem}.service"));
        let is_said = |(name, value): &(String, String)| match name.as_str() {
            "OnClockChange" | "OnTimezoneChange" => fragment::is_true(value),
            _ => true,
        };
        let when = self.when.into_iter().filter(is_said);
        Timer {
            unit: clip(self.unit.map(|unit| fragment::expand(&unit, name)).or_else(of_same_name).unwrap_or_default()),
            description: self.description.map(|text| clip(fragment::expand(&text, name))),
            enablement: Some(enablement.to_owned()),
            when: when.map(|(setting, value)| clip(format!("{setting}={}", fragment::expand(&value, name)))).collect(),
            persistent: self.persistent,
            name: clip(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn an_empty_moment_takes_back_every_moment_before_it() {
        let mut settings = Settings::default();
        settings.take(
            "[Timer]\nOnCalendar=daily\nOnBootSec=1h\nOnClockChange=no\nOnTimezoneChange=yes\nUnit=%i@x.target\n",
        );
        settings.take("[Timer]\nPersistent=true\n[Install]\nOnCalendar=weekly\n");
        let timer = settings.timer("backup@db.timer", "enabled");
        assert_eq!(timer.when, ["OnCalendar=daily", "OnBootSec=1h", "OnTimezoneChange=yes"]);
        assert_eq!((timer.unit.as_str(), timer.persistent), ("db@x.target", true));

        let mut settings = Settings::default();
        settings.take("[Timer]\nOnCalendar=daily\nOnBootSec=1h\n");
        settings.take("[Timer]\nOnUnitActiveSec=\nOnCalendar=*-*-* 04:00\n");
        let timer = settings.timer("backup@db.timer", "disabled");
        assert_eq!((timer.when, timer.unit.as_str()), (vec!["OnCalendar=*-*-* 04:00".to_owned()], "backup@db.service"));
    }
}
