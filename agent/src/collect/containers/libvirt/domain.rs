//! A domain as libvirt writes it (libvirt's "Domain XML format"), alone or in the state of one that runs.

use roxmltree::{Document, Node, ParsingOptions};
use terrier_shared::latest::section::containers::Guest;
use terrier_shared::latest::text::Text;

use super::process::is_uuid;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;

/// A machine with a thousand devices has some 20 000.
const NODES: u32 = 100_000;
/// Most disks or interfaces that are kept of a machine.
const DEVICES_MAX: usize = 1_024;

/// Reads a file; absent where it holds something else, or a machine without a UUID.
///
/// # Errors
///
/// [`Failure`] names the file: it is no XML, or has a document type, from which entities could be made that fill the
/// memory.
pub(super) fn parse(path: &str, bytes: &[u8]) -> Result<Option<Guest>, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| Failure::malformed(path, error.to_string()))?;
    let options = ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() };
    let document =
        Document::parse_with_options(text, options).map_err(|error| Failure::malformed(path, error.to_string()))?;
    let root = document.root_element();
    let domain = if root.has_tag_name("domain") { Some(root) } else { child(root, "domain") };
    Ok(domain.and_then(guest))
}

fn guest(domain: Node<'_, '_>) -> Option<Guest> {
    let uuid = value(domain, "uuid")?.to_ascii_lowercase();
    let devices = child(domain, "devices");
    let devices = || devices.into_iter().flat_map(|devices| devices.children()).filter(Node::is_element);
    let vcpu = child(domain, "vcpu");
    let mut guest = Guest {
        name: clip(value(domain, "name")?),
        hypervisor: clip(domain.attribute("type").unwrap_or_default().to_owned()),
        cpus: vcpu.and_then(|vcpu| vcpu.attribute("current").or(vcpu.text())?.trim().parse().ok()),
        memory_bytes: child(domain, "memory").and_then(memory),
        disks: devices().filter_map(disk).take(DEVICES_MAX).collect(),
        macs: devices().filter_map(mac).take(DEVICES_MAX).collect(),
        uuid,
        ..Guest::default()
    };
    guest.disks.sort();
    guest.macs.sort();
    is_uuid(&guest.uuid).then_some(guest)
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn value(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = child(node, name)?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Units as libvirt takes them; without one it is KiB.
fn memory(node: Node<'_, '_>) -> Option<u64> {
    let unit: u64 = match node.attribute("unit").unwrap_or("KiB") {
        "b" | "bytes" => 1,
        "KB" => 1_000,
        "k" | "K" | "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "M" | "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "G" | "GiB" => 1 << 30,
        "TB" => 1_000_000_000_000,
        "T" | "TiB" => 1 << 40,
        _ => return None,
    };
    node.text()?.trim().parse::<u64>().ok()?.checked_mul(unit)
}

/// Where a disk's data is: a file, a device, an image of a network store, or a volume of a pool.
fn disk(device: Node<'_, '_>) -> Option<Text> {
    let is_medium = matches!(device.attribute("device"), Some("cdrom" | "floppy"));
    if !device.has_tag_name("disk") || is_medium {
        return None;
    }
    let source = child(device, "source")?;
    let said = |name: &str| source.attribute(name).filter(|value| !value.is_empty());
    let remote = || Some(format!("{}:{}", said("protocol")?, said("name")?));
    let pooled = || Some(format!("{}/{}", said("pool")?, said("volume")?));
    let place = said("file").or_else(|| said("dev")).map(str::to_owned);
    place.or_else(remote).or_else(pooled).map(|place| clip(place).into())
}

fn mac(device: Node<'_, '_>) -> Option<String> {
    let is_interface = device.has_tag_name("interface");
    is_interface.then(|| child(device, "mac")?.attribute("address").map(|mac| clip(mac.to_ascii_lowercase()))).flatten()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_document_type_is_refused_before_it_can_grow() {
        let bomb = r#"<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><domain><name>&b;</name></domain>"#;
        assert!(parse("x", bomb.as_bytes()).unwrap_err().to_string().contains("DTD"));
        let deep = format!("{}{}", "<domain>".repeat(100_000), "</domain>".repeat(100_000));
        assert!(parse("x", deep.as_bytes()).is_err());
        assert!(parse("x", b"<domain><name>\xff</name></domain>").is_err());
        assert!(parse("x", b"<domain type='kvm'").is_err());
    }

    #[test]
    fn what_is_no_machine_is_none() {
        assert_eq!(parse("x", b"<network><name>default</name></network>").unwrap(), None);
        assert_eq!(parse("x", b"<domain><name>x</name><uuid>no</uuid></domain>").unwrap(), None);
    }
}
