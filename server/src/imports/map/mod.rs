//! From a document to devices in the register's words. Pure.

mod computer;
mod device;
mod hardware;
mod host;
mod netbox;
mod network;
mod software;
#[cfg(test)]
mod tests;
mod volume;

use jiff::Timestamp;

use super::model::inventory::{ForeignInventory, Format};
use super::model::node::Node;
use super::model::refusal::{Refusal, short};
use super::model::{encoding, json, unpack, xml};

/// Most devices of one document.
pub const DEVICES: usize = 1_000;

/// What one of the agents says.
#[derive(Debug)]
pub enum Message {
    /// It asks whether it may send an inventory.
    Prolog {
        /// Who it is.
        device: String,
    },
    /// The same, by GLPI's protocol.
    Contact {
        /// Who it is.
        device: String,
    },
    /// It sends inventories.
    Inventories(Vec<ForeignInventory>),
}

/// Reads a document that arrived at `at`.
///
/// # Errors
///
/// [`Refusal`] names the place and what is wrong there.
pub fn read(bytes: Vec<u8>, at: Timestamp) -> Result<Message, Refusal> {
    let text = encoding::text(unpack::unpack(bytes)?)?;
    match text.trim_start().chars().next() {
        Some('<') => of_xml(&xml::read(text.trim_start())?, at),
        Some('{') => of_json(&json::read(&text)?, at),
        Some('[') => {
            let root = json::read(&text)?;
            if netbox::is_dump(&root) {
                return Ok(Message::Inventories(netbox::read(&root)?));
            }
            Err(Refusal::unknown("a list that is no dump of NetBox"))
        }
        _ => Err(Refusal::unknown("it begins neither as XML nor as JSON")),
    }
}

fn of_xml(request: &Node, at: Timestamp) -> Result<Message, Refusal> {
    if request.name != "request" {
        return Err(Refusal::unknown(format!("the outermost element is `{}`, not `REQUEST`", request.name)));
    }
    let device = request.text_of("deviceid").unwrap_or_default().to_owned();
    let query = request.text_of("query").unwrap_or_default().to_ascii_uppercase();
    match (query.as_str(), request.child("content")) {
        ("PROLOG", _) => Ok(Message::Prolog { device: named(device)? }),
        ("INVENTORY", Some(content)) => {
            Ok(Message::Inventories(vec![computer::read(Format::Ocs, &named(device)?, content, at)?]))
        }
        ("SNMP" | "SNMPQUERY" | "NETDISCOVERY" | "NETINVENTORY", Some(content)) => {
            let devices: Vec<_> = content.all("device").collect();
            if devices.len() > DEVICES {
                return Err(Refusal::Beyond { place: "content".to_owned(), what: "devices", limit: DEVICES });
            }
            let devices = devices.into_iter().zip(0..).filter(|(one, _)| one.child("error").is_none());
            let read = devices.map(|(one, place)| device::read(Format::Ocs, &device::Document::of_xml(one, place), at));
            Ok(Message::Inventories(read.collect::<Result<_, _>>()?))
        }
        _ => Err(Refusal::unknown(format!("a request `{query}` that is not read here"))),
    }
}

fn of_json(request: &Node, at: Timestamp) -> Result<Message, Refusal> {
    let device = named(request.text_of("deviceid").unwrap_or_default().to_owned());
    let action = request.text_of("action").unwrap_or("inventory").to_ascii_lowercase();
    let kind = request.text_of("itemtype").unwrap_or("Computer");
    let content = request.child("content");
    match (action.as_str(), content) {
        ("contact", _) => Ok(Message::Contact { device: device? }),
        ("inventory" | "netinventory" | "netdiscovery", Some(content)) => {
            let is_device = content.child("network_device").is_some() || matches!(kind, "NetworkEquipment" | "Printer");
            let read = if is_device {
                device::read(Format::Glpi, &device::Document::of_json(content, kind), at)?
            } else {
                computer::read(Format::Glpi, &device?, content, at)?
            };
            Ok(Message::Inventories(vec![read]))
        }
        _ => Err(Refusal::unknown(format!("a message `{action}` that is not read here"))),
    }
}

fn named(device: String) -> Result<String, Refusal> {
    if device.is_empty() || device.len() > 255 {
        return Err(Refusal::malformed(
            "deviceid",
            format!("a name of 1 to 255 bytes is needed, not `{}`", short(&device)),
        ));
    }
    Ok(device)
}
