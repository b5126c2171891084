//! Agents of others at a running server: their questions, their tokens, and the host they share with our own agent.

use std::io::{Read as _, Write as _};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::permission::Role;
use terrier_server::reconcile::Reconciler;
use terrier_server::store::StoreError;
use terrier_server::store::schema::{cmdb_ci, cmdb_revision, cmdb_value};

use super::imports::computer;
use crate::harness::agent::{TestAgent, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, Response, request};
use crate::harness::server::{Caller, TestServer};

const PATH: &str = "/inventory/fusioninventory";

async fn start(backend: Backend) -> TestServer {
    TestServer::start_by(Clock::system(), backend, |config| {
        config.inventories.enabled = true;
        config.inventories.per_address = 1_000_000;
        config.inventories.per_second = 1_000_000;
        config.inventories.burst = 1_000_000;
    })
    .await
}

async fn make_token(caller: &Caller, body: &Value) -> (String, String) {
    let made = caller.post("/inventory-tokens", body).await;
    assert_eq!(made.status, 201, "{:?}", made.json());
    let made = made.json();
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unzlib(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::ZlibDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

async fn say(server: &TestServer, token: Option<&str>, body: &[u8]) -> Response {
    let basic = token.map(|token| format!("Basic {}", STANDARD.encode(format!("inventory:{token}"))));
    let headers: Vec<_> = basic.iter().map(|value| ("Authorization", value.as_str())).collect();
    let mut connection = Connection::open(server.people, &server.tls()).await.unwrap();
    connection.send(&request("POST", PATH, &headers, body)).await.unwrap();
    connection.receive().await.unwrap()
}

/// Rows of history, and hosts.
async fn rows(server: &TestServer) -> (i64, i64, i64) {
    let count = |conn: &mut _| -> Result<_, StoreError> {
        let hosts = cmdb_ci::table.filter(cmdb_ci::parent_key.is_null());
        Ok((
            cmdb_revision::table.count().get_result(conn)?,
            cmdb_value::table.count().get_result(conn)?,
            hosts.count().get_result(conn)?,
        ))
    };
    server.store().read(count).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_of_others_are_not_listened_to_unless_that_is_switched_on() {
    let server = TestServer::start(Backend::Sqlite).await;
    let answer = say(&server, None, b"<REQUEST/>").await;
    assert!(matches!(answer.status, 404 | 405), "{}", answer.status);
    let keeper = server.caller("keeper", Role::Administrator).await;
    assert_eq!(keeper.get("/inventory-tokens").await.json()["url"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_that_counts_lets_somebody_speak() {
    for backend in Backend::BOTH {
        let server = start(backend).await;
        let keeper = server.caller("keeper", Role::Administrator).await;
        let (id, token) = make_token(&keeper, &json!({"name": "site A"})).await;
        let (_, elsewhere) = make_token(&keeper, &json!({"name": "b", "cidrs": ["198.51.100.0/24"]})).await;
        let question = b"<?xml version=\"1.0\"?><REQUEST><DEVICEID>a</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>";
        for refused in [None, Some("x"), Some(elsewhere.as_str()), Some(&token[..token.len() - 1])] {
            let answer = say(&server, refused, question).await;
            assert_eq!(answer.status, 401, "{refused:?}");
            assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"Terrier inventory\""));
        }
        assert_eq!(say(&server, Some(&token), question).await.status, 200);
        let listed = keeper.get("/inventory-tokens").await.json();
        let used = listed["items"].as_array().unwrap().iter().find(|one| one["id"] == id.as_str()).unwrap();
        assert_eq!(used["last_used_from"], "127.0.0.1");
        assert!(listed["url"].as_str().unwrap().ends_with(PATH));
        assert!(!listed.to_string().contains("ter_inv_"), "no secret is shown twice");
        assert_eq!(keeper.delete(&format!("/inventory-tokens/{id}")).await.status, 204);
        assert_eq!(say(&server, Some(&token), question).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_is_answered_in_its_own_dialect_and_packing() {
    let server = start(Backend::Sqlite).await;
    let keeper = server.caller("keeper", Role::Administrator).await;
    let (_, token) = make_token(&keeper, &json!({"name": "a"})).await;
    let prolog = "<?xml version=\"1.0\"?><REQUEST><DEVICEID>a</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>";
    let answer = say(&server, Some(&token), &zlib(prolog.as_bytes())).await;
    assert_eq!(answer.header("content-type"), Some("application/x-compress-zlib"));
    let text = unzlib(&answer.body);
    assert!(text.contains("<PROLOG_FREQ>8</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>"), "{text}");
    let contact = json!({"action": "contact", "deviceid": "a", "name": "GLPI-Agent", "enabled-tasks": ["inventory"]});
    let answer = say(&server, Some(&token), contact.to_string().as_bytes()).await.json();
    assert_eq!((&answer["status"], &answer["expiration"]), (&json!("ok"), &json!(8)));
    assert_eq!(answer["tasks"]["inventory"]["server"], "glpi");
    let inventory = json!({"action": "inventory", "deviceid": "glpi-1", "itemtype": "Computer", "content": {
        "versionclient": "GLPI-Agent_v1.7", "hardware": {"name": "glpi-1"}, "bios": {"ssn": "GLPI0001",
        "smanufacturer": "Dell Inc."}, "monitors": [{"caption": "U2412M", "serial": "XYZ123"}]}});
    let answer = say(&server, Some(&token), &zlib(inventory.to_string().as_bytes())).await;
    assert_eq!(serde_json::from_str::<Value>(&unzlib(&answer.body)).unwrap(), json!({"status": "ok"}));
    assert_eq!(rows(&server).await.2, 1);
    for (body, status) in [(&b"<REQUEST>"[..], 422), (b"<!DOCTYPE a><REQUEST/>", 422), (b"x", 422)] {
        let answer = say(&server, Some(&token), body).await;
        assert_eq!((answer.status, &answer.json()["status"]), (status, &json!("error")));
    }
    assert_eq!(rows(&server).await.2, 1);
}

/// What Terrier's own agent says of the same machine.
fn own_reports() -> Vec<Value> {
    let identity = json!({"hostname": "pc-1", "machine_id": "0123456789abcdef0123456789abcdee",
        "system": {"vendor": "Dell Inc.", "product": "R640", "serial": "ABC123"}});
    let storage = json!({"filesystems": [
        {"mount_point": "/", "kind": "ext4", "source": "/dev/sda1", "size_bytes": 1_048_000_000, "read_only": false},
        {"mount_point": "/home", "kind": "ext4", "source": "/dev/sda2", "size_bytes": 1, "read_only": false}]});
    vec![report(1, "full", Some("identity"), &identity), report(2, "full", Some("storage"), &storage)]
}

#[tokio::test(flavor = "multi_thread")]
async fn one_machine_is_one_item_whoever_reports_it_and_two_that_look_at_it_do_not_take_turns() {
    for backend in Backend::BOTH {
        let server = start(backend).await;
        let keeper = server.caller("keeper", Role::Administrator).await;
        let (_, token) = make_token(&keeper, &json!({"name": "a"})).await;
        let reconciler = Reconciler::new(server.store().clone(), server.clock.clone());
        let file = computer("pc-1-2026", "pc-1", "ABC123", "");
        assert_eq!(say(&server, Some(&token), &zlib(file.as_bytes())).await.status, 200);
        let first = rows(&server).await;
        assert_eq!(first.2, 1);
        assert_eq!(say(&server, Some(&token), &zlib(file.as_bytes())).await.status, 200);
        assert_eq!(rows(&server).await, first, "{backend:?}: the same again adds no history");

        let agent = TestAgent::enrol(&server, "pc-1").await;
        assert_eq!(outcomes(&agent.send(&own_reports()).await), ["stored", "stored"]);
        assert_eq!(reconciler.drain().await.unwrap().parked, 0);
        assert_eq!(rows(&server).await.2, 1, "{backend:?}: our own agent is on the same machine");
        // Both go on reporting: after each has said once what it has to say, nothing changes any more.
        assert_eq!(say(&server, Some(&token), file.as_bytes()).await.status, 200);
        let settled = rows(&server).await;
        for _ in 0..3 {
            assert_eq!(say(&server, Some(&token), file.as_bytes()).await.status, 200);
            reconciler.drain().await.unwrap();
            assert_eq!(rows(&server).await, settled, "{backend:?}");
        }
    }
}

/// Firmware that this machine may not have.
const DMIDECODE: &str = r#"#!/bin/sh
[ "$1" = "-s" ] && exit 1
cat <<'EOF'
# dmidecode 3.4
SMBIOS 2.8 present.

Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
	Vendor: SeaBIOS
	Version: 1.16.2
	Release Date: 04/01/2014

Handle 0x0100, DMI type 1, 27 bytes
System Information
	Manufacturer: QEMU
	Product Name: Standard PC
	Version: 1
	Serial Number: TERRIER-4711
	UUID: 7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e
	Wake-up Type: Power Switch

EOF
"#;

/// Runs the real agent against the server; nothing if it is not installed.
fn run_real_agent(server: &TestServer, token: &str, directory: &std::path::Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = directory.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let settings = directory.join("agent.cfg");
    std::fs::write(&settings, "").unwrap();
    let dmidecode = bin.join("dmidecode");
    std::fs::write(&dmidecode, DMIDECODE).unwrap();
    std::fs::set_permissions(&dmidecode, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new("sh")
        .args(["-c", "PATH=\"$0:$PATH\" exec \"$@\"", &bin.display().to_string(), "fusioninventory-agent"])
        .arg(format!("--conf-file={}", settings.display()))
        .args(["--force", "--tasks", "inventory", "--no-category", "process,environment"])
        .arg(format!("--server=https://localhost:{}{PATH}", server.people.port()))
        .args(["--user", "inventory", "--password", token])
        .arg(format!("--ca-cert-file={}", server.data_dir().join("pki/root.pem").display()))
        .args(["--logger", "stderr", "--debug"])
        .output()
        .unwrap();
    // 127 is what a shell says of a program that there is not.
    (output.status.code() != Some(127)).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_fusioninventory_agent_is_one_item_and_stays_one_beside_our_own_agent() {
    let server = start(Backend::Sqlite).await;
    let keeper = server.caller("keeper", Role::Administrator).await;
    let (_, token) = make_token(&keeper, &json!({"name": "fusioninventory"})).await;
    let directory = tempfile::TempDir::new().unwrap();
    let run = |server: &TestServer| {
        let (token, path) = (token.clone(), directory.path().to_owned());
        tokio::task::block_in_place(|| run_real_agent(server, &token, &path))
    };
    let Some(log) = run(&server) else {
        #[expect(clippy::print_stdout, reason = "a test that was not made says so")]
        {
            println!("skipped: the package fusioninventory-agent is not installed (packaging/dev/needs test)");
        }
        return;
    };
    let first = rows(&server).await;
    assert_eq!(first.2, 1, "{log}");
    let second_log = run(&server).unwrap();
    let second = rows(&server).await;
    assert_eq!(second.2, 1, "{second_log}");
    assert_eq!(second, first, "the second run adds no history: {second_log}");
    let identity = json!({"hostname": "other-name",
        "system": {"vendor": "QEMU", "product": "Standard PC", "serial": "TERRIER-4711"}});
    let agent = TestAgent::enrol(&server, "other-name").await;
    assert_eq!(outcomes(&agent.send(&[report(1, "full", Some("identity"), &identity)]).await), ["stored"]);
    let reconciler = Reconciler::new(server.store().clone(), server.clock.clone());
    assert_eq!(reconciler.drain().await.unwrap().parked, 0);
    assert_eq!(rows(&server).await.2, 1, "our own agent is on the same machine");
}
