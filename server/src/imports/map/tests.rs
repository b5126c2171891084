use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::{Message, read};
use crate::imports::model::inventory::ForeignInventory;
use crate::imports::model::node::Node;
use crate::imports::model::report::Reason;
use crate::imports::model::{encoding, json, xml};
use crate::reconcile::observe::IdentifierKind;

fn at() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

fn inventories(bytes: &[u8]) -> Vec<ForeignInventory> {
    match read(bytes.to_vec(), at()).unwrap() {
        Message::Inventories(inventories) => inventories,
        other => panic!("{other:?}"),
    }
}

fn value(inventory: &ForeignInventory, name: &str) -> Option<String> {
    let (_, value) = inventory.observed.values.iter().find(|(attribute, _)| attribute.name == name)?;
    value.clone()
}

fn names(inventory: &ForeignInventory, class: &str) -> Vec<String> {
    inventory.observed.parts.get(class).into_iter().flatten().map(|part| part.name.clone()).collect()
}

const WINDOWS: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<REQUEST><DEVICEID>pc-7-2026-01-01-00-00-00</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT>
  <BIOS><SMANUFACTURER>Hewlett-Packard</SMANUFACTURER><SMODEL>HP EliteBook</SMODEL><SSN>CZC0479792</SSN></BIOS>
  <HARDWARE><NAME>pc-7</NAME><UUID>33E737A8-F827-11DF-9297-47C0A301005A</UUID><MEMORY>4096</MEMORY>
    <CHASSIS_TYPE>Notebook</CHASSIS_TYPE><VMSYSTEM>Physical</VMSYSTEM><USERID>somebody</USERID>
    <WINPRODKEY>ABCDE-FGHIJ</WINPRODKEY><OSNAME>Microsoft Windows 10 Pro</OSNAME></HARDWARE>
  <DRIVES><LETTER>C:</LETTER><FILESYSTEM>NTFS</FILESYSTEM><TOTAL>1000</TOTAL><FREE>10</FREE></DRIVES>
  <DRIVES><FILESYSTEM>NTFS</FILESYSTEM></DRIVES>
  <NETWORKS><DESCRIPTION>Carte r�seau</DESCRIPTION><IPADDRESS>192.0.2.7</IPADDRESS><IPMASK>255.255.255.0</IPMASK>
    <MACADDR>68:B5:99:E6:84:EB</MACADDR><STATUS>Up</STATUS><TYPE>ethernet</TYPE></NETWORKS>
  <NETWORKS><DESCRIPTION>Carte r�seau</DESCRIPTION><IPADDRESS6>2001:db8::7</IPADDRESS6>
    <IPMASK6>ffff:ffff:ffff:ffff::</IPMASK6><MACADDR>68:B5:99:E6:84:EB</MACADDR></NETWORKS>
  <NETWORKS><DESCRIPTION>lo</DESCRIPTION><TYPE>loopback</TYPE></NETWORKS>
  <MONITORS><CAPTION>DELL 1707FP</CAPTION><SERIAL>C975661HAB2R</SERIAL></MONITORS>
  <MONITORS><CAPTION>DELL 1707FP</CAPTION><SERIAL>00000000</SERIAL></MONITORS>
  <MEMORIES><CAPACITY>2048</CAPACITY><CAPTION>Slot 1</CAPTION></MEMORIES>
  <MEMORIES><CAPTION>Slot 2</CAPTION></MEMORIES>
  <SOFTWARES><NAME>CCleaner</NAME><VERSION>5.09</VERSION><FROM>registry</FROM></SOFTWARES>
  <SOFTWARES><NAME>CCleaner</NAME><VERSION>5.09</VERSION><FROM>registry</FROM></SOFTWARES>
  <USERS><LOGIN>somebody</LOGIN></USERS>
  <ENVS><KEY>PATH</KEY></ENVS><ENVS><KEY>HOME</KEY></ENVS>
</CONTENT></REQUEST>"#;

/// The text in ISO 8859-1, the character that stands for what is none being an é.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap_or(0xe9)).collect()
}

#[test]
fn a_computer_of_another_agent_reads_like_one_of_ours() {
    let inventories = inventories(&latin(WINDOWS));
    let [inventory] = inventories.as_slice() else { panic!() };
    let observed = &inventory.observed;
    assert_eq!((observed.name.as_deref(), observed.class), (Some("pc-7"), Some("workstation")));
    assert_eq!(inventory.reporter, "pc-7-2026-01-01-00-00-00");
    let serials = observed.identifiers.iter().find(|(kind, _)| *kind == IdentifierKind::Serial).unwrap();
    assert!(serials.1.contains("czc0479792"), "{serials:?}");
    assert_eq!(value(inventory, "memory_bytes").as_deref(), Some("4294967296"));
    let interfaces = observed.interfaces.as_ref().unwrap();
    assert_eq!(interfaces.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Carte réseau"]);
    let addresses = interfaces[0].values.iter().find(|(attribute, _)| attribute.name == "addresses").unwrap();
    assert_eq!(addresses.1.as_deref(), Some(r#"["192.0.2.7/24","2001:db8::7/64"]"#));
    assert_eq!(names(inventory, "monitor"), ["DELL 1707FP", "DELL 1707FP"]);
    let packages = inventory.packages.as_ref().unwrap();
    assert_eq!(
        packages.iter().map(|one| (one.ecosystem.as_str(), one.name.as_str())).collect::<Vec<_>>(),
        [("windows", "CCleaner")]
    );
}

#[test]
fn what_is_not_kept_is_named_with_its_place_and_the_reason() {
    let inventories = inventories(&latin(WINDOWS));
    let left: BTreeMap<_, _> =
        inventories[0].report.not_taken.iter().map(|one| (one.path.as_str(), (one.count, one.reason))).collect();
    for (path, count, reason) in [
        ("drives[1]", 1, Reason::Nameless),
        ("drives[].free", 1, Reason::Volatile),
        ("networks[2]", 1, Reason::Loopback),
        ("memories[1]", 1, Reason::Empty),
        ("softwares[1]", 1, Reason::Twice),
        ("hardware[].userid", 1, Reason::Personal),
        ("hardware[].winprodkey", 1, Reason::Secret),
        ("users", 1, Reason::Personal),
        ("envs", 2, Reason::Volatile),
    ] {
        assert_eq!(left.get(path), Some(&(count, reason)), "{path} of {left:#?}");
    }
}

#[test]
fn a_switch_is_known_by_what_it_carries_whoever_asked_it() {
    let document = r#"{"action":"netinventory","deviceid":"foo","itemtype":"NetworkEquipment","content":{
        "network_device":{"type":"Networking","name":"sw1","manufacturer":"Cisco","model":"Catalyst 3750",
            "serial":"FOC1243W0ED","mac":"00:23:ac:6a:01:00","ips":["192.0.2.1"],"uptime":"3 days"},
        "network_ports":[{"ifnumber":1,"ifname":"Gi1/0/1","iftype":6,"ifstatus":1,"ifspeed":1000000000,"ifmtu":1500},
            {"ifnumber":2,"ifname":"Gi1/0/1"},{"ifstatus":1}],
        "network_components":[{"index":1,"type":"stack","name":"Stack"},{"index":2,"type":"port","name":"p"}]}}"#;
    let inventories = inventories(document.as_bytes());
    let [switch] = inventories.as_slice() else { panic!() };
    assert_eq!(switch.reporter, "serial:cisco:foc1243w0ed");
    assert_eq!((switch.observed.class, switch.observed.name.as_deref()), (Some("switch"), Some("sw1")));
    let ports: Vec<_> = switch.observed.interfaces.iter().flatten().map(|port| port.local_id.as_str()).collect();
    assert_eq!(ports, ["Gi1/0/1", "Gi1/0/1 (2)"]);
    assert_eq!(names(switch, "hardware_component"), ["Stack"]);
    assert_eq!((switch.report.left("network_ports"), switch.report.left("network_components")), (1, 1));
}

#[test]
fn what_agents_ask_before_they_send_is_understood() {
    let prolog = "<?xml version=\"1.0\"?><REQUEST><DEVICEID>a</DEVICEID><QUERY>PROLOG</QUERY></REQUEST>";
    assert!(matches!(read(prolog.into(), at()), Ok(Message::Prolog { device }) if device == "a"));
    let contact = r#"{"action":"contact","deviceid":"a","name":"GLPI-Agent"}"#;
    assert!(matches!(read(contact.into(), at()), Ok(Message::Contact { device }) if device == "a"));
}

#[test]
fn what_is_no_inventory_is_refused_by_name() {
    for (document, kind) in [
        ("", "unknown_format"),
        ("hello", "unknown_format"),
        ("<html></html>", "unknown_format"),
        ("<REQUEST><QUERY>INVENTORY</QUERY><CONTENT/></REQUEST>", "malformed"),
        ("<REQUEST><DEVICEID>a</DEVICEID><QUERY>INVENTORY</QUERY><CONTENT/></REQUEST>", "malformed"),
        ("<REQUEST><DEVICEID>a</DEVICEID><QUERY>DOWNLOAD</QUERY></REQUEST>", "unknown_format"),
        (r#"{"deviceid":"a","content":{}}"#, "malformed"),
        (r#"{"deviceid":"a","action":"collect","content":{}}"#, "unknown_format"),
        (r#"{"deviceid":"a","action":"netinventory","itemtype":"Printer","content":{}}"#, "malformed"),
    ] {
        assert_eq!(read(document.into(), at()).unwrap_err().name(), kind, "{document}");
    }
}

/// Sections of a document by which nothing may get lost, and how many entries each has.
fn entries(root: &Node, inventory: &ForeignInventory, place: usize) -> BTreeMap<String, usize> {
    let content = root.child("content").unwrap();
    let mut counts = BTreeMap::new();
    if inventory.report.taken.keys().any(|section| section.starts_with("device[")) {
        let device = content.all("device").nth(place).unwrap();
        for (outer, inner) in [("ports", "port"), ("components", "component")] {
            let count = device.all(outer).flat_map(|node| node.all(inner)).count();
            counts.insert(format!("device[{place}].{outer}.{inner}"), count);
        }
        return counts;
    }
    for node in content.children.iter().filter(|node| !node.children.is_empty()) {
        *counts.entry(node.name.clone()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn every_entry_of_real_inventories_is_kept_or_named() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/inventories");
    let Ok(files) = std::fs::read_dir(&directory) else {
        return;
    };
    let mut total: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for file in files.map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with("LICENSE") || name.ends_with("schema.json") {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let text = encoding::text(bytes.clone()).unwrap();
        let root = if name.ends_with("xml") { xml::read(&text) } else { json::read(&text) }.unwrap();
        let inventories = inventories(&bytes);
        assert!(!inventories.is_empty(), "{name}");
        for (inventory, place) in inventories.iter().zip(0..) {
            for (section, count) in entries(&root, inventory, place) {
                let taken = inventory.report.taken.get(&section).copied().unwrap_or_default();
                let left = inventory.report.left(&section);
                assert_eq!(taken + left, count, "{name}: {section}: {taken} kept, {left} named of {count}");
                let sum = total.entry(section).or_default();
                *sum = (sum.0 + taken, sum.1 + left);
            }
        }
    }
    for section in ["softwares", "drives", "networks", "monitors", "storages"] {
        assert!(total[section].0 > 0, "{section}: {total:?}");
    }
}
