//! A reporter that was taken for another machine than it is, and is given an item of its own.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::permission::Role;
use terrier_server::reconcile::Reconciler;

use super::class_definitions::patch;
use super::imports::computer;
use crate::harness::agent::{TestAgent, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::register::{Answer, Caller, Register, on_both};
use crate::harness::server::{Caller as Keeper, TestServer};

/// A computer as a GLPI agent writes it, with a serial number that another has, too.
fn glpi(name: &str, serial: &str) -> Value {
    json!({"action": "inventory", "deviceid": "glpi-1", "itemtype": "Computer", "content": {
        "versionclient": "GLPI-Agent_v1.7", "hardware": {"name": name, "uuid": "4c4c4544-0042-3510-8056-b4c04f564d31"},
        "bios": {"ssn": serial, "smanufacturer": "Dell", "smodel": "R650"},
        "drives": [{"type": "/srv", "volumn": "/dev/sdb1", "filesystem": "xfs", "total": 2000}],
        "monitors": [{"caption": "U2412M", "serial": "XYZ123"}]}})
}

async fn import(register: &Register, file: &str) -> Value {
    let answer = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["items"][0].clone()
}

/// An item of which two inventories report; its id.
async fn shared(register: &Register) -> String {
    let first = import(register, &computer("pc-1-2026", "pc-1", "ABC123", "")).await;
    let second = import(register, &glpi("pc-2", "ABC123").to_string()).await;
    assert_eq!(first["ci_id"], second["ci_id"], "{:?}", register.backend);
    first["ci_id"].as_str().unwrap().to_owned()
}

async fn reporters(register: &Register, id: &str) -> Value {
    register.read(Caller::Keeper, &format!("/cis/{id}/reporters")).await
}

/// The id of the one that reports under this name.
async fn reporter(register: &Register, id: &str, name: &str) -> String {
    let list = reporters(register, id).await;
    let found = list["reporters"].as_array().unwrap().iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{list}"))["id"].as_str().unwrap().to_owned()
}

async fn split(register: &Register, caller: Caller, id: &str, reporter: &str) -> Answer {
    let body = json!({"reporter": reporter, "reason": "another box"});
    register.post(caller, &format!("/cis/{id}/split"), &body).await
}

/// What each source says of an item now: source and attribute, with the value.
async fn said(register: &Register, id: &str) -> BTreeMap<(String, String), Value> {
    let item = register.read(Caller::Keeper, &format!("/cis/{id}")).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let values = item["values"].as_array().unwrap().iter();
    values.map(|one| ((text(&one["source"]), text(&one["attribute"])), one["value"].clone())).collect()
}

/// What is under an item: class and name.
async fn under(register: &Register, id: &str) -> Vec<String> {
    let items = register.walk("/cis?class=filesystem&class=monitor&class=network_interface", 50).await;
    let line = |one: &Value| format!("{} {}", one["class"].as_str().unwrap(), one["name"].as_str().unwrap());
    let is_there = |one: &&Value| one["parent"]["id"] == id && one["observation"]["state"] != "silent";
    let mut lines: Vec<String> = items.iter().filter(is_there).map(line).collect();
    lines.sort();
    lines
}

async fn hosts(register: &Register) -> Vec<String> {
    let items = register.walk("/cis?class=host&sort=name", 50).await;
    items.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_reporter_says_goes_along_and_what_others_say_stays() {
    on_both(async |register| {
        let original = shared(register).await;
        let owner = json!({"owner": "이서연"});
        let tag = register.get(Caller::Keeper, &format!("/cis/{original}")).await.etag.unwrap();
        let path = format!("/cis/{original}");
        let edited = register.change(Method::PATCH, (Caller::Keeper, &path), &tag, &owner).await;
        assert_eq!(edited.status, 200, "{}", edited.text());
        let before = said(register, &original).await;
        let both = register.pass(10);
        register.pass(10);
        let glpi_device = reporter(register, &original, "glpi-1").await;
        let parted = split(register, Caller::Keeper, &original, &glpi_device).await;
        assert_eq!(parted.status, 200, "{}", parted.text());
        let separate = parted.json()["separate"]["id"].as_str().unwrap().to_owned();

        assert_eq!(hosts(register).await, ["pc-1", "pc-2"], "{:?}", register.backend);
        let (left, came) = (said(register, &original).await, said(register, &separate).await);
        assert!(left.keys().all(|(source, _)| source != "glpi_inventory"), "{left:?}");
        assert!(came.keys().all(|(source, _)| source == "glpi_inventory"), "{came:?}");
        let together: BTreeMap<_, _> = left.clone().into_iter().chain(came).collect();
        assert_eq!(together, before, "{:?}: nothing is lost and nothing is said twice", register.backend);
        assert_eq!(left[&("person".into(), "owner".into())], "이서연");
        assert_eq!(under(register, &separate).await, ["filesystem /srv", "monitor U2412M"]);
        assert!(!under(register, &original).await.contains(&"filesystem /srv".to_owned()));
        let then = register.read(Caller::Keeper, &format!("/cis/{original}?as_of={both}")).await;
        assert!(then["values"].as_array().unwrap().iter().any(|one| one["source"] == "glpi_inventory"));
        let then = register.get(Caller::Keeper, &format!("/cis/{separate}?as_of={both}")).await;
        assert_eq!(then.status, 404, "it was not known then");
    });
}

#[test]
fn whoever_was_parted_goes_on_reporting_of_its_own_item_and_nobody_is_asked() {
    on_both(async |register| {
        let original = shared(register).await;
        let device = reporter(register, &original, "glpi-1").await;
        let parted = split(register, Caller::Keeper, &original, &device).await.json();
        register.pass(60);
        let again = import(register, &glpi("pc-2", "ABC123").to_string()).await;
        assert_eq!((&again["ci_id"], &again["outcome"]), (&parted["separate"]["id"], &json!("unchanged")));
        let first = import(register, &computer("pc-1-2026", "pc-1", "ABC123", "")).await;
        assert_eq!((&first["ci_id"], &first["outcome"]), (&json!(original), &json!("unchanged")));
        assert_eq!(hosts(register).await, ["pc-1", "pc-2"], "{:?}", register.backend);
        let asked = register.read(Caller::Keeper, "/proposals?state=open").await;
        assert_eq!(asked["items"], json!([]), "{:?}", register.backend);
        let settled = register.read(Caller::Keeper, "/proposals?state=different").await;
        assert_eq!(settled["items"][0]["note"], "another box");
        let found = register.walk("/cis?q=ABC123&class=host", 50).await;
        assert_eq!(found.len(), 2, "both carry the serial number");
    });
}

#[test]
fn a_split_that_is_taken_back_shows_what_was_shown_without_it() {
    on_both(async |register| {
        let original = shared(register).await;
        let (before, below) = (said(register, &original).await, under(register, &original).await);
        let attributes = register.read(Caller::Keeper, &format!("/cis/{original}")).await["attributes"].clone();
        let device = reporter(register, &original, "glpi-1").await;
        let parted = split(register, Caller::Keeper, &original, &device).await.json();
        register.pass(60);
        import(register, &glpi("pc-2", "ABC123").to_string()).await;
        let path = format!("/splits/{}/undo", parted["id"].as_str().unwrap());
        let undone = register.post(Caller::Keeper, &path, &json!({"reason": "one after all"})).await;
        assert_eq!(undone.status, 200, "{}", undone.text());
        assert_eq!(undone.json()["merged"], true);
        assert_eq!(hosts(register).await.len(), 1, "{:?}", register.backend);
        assert_eq!(said(register, &original).await, before, "{:?}", register.backend);
        assert_eq!(under(register, &original).await, below, "{:?}", register.backend);
        let after = register.read(Caller::Keeper, &format!("/cis/{original}")).await;
        assert_eq!(after["attributes"], attributes);
        let list = reporters(register, &original).await;
        assert_eq!(
            list["splits"][0]["allowed_actions"],
            json!([{"action": "undo", "allowed": false, "reason": "already_one"}])
        );
        let again = register.post(Caller::Keeper, &path, &json!({})).await;
        assert_eq!((again.status, again.faults()), (422, vec![("id".into(), "conflict".into())]));
        let settled = register.read(Caller::Keeper, "/proposals?state=same").await;
        assert_eq!(settled["items"].as_array().unwrap().len(), 1);
        assert_eq!(settled["items"][0]["note"], "one after all");
    });
}

#[test]
fn what_cannot_be_split_says_why_and_nothing_changes() {
    on_both(async |register| {
        let original = shared(register).await;
        let alone = import(register, &computer("pc-9", "pc-9", "ZZZ999", "")).await["ci_id"].clone();
        let alone = alone.as_str().unwrap();
        let device = reporter(register, &original, "glpi-1").await;
        let only = reporter(register, alone, "pc-9").await;
        let listed = reporters(register, alone).await;
        assert_eq!(
            listed["reporters"][0]["allowed_actions"],
            json!([{"action": "split", "allowed": false, "reason": "only_reporter"}])
        );
        let refused = split(register, Caller::Keeper, alone, &only).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "rule_violated"), "{}", refused.text());
        assert_eq!(refused.faults(), [(String::new(), "only_reporter".to_owned())]);
        let elsewhere = split(register, Caller::Keeper, alone, &device).await;
        assert_eq!(elsewhere.faults(), [("reporter".to_owned(), "unknown".to_owned())]);
        assert_eq!(split(register, Caller::Reader, &original, &device).await.status, 403);
        assert_eq!(split(register, Caller::BranchKeeper, &original, &device).await.status, 404, "out of scope");
        let long = json!({"reporter": device, "reason": "x".repeat(5_000)});
        let answer = register.post(Caller::Keeper, &format!("/cis/{original}/split"), &long).await;
        assert_eq!(answer.faults(), [("reason".to_owned(), "too_long".to_owned())]);
        let read = register.read(Caller::Reader, &format!("/cis/{original}/reporters")).await;
        assert_eq!(read["reporters"][0]["allowed_actions"][0]["reason"], "needs_permission");
        let unknown = "/splits/00000000-0000-4000-8000-000000000000/undo";
        assert_eq!(register.post(Caller::Keeper, unknown, &json!({})).await.status, 404);
        assert_eq!(hosts(register).await.len(), 2, "{:?}", register.backend);
        assert_eq!(reporters(register, &original).await["splits"], json!([]));
    });
}

#[test]
fn who_reports_of_what_was_merged_is_parted_by_taking_the_merge_back() {
    on_both(async |register| {
        let one = import(register, &computer("pc-1", "pc-1", "ABC123", "")).await["ci_id"].clone();
        let other = import(register, &computer("pc-9", "pc-9", "ZZZ999", "")).await["ci_id"].clone();
        let one = one.as_str().unwrap();
        let merged = register.post(Caller::Keeper, &format!("/cis/{one}/merge"), &json!({"with": other})).await;
        assert_eq!(merged.status, 200, "{}", merged.text());
        let part = reporter(register, one, "pc-9").await;
        let refused = split(register, Caller::Keeper, one, &part).await;
        assert_eq!(refused.faults(), [(String::new(), "part_of_a_merge".to_owned())], "{:?}", register.backend);
    });
}

#[test]
fn a_value_that_has_to_be_unique_is_not_said_twice_by_a_split() {
    on_both(async |register| {
        let original = shared(register).await;
        let path = "/classes/host/attributes/serial_number";
        let unique = patch(register, path, &json!({"rules": {"unique": "organisation"}})).await;
        assert_eq!(unique.status, 200, "{}", unique.text());
        let device = reporter(register, &original, "glpi-1").await;
        let parted = split(register, Caller::Keeper, &original, &device).await.json();
        let separate =
            register.read(Caller::Keeper, &format!("/cis/{}", parted["separate"]["id"].as_str().unwrap())).await;
        assert_eq!(separate["attributes"].get("serial_number"), None, "{:?}", register.backend);
        let finding = separate["findings"].as_array().unwrap().iter().find(|one| one["attribute"] == "serial_number");
        assert_eq!(finding.unwrap()["value"], "ABC123");
        let kept = register.read(Caller::Keeper, &format!("/cis/{original}")).await;
        assert_eq!(kept["attributes"]["serial_number"], "ABC123");
    });
}

/// What our own agent says of a machine that carries the serial number of another.
fn own_reports() -> Vec<Value> {
    let identity = json!({"hostname": "pc-2", "machine_id": "0123456789abcdef0123456789abcdee",
        "system": {"vendor": "Dell Inc.", "product": "R640", "serial": "ABC123"}});
    let storage = json!({"filesystems": [
        {"mount_point": "/data", "kind": "ext4", "source": "/dev/sdc1", "size_bytes": 7, "read_only": false}]});
    let software =
        json!({"packages": [{"ecosystem": "deb", "name": "nginx", "version": "1.26.3-3", "architecture": "amd64"}]});
    vec![
        report(1, "full", Some("identity"), &identity),
        report(2, "full", Some("storage"), &storage),
        report(3, "full", Some("software"), &software),
    ]
}

/// The file systems that are there under an item.
async fn names(keeper: &Keeper, host: &str) -> Vec<String> {
    let list = keeper.get("/cis?class=filesystem").await.json();
    let items = list["items"].as_array().unwrap().iter();
    let there = items.filter(|one| one["parent"]["id"] == host && one["observation"]["state"] != "silent");
    there.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_takes_its_sections_and_packages_along_and_need_not_send_them_again() {
    for backend in Backend::BOTH {
        let server = TestServer::start_by(Clock::system(), backend, |_| {}).await;
        let keeper = server.caller("keeper", Role::Administrator).await;
        let reconciler = Reconciler::new(server.store().clone(), server.clock.clone());
        let made = keeper.post("/imports", &glpi("pc-1", "ABC123")).await;
        assert_eq!(made.status, 201, "{:?}", made.json());
        let original = made.json()["items"][0]["ci_id"].as_str().unwrap().to_owned();
        let agent = TestAgent::enrol(&server, "pc-2").await;
        let sent = own_reports();
        assert_eq!(outcomes(&agent.send(&sent).await), ["stored", "stored", "stored"]);
        assert_eq!(reconciler.drain().await.unwrap().parked, 0);

        let body = json!({"reporter": agent.id, "reason": "a copied serial number"});
        let parted = keeper.post(&format!("/cis/{original}/split"), &body).await;
        assert_eq!(parted.status, 200, "{backend:?} {:?}", parted.json());
        let separate = parted.json()["separate"]["id"].as_str().unwrap().to_owned();
        let section = keeper.get(&format!("/cis/{separate}/sections/storage")).await;
        assert_eq!(section.status, 200, "{backend:?}");
        assert_eq!(section.json()["body"]["filesystems"][0]["mount_point"], "/data", "{:?}", section.json());
        let packages = keeper.get(&format!("/cis/{separate}/software")).await.json();
        assert_eq!(packages["items"][0]["product"]["name"], "nginx", "{backend:?} {packages}");
        let item = keeper.get(&format!("/cis/{separate}")).await.json();
        assert_eq!((&item["name"], &item["agent"]["id"]), (&json!("pc-2"), &json!(agent.id)));
        let rest = keeper.get(&format!("/cis/{original}")).await.json();
        assert_eq!((&rest["name"], &rest["agent"]), (&json!("pc-1"), &Value::Null));

        // What did not change is not sent again; what did goes to the item of its own.
        let more = json!({"filesystems": [
            {"mount_point": "/more", "kind": "ext4", "source": "/dev/sdd1", "size_bytes": 7, "read_only": false}]});
        assert_eq!(outcomes(&agent.send(&[report(4, "full", Some("storage"), &more)]).await), ["stored"]);
        assert_eq!(reconciler.drain().await.unwrap().parked, 0);
        assert_eq!(names(&keeper, &separate).await, ["/more"], "{backend:?}");
        assert_eq!(names(&keeper, &original).await, ["/srv"], "{backend:?}");
    }
}
