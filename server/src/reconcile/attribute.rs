//! The attributes and classes that agents' reports speak of, by the names under which they ship.

/// An attribute, by the class that defines it and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attribute {
    /// The class that defines it.
    pub class: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// The name everything has.
pub const NAME: Attribute = Attribute { class: "ci", name: "name" };
/// When the host started.
pub const BOOTED_AT: Attribute = host("booted_at");
/// The version of the agent on it.
pub const AGENT_VERSION: Attribute = host("agent_version");
/// The maker of the host.
pub const VENDOR: Attribute = host("vendor");
/// Where a software instance listens.
pub const LISTENS: Attribute = instance("listens");
/// The address of an external endpoint.
pub const ENDPOINT_ADDRESS: Attribute = Attribute { class: ENDPOINT, name: "address" };

/// Where a database keeps its data.
pub const DATA_DIRECTORY: Attribute = Attribute { class: DATABASE, name: "data_directory" };

/// What is known by an address only.
pub const ENDPOINT: &str = "external_endpoint";
/// A mounted file system.
pub const FILESYSTEM: &str = "filesystem";
/// A network interface.
pub const INTERFACE: &str = "network_interface";
/// A container.
pub const CONTAINER: &str = "container";
/// A certificate.
pub const CERTIFICATE: &str = "certificate";
/// A device of the network.
pub const NETWORK_DEVICE: &str = "network_device";
/// A part of a device that can be taken out of it.
pub const COMPONENT: &str = "hardware_component";
/// Classes of what is in a host or plugged into it.
pub const PARTS: [&str; 7] = ["storage_device", "volume", "monitor", PRINTER, "peripheral", "memory_module", COMPONENT];
/// A printer.
pub const PRINTER: &str = "printer";
/// A database.
pub const DATABASE: &str = "database_instance";

/// An attribute of hosts.
#[must_use]
pub const fn host(name: &'static str) -> Attribute {
    Attribute { class: "host", name }
}

/// An attribute of software instances.
#[must_use]
pub const fn instance(name: &'static str) -> Attribute {
    Attribute { class: "software_instance", name }
}

/// An attribute of file systems.
#[must_use]
pub const fn filesystem(name: &'static str) -> Attribute {
    Attribute { class: FILESYSTEM, name }
}

/// An attribute of network interfaces.
#[must_use]
pub const fn interface(name: &'static str) -> Attribute {
    Attribute { class: INTERFACE, name }
}

/// An attribute of containers.
#[must_use]
pub const fn container(name: &'static str) -> Attribute {
    Attribute { class: CONTAINER, name }
}

/// An attribute of certificates.
#[must_use]
pub const fn certificate(name: &'static str) -> Attribute {
    Attribute { class: CERTIFICATE, name }
}

/// Every attribute that reports speak of.
pub fn all() -> impl Iterator<Item = Attribute> {
    let hosts = HOST.into_iter().map(host);
    let instances = INSTANCE.into_iter().map(instance);
    let filesystems = MOUNTED.into_iter().map(filesystem);
    let interfaces = CONNECTED.into_iter().map(interface);
    let containers = CONTAINED.into_iter().map(container);
    let certificates = SIGNED.into_iter().map(certificate);
    let others = [NAME, ENDPOINT_ADDRESS, DATA_DIRECTORY];
    let dependents = instances.chain(filesystems).chain(interfaces).chain(containers).chain(certificates);
    let of_others = OF_OTHERS.into_iter().map(|(class, name)| Attribute { class, name });
    hosts.chain(dependents).chain(others).chain(of_others)
}

const HOST: [&str; 46] = [
    "hostname",
    "fqdn",
    "os_id",
    "os_name",
    "os_version",
    "os_codename",
    "kernel_release",
    "architecture",
    "timezone",
    "init_system",
    "vendor",
    "product",
    "product_version",
    "serial_number",
    "product_uuid",
    "machine_id",
    "chassis_type",
    "board_vendor",
    "board_product",
    "board_serial",
    "bios_vendor",
    "bios_version",
    "bios_date",
    "hypervisor",
    "container_manager",
    "cpu_model",
    "cpu_vendor",
    "cpu_sockets",
    "cpu_cores",
    "cpu_threads",
    "numa_nodes",
    "cpu_max_mhz",
    "cpu_cache_bytes",
    "microcode",
    "vulnerable_to",
    "memory_bytes",
    "swap_bytes",
    "huge_page_bytes",
    "huge_pages",
    "addresses",
    "mac_addresses",
    "nameservers",
    "search_domains",
    "default_gateway",
    "booted_at",
    "agent_version",
];
const INSTANCE: [&str; 10] =
    ["executable", "unit", "container", "user", "package", "listens", "product", "version", "role", "member_role"];
const MOUNTED: [&str; 7] = ["mount_point", "filesystem_type", "source", "device", "uuid", "size_bytes", "read_only"];
const CONNECTED: [&str; 10] =
    ["mac_address", "permanent_mac", "kind", "mtu", "speed_mbps", "full_duplex", "driver", "master", "addresses", "up"];

const CONTAINED: [&str; 10] = [
    "image",
    "image_id",
    "state",
    "created_at",
    "ports",
    "networks",
    "mounts",
    "group",
    "memory_limit_bytes",
    "cpu_limit_millicores",
];
const SIGNED: [&str; 11] = [
    "subject",
    "issuer",
    "serial_number",
    "not_before",
    "not_after",
    "names",
    "key",
    "signature",
    "fingerprint",
    "files",
    "listeners",
];
/// What inventories of other agents speak of besides.
const OF_OTHERS: [(&str, &str); 46] = [
    (INTERFACE, "description"),
    ("storage_device", "vendor"),
    ("storage_device", "model"),
    ("storage_device", "serial_number"),
    ("storage_device", "size_bytes"),
    ("storage_device", "firmware_version"),
    ("storage_device", "interface"),
    ("storage_device", "device"),
    ("volume", "size_bytes"),
    ("volume", "uuid"),
    ("monitor", "vendor"),
    ("monitor", "model"),
    ("monitor", "serial_number"),
    (PRINTER, "vendor"),
    (PRINTER, "model"),
    (PRINTER, "serial_number"),
    (PRINTER, "port"),
    (PRINTER, "management_address"),
    (PRINTER, "firmware_version"),
    ("peripheral", "vendor"),
    ("peripheral", "model"),
    ("peripheral", "serial_number"),
    ("peripheral", "product_id"),
    ("memory_module", "vendor"),
    ("memory_module", "model"),
    ("memory_module", "serial_number"),
    ("memory_module", "size_bytes"),
    ("memory_module", "technology"),
    ("memory_module", "speed_mhz"),
    ("memory_module", "form"),
    (NETWORK_DEVICE, "vendor"),
    (NETWORK_DEVICE, "model"),
    (NETWORK_DEVICE, "serial_number"),
    (NETWORK_DEVICE, "management_address"),
    (NETWORK_DEVICE, "firmware_version"),
    (COMPONENT, "vendor"),
    (COMPONENT, "model"),
    (COMPONENT, "serial_number"),
    (COMPONENT, "firmware_version"),
    (COMPONENT, "kind"),
    ("location", "address"),
    ("rack", "height_units"),
    ("pdu", "vendor"),
    ("pdu", "model"),
    ("pdu", "serial_number"),
    ("ip_address", "address"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::all;
    use crate::cmdb::shipped::Shipped;

    #[test]
    fn every_attribute_that_reports_speak_of_is_shipped() {
        let shipped = Shipped::read().unwrap();
        let shipped: HashSet<_> =
            shipped.attributes.iter().map(|one| (one.class.as_str(), one.name.as_str())).collect();
        for attribute in all() {
            assert!(shipped.contains(&(attribute.class, attribute.name)), "{attribute:?}");
        }
    }
}
