//! A dump of `NetBox`: sites, locations and racks, devices and virtual machines with their interfaces and addresses,
//! power and cables.
//!
//! Such a dump is a list of rows, each with its table, its number and its fields, which name other rows by number.

use std::collections::{BTreeMap, BTreeSet};

use crate::identification::model::placeholder;
use crate::imports::model::entry::Entry;
use crate::imports::model::inventory::{End, ForeignInventory, Format, Link};
use crate::imports::model::node::Node;
use crate::imports::model::refusal::Refusal;
use crate::imports::model::report::{Reason, Report};
use crate::reconcile::attribute::{Attribute, INTERFACE, NETWORK_DEVICE};
use crate::reconcile::observe::{Dependent, IdentifierKind, Observed};
use crate::reconcile::value::{Values, key, list, optional_text, truth, whole};

/// Most things of one dump.
const THINGS: usize = 5_000;

/// Words of a device's role, and the class they stand for.
const ROLES: [(&str, &str); 10] = [
    ("firewall", "firewall"),
    ("load balancer", "load_balancer"),
    ("access point", "access_point"),
    ("router", "router"),
    ("switch", "switch"),
    ("pdu", "pdu"),
    ("hypervisor", "hypervisor"),
    ("server", "physical_server"),
    ("storage", "storage_device"),
    ("printer", "printer"),
];

/// Whether it may be such a dump.
pub(super) fn is_dump(root: &Node) -> bool {
    root.children.iter().any(|row| row.text_of("model").is_some_and(|model| model.starts_with("dcim.")))
}

/// Reads a dump.
pub(super) fn read(root: &Node) -> Result<Vec<ForeignInventory>, Refusal> {
    let dump = Dump::new(root);
    let mut things = Vec::new();
    for (model, kind) in PLACES {
        things.extend(dump.rows(model).map(|row| dump.place(model, kind, row)));
    }
    things.extend(dump.rows("dcim.device").map(|row| dump.device(row)));
    things.extend(dump.rows("virtualization.virtualmachine").map(|row| dump.machine(row)));
    things.extend(dump.rows("ipam.ipaddress").filter(|row| !row.is_assigned()).map(address));
    if things.len() > THINGS {
        return Err(Refusal::Beyond { place: "the dump".to_owned(), what: "things", limit: THINGS });
    }
    let Some(first) = things.first_mut() else { return Err(Refusal::unknown("the dump has nothing in it")) };
    dump.cables(&mut first.report);
    dump.others(&mut first.report);
    dump.join(&mut things);
    for thing in &mut things {
        thing.report.finish();
    }
    Ok(things)
}

/// Tables that are places or feed them, and their classes.
const PLACES: [(&str, &str); 5] = [
    ("dcim.site", "site"),
    ("dcim.location", "room"),
    ("dcim.rack", "rack"),
    ("dcim.powerpanel", "pdu"),
    ("dcim.powerfeed", "power_feed"),
];

/// Tables whose rows become something, or a part of something.
const READ: [&str; 18] = [
    "dcim.site",
    "dcim.location",
    "dcim.rack",
    "dcim.powerpanel",
    "dcim.powerfeed",
    "dcim.device",
    "virtualization.virtualmachine",
    "ipam.ipaddress",
    "dcim.interface",
    "virtualization.vminterface",
    "dcim.manufacturer",
    "dcim.devicetype",
    "dcim.devicerole",
    "dcim.platform",
    "dcim.cable",
    "dcim.cabletermination",
    "dcim.powerport",
    "dcim.poweroutlet",
];

#[derive(Clone, Copy)]
struct Row<'a> {
    number: &'a str,
    fields: &'a Node,
}

impl<'a> Row<'a> {
    fn text(self, name: &str) -> Option<&'a str> {
        self.fields.text_of(name)
    }

    fn is_assigned(self) -> bool {
        self.text("assigned_object_id").is_some()
    }
}

struct Dump<'a> {
    rows: BTreeMap<&'a str, Vec<Row<'a>>>,
    numbered: BTreeMap<(&'a str, &'a str), Row<'a>>,
    interfaces: BTreeMap<(&'static str, &'a str), Vec<Row<'a>>>,
    addresses: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    /// Both ends of each cable: table and number.
    cables: BTreeMap<&'a str, [Vec<(String, &'a str)>; 2]>,
}

impl<'a> Dump<'a> {
    fn new(root: &'a Node) -> Self {
        let mut dump = Self {
            rows: BTreeMap::new(),
            numbered: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            addresses: BTreeMap::new(),
            cables: BTreeMap::new(),
        };
        for node in &root.children {
            let (Some(model), Some(fields)) = (node.text_of("model"), node.child("fields")) else { continue };
            let number = node.text_of("pk").unwrap_or_default();
            let row = Row { number, fields };
            dump.rows.entry(model).or_default().push(row);
            dump.numbered.insert((model, number), row);
            dump.note(model, row);
        }
        dump
    }

    fn note(&mut self, model: &str, row: Row<'a>) {
        let mut under = |table: &'static str, field: &str| {
            if let Some(number) = row.text(field) {
                self.interfaces.entry((table, number)).or_default().push(row);
            }
        };
        match model {
            "dcim.interface" => under("dcim.device", "device"),
            "virtualization.vminterface" => under("virtualization.virtualmachine", "virtual_machine"),
            "ipam.ipaddress" => {
                let kind = row.fields.all("assigned_object_type").last().map(|node| node.text.as_str());
                if let (Some(kind), Some(number), Some(address)) =
                    (kind, row.text("assigned_object_id"), row.text("address"))
                {
                    self.addresses.entry((kind, number)).or_default().insert(address);
                }
            }
            "dcim.cabletermination" => {
                let kinds: Vec<_> = row.fields.all("termination_type").map(|node| node.text.as_str()).collect();
                let (Some(cable), Some(number)) = (row.text("cable"), row.text("termination_id")) else { return };
                let [a, b] = self.cables.entry(cable).or_default();
                let end = if row.text("cable_end") == Some("B") { b } else { a };
                end.push((kinds.join("."), number));
            }
            _ => {}
        }
    }

    fn rows(&self, model: &str) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.rows.get(model).cloned().unwrap_or_default().into_iter()
    }

    fn row(&self, model: &'a str, number: Option<&'a str>) -> Option<Row<'a>> {
        self.numbered.get(&(model, number?)).copied()
    }

    fn name_of(&self, model: &'a str, number: Option<&'a str>) -> Option<&'a str> {
        self.row(model, number)?.text("name")
    }

    fn place(&self, model: &'static str, class: &'static str, row: Row<'a>) -> ForeignInventory {
        let entry = Entry::new(row.fields);
        let mut values = Values::new();
        if class == "site" {
            values.push((
                Attribute { class: "location", name: "address" },
                optional_text(entry.text(&["physical_address"])),
            ));
        }
        if class == "rack" {
            values.push((Attribute { class: "rack", name: "height_units" }, entry.whole(&["u_height"]).map(whole)));
        }
        let name = entry.text(&["name"]).unwrap_or(row.number).to_owned();
        let above =
            [("rack", "dcim.rack"), ("location", "dcim.location"), ("parent", "dcim.location"), ("site", "dcim.site")];
        let mut links = self.within(row, &above);
        if let Some(panel) = entry.text(&["power_panel"]) {
            links.push(Link { kind: "powered_by", from: None, to: End::thing(reporter("dcim.powerpanel", panel)) });
        }
        let _told_as_relations = above.map(|(field, _)| entry.text(&[field]));
        thing(model, row, class, name, values, links, &entry)
    }

    /// Where something is: in the first of these that it names.
    fn within(&self, row: Row<'a>, above: &[(&str, &'static str)]) -> Vec<Link> {
        let found = above.iter().find_map(|(field, model)| {
            let number = row.text(field)?;
            self.row(model, Some(number)).map(|_| reporter(model, number))
        });
        found.map(|to| Link { kind: "located_in", from: None, to: End::thing(to) }).into_iter().collect()
    }

    fn device(&self, row: Row<'a>) -> ForeignInventory {
        let entry = Entry::new(row.fields);
        let kind = self.row("dcim.devicetype", entry.text(&["device_type"]));
        let maker = kind.and_then(|kind| self.name_of("dcim.manufacturer", kind.text("manufacturer")));
        let model = kind.and_then(|kind| kind.text("model"));
        let role = self.name_of("dcim.devicerole", entry.text(&["role", "device_role"]));
        let class = class_of(role.unwrap_or_default());
        let serial = entry.text(&["serial"]);
        let platform = self.name_of("dcim.platform", entry.text(&["platform"]));
        let name = entry.text(&["name"]).map(str::to_owned);
        let name = name.unwrap_or_else(|| format!("{} #{}", model.unwrap_or("device"), row.number));
        let values = described(class, maker, model, serial, platform);
        let links = self.within(row, &[("rack", "dcim.rack"), ("location", "dcim.location"), ("site", "dcim.site")]);
        let _told_as_relations = (entry.text(&["rack"]), entry.text(&["location"]), entry.text(&["site"]));
        let mut read = thing("dcim.device", row, class, name, values, links, &entry);
        let serial = serial.and_then(placeholder::serial).map(key);
        read.observed.identifiers.push((IdentifierKind::Serial, serial.into_iter().collect()));
        self.put_interfaces(&mut read, "dcim.device", row.number, "interface");
        read
    }

    fn machine(&self, row: Row<'a>) -> ForeignInventory {
        let entry = Entry::new(row.fields);
        let of = |name: &'static str| Attribute { class: "host", name };
        let platform = self.name_of("dcim.platform", entry.text(&["platform"]));
        let values = vec![
            (of("os_name"), optional_text(platform)),
            (of("memory_bytes"), entry.mebibytes(&["memory"]).map(whole)),
            (of("cpu_threads"), entry.whole(&["vcpus"]).map(whole)),
        ];
        let name = entry.text(&["name"]).unwrap_or(row.number).to_owned();
        let table = "virtualization.virtualmachine";
        let mut read = thing(table, row, "virtual_machine", name, values, Vec::new(), &entry);
        self.put_interfaces(&mut read, table, row.number, "vminterface");
        read
    }

    fn put_interfaces(&self, into: &mut ForeignInventory, table: &'static str, number: &'a str, kind: &'a str) {
        let section = if kind == "interface" { "dcim.interface" } else { "virtualization.vminterface" };
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        for row in self.interfaces.get(&(table, number)).into_iter().flatten() {
            let entry = Entry::new(row.fields);
            let Some(name) = entry.text(&["name"]).filter(|name| seen.insert(key(*name))) else {
                into.report.push(format!("{section}/{}", row.number), entry.called(), Reason::Twice);
                continue;
            };
            let addresses = self.addresses.get(&(kind, row.number)).cloned().unwrap_or_default();
            let of = |name: &'static str| Attribute { class: INTERFACE, name };
            let values = vec![
                (of("mac_address"), optional_text(entry.text(&["mac_address"]).map(str::to_lowercase).as_deref())),
                (of("mtu"), entry.whole(&["mtu"]).map(whole)),
                (of("speed_mbps"), entry.whole(&["speed"]).map(|kbps| whole(kbps / 1_000))),
                (of("addresses"), list(addresses)),
                (of("up"), entry.flag(&["enabled"]).map(truth)),
                (of("description"), optional_text(entry.text(&["description"]))),
            ];
            let _its_owner = (entry.text(&["device", "virtual_machine"]), entry.text(&["cable", "cable_end"]));
            found.push(Dependent { class: INTERFACE, local_id: key(name), name: key(name), values });
            into.report.take(section, &entry);
        }
        into.observed.interfaces = Some(found);
    }

    /// What cables join: interfaces with interfaces, and what draws power with what gives it.
    fn join(&self, things: &mut [ForeignInventory]) {
        let places: BTreeMap<String, usize> = things.iter().map(|thing| thing.reporter.clone()).zip(0..).collect();
        for [a, b] in self.cables.values() {
            for (one, other) in a.iter().flat_map(|one| b.iter().map(move |other| (one, other))) {
                let Some((from, link)) = self.joined(one, other).or_else(|| self.joined(other, one)) else { continue };
                if let Some(thing) = places.get(&from).and_then(|place| things.get_mut(*place)) {
                    thing.links.push(link);
                }
            }
        }
    }

    fn joined(&self, one: &(String, &'a str), other: &(String, &'a str)) -> Option<(String, Link)> {
        let ((one_kind, one_number), (other_kind, other_number)) = (one, other);
        match (one_kind.as_str(), other_kind.as_str()) {
            ("dcim.interface", "dcim.interface") => {
                let (from, to) = (self.end("dcim.interface", one_number)?, self.end("dcim.interface", other_number)?);
                Some((from.reporter, Link { kind: "connected_to", from: from.local_id, to }))
            }
            ("dcim.powerport", "dcim.poweroutlet") => {
                let to = End::thing(self.end("dcim.poweroutlet", other_number)?.reporter);
                Some((self.end("dcim.powerport", one_number)?.reporter, Link { kind: "powered_by", from: None, to }))
            }
            ("dcim.powerport", "dcim.powerfeed") => {
                let to = End::thing(reporter("dcim.powerfeed", other_number));
                Some((self.end("dcim.powerport", one_number)?.reporter, Link { kind: "powered_by", from: None, to }))
            }
            _ => None,
        }
    }

    fn end(&self, model: &'a str, number: &'a str) -> Option<End> {
        let row = self.row(model, Some(number))?;
        Some(End { reporter: reporter("dcim.device", row.text("device")?), local_id: row.text("name").map(key) })
    }

    /// Cables that join nothing that is kept are named.
    fn cables(&self, report: &mut Report) {
        for row in self.rows("dcim.cable") {
            let ends = self.cables.get(row.number);
            let joins = ends.is_some_and(|[a, b]| {
                a.iter().any(|one| {
                    b.iter().any(|other| self.joined(one, other).or_else(|| self.joined(other, one)).is_some())
                })
            });
            if joins {
                *report.taken.entry("dcim.cable".to_owned()).or_default() += 1;
            } else {
                report.push(
                    format!("dcim.cable/{}", row.number),
                    row.text("label").map(str::to_owned),
                    Reason::Dangling,
                );
            }
        }
    }

    /// Tables of which nothing is kept.
    fn others(&self, report: &mut Report) {
        for (model, rows) in self.rows.iter().filter(|(model, _)| !READ.contains(model)) {
            let nodes: Vec<&Node> = rows.iter().map(|row| row.fields).collect();
            let reason = match model.split('.').next() {
                Some("auth" | "users" | "sessions") => Reason::Personal,
                Some("admin" | "contenttypes") => Reason::Program,
                _ => Reason::NoPlace,
            };
            report.leave_all(model, &nodes, reason);
        }
    }
}

fn reporter(model: &str, number: &str) -> String {
    format!("{model}/{number}")
}

fn class_of(role: &str) -> &'static str {
    let role = role.to_lowercase();
    ROLES.iter().find(|(word, _)| role.contains(word)).map_or(NETWORK_DEVICE, |(_, class)| class)
}

fn described(
    class: &'static str,
    maker: Option<&str>,
    model: Option<&str>,
    serial: Option<&str>,
    platform: Option<&str>,
) -> Values {
    let (family, of_model) = match class {
        "physical_server" | "hypervisor" => ("host", "product"),
        "pdu" | "printer" | "storage_device" => (class, "model"),
        _ => (NETWORK_DEVICE, "model"),
    };
    let of = |name: &'static str, value| (Attribute { class: family, name }, optional_text(value));
    let mut values = vec![of("vendor", maker), of(of_model, model), of("serial_number", serial)];
    if family == "host" {
        values.push(of("os_name", platform));
    }
    values
}

fn thing(
    model: &'static str,
    row: Row<'_>,
    class: &'static str,
    name: String,
    values: Values,
    links: Vec<Link>,
    entry: &Entry<'_>,
) -> ForeignInventory {
    let mut report = Report::default();
    report.take(model, entry);
    let observed = Observed { name: Some(key(name)), class: Some(class), values, ..Observed::default() };
    let reporter = key(reporter(model, row.number));
    ForeignInventory { format: Format::NetBox, reporter, observed, packages: None, links, report }
}

/// An address that is on no interface.
fn address(row: Row<'_>) -> ForeignInventory {
    let entry = Entry::new(row.fields);
    let address = entry.text(&["address"]).unwrap_or(row.number);
    let values = vec![(Attribute { class: "ip_address", name: "address" }, optional_text(Some(address)))];
    thing("ipam.ipaddress", row, "ip_address", address.to_owned(), values, Vec::new(), &entry)
}
