//! Virtual machines that run, by the command lines of QEMU (qemu-system(1)), whoever started them.

use terrier_shared::latest::section::containers::Guest;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::scan::Scan;

const COMMAND_LINE_BYTES: usize = 256 << 10;
/// What the kernel calls the programs, of which it keeps 15 bytes.
const NAMES: [&[u8]; 3] = [b"qemu-system", b"qemu-kvm", b"kvm"];

/// The machines that run.
///
/// # Errors
///
/// [`Failure`] when the processes cannot be read.
pub(super) fn guests(scan: &Scan) -> Result<Vec<Guest>, Failure> {
    let entries = scan.processes()?.iter().filter(|entry| NAMES.iter().any(|name| entry.name.starts_with(name)));
    let lines = entries
        .filter_map(|entry| scan.host.beginning(format!("/proc/{}/cmdline", entry.pid), COMMAND_LINE_BYTES).ok());
    Ok(lines.filter_map(|line| guest(&line)).collect())
}

/// Whether this is a UUID in its canonical form.
pub(super) fn is_uuid(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    let fits =
        |(place, byte): (usize, u8)| if dashes.contains(&place) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

fn guest(command_line: &[u8]) -> Option<Guest> {
    let arguments: Vec<&str> = command_line
        .split(|byte| *byte == 0)
        .map(|argument| std::str::from_utf8(argument).unwrap_or_default())
        .collect();
    let all = |option: &'static str| {
        let pairs = arguments.windows(2);
        pairs.filter_map(move |pair| match pair {
            [name, value] if name.trim_start_matches('-') == option => Some(*value),
            _ => None,
        })
    };
    let smbios = || all("smbios").filter(|value| value.starts_with("type=1,")).find_map(|value| field(value, "uuid"));
    let uuid = all("uuid").next().or_else(smbios)?.to_ascii_lowercase();
    let called = all("name").next().and_then(|value| field(value, "guest").or_else(|| value.split(',').next()));
    let is_kvm = arguments.iter().any(|argument| argument.trim_start_matches('-') == "enable-kvm")
        || all("accel").any(|value| value.split(',').next() == Some("kvm"))
        || all("machine")
            .chain(all("M"))
            .any(|value| field(value, "accel").is_some_and(|accel| accel.starts_with("kvm")));
    let mut macs: Vec<String> = all("device").chain(all("net")).filter_map(mac).collect();
    macs.sort();
    let guest = Guest {
        name: clip(called.unwrap_or(&uuid).to_owned()),
        hypervisor: if is_kvm { "kvm" } else { "qemu" }.to_owned(),
        running: true,
        cpus: all("smp")
            .next()
            .and_then(|value| field(value, "cpus").or_else(|| value.split(',').next())?.parse().ok()),
        memory_bytes: all("m")
            .next()
            .and_then(|value| field(value, "size").or_else(|| value.split(',').next()))
            .and_then(memory),
        macs,
        uuid,
        ..Guest::default()
    };
    is_uuid(&guest.uuid).then_some(guest)
}

/// The value of a property in a list `key=value,…`.
fn field<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    list.split(',')
        .find_map(|property| property.split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// Megabytes, unless a letter says otherwise.
fn memory(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "b" => 0,
        "k" => 10,
        "" | "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1_u64.checked_shl(shift)?)
}

/// A device's hardware address, whether it is written as JSON or as properties.
fn mac(device: &str) -> Option<String> {
    let found = if device.starts_with('{') {
        let properties: serde_json::Value = serde_json::from_str(device).ok()?;
        properties.get("mac")?.as_str()?.to_owned()
    } else {
        field(device, "mac").or_else(|| field(device, "macaddr"))?.to_owned()
    };
    Some(clip(found.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::guest;

    #[test]
    fn a_machine_is_read_in_whichever_way_it_was_started() {
        let line = "/usr/bin/kvm\0-id\x00101\0-name\0shop,debug-threads=on\0-smbios\0type=1,uuid=7B1C2E88-2a43-4f0e-8d0e-1f2a3b4c5d6e\0-enable-kvm\0-smp\x004,sockets=1\0-m\x002G\0-device\0virtio-net-pci,mac=52:54:00:AA:BB:01,netdev=n\0";
        let found = guest(line.as_bytes()).unwrap();
        assert_eq!((found.uuid.as_str(), found.name.as_str()), ("7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e", "shop"));
        assert_eq!((found.hypervisor.as_str(), found.cpus, found.memory_bytes), ("kvm", Some(4), Some(2 << 30)));
        assert_eq!(found.macs, ["52:54:00:aa:bb:01"]);
    }

    #[test]
    fn a_machine_without_a_uuid_cannot_be_told_from_another() {
        for line in
            ["qemu-system-x86_64\0-m\x0064\0", "qemu-system-x86_64\0-uuid\0none\0", "qemu-system-x86_64\0-uuid", ""]
        {
            assert_eq!(guest(line.as_bytes()), None, "{line}");
        }
    }
}
