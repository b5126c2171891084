//! Addresses of interfaces, by `RTM_GETADDR`.

use std::collections::BTreeMap;

use netlink_packet_core::Parseable as _;
use netlink_packet_route::address::{AddressAttribute, AddressHeaderFlags, AddressMessage};
use terrier_shared::latest::section::network::Address;

use super::undecodable;
use crate::collect::failure::Failure;
use crate::collect::host::{Family, Host};

const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
/// `struct ifaddrmsg` of zeroes: every family.
const QUESTION: [u8; 8] = [0; 8];

/// Addresses by the index of their interface.
pub(super) fn read(host: &Host) -> Result<BTreeMap<u32, Vec<Address>>, Failure> {
    let answer = host.dump(Family::Route, RTM_GETADDR, &QUESTION, "addresses")?;
    let mut addresses: BTreeMap<u32, Vec<Address>> = BTreeMap::new();
    for (_, payload) in answer.messages().filter(|(kind, _)| *kind == RTM_NEWADDR) {
        let message = AddressMessage::parse(payload).map_err(|error| undecodable("addresses", &error))?;
        if let Some(address) = describe(&message) {
            addresses.entry(message.header.index).or_default().push(address);
        }
    }
    Ok(addresses)
}

/// Of a point-to-point interface `Local` is this end and `Address` the other one; elsewhere they are the same.
fn describe(message: &AddressMessage) -> Option<Address> {
    let own = message.attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Local(address) => Some(*address),
        _ => None,
    });
    let address = own.or_else(|| {
        message.attributes.iter().find_map(|attribute| match attribute {
            AddressAttribute::Address(address) => Some(*address),
            _ => None,
        })
    })?;
    Some(Address {
        address,
        prefix: message.header.prefix_len,
        dynamic: !message.header.flags.contains(AddressHeaderFlags::Permanent),
    })
}

#[cfg(test)]
mod tests {
    use netlink_packet_route::address::{AddressAttribute, AddressHeaderFlags, AddressMessage};

    use super::describe;

    #[test]
    fn this_end_of_a_point_to_point_link_is_the_address() {
        let mut message = AddressMessage::default();
        message.header.prefix_len = 32;
        message.attributes = vec![
            AddressAttribute::Address("10.0.0.2".parse().unwrap()),
            AddressAttribute::Local("10.0.0.1".parse().unwrap()),
        ];
        let address = describe(&message).unwrap();
        assert_eq!((address.address.to_string(), address.dynamic), ("10.0.0.1".to_owned(), true));
        message.header.flags = AddressHeaderFlags::Permanent;
        message.attributes.pop();
        let address = describe(&message).unwrap();
        assert_eq!((address.address.to_string(), address.dynamic), ("10.0.0.2".to_owned(), false));
    }
}
