//! The key of a TPM, asked of an emulated one.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::thread;
    use std::time::{Duration, Instant};

    use tempfile::TempDir;
    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Section, SectionKind};

    const PATIENCE: Duration = Duration::from_secs(20);

    /// A machine with a TPM of its own, which is switched off when this is dropped.
    struct Machine {
        root: TempDir,
        chip: Option<Child>,
    }

    impl Machine {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            for directory in ["dev", "tpm", "proc/sys/kernel"] {
                fs::create_dir_all(root.path().join(directory)).unwrap();
            }
            fs::write(root.path().join("proc/sys/kernel/hostname"), "vault\n").unwrap();
            let mut machine = Self { root, chip: None };
            machine.switch_on();
            machine
        }

        fn switch_on(&mut self) {
            let device = self.root.path().join("dev/tpmrm0");
            let state = self.root.path().join("tpm");
            let mut command = Command::new("swtpm");
            command.args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear", "--tpmstate"]);
            command.arg(format!("dir={}", state.display()));
            command.arg("--server").arg(format!("type=unixio,path={}", device.display()));
            let chip = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            self.chip = Some(chip.expect("swtpm is missing: on Debian it is the package swtpm"));
            await_socket(&device);
        }

        fn switch_off(&mut self) {
            if let Some(mut chip) = self.chip.take() {
                chip.kill().unwrap();
                chip.wait().unwrap();
            }
            // As a socket it stays when nobody listens any more.
            fs::remove_file(self.root.path().join("dev/tpmrm0")).unwrap_or_default();
        }

        fn key(&self) -> Option<String> {
            let mut collected = collect(&Host::at(self.root.path()), &[SectionKind::Identity]);
            assert_eq!(collected.faults, []);
            let Section::Identity(identity) = collected.sections.remove(0) else { panic!("another section") };
            identity.tpm_key
        }
    }

    impl Drop for Machine {
        fn drop(&mut self) {
            self.switch_off();
        }
    }

    fn await_socket(place: &Path) {
        let begun = Instant::now();
        while !place.exists() {
            assert!(begun.elapsed() < PATIENCE, "the chip does not start");
            thread::yield_now();
        }
    }

    #[test]
    fn a_machine_keeps_its_key_when_it_starts_again_and_no_other_has_it() {
        let mut machine = Machine::new();
        let key = machine.key().unwrap();
        assert_eq!((key.len(), machine.key()), (64, Some(key.clone())), "nothing is left behind in the chip");
        machine.switch_off();
        assert_eq!(machine.key(), None);
        machine.switch_on();
        assert_eq!(machine.key(), Some(key.clone()));
        assert_ne!(Machine::new().key(), Some(key));
    }
}
