//! What a computer is made of and what is plugged into it: each a CI under it.

use std::collections::BTreeMap;

use crate::identification::model::placeholder;
use crate::imports::model::entry::Entry;
use crate::imports::model::node::Node;
use crate::imports::model::report::{Reason, Report};
use crate::reconcile::attribute::Attribute;
use crate::reconcile::observe::{Dependent, Parts};
use crate::reconcile::value::{Values, key, optional_text, whole};

/// A section, the class of its entries, and how one is read.
type Kind = (&'static str, &'static str, fn(&Entry<'_>) -> Result<Part, Reason>);

const KINDS: [Kind; 6] = [
    ("storages", "storage_device", storage_device),
    ("logical_volumes", "volume", logical_volume),
    ("monitors", "monitor", monitor),
    ("printers", "printer", printer),
    ("memories", "memory_module", memory_module),
    ("usbdevices", "peripheral", peripheral),
];

/// An entry, before it is told from its likes.
pub(super) struct Part {
    /// What identifies it; several may have the same.
    pub(super) identity: String,
    pub(super) name: String,
    pub(super) values: Vec<(&'static str, Option<String>)>,
}

/// The parts of the sections that the document has.
pub(super) fn parts(content: &Node, report: &mut Report) -> Parts {
    let mut parts = Parts::new();
    for (section, class, read) in KINDS {
        let entries: Vec<Entry<'_>> = content.all(section).map(Entry::new).collect();
        if entries.is_empty() {
            continue;
        }
        let mut apart = Apart::new(class);
        for (entry, place) in entries.iter().zip(0..) {
            match read(entry) {
                Ok(part) => {
                    apart.push(part);
                    report.take(section, entry);
                }
                Err(reason) => report.leave(section, place, entry, reason),
            }
        }
        parts.insert(class, apart.parts);
    }
    parts
}

/// Parts of one class, told from one another: the second of the same identity is `#2`.
pub(super) struct Apart {
    class: &'static str,
    seen: BTreeMap<String, usize>,
    pub(super) parts: Vec<Dependent>,
}

impl Apart {
    pub(super) fn new(class: &'static str) -> Self {
        Self { class, seen: BTreeMap::new(), parts: Vec::new() }
    }

    pub(super) fn push(&mut self, part: Part) {
        let count = self.seen.entry(part.identity.clone()).or_default();
        *count += 1;
        let local_id = if *count == 1 { part.identity } else { format!("{}#{count}", part.identity) };
        let class = self.class;
        let value = |(name, value)| (Attribute { class, name }, value);
        let values: Values = part.values.into_iter().map(value).collect();
        self.parts.push(Dependent { class, local_id: key(local_id), name: key(part.name), values });
    }
}

fn serial(entry: &Entry<'_>) -> Option<String> {
    let raw = entry.text(&["serial"]).or_else(|| entry.text(&["serialnumber"]));
    let _same_again = entry.text(&["serialnumber"]);
    raw.filter(|raw| placeholder::serial(raw).is_some()).map(str::to_owned)
}

fn text(value: Option<&str>) -> Option<String> {
    optional_text(value)
}

fn named(entry: &Entry<'_>, names: &[&str]) -> Result<String, Reason> {
    let found = names.iter().find_map(|name| entry.text(&[name]));
    found.map(str::to_owned).ok_or(Reason::Nameless)
}

fn storage_device(entry: &Entry<'_>) -> Result<Part, Reason> {
    let name = named(entry, &["model", "name", "description", "manufacturer"])?;
    let (device, serial) = (entry.text(&["name"]), serial(entry));
    // In millions of bytes, as disks are sold.
    let size = entry.whole(&["disksize"]).filter(|size| *size > 0).map(|size| size.saturating_mul(1_000_000));
    Ok(Part {
        identity: serial.clone().or_else(|| device.map(str::to_owned)).unwrap_or_else(|| name.clone()),
        name,
        values: vec![
            ("vendor", text(entry.text(&["manufacturer"]))),
            ("model", text(entry.text(&["model"]))),
            ("serial_number", text(serial.as_deref())),
            ("size_bytes", size.map(whole)),
            ("firmware_version", text(entry.text(&["firmware"]))),
            ("interface", text(entry.text(&["interface"]).or_else(|| entry.text(&["description"])))),
            ("device", text(device)),
        ],
    })
}

fn logical_volume(entry: &Entry<'_>) -> Result<Part, Reason> {
    let name = named(entry, &["lv_name", "lv_uuid"])?;
    let uuid = entry.text(&["lv_uuid"]);
    Ok(Part {
        identity: uuid.unwrap_or(&name).to_owned(),
        name,
        values: vec![("size_bytes", entry.mebibytes(&["size"]).map(whole)), ("uuid", text(uuid))],
    })
}

fn monitor(entry: &Entry<'_>) -> Result<Part, Reason> {
    let model = named(entry, &["name", "caption", "description"])?;
    let _same_again = entry.text(&["caption"]);
    let serial = serial(entry);
    let identity = serial.clone().unwrap_or_else(|| model.clone());
    let values = vec![
        ("vendor", text(entry.text(&["manufacturer"]))),
        ("model", text(Some(&model))),
        ("serial_number", text(serial.as_deref())),
    ];
    Ok(Part { identity, name: model, values })
}

fn printer(entry: &Entry<'_>) -> Result<Part, Reason> {
    let name = named(entry, &["name", "description", "driver"])?;
    let _same_again = entry.text(&["description"]);
    let values = vec![
        ("model", text(entry.text(&["driver"]))),
        ("serial_number", text(serial(entry).as_deref())),
        ("port", text(entry.text(&["port"]))),
    ];
    Ok(Part { identity: name.clone(), name, values })
}

fn memory_module(entry: &Entry<'_>) -> Result<Part, Reason> {
    let size = entry.mebibytes(&["capacity"]).ok_or(Reason::Empty)?;
    let slot = entry.text(&["caption"]).or_else(|| entry.text(&["description"]));
    let number = entry.text(&["numslots"]);
    let serial = serial(entry);
    let name = slot.or(number).unwrap_or("memory").to_owned();
    let identity = [Some(name.as_str()), number].into_iter().flatten().collect::<Vec<_>>().join("/");
    Ok(Part {
        identity,
        name,
        values: vec![
            ("vendor", text(entry.text(&["manufacturer"]))),
            ("model", text(entry.text(&["model"]))),
            ("serial_number", text(serial.as_deref())),
            ("size_bytes", Some(whole(size))),
            ("technology", text(entry.text(&["type"]))),
            ("speed_mhz", entry.whole(&["speed"]).filter(|speed| *speed > 0).map(whole)),
            ("form", text(entry.text(&["description"]))),
        ],
    })
}

fn peripheral(entry: &Entry<'_>) -> Result<Part, Reason> {
    let ids = [entry.text(&["vendorid"]), entry.text(&["productid"])].into_iter().flatten();
    let id = ids.collect::<Vec<_>>().join(":").to_ascii_lowercase();
    let id = (!id.is_empty()).then_some(id);
    let model = entry.text(&["caption"]).or_else(|| entry.text(&["name"]));
    let _same_again = entry.text(&["name"]);
    let serial = serial(entry);
    let name =
        model.map(str::to_owned).or_else(|| id.as_ref().map(|id| format!("USB {id}"))).ok_or(Reason::Nameless)?;
    let kind = id.clone().unwrap_or_else(|| name.clone());
    let identity = serial.as_ref().map_or_else(|| kind.clone(), |serial| format!("{kind}/{serial}"));
    let values = vec![
        ("vendor", text(entry.text(&["manufacturer"]))),
        ("model", text(model)),
        ("serial_number", text(serial.as_deref())),
        ("product_id", text(id.as_deref())),
    ];
    Ok(Part { identity, name, values })
}
