//! The program itself, as a person or an init system starts it, against a server.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{AGENT_ID, TestServer, Turn, problem};

pub(crate) fn program(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terrier-agent"));
    command.env("TERRIER_AGENT_STATE_DIR", state).env("TERRIER_AGENT_CONFIG", state.with_file_name("agent.toml"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn enrol(server: &TestServer, state: &Path) -> Output {
    let mut command = program(state);
    command.args(["enrol", "--server", &server.url(), "--token-file", "-"]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(server.authority.token().as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

pub(crate) fn begin() -> (TestServer, tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("agent.toml"), "").unwrap();
    let state = dir.path().join("state");
    (TestServer::start(), dir, state)
}

#[test]
fn a_host_enrols_reports_once_and_says_how_it_is_doing() {
    let (server, _dir, state) = begin();
    let enrolled = enrol(&server, &state);
    assert!(enrolled.status.success(), "{}", text(&enrolled.stderr));
    assert!(text(&enrolled.stdout).contains(AGENT_ID));

    let again = enrol(&server, &state);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("--replace"));

    let once = program(&state).args(["run", "--once"]).output().unwrap();
    assert!(once.status.success(), "{}", text(&once.stderr));
    assert!(!server.held().sections.is_empty());

    let status = program(&state).args(["status", "--format", "json"]).output().unwrap();
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!(status["agent_id"], AGENT_ID);
    assert_eq!((&status["pending"], &status["dead"]), (&Value::from(0), &Value::from(0)));
    assert!(status["last_answer_ms"].is_i64());
    let for_people = program(&state).arg("status").output().unwrap();
    assert!(text(&for_people.stdout).contains("certificate ends"));
}

#[test]
fn reporting_once_without_success_says_so_by_its_exit_code_and_keeps_everything() {
    let (server, _dir, state) = begin();
    enrol(&server, &state);
    server.next(Turn::Raw(problem(503, "unavailable", None)));
    let once = program(&state).args(["run", "--once"]).output().unwrap();
    assert_eq!(once.status.code(), Some(1));
    let status = program(&state).args(["status", "--format", "json"]).output().unwrap();
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert!(status["pending"].as_u64().unwrap() > 0);
    assert!(status["last_error"].as_str().unwrap().contains("503"));
}

pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_daemon_reports_at_once_reads_its_configuration_again_and_stops_within_a_second() {
    let (server, dir, state) = begin();
    enrol(&server, &state);
    let daemon = program(&state).arg("run").spawn().unwrap();
    server.wait_until(|held| !held.sections.is_empty());

    fs::write(dir.path().join("agent.toml"), "no_such_key = 1").unwrap();
    signal(&daemon, "-HUP");
    signal(&daemon, "-TERM");
    let told = Instant::now();
    let output = daemon.wait_with_output().unwrap();
    assert!(told.elapsed() < Duration::from_secs(1), "{:?}", told.elapsed());
    assert!(output.status.success());
    let log = text(&output.stderr);
    assert!(log.contains("stopped") && log.contains("no_such_key"), "{log}");
}

#[test]
fn a_daemon_tells_the_init_system_that_it_works_lives_and_stops() {
    let (server, dir, state) = begin();
    enrol(&server, &state);
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut command = program(&state);
    let daemon = command.arg("run").env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "20000").spawn().unwrap();
    let hear = |wanted: &str| {
        let mut bytes = [0; 512];
        loop {
            let length = socket.recv(&mut bytes).unwrap_or_else(|error| panic!("no {wanted}: {error}"));
            if text(&bytes[..length]) == wanted {
                break;
            }
        }
    };
    for wanted in ["READY=1", "WATCHDOG=1", "STATUS=the server has everything", "WATCHDOG=1"] {
        hear(wanted);
    }
    signal(&daemon, "-TERM");
    hear("STOPPING=1");
    assert!(daemon.wait_with_output().unwrap().status.success());
}

#[test]
fn an_inventory_needs_no_server_and_names_every_section_asked_for() {
    let (_server, _dir, state) = begin();
    let output = program(&state).args(["inventory", "--section", "os,memory", "identity"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let inventory: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut names: Vec<&String> =
        ["sections", "faults"].iter().flat_map(|part| inventory[part].as_object().unwrap().keys()).collect();
    names.sort_unstable();
    assert_eq!(names, ["identity", "memory", "os"]);
    assert!(!state.exists(), "looking leaves no trace");

    let for_people = program(&state).args(["inventory", "--format", "text", "--section", "os"]).output().unwrap();
    assert!(text(&for_people.stdout).contains("kernel_release"));
}

#[test]
fn what_the_caller_wrote_wrong_is_exit_code_2() {
    let (server, dir, state) = begin();
    for arguments in [
        ["enrol", "--server", "http://x", "--token-file", "/dev/null"].as_slice(),
        &["enrol", "--server", &server.url(), "--token-file", "/dev/null"],
        &["inventory", "--section", "hologram"],
        &["inventory", "--root", "/nonexistent"],
    ] {
        let output = program(&state).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
    }
    fs::write(dir.path().join("agent.toml"), "colour = 1").unwrap();
    let output = program(&state).arg("check-config").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("colour") && text(&output.stderr).contains("agent.toml"));
}

#[test]
fn what_only_root_may_read_is_noted_for_the_agents_group_and_for_nobody_else() {
    let (_server, dir, state) = begin();
    let note = dir.path().join("hw.json");
    fs::write(&note, "an older and much longer note, which is replaced as a whole").unwrap();
    let output = program(&state).args(["hardware", "--output"]).arg(&note).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let noted: Value = serde_json::from_slice(&fs::read(&note).unwrap()).unwrap();
    let mut names: Vec<&String> = noted.as_object().unwrap().keys().collect();
    names.sort_unstable();
    assert_eq!(names, ["board", "board_serial", "product_serial", "product_uuid", "tpm_key", "volume_groups"]);
    assert_eq!(fs::metadata(&note).unwrap().permissions().mode() & 0o007, 0);
    let nowhere = program(&state).args(["hardware", "--output", "/no/such/place"]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn there_is_no_switch_that_trusts_every_server() {
    let (_server, _dir, state) = begin();
    for command in ["inventory", "enrol", "run", "status", "check-config"] {
        let help = program(&state).args([command, "--help"]).output().unwrap();
        let help = text(&help.stdout).to_lowercase();
        assert!(!["insecure", "skip-verify", "no-verify", "--ca"].iter().any(|word| help.contains(word)), "{help}");
    }
    for key in ["insecure", "skip_verify", "verify", "ca"] {
        fs::write(state.with_file_name("agent.toml"), format!("{key} = true")).unwrap();
        assert_eq!(program(&state).arg("check-config").output().unwrap().status.code(), Some(2), "{key}");
    }
}
