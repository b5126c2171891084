//! Where jobs are: cron(8), anacron(8), and run-parts(8) for the directories of programs.

use std::path::Path;

use terrier_shared::latest::section::schedules::CronJob;
use terrier_shared::latest::text::Text;

use super::anacron;
use super::crontab::{self, Owner};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const CRONTAB: &str = "/etc/crontab";
const ANACRONTAB: &str = "/etc/anacrontab";
const ADDITIONS: &str = "/etc/cron.d";
/// Where users' own tables are: of Debian, of SUSE, of Red Hat. The first that there is counts: it lies in the last.
const SPOOLS: [&str; 3] = ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron"];
/// Directories of programs, and how often these run.
const PROGRAMS: [(&str, &str); 5] = [
    ("/etc/cron.hourly", "@hourly"),
    ("/etc/cron.daily", "@daily"),
    ("/etc/cron.weekly", "@weekly"),
    ("/etc/cron.monthly", "@monthly"),
    ("/etc/cron.yearly", "@yearly"),
];
const SCHEDULERS: [&str; 5] = ["anacron", "bcron-sched", "cron", "crond", "fcron"];
const LIMIT: usize = 1 << 20;

/// What there is of cron.
#[derive(Debug, Default)]
pub(super) struct Cron {
    pub(super) jobs: Vec<CronJob>,
    pub(super) unread: Vec<Text>,
    pub(super) schedulers: Vec<String>,
}

/// Which names count in a directory.
#[derive(Debug, Clone, Copy)]
enum Naming {
    /// Letters, digits, underscores and dashes.
    Debian,
    /// All but backups and what a package manager set aside.
    RedHat,
}

impl Cron {
    /// Reads all of it, and notes what may not be read.
    pub(super) fn read(host: &Host) -> Self {
        let schedulers = SCHEDULERS.into_iter().filter(|name| host.program(name).is_some());
        let mut cron = Self { schedulers: schedulers.map(str::to_owned).collect(), ..Self::default() };
        let naming = if cron.schedulers.iter().any(|name| name == "crond") { Naming::RedHat } else { Naming::Debian };
        cron.table(host, CRONTAB, Owner::Named);
        for name in cron.names(host, ADDITIONS).into_iter().filter(|name| naming.takes(name)) {
            cron.table(host, &format!("{ADDITIONS}/{name}"), Owner::Named);
        }
        if let Some(bytes) = cron.bytes(host, ANACRONTAB) {
            cron.jobs.extend(anacron::jobs(ANACRONTAB, &bytes));
        }
        cron.users(host);
        for (directory, when) in PROGRAMS {
            cron.programs(host, naming, directory, when);
        }
        cron.jobs.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        cron.unread.sort_unstable();
        cron
    }

    fn table(&mut self, host: &Host, path: &str, owner: Owner<'_>) {
        if let Some(bytes) = self.bytes(host, path) {
            self.jobs.extend(crontab::jobs(path, &bytes, owner));
        }
    }

    fn users(&mut self, host: &Host) {
        let Some(spool) = SPOOLS.into_iter().find(|spool| host.exists(spool)) else { return };
        // While crontab(1) writes a table, it has another name.
        let names = self.names(host, spool).into_iter().filter(|name| !name.starts_with(['.', '#']));
        for name in names.filter(|name| !name.starts_with("tmp.")) {
            self.table(host, &format!("{spool}/{name}"), Owner::User(&name));
        }
    }

    fn programs(&mut self, host: &Host, naming: Naming, directory: &str, when: &str) {
        for name in self.names(host, directory).into_iter().filter(|name| naming.takes(name)) {
            let path = format!("{directory}/{name}");
            if host.access(&path).is_ok_and(crate::collect::host::Access::is_program) {
                self.jobs.push(CronJob {
                    file: Text::from(path.as_str()),
                    line: None,
                    when: when.to_owned(),
                    user: "root".to_owned(),
                    command: Text::from(path),
                });
            }
        }
    }

    fn bytes(&mut self, host: &Host, path: &str) -> Option<Vec<u8>> {
        let found = host.find(path, LIMIT);
        self.noting(path, found)?
    }

    fn names(&mut self, host: &Host, path: &str) -> Vec<String> {
        let found = host.find_names(path);
        self.noting(path, found).unwrap_or_default()
    }

    fn noting<T>(&mut self, path: &str, found: Result<T, Failure>) -> Option<T> {
        if found.is_err() {
            self.unread.push(Text::from(path));
        }
        found.ok()
    }
}

impl Naming {
    fn takes(self, name: &str) -> bool {
        match self {
            Self::Debian => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')),
            Self::RedHat => {
                let is_set_aside = Path::new(name).extension().is_some_and(|end| {
                    ["rpmsave", "rpmorig", "rpmnew", "swp", "cfsaved"].iter().any(|own| end == *own)
                });
                !is_set_aside && !name.starts_with(['.', '#']) && !name.ends_with(['~', ',']) && !name.ends_with(",v")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::{Cron, Host, Naming};

    #[test]
    fn distributions_pass_over_different_names() {
        for (name, debian, red_hat) in [
            ("sysstat", true, true),
            ("0hourly", true, true),
            ("raid.check", false, true),
            (".placeholder", false, false),
            ("x.rpmsave", false, false),
            ("x~", false, false),
            ("x,v", false, false),
        ] {
            assert_eq!((Naming::Debian.takes(name), Naming::RedHat.takes(name)), (debian, red_hat), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_and_does_not_look_empty() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("etc/cron.d/directory")).unwrap();
        fs::create_dir_all(root.path().join("var/spool/cron")).unwrap();
        symlink("loop", root.path().join("var/spool/cron/loop")).unwrap();
        fs::write(root.path().join("var/spool/cron/ann"), "@daily x\n").unwrap();
        fs::write(root.path().join("etc/crontab"), vec![b'x'; (1 << 20) + 1]).unwrap();
        let cron = Cron::read(&Host::at(root.path()));
        let unread: Vec<_> = cron.unread.iter().map(|path| path.to_lossy().into_owned()).collect();
        assert_eq!(unread, ["/etc/cron.d/directory", "/etc/crontab", "/var/spool/cron/loop"]);
        assert_eq!((cron.jobs.len(), cron.jobs[0].user.as_str()), (1, "ann"));
    }
}
