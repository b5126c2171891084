//! A device that was asked over the network: a switch, a router, a printer, with its ports and its components.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;

use super::hardware::{Apart, Part};
use super::host;
use crate::identification::model::placeholder;
use crate::imports::model::entry::Entry;
use crate::imports::model::inventory::{ForeignInventory, Format};
use crate::imports::model::node::Node;
use crate::imports::model::refusal::Refusal;
use crate::imports::model::report::{Reason, Report};
use crate::reconcile::attribute::{Attribute, INTERFACE, NETWORK_DEVICE, PRINTER};
use crate::reconcile::observe::{Dependent, IdentifierKind, Observed, Parts};
use crate::reconcile::value::{Values, key, list, optional_text, text, truth, whole};

/// Components that are things of their own; ports are interfaces, and containers and sensors are no things.
const COMPONENTS: [&str; 5] = ["chassis", "stack", "module", "powersupply", "fan"];

/// Words of a model or a description, and the class they stand for.
const CLASSES: [(&str, &str); 12] = [
    ("firewall", "firewall"),
    ("fortigate", "firewall"),
    ("adaptive security", "firewall"),
    ("load balancer", "load_balancer"),
    ("access point", "access_point"),
    ("aironet", "access_point"),
    ("router", "router"),
    ("transport wr", "router"),
    ("switch", "switch"),
    ("catalyst", "switch"),
    ("nexus", "switch"),
    ("procurve", "switch"),
];

/// A document in either dialect.
pub(super) struct Document<'a> {
    at: String,
    names: [&'static str; 3],
    info: Option<&'a Node>,
    ports: Vec<&'a Node>,
    components: Vec<&'a Node>,
    content: &'a Node,
    known: Vec<&'static str>,
    is_printer: bool,
}

impl<'a> Document<'a> {
    /// One `DEVICE` of a request.
    pub(super) fn of_xml(device: &'a Node, place: usize) -> Self {
        let within = |outer: &str, inner: &'static str| -> Vec<&'a Node> {
            device.all(outer).flat_map(|node| node.children.iter().filter(|child| child.name == inner)).collect()
        };
        let info = device.child("info");
        let kind = info.and_then(|info| info.text_of("type")).unwrap_or_default();
        Self {
            at: format!("device[{place}]."),
            names: ["info", "ports.port", "components.component"],
            info,
            ports: within("ports", "port"),
            components: within("components", "component"),
            content: device,
            known: vec!["info", "ports", "components"],
            is_printer: kind.eq_ignore_ascii_case("printer"),
        }
    }

    /// The content of a message.
    pub(super) fn of_json(content: &'a Node, kind: &str) -> Self {
        Self {
            at: String::new(),
            names: ["network_device", "network_ports", "network_components"],
            info: content.child("network_device"),
            ports: content.all("network_ports").collect(),
            components: content.all("network_components").collect(),
            content,
            known: vec!["network_device", "network_ports", "network_components"],
            is_printer: kind == "Printer",
        }
    }

    fn section(&self, place: usize) -> String {
        format!("{}{}", self.at, self.names.get(place).copied().unwrap_or_default())
    }
}

/// Reads a device.
pub(super) fn read(format: Format, document: &Document<'_>, _at: Timestamp) -> Result<ForeignInventory, Refusal> {
    let mut report = Report::default();
    let info = document.info.ok_or_else(|| Refusal::malformed("content", "it has no device"))?;
    let info = Entry::new(info);
    let (name, serial) = (info.text(&["name"]), info.text(&["serial"]).and_then(placeholder::serial));
    let mac = info.text(&["mac"]).and_then(placeholder::hardware_address);
    let maker = info.text(&["manufacturer"]);
    // Such a document names who asked, not who was asked; so the device is known by what it carries itself.
    let reporter = match (&serial, &mac, name) {
        (Some(serial), _, _) => {
            format!("serial:{}:{serial}", maker.map(|maker| maker.trim().to_lowercase()).unwrap_or_default())
        }
        (None, Some(mac), _) => format!("mac:{mac}"),
        (None, None, Some(name)) => format!("name:{name}"),
        _ => return Err(Refusal::malformed("content", "it names no device: no serial number, no address and no name")),
    };
    let model = info.text(&["model"]);
    let shown = name.or(model).unwrap_or(&reporter).to_owned();
    let mut own = values(document, &info);
    let interfaces = ports(document, &mut report);
    let mut macs: BTreeSet<String> = mac.into_iter().collect();
    macs.extend(info.text(&["mac"]).map(str::to_ascii_lowercase));
    let addresses: BTreeSet<String> =
        info.texts("ips").into_iter().filter_map(|ip| Some(ip.parse::<IpAddr>().ok()?.to_string())).collect();
    let parts = components(document, &mut report);
    own.push((attribute(document, "management_address"), optional_text(addresses.first().map(String::as_str))));
    let _told_elsewhere = info.text(&["type"]);
    report.take(&document.section(0), &info);
    host::leave_others(document.content, &document.known, &mut report);
    report.finish();
    let one = |value: Option<String>| value.into_iter().collect::<BTreeSet<_>>();
    let observed = Observed {
        name: Some(key(shown)),
        class: Some(class(document, &info)),
        values: own,
        identifiers: vec![
            (IdentifierKind::Serial, one(serial.map(key))),
            (IdentifierKind::Hostname, one(name.map(key))),
            (IdentifierKind::Mac, macs.into_iter().map(key).collect()),
            (IdentifierKind::Address, addresses),
        ],
        interfaces: (!document.ports.is_empty()).then_some(interfaces),
        parts,
        ..Observed::default()
    };
    Ok(ForeignInventory { format, reporter: key(reporter), observed, packages: None, links: Vec::new(), report })
}

const fn attribute(document: &Document<'_>, name: &'static str) -> Attribute {
    Attribute { class: if document.is_printer { PRINTER } else { NETWORK_DEVICE }, name }
}

fn values(document: &Document<'_>, info: &Entry<'_>) -> Values {
    let of = |name: &'static str, field: &str| (attribute(document, name), optional_text(info.text(&[field])));
    vec![
        of("vendor", "manufacturer"),
        of("model", "model"),
        of("serial_number", "serial"),
        of("firmware_version", "firmware"),
    ]
}

/// What it is: a printer, or else what its model and description say it is.
fn class(document: &Document<'_>, info: &Entry<'_>) -> &'static str {
    if document.is_printer {
        return PRINTER;
    }
    let components = document.components.iter().filter_map(|node| node.text_of("description"));
    let described = [info.text(&["model"]), info.text(&["comments"]), info.text(&["description"])];
    let words: Vec<String> = described.into_iter().flatten().chain(components.take(3)).map(str::to_lowercase).collect();
    let said = CLASSES.iter().find(|(word, _)| words.iter().any(|text| text.contains(word)));
    said.map_or(NETWORK_DEVICE, |(_, class)| class)
}

fn ports(document: &Document<'_>, report: &mut Report) -> Vec<Dependent> {
    let section = document.section(1);
    let mut seen = BTreeSet::new();
    let mut ports = Vec::with_capacity(document.ports.len());
    for (node, place) in document.ports.iter().zip(0..) {
        let entry = Entry::new(node);
        let number = entry.text(&["ifnumber"]);
        let Some(name) = entry.text(&["ifname"]).or_else(|| entry.text(&["ifdescr"])).or(number) else {
            report.leave(&section, place, &entry, Reason::Nameless);
            continue;
        };
        if document.is_printer && entry.text(&["iftype"]) == Some("24") {
            report.leave(&section, place, &entry, Reason::Loopback);
            continue;
        }
        let mut local_id = name.to_owned();
        if !seen.insert(local_id.clone()) {
            local_id = format!("{name} ({})", number.unwrap_or_default());
            if !seen.insert(local_id.clone()) {
                report.leave(&section, place, &entry, Reason::Twice);
                continue;
            }
        }
        let values = port(&entry);
        ports.push(Dependent { class: INTERFACE, local_id: key(local_id.as_str()), name: key(local_id), values });
        report.take(&section, &entry);
    }
    ports
}

fn port(entry: &Entry<'_>) -> Values {
    let of = |name: &'static str| Attribute { class: INTERFACE, name };
    let mac = entry.text(&["mac"]).map(str::to_ascii_lowercase);
    let kind = match entry.text(&["iftype"]) {
        Some("6" | "7" | "62" | "69" | "117") => Some("ethernet"),
        Some("71") => Some("wireless"),
        Some("24") => Some("loopback"),
        Some("53" | "135" | "136") => Some("vlan"),
        Some("161") => Some("bond"),
        Some("131") => Some("tunnel"),
        Some("209") => Some("bridge"),
        _ => None,
    };
    let _same_again = (entry.text(&["ip"]), entry.text(&["ifdescr"]));
    let description = entry.text(&["ifalias"]).or_else(|| entry.text(&["ifdescr"]));
    let mut addresses: Vec<String> = entry.texts("ips").into_iter().map(str::to_owned).collect();
    addresses.sort();
    let duplex = entry.text(&["ifportduplex"]).and_then(|duplex| match duplex {
        "2" => Some(false),
        "3" => Some(true),
        _ => None,
    });
    vec![
        (of("mac_address"), optional_text(mac.as_deref())),
        (of("kind"), kind.map(text)),
        (of("mtu"), entry.whole(&["ifmtu"]).filter(|mtu| *mtu > 0).map(whole)),
        (of("speed_mbps"), entry.whole(&["ifspeed"]).map(|bits| bits / 1_000_000).filter(|mbps| *mbps > 0).map(whole)),
        (of("full_duplex"), duplex.map(truth)),
        (of("addresses"), list(addresses)),
        (of("up"), entry.text(&["ifstatus"]).map(|status| truth(status == "1"))),
        (of("description"), optional_text(description)),
    ]
}

fn components(document: &Document<'_>, report: &mut Report) -> Parts {
    let section = document.section(2);
    let mut parts = Parts::new();
    if document.components.is_empty() {
        return parts;
    }
    let mut apart = Apart::new("hardware_component");
    for (node, place) in document.components.iter().zip(0..) {
        let entry = Entry::new(node);
        let kind = entry.text(&["type"]).unwrap_or_default().to_ascii_lowercase();
        let named = entry.text(&["name"]).or_else(|| entry.text(&["description"])).or_else(|| entry.text(&["model"]));
        let Some(name) = named.filter(|_| COMPONENTS.contains(&kind.as_str())) else {
            report.leave(&section, place, &entry, Reason::NoPlace);
            continue;
        };
        apart.push(component(&entry, name, &kind));
        report.take(&section, &entry);
    }
    parts.insert("hardware_component", apart.parts);
    parts
}

fn component(entry: &Entry<'_>, name: &str, kind: &str) -> Part {
    let serial = entry.text(&["serial"]).filter(|serial| placeholder::serial(serial).is_some());
    let index = entry.text(&["index"]).unwrap_or_default();
    let _same_again = (entry.text(&["description"]), entry.text(&["containedinindex", "contained_index"]));
    Part {
        identity: format!("{kind}/{}", serial.unwrap_or(if index.is_empty() { name } else { index })),
        name: name.to_owned(),
        values: vec![
            ("vendor", optional_text(entry.text(&["manufacturer"]))),
            ("model", optional_text(entry.text(&["model"]))),
            ("serial_number", optional_text(serial)),
            ("firmware_version", optional_text(entry.text(&["firmware", "version"]))),
            ("kind", Some(text(kind))),
        ],
    }
}
