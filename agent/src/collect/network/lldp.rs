//! A frame of the Link Layer Discovery Protocol (IEEE 802.1AB-2016, clause 8).

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use terrier_shared::latest::section::network::Neighbour;

use crate::collect::bounds::clip;

/// Addresses of source and destination, and the type of what follows.
const ETHERNET_BYTES: usize = 14;
const ETHERTYPE: [u8; 2] = [0x88, 0xcc];
/// Most addresses of one neighbour.
const ADDRESSES: usize = 64;
/// `IanaAddressFamilyNumbers`
const IPV4: u8 = 1;
const IPV6: u8 = 2;
/// IEEE 802.1, and its port VLAN identifier (IEEE 802.1Q, D.2.1).
const PORT_VLAN: [u8; 4] = [0x00, 0x80, 0xc2, 1];

/// What a frame says; absent for one that is no LLDP, says not who sent it, or takes itself back.
pub(super) fn neighbour(frame: &[u8]) -> Option<Neighbour> {
    let (header, mut rest) = frame.split_at_checked(ETHERNET_BYTES)?;
    if !header.ends_with(&ETHERTYPE) {
        return None;
    }
    let mut found = Neighbour::default();
    let mut lives = false;
    while let Some((kind, value, after)) = element(rest) {
        rest = after;
        match kind {
            0 => break,
            1 => found.chassis = identifier(value, 4, 5),
            2 => found.port = identifier(value, 3, 4),
            3 => lives = value.first_chunk::<2>().is_some_and(|seconds| *seconds != [0, 0]),
            4 => found.port_description = text(value),
            5 => found.name = text(value),
            6 => found.description = text(value),
            8 => found.addresses.extend(management_address(value)),
            127 => found.vlan = found.vlan.or_else(|| port_vlan(value)),
            _ => {}
        }
    }
    found.addresses.truncate(ADDRESSES);
    found.addresses.sort_unstable();
    found.addresses.dedup();
    (lives && !found.chassis.is_empty() && !found.port.is_empty()).then_some(found)
}

/// Seven bits say what it is, nine how long it is.
fn element(rest: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (header, after) = rest.split_first_chunk::<2>()?;
    let header = u16::from_be_bytes(*header);
    let (value, after) = after.split_at_checked(usize::from(header & 0x1ff))?;
    Some((u8::try_from(header >> 9).ok()?, value, after))
}

/// The first byte says whether it is a hardware address, a network address, or text of one sort or another.
fn identifier(value: &[u8], hardware: u8, network: u8) -> String {
    let Some((kind, value)) = value.split_first() else { return String::new() };
    let address = if *kind == hardware && value.len() == 6 {
        Some(hexadecimal(value))
    } else if *kind == network {
        value.split_first().and_then(|(family, address)| Some(network_address(*family, address)?.to_string()))
    } else {
        None
    };
    address.or_else(|| text(value)).unwrap_or_default()
}

fn hexadecimal(value: &[u8]) -> String {
    value.iter().fold(String::new(), |mut text, byte| {
        let separator = if text.is_empty() { "" } else { ":" };
        let _infallible = write!(text, "{separator}{byte:02x}");
        text
    })
}

/// As text where it is; an identifier that is bytes as their hexadecimal digits.
fn text(value: &[u8]) -> Option<String> {
    let value = value.split(|byte| *byte == 0).next().filter(|text| !text.is_empty()).unwrap_or(value);
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => hexadecimal(value),
    };
    (!text.is_empty() && text.chars().any(|char| !char.is_control())).then(|| clip(text))
}

/// Its length counts the family too.
fn management_address(value: &[u8]) -> Option<IpAddr> {
    let (length, rest) = value.split_first()?;
    let (family, address) = rest.get(..usize::from(*length))?.split_first()?;
    network_address(*family, address)
}

fn network_address(family: u8, address: &[u8]) -> Option<IpAddr> {
    match family {
        IPV4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(address).ok()?).into()),
        IPV6 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(address).ok()?).into()),
        _ => None,
    }
}

/// 0 is for a port that has none.
fn port_vlan(value: &[u8]) -> Option<u16> {
    let number = value.strip_prefix(&PORT_VLAN)?.first_chunk()?;
    Some(u16::from_be_bytes(*number)).filter(|number| *number != 0)
}

#[cfg(test)]
mod tests {
    use super::neighbour;

    fn frame(elements: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; 12];
        bytes.extend([0x88, 0xcc]);
        for (kind, value) in elements {
            let header = u16::from(*kind) << 9 | u16::try_from(value.len()).unwrap();
            bytes.extend(header.to_be_bytes());
            bytes.extend(*value);
        }
        bytes
    }

    const PORT: (u8, &[u8]) = (2, b"\x05Gi1/0/7");
    const LIFE: (u8, &[u8]) = (3, &[0, 120]);

    #[test]
    fn who_it_is_may_be_a_hardware_address_a_network_address_or_text() {
        let chassis = |value: &[u8]| neighbour(&frame(&[(1, value), PORT, LIFE])).map(|found| found.chassis);
        assert_eq!(chassis(&[4, 0, 0x1b, 0x21, 1, 2, 0xff]).as_deref(), Some("00:1b:21:01:02:ff"));
        assert_eq!(chassis(&[5, 1, 10, 0, 0, 1]).as_deref(), Some("10.0.0.1"));
        assert_eq!(chassis(b"\x07core1").as_deref(), Some("core1"));
        assert_eq!(chassis(&[7, 0xff, 0xfe]).as_deref(), Some("ff:fe"));
        assert_eq!(chassis(&[4]), None);
    }

    #[test]
    fn a_neighbour_that_takes_itself_back_or_does_not_say_who_it_is_is_none() {
        let chassis: (u8, &[u8]) = (1, b"\x07core1");
        assert!(neighbour(&frame(&[chassis, PORT, LIFE])).is_some());
        assert!(neighbour(&frame(&[chassis, PORT, (3, &[0, 0])])).is_none());
        assert!(neighbour(&frame(&[chassis, PORT])).is_none());
        assert!(neighbour(&frame(&[PORT, LIFE])).is_none());
        assert!(neighbour(&frame(&[(0, &[]), chassis, PORT, LIFE])).is_none(), "after the end");
    }

    #[test]
    fn an_element_that_is_longer_than_the_frame_ends_it() {
        let mut bytes = frame(&[(1, b"\x07core1"), PORT, LIFE]);
        bytes.extend([0x0b, 0xff, b'x']);
        assert_eq!(neighbour(&bytes).unwrap().name, None);
    }

    proptest::proptest! {
        #[test]
        fn any_frame_is_read_without_harm(body: Vec<u8>) {
            let mut bytes = frame(&[(1, b"\x07core1"), PORT, LIFE]);
            bytes.extend(&body);
            let _ = (neighbour(&bytes), neighbour(&body));
        }
    }
}
