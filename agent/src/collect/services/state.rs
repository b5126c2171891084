//! In which state units are, as the running systemd says.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PROGRAM: &str = "systemctl";
/// One call to the manager for all units. Each column but the last is one word.
const ARGUMENTS: [&str; 8] = [
    "list-units",
    "--all",
    "--full",
    "--plain",
    "--no-legend",
    "--no-pager",
    "--type=service,socket",
    "--no-ask-password",
];
const OUTPUT_BYTES: usize = 16 << 20;
const BUDGET: Duration = Duration::from_secs(8);
const BUS: &str = "/run/dbus/system_bus_socket";
/// Where the manager marks each unit that is neither inactive nor failed.
const MARKS: &str = "/run/systemd/units";
const MARK: &str = "invocation:";

/// States by unit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct States {
    active: BTreeMap<String, String>,
    /// Whether a unit that is not listed is known to be inactive.
    is_whole: bool,
}

/// Absent where systemd does not run (`sd_booted(3)`).
///
/// # Errors
///
/// [`Failure`] when the manager should answer and does not.
pub(super) fn read(host: &Host) -> Result<Option<States>, Failure> {
    if !host.exists("/run/systemd/system") {
        return Ok(None);
    }
    match by_manager(host) {
        // Without a bus the manager answers the administrator alone; its marks say at least what is active.
        Err(_) if !host.exists(BUS) => by_marks(host).map(Some),
        states => states.map(Some),
    }
}

fn by_manager(host: &Host) -> Result<States, Failure> {
    let output = host.run(PROGRAM, &ARGUMENTS, OUTPUT_BYTES, BUDGET)?;
    if !output.status.success() {
        let problem = output.stderr.lines().next().unwrap_or("no message").to_owned();
        return Err(Failure::Io { what: format!("{PROGRAM} list-units"), problem });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let active: Result<BTreeMap<_, _>, _> = text.lines().filter_map(|line| parse(line).transpose()).collect();
    Ok(States { active: active?, is_whole: true })
}

/// `unit load active sub description`; nothing for a unit that is only mentioned by others.
fn parse(line: &str) -> Result<Option<(String, String)>, Failure> {
    // Old versions put a mark before units in trouble.
    let mut words = line.split_whitespace().skip_while(|word| matches!(*word, "●" | "*" | "○" | "×"));
    let (Some(name), Some(load), Some(active)) = (words.next(), words.next(), words.next()) else {
        return Err(Failure::malformed(format!("{PROGRAM} list-units"), "a line has less than three columns"));
    };
    Ok((load != "not-found").then(|| (name.to_owned(), active.to_owned())))
}

fn by_marks(host: &Host) -> Result<States, Failure> {
    let names = host.find_names(MARKS)?;
    let marked = names.iter().filter_map(|name| name.strip_prefix(MARK));
    Ok(States { active: marked.map(|name| (name.to_owned(), "active".to_owned())).collect(), is_whole: false })
}

impl States {
    /// The units that run, ran into trouble or are on their way. Of the inactive ones the manager forgets some.
    pub(super) fn names(&self) -> Vec<&str> {
        self.active.iter().filter(|(_, state)| *state != "inactive").map(|(name, _)| name.as_str()).collect()
    }

    /// `active`, `inactive` or `failed`: of a unit on its way, where that leads.
    pub(super) fn of(&self, name: &str, ends_by_itself: bool) -> Option<&'static str> {
        match self.active.get(name).map(String::as_str) {
            Some("activating") if ends_by_itself => Some("inactive"),
            Some("active" | "activating" | "reloading" | "refreshing" | "maintenance") => Some("active"),
            Some("inactive" | "deactivating") => Some("inactive"),
            Some("failed") => Some("failed"),
            Some(_) => None,
            None => self.is_whole.then_some("inactive"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Host, States, read};
    use crate::collect::failure::Failure;

    fn states(script: Option<&str>, files: &[&str]) -> Result<Option<States>, Failure> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        fs::create_dir_all(root.path().join("usr/bin")).unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        if let Some(script) = script {
            let program = root.path().join("usr/bin/systemctl");
            fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        read(&Host::at(root.path()))
    }

    #[test]
    fn states_are_read_as_where_they_lead() {
        let lines = "ssh.service loaded active running OpenBSD Secure Shell server\n\
            ● backup.service loaded failed failed Back up\napt.service loaded activating start Update\n\
            web.service loaded activating auto-restart Web\ngone.service not-found inactive dead gone.service\n\
            db.service loaded deactivating stop-sigterm DB\n";
        let states = states(Some(&format!("printf '%s' '{lines}'")), &[]).unwrap().unwrap();
        assert_eq!(states.of("ssh.service", false), Some("active"));
        assert_eq!(states.of("backup.service", false), Some("failed"));
        assert_eq!(states.of("apt.service", true), Some("inactive"));
        assert_eq!(states.of("web.service", false), Some("active"));
        assert_eq!(states.of("db.service", false), Some("inactive"));
        assert_eq!(states.of("never-loaded.service", false), Some("inactive"));
        assert_eq!(states.names(), ["apt.service", "backup.service", "db.service", "ssh.service", "web.service"]);
    }

    #[test]
    fn a_manager_that_should_answer_and_does_not_is_a_failure() {
        let failure = states(Some("echo 'Failed to connect to bus' >&2; exit 1"), &["run/dbus/system_bus_socket"]);
        assert_eq!(failure.unwrap_err().to_string(), "systemctl list-units: Failed to connect to bus");
    }

    #[test]
    fn without_a_bus_the_marks_say_what_is_active_and_nothing_of_the_rest() {
        let states = states(Some("exit 1"), &["run/systemd/units/invocation:ssh.service"]).unwrap().unwrap();
        assert_eq!(states.of("ssh.service", false), Some("active"));
        assert_eq!(states.of("cron.service", false), None);
    }

    #[test]
    fn where_systemd_does_not_run_there_are_no_states() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read(&Host::at(root.path())).unwrap(), None);
    }
}
