//! Timers and jobs of a host that is not this one, and of this one.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::process::Command;

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Schedules, Section, SectionKind};

    fn read(host: &Host) -> Schedules {
        let mut collected = collect(host, &[SectionKind::Schedules]);
        assert_eq!(collected.faults, []);
        let Section::Schedules(schedules) = collected.sections.remove(0) else { panic!("another section") };
        schedules
    }

    fn fixture() -> Schedules {
        read(&Host::at(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schedules")))
    }

    #[test]
    fn timers_say_what_they_start_and_when_with_their_drop_ins() {
        let timers = fixture().timers;
        let told: Vec<_> = timers
            .iter()
            .map(|t| (t.name.as_str(), t.enablement.as_deref().unwrap(), t.when.join(";"), t.persistent))
            .collect();
        let of = |name, enablement, when: &str, persistent| (name, enablement, when.to_owned(), persistent);
        assert_eq!(
            told,
            [
                of("anacron.timer", "masked", "", false),
                of("certbot.timer", "enabled", "OnCalendar=Mon *-*-* 03:00", true),
                of("logrotate.timer", "enabled", "OnCalendar=daily", true),
                of("sysstat-collect.timer", "disabled", "OnCalendar=*:00/10", false),
                of("sysstat-summary.timer", "disabled", "OnCalendar=00:07:00", false),
            ]
        );
        assert_eq!(timers[2].unit, "logrotate.service");
        assert_eq!(timers[2].description.as_deref(), Some("Daily rotation of log files"));
    }

    #[test]
    fn jobs_of_every_place_are_listed_and_nothing_that_cron_passes_over() {
        let schedules = fixture();
        let jobs: Vec<_> = schedules
            .jobs
            .iter()
            .map(|j| format!("{}:{} {} {}", j.file.to_lossy(), j.line.unwrap_or(0), j.when, j.user))
            .collect();
        assert_eq!(
            jobs,
            [
                "/etc/anacrontab:11 1 5 cron.daily root",
                "/etc/anacrontab:12 7 10 cron.weekly root",
                "/etc/anacrontab:13 @monthly 15 cron.monthly root",
                "/etc/cron.d/anacron:6 30 7-23 * * * root",
                "/etc/cron.d/certbot:17 0 */12 * * * root",
                "/etc/cron.d/sysstat:6 5-55/10 * * * * root",
                "/etc/cron.d/sysstat:9 59 23 * * * root",
                "/etc/cron.daily/0anacron:0 @daily root",
                "/etc/cron.daily/logrotate:0 @daily root",
                "/etc/cron.daily/sysstat:0 @daily root",
                "/etc/cron.monthly/0anacron:0 @monthly root",
                "/etc/cron.weekly/0anacron:0 @weekly root",
                "/etc/crontab:18 17 * * * * root",
                "/etc/crontab:19 25 6 * * * root",
                "/etc/crontab:20 47 6 * * 7 root",
                "/etc/crontab:21 52 6 1 * * root",
                "/var/spool/cron/crontabs/alice:4 30 2 * * sun alice",
                "/var/spool/cron/crontabs/alice:5 @reboot alice",
                "/var/spool/cron/crontabs/alice:6 0 9 * * 1-5 alice",
            ]
        );
        assert_eq!((schedules.schedulers, schedules.unread), (vec!["anacron".to_owned(), "cron".to_owned()], vec![]));
    }

    #[test]
    fn no_secret_of_a_job_leaves_the_host() {
        let json = serde_json::to_string(&fixture()).unwrap();
        assert!(json.contains("mysqldump -ualice -p*** shop > /home/alice/shop-$(date +%F).sql"), "{json}");
        assert!(!json.contains("hunter2"));
    }

    #[test]
    fn timers_here_are_those_that_systemctl_lists() {
        let arguments = ["--root=/", "list-unit-files", "--type=timer", "--no-legend", "--no-pager"];
        let Ok(output) = Command::new("systemctl").args(arguments).output() else { return };
        let theirs: BTreeMap<String, String> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| line.split_whitespace().next().zip(line.split_whitespace().nth(1)))
            .filter(|(name, _)| !name.contains("@."))
            .map(|(name, state)| (name.to_owned(), state.to_owned()))
            .collect();
        let ours = read(&Host::live()).timers.into_iter().map(|t| (t.name, t.enablement.unwrap()));
        assert_eq!(ours.collect::<BTreeMap<_, _>>(), theirs);
    }
}
