//! The program itself on days on which something on its host is bad.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use terrier_shared::latest::section::SectionKind;

use crate::program::{begin, enrol, program, signal, text};
use crate::server::{TestServer, Turn, problem};

/// A small host, of which the agent sees three sections.
fn small_host(dir: &Path) -> std::path::PathBuf {
    let root = dir.join("host");
    for (path, contents) in [
        ("etc/os-release", "ID=debian\nNAME=Debian\nVERSION_ID=12\n"),
        ("proc/meminfo", "MemTotal: 1024 kB\nSwapTotal: 0 kB\n"),
        ("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n"),
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        ("etc/group", "root:x:0:\n"),
        ("var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\n"),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
    }
    root
}

/// Switches on what a small host has, in the order in which it is collected.
fn configure(dir: &Path) {
    let on = [SectionKind::Os, SectionKind::Memory, SectionKind::Software, SectionKind::Accounts];
    let mut toml = "[sections]\n".to_owned();
    for kind in SectionKind::ALL {
        writeln!(toml, "{} = {}", kind.name(), on.contains(&kind)).unwrap();
    }
    fs::write(dir.join("agent.toml"), toml).unwrap();
}

/// More packages than the agent may take memory for.
fn bloat(root: &Path) {
    let mut status = String::with_capacity(32 << 20);
    for n in 0..400_000 {
        writeln!(status, "Package: p{n}\nStatus: install ok installed\nArchitecture: a\nVersion: 1\n").unwrap();
    }
    status.truncate(31 << 20);
    status.truncate(status.rfind("\n\n").unwrap() + 2);
    fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
}

#[test]
fn a_collector_that_runs_away_costs_its_own_section_and_not_the_agent() {
    let (server, dir, state) = begin();
    configure(dir.path());
    let root = small_host(dir.path());
    bloat(&root);
    assert!(enrol(&server, &state).status.success());
    let mut daemon = program(&state).arg("run").arg("--root").arg(&root).spawn().unwrap();
    let is_held_off = |fault: &String| fault.contains("the agent died of it");
    server.wait_until(|held| held.faults.get(&SectionKind::Software).is_some_and(is_held_off));
    server.wait_until(|held| {
        [SectionKind::Os, SectionKind::Memory, SectionKind::Accounts]
            .iter()
            .all(|kind| held.sections.contains_key(kind))
    });
    assert!(daemon.try_wait().unwrap().is_none(), "the same process goes on");
    signal(&daemon, "-TERM");
    let output = daemon.wait_with_output().unwrap();
    let log = text(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert_eq!(log.matches("started anew").count(), 1, "{log}");
    let held = server.held();
    let mut epochs: Vec<_> = held.applied.keys().map(|(epoch, _)| *epoch).collect();
    epochs.sort_unstable();
    epochs.dedup();
    assert_eq!(epochs.len(), 2, "one of each program");
    assert!(!held.sections.contains_key(&SectionKind::Software));
    assert!(held.enrolments.len() == 1 && held.applied.values().all(|(_, times)| *times == 1));
}

/// Reports once, with no file larger than so many blocks of 512 bytes: beyond that, each write fails.
fn report_within(blocks: u32, state: &Path, root: &Path) -> Output {
    let agent = program(state);
    let mut command = Command::new("sh");
    for (name, value) in agent.get_envs() {
        command.env(name, value.unwrap());
    }
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run --once --root \"$1\"");
    command.arg("-c").arg(script).arg(agent.get_program()).arg(root).output().unwrap()
}

fn status(state: &Path) -> Value {
    let status = program(state).args(["status", "--format", "json"]).output().unwrap();
    serde_json::from_slice(&status.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&status.stderr)))
}

fn has_set_aside(state: &Path) -> bool {
    let mut entries = fs::read_dir(state).unwrap().flatten();
    entries.any(|entry| entry.file_name().to_string_lossy().starts_with("spool.corrupt-"))
}

/// A host whose spool holds what a server that was busy did not take.
fn with_a_backlog() -> (TestServer, tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
    let (server, dir, state) = begin();
    configure(dir.path());
    let root = small_host(dir.path());
    assert!(enrol(&server, &state).status.success());
    server.next(Turn::Raw(problem(503, "unavailable", None)));
    let once = program(&state).args(["run", "--once", "--root"]).arg(&root).output().unwrap();
    assert_eq!(once.status.code(), Some(1));
    (server, dir, state, root)
}

#[test]
fn while_the_disk_takes_nothing_the_agent_reports_from_memory_and_its_spool_waits() {
    let (server, _dir, state, root) = with_a_backlog();
    let waiting = status(&state)["pending"].as_u64().unwrap();
    assert_eq!(waiting, 4);
    for (turn, blocks) in
        [0, 1, 2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 320].into_iter().enumerate()
    {
        fs::write(root.join("etc/os-release"), format!("ID=debian\nVERSION_ID={turn}\n")).unwrap();
        let once = report_within(blocks, &state, &root);
        let log = text(&once.stderr);
        assert!(once.status.success(), "{blocks} blocks: {} {log}", once.status);
        assert!(!log.contains("panicked"), "{blocks} blocks: {log}");
        assert!(log.lines().count() <= 8, "{blocks} blocks: {log}");
        assert!(!has_set_aside(&state), "{blocks} blocks: what could not be written is not damaged: {log}");
        let held = server.held();
        assert!(held.sections[&SectionKind::Os].1.contains(&format!("\"{turn}\"")), "{blocks} blocks: {log}");
        assert_eq!(held.sections.len(), 4, "{blocks} blocks");
    }
    let once = program(&state).args(["run", "--once", "--root"]).arg(&root).output().unwrap();
    assert!(once.status.success(), "{}", text(&once.stderr));
    let left = status(&state);
    assert_eq!(
        (&left["pending"], &left["dead"], &left["dropped"]),
        (&Value::from(0), &Value::from(0), &Value::from(0))
    );
    let held = server.held();
    assert!(held.sections[&SectionKind::Os].1.contains("\"19\""), "{}", held.sections[&SectionKind::Os].1);
}
