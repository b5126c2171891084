//! What tells this machine from a copy of its disk in another.

use terrier_shared::latest::machine::{Machine, Mark};

use super::{dmi, machine_id};
use crate::collect::host::Host;

const INTERFACES: &str = "/sys/class/net";
/// `NET_ADDR_PERM` of linux/netdevice.h: the address is burnt in.
const PERMANENT: u8 = 0;
/// Most interfaces that are looked at.
const MOST: usize = 64;

/// The marks of this machine.
#[must_use]
pub fn machine(host: &Host) -> Machine {
    let mark = |text: Option<String>| text.as_deref().map(Mark::of);
    Machine {
        machine_id: mark(machine_id(host)),
        product_uuid: mark(dmi::product_uuid(host)),
        serial: mark(dmi::system(host).serial),
        macs: macs(host),
    }
}

/// Of interfaces that are hardware: those of containers and tunnels are new at every start.
fn macs(host: &Host) -> Vec<Mark> {
    let names = host.find_names(INTERFACES).unwrap_or_default();
    let address = |name: String| {
        let place = format!("{INTERFACES}/{name}");
        let is_hardware = host.exists(format!("{place}/device"))
            && host.number::<u8>(format!("{place}/addr_assign_type")) == Some(PERMANENT);
        if is_hardware { host.value(format!("{place}/address")) } else { None }
    };
    let mut macs: Vec<Mark> = names.into_iter().take(MOST).filter_map(address).map(|mac| Mark::of(&mac)).collect();
    macs.sort_unstable();
    macs.dedup();
    macs
}
