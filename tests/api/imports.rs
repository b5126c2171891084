//! Files of other agents: what would happen, what happens, and what does not.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::store::StoreError;
use terrier_server::store::column::Key16;
use terrier_server::store::schema::{
    audit_entry, catalogue_installation, cmdb_ci, cmdb_relation, cmdb_revision, cmdb_value, imports_run,
};

use crate::harness::database::Backend;
use crate::harness::register::{Answer, Caller, Register, on_both};

/// A small computer as another agent writes it.
pub(crate) fn computer(device: &str, name: &str, serial: &str, more: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><DEVICEID>{device}</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT>
  <BIOS><SMANUFACTURER>Dell Inc.</SMANUFACTURER><SMODEL>R640</SMODEL><SSN>{serial}</SSN></BIOS>
  <HARDWARE><NAME>{name}</NAME><MEMORY>4096</MEMORY><VMSYSTEM>Physical</VMSYSTEM></HARDWARE>
  <OPERATINGSYSTEM><FULL_NAME>Debian GNU/Linux 12</FULL_NAME><NAME>Debian</NAME><KERNEL_NAME>linux</KERNEL_NAME></OPERATINGSYSTEM>
  <DRIVES><TYPE>/</TYPE><VOLUMN>/dev/sda1</VOLUMN><FILESYSTEM>ext4</FILESYSTEM><TOTAL>1000</TOTAL></DRIVES>
  <NETWORKS><DESCRIPTION>eth0</DESCRIPTION><IPADDRESS>192.0.2.7</IPADDRESS><IPMASK>255.255.255.0</IPMASK>
    <MACADDR>AC:1F:6B:00:11:22</MACADDR><STATUS>Up</STATUS><TYPE>ethernet</TYPE></NETWORKS>
  <MONITORS><CAPTION>DELL 1707FP</CAPTION><SERIAL>C975661HAB2R</SERIAL></MONITORS>
  <STORAGES><NAME>sda</NAME><MODEL>PM951</MODEL><SERIALNUMBER>S29NNXAH146409</SERIALNUMBER><DISKSIZE>256060</DISKSIZE></STORAGES>
  <SOFTWARES><NAME>bash</NAME><VERSION>5.2-1</VERSION><FROM>deb</FROM><ARCH>amd64</ARCH></SOFTWARES>
  <ENVS><KEY>HOME</KEY><VAL>/root</VAL></ENVS>{more}
</CONTENT></REQUEST>"#
    )
}

/// How many rows there are of what an import may write.
fn rows(register: &Register) -> [i64; 6] {
    register
        .store()
        .read_blocking::<_, StoreError>(|conn| {
            Ok([
                cmdb_ci::table.count().get_result(conn)?,
                cmdb_value::table.count().get_result(conn)?,
                cmdb_revision::table.count().get_result(conn)?,
                catalogue_installation::table.count().get_result(conn)?,
                imports_run::table.count().get_result(conn)?,
                audit_entry::table.count().get_result(conn)?,
            ])
        })
        .unwrap()
}

async fn import(register: &Register, file: &[u8]) -> Answer {
    register.upload(Caller::Keeper, "/imports?file_name=a.xml", file, &[]).await
}

fn only(report: &Value) -> &Value {
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{report}");
    &items[0]
}

#[test]
fn a_file_says_what_it_would_do_then_does_it_and_then_has_nothing_left_to_do() {
    on_both(async |register: &mut Register| {
        let file = computer("pc-1-2026", "pc-1", "ABC123", "");
        let before = rows(register);
        let preview = register.upload(Caller::Keeper, "/imports?dry_run=true", file.as_bytes(), &[]).await;
        assert_eq!(preview.status, 200, "{}", preview.text());
        let preview = preview.json();
        assert_eq!((&preview["dry_run"], &preview["import"]), (&json!(true), &Value::Null));
        let item = only(&preview);
        assert_eq!((&item["outcome"], &item["ci_id"]), (&json!("created"), &Value::Null));
        assert_eq!(item["created_under"]["monitor"], 1);
        assert_eq!(item["installed"], 1);
        assert_eq!(rows(register), before, "a preview writes nothing");

        let applied = import(register, file.as_bytes()).await;
        assert_eq!(applied.status, 201, "{}", applied.text());
        let applied = applied.json();
        let item = only(&applied);
        assert_eq!((&item["outcome"], &item["class"]), (&json!("created"), &json!("physical_server")));
        let left = item["not_taken"].as_array().unwrap();
        assert!(left.contains(&json!({"path": "envs", "count": 1, "reason": "volatile"})), "{left:?}");
        let ci = register.read(Caller::Keeper, &format!("/cis/{}", item["ci_id"].as_str().unwrap())).await;
        assert_eq!(ci["name"], "pc-1");
        let after = rows(register);
        assert_eq!(after[5], before[5] + 1, "who imported stands in the trail");

        register.pass(3_600);
        let again = import(register, file.as_bytes()).await.json();
        assert_eq!(only(&again)["outcome"], "unchanged", "{again}");
        let last = rows(register);
        assert_eq!(last[..4], after[..4], "the same file again adds no history");
        assert_eq!(again["totals"]["unchanged"], 1);
    });
}

#[test]
fn what_a_file_no_longer_lists_is_gone_and_a_section_that_is_missing_removes_nothing() {
    on_both(async |register: &mut Register| {
        let file = computer("pc-1-2026", "pc-1", "ABC123", "<MONITORS><CAPTION>Second</CAPTION></MONITORS>");
        let first = import(register, file.as_bytes()).await.json();
        assert_eq!(only(&first)["created_under"]["monitor"], 2, "{first}");
        register.pass(60);
        let without_second = computer("pc-1-2026", "pc-1", "ABC123", "");
        let second = import(register, without_second.as_bytes()).await.json();
        assert_eq!((&only(&second)["outcome"], &only(&second)["gone"]), (&json!("changed"), &json!(1)), "{second}");
        register.pass(60);
        let bare = "<REQUEST><DEVICEID>pc-1-2026</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT>\
            <HARDWARE><NAME>pc-1</NAME></HARDWARE></CONTENT></REQUEST>";
        let third = import(register, bare.as_bytes()).await.json();
        assert_eq!((&only(&third)["gone"], &only(&third)["removed"]), (&json!(0), &json!(0)), "{third}");
    });
}

#[test]
fn a_new_name_of_the_reporter_is_the_same_device_by_its_serial_number_and_a_copy_is_not() {
    on_both(async |register: &mut Register| {
        let first = import(register, computer("pc-1-2026-01", "pc-1", "ABC123", "").as_bytes()).await.json();
        register.pass(3 * 86_400);
        let installed_anew = import(register, computer("pc-1-2026-02", "pc-1", "ABC123", "").as_bytes()).await.json();
        assert_eq!(only(&first)["ci_id"], only(&installed_anew)["ci_id"], "{installed_anew}");
        let copy = computer("pc-2-2026", "pc-2", "ABC123", "").replace("AC:1F:6B:00:11:22", "AC:1F:6B:00:11:99");
        let copy = import(register, copy.as_bytes()).await.json();
        assert_ne!(only(&first)["ci_id"], only(&copy)["ci_id"], "{copy}");
        let other = import(register, computer("pc-3", "pc-1", "To Be Filled By O.E.M.", "").as_bytes()).await.json();
        assert_eq!(only(&other)["outcome"], "created", "a name alone identifies nothing");
    });
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_file_that_is_wrong_is_refused_by_name_and_nothing_of_it_is_applied() {
    on_both(async |register: &mut Register| {
        let good = computer("pc-1", "pc-1", "ABC123", "");
        let entity = good.replacen("<REQUEST>", "<!DOCTYPE a [<!ENTITY b \"c\">]><REQUEST>", 1);
        let reference = good.replacen("R640", "&boom;", 1);
        let deep = good.replacen("<ENVS>", &format!("{}{}<ENVS>", "<A>".repeat(30), "</A>".repeat(30)), 1);
        let truncated = &good[..good.len() - 30];
        let mis_encoded = [good.as_bytes(), b""].concat().iter().map(|b| if *b == b'6' { 0xff } else { *b }).collect();
        let elsewhere = good.replacen("UTF-8", "UTF-16", 1);
        let mut torn = zlib(good.as_bytes());
        torn.truncate(torn.len() / 2);
        let bomb = zlib(&vec![b' '; (32 << 20) + 1]);
        let before = rows(register);
        for (file, status, code) in [
            (truncated.as_bytes().to_vec(), 422, "malformed"),
            (entity.into_bytes(), 422, "entity"),
            (reference.into_bytes(), 422, "entity"),
            (deep.into_bytes(), 422, "beyond_limit"),
            (mis_encoded, 422, "encoding"),
            (elsewhere.into_bytes(), 422, "encoding"),
            (torn, 422, "compression"),
            (b"{\"deviceid\":\"a\",\"content\":{\"softwares\":[{".to_vec(), 422, "malformed"),
            (b"{\"a\":1}".to_vec(), 422, "unknown_format"),
            (Vec::new(), 422, "unknown_format"),
            (b"<REQUEST><DEVICEID>a</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>".to_vec(), 422, "unknown_format"),
            (bomb, 413, ""),
        ] {
            let answer = import(register, &file).await;
            assert_eq!(answer.status, status, "{code}: {}", answer.text());
            if status == 422 {
                assert_eq!(answer.faults(), [("file".to_owned(), code.to_owned())]);
            }
        }
        assert_eq!(rows(register), before);
    });
}

#[test]
fn the_same_key_imports_the_same_file_once_and_no_other_file() {
    on_both(async |register: &mut Register| {
        let file = computer("pc-1", "pc-1", "ABC123", "");
        let key = [("Idempotency-Key", "one")];
        let first = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &key).await;
        let second = register.upload(Caller::Keeper, "/imports", file.as_bytes(), &key).await;
        assert_eq!((first.status, second.status), (201, 200), "{}", second.text());
        assert_eq!(first.json()["import"]["id"], second.json()["import"]["id"]);
        let other = computer("pc-2", "pc-2", "ABC124", "");
        let refused = register.upload(Caller::Keeper, "/imports", other.as_bytes(), &key).await;
        assert_eq!((refused.status, refused.code()), (409, "conflict".to_owned()));
        let listed = register.read(Caller::Keeper, "/imports").await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn an_import_is_of_an_organisation_and_nobody_else_sees_it() {
    on_both(async |register: &mut Register| {
        let file = computer("pc-1", "pc-1", "ABC123", "");
        let made = register.upload(Caller::BranchKeeper, "/imports", file.as_bytes(), &[]).await.json();
        let path = format!("/imports/{}", made["import"]["id"].as_str().unwrap());
        assert_eq!(made["import"]["organisation"]["id"], json!(register.branch));
        assert_eq!(register.get(Caller::BranchKeeper, &path).await.status, 200);
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &path).await.status, 404);
        let listed = register.read(Caller::SubsidiaryKeeper, "/imports").await;
        assert_eq!(listed["items"], json!([]));
        // The same machine in another organisation is another item: nothing is taken from there.
        let theirs = register.upload(Caller::SubsidiaryKeeper, "/imports", file.as_bytes(), &[]).await.json();
        assert_eq!(only(&theirs)["outcome"], "created");
        let path = format!("/imports?organisation_id={}", register.branch.uuid());
        let refused = register.upload(Caller::SubsidiaryKeeper, &path, file.as_bytes(), &[]).await;
        assert_eq!(refused.faults(), [("organisation_id".to_owned(), "unknown".to_owned())]);
        assert_eq!(register.upload(Caller::Reader, "/imports", file.as_bytes(), &[]).await.status, 403);
    });
}

/// The classes of the items under one.
fn classes_under(register: &Register, ci: &str) -> Vec<String> {
    let id = Key16(ci.parse().unwrap());
    register
        .store()
        .read_blocking::<_, StoreError>(|conn| {
            let key: i32 = cmdb_ci::table.filter(cmdb_ci::id.eq(id)).select(cmdb_ci::key).first(conn)?;
            Ok(cmdb_ci::table.filter(cmdb_ci::parent_key.eq(key)).select(cmdb_ci::class).load(conn)?)
        })
        .unwrap()
}

/// Real inventories beside the project, where there are any.
fn real() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/inventories");
    let Ok(files) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        name != "LICENSE" && !name.contains("schema")
    });
    files.sort();
    files
}

#[test]
fn real_inventories_are_in_the_register_entry_by_entry_and_come_again_without_a_trace() {
    let files = real();
    on_both(async |register: &mut Register| {
        for file in &files {
            let bytes = std::fs::read(file).unwrap();
            let answer = import(register, &bytes).await;
            assert_eq!(answer.status, 201, "{}: {}", file.display(), answer.text());
            let report = answer.json();
            for item in report["items"].as_array().unwrap() {
                let ci = item["ci_id"].as_str().unwrap();
                let under = classes_under(register, ci);
                let count = |class: &str| under.iter().filter(|one| *one == class).count();
                for (section, class) in
                    [("monitors", "monitor"), ("storages", "storage_device"), ("drives", "filesystem")]
                {
                    let taken = item["taken"][section].as_u64().unwrap_or_default();
                    assert_eq!(u64::try_from(count(class)).unwrap(), taken, "{}: {class}", file.display());
                }
                let software = item["taken"]["softwares"].as_u64().unwrap_or_default();
                assert_eq!(item["installed"].as_u64().unwrap(), software, "{}", file.display());
            }
            register.pass(60);
            let before = rows(register);
            let again = import(register, &bytes).await.json();
            assert_eq!(again["totals"]["unchanged"], again["totals"]["items"], "{}: {again}", file.display());
            assert_eq!(rows(register)[..4], before[..4], "{}", file.display());
        }
    });
}

/// A site with a rack, a switch and a server in it, joined by a cable, and what feeds the server.
fn netbox() -> Value {
    let row = |model: &str, number: u32, fields: Value| json!({"model": model, "pk": number, "fields": fields});
    let cable = |number: u32, one: (&str, u32), other: (&str, u32)| {
        let end = |side: &str, (kind, id): (&str, u32)| {
            let fields =
                json!({"cable": number, "cable_end": side, "termination_type": ["dcim", kind], "termination_id": id});
            row("dcim.cabletermination", number * 10 + id, fields)
        };
        [row("dcim.cable", number, json!({"status": "connected"})), end("A", one), end("B", other)]
    };
    let mut rows = vec![
        row("dcim.site", 1, json!({"name": "Seoul", "physical_address": "Jung-gu"})),
        row("dcim.rack", 2, json!({"name": "R1", "site": 1, "u_height": 42})),
        row("dcim.manufacturer", 3, json!({"name": "Cisco"})),
        row("dcim.devicetype", 4, json!({"manufacturer": 3, "model": "C9300"})),
        row("dcim.devicerole", 5, json!({"name": "Access Switch"})),
        row("dcim.devicerole", 6, json!({"name": "Database Server"})),
        row(
            "dcim.device",
            7,
            json!({"name": "sw1", "device_type": 4, "role": 5, "site": 1, "rack": 2, "serial": "FOC123"}),
        ),
        row("dcim.device", 8, json!({"name": "db1", "device_type": 4, "role": 6, "site": 1, "rack": 2})),
        row("dcim.interface", 9, json!({"device": 7, "name": "Gi1/0/1", "enabled": true})),
        row("dcim.interface", 10, json!({"device": 8, "name": "eth0", "enabled": true})),
        row(
            "ipam.ipaddress",
            11,
            json!({"address": "192.0.2.8/24", "assigned_object_type": ["dcim", "interface"], "assigned_object_id": 10}),
        ),
        row("dcim.powerpanel", 12, json!({"name": "Panel", "site": 1})),
        row("dcim.powerfeed", 13, json!({"name": "Feed A", "power_panel": 12, "rack": 2})),
        row("dcim.powerport", 14, json!({"device": 8, "name": "PSU1"})),
        row("extras.tag", 15, json!({"name": "x"})),
    ];
    rows.extend(cable(20, ("interface", 9), ("interface", 10)));
    rows.extend(cable(21, ("powerport", 14), ("powerfeed", 13)));
    rows.extend(cable(22, ("interface", 9), ("frontport", 99)));
    Value::Array(rows)
}

/// The open relations, as `source --kind--> target`.
fn relations(register: &Register) -> Vec<String> {
    let rows: Vec<(i32, String, i32)> = register
        .store()
        .read_blocking::<_, StoreError>(|conn| {
            let open = cmdb_relation::table.filter(cmdb_relation::valid_to.is_null());
            Ok(open.select((cmdb_relation::source_key, cmdb_relation::type_, cmdb_relation::target_key)).load(conn)?)
        })
        .unwrap();
    let names: std::collections::HashMap<i32, String> = register
        .store()
        .read_blocking::<_, StoreError>(|conn| Ok(cmdb_ci::table.select((cmdb_ci::key, cmdb_ci::name)).load(conn)?))
        .unwrap()
        .into_iter()
        .collect();
    let mut lines: Vec<_> = rows
        .into_iter()
        .map(|(source, kind, target)| format!("{} {kind} {}", names[&source], names[&target]))
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_dump_of_netbox_becomes_places_devices_cables_and_power_and_once_only() {
    on_both(async |register: &mut Register| {
        let mut dump = netbox();
        let applied = import(register, dump.to_string().as_bytes()).await;
        assert_eq!(applied.status, 201, "{}", applied.text());
        let report = applied.json();
        assert_eq!(report["format"], "netbox_json");
        let classes: Vec<_> = report["items"].as_array().unwrap().iter().map(|item| item["class"].clone()).collect();
        assert_eq!(json!(classes), json!(["site", "rack", "pdu", "power_feed", "switch", "physical_server"]));
        let expected = [
            "Feed A located_in R1",
            "Feed A powered_by Panel",
            "Gi1/0/1 connected_to eth0",
            "Panel located_in Seoul",
            "R1 located_in Seoul",
            "db1 located_in R1",
            "db1 powered_by Feed A",
            "sw1 located_in R1",
        ];
        assert_eq!(relations(register), expected);
        let left = report["items"][0]["not_taken"].as_array().unwrap();
        assert!(left.contains(&json!({"path": "dcim.cable/22", "count": 1, "reason": "dangling"})), "{left:?}");
        assert!(left.contains(&json!({"path": "extras.tag", "count": 1, "reason": "no_place"})), "{left:?}");

        register.pass(60);
        let before = rows(register);
        let again = import(register, dump.to_string().as_bytes()).await.json();
        assert_eq!(again["totals"]["unchanged"], 6, "{again}");
        assert_eq!(rows(register)[..4], before[..4]);

        register.pass(60);
        dump.as_array_mut().unwrap().retain(|row| row["fields"]["cable"] != 20);
        let unplugged = import(register, dump.to_string().as_bytes()).await.json();
        assert_eq!(unplugged["totals"]["changed"], 1, "{unplugged}");
        assert!(!relations(register).iter().any(|line| line.contains("connected_to")));
    });
}

#[test]
fn the_real_dump_of_netbox_imports_within_its_limits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/netbox/netbox-demo-v3.6.json");
    let Ok(bytes) = std::fs::read(path) else { return };
    on_both(async |register: &mut Register| {
        // It is large, and the small one was tried on both.
        if register.backend == Backend::Postgres {
            return;
        }
        let applied = import(register, &bytes).await;
        assert_eq!(applied.status, 201, "{}", applied.text());
        let first = applied.json();
        let taken = |section: &str| -> u64 {
            let items = first["items"].as_array().unwrap().iter();
            items.filter_map(|item| item["taken"][section].as_u64()).sum()
        };
        assert_eq!((taken("dcim.device"), taken("dcim.site"), taken("dcim.rack")), (72, 24, 42));
        register.pass(60);
        let again = import(register, &bytes).await.json();
        assert_eq!(again["totals"]["unchanged"], again["totals"]["items"]);
    });
}
