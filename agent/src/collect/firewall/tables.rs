//! Whether the kernel filters packets now: by its tables of nftables (`nf_tables.h`), in which iptables keeps its
//! rules too, but for the old variant.

use crate::collect::host::{Family, Host};

const GET_CHAIN: u16 = (NFTABLES << 8) | 4;
const NEW_CHAIN: u16 = (NFTABLES << 8) | 3;
/// The subsystem's number in the upper half of a message's type (`nfnetlink.h`).
const NFTABLES: u16 = 10;
/// Any family of protocols, version 0, no resource: `struct nfgenmsg`.
const QUESTION: [u8; 4] = [0; 4];
const HOOK: u16 = 4;
const POLICY: u16 = 5;
const USE: u16 = 6;
const TYPE: u16 = 7;
/// `NF_DROP`, of `netfilter.h`.
const DROP: [u8; 4] = [0; 4];
/// Bits of an attribute's type that say how it is encoded (netlink(7)).
const FLAGS: u16 = 0xc000;
/// Tables of the old variant of iptables; root alone may read them.
const OLD: [&str; 2] = ["/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"];

/// Whether a chain that filters has rules, or drops what no rule takes; absent where this user may not ask, or the
/// old variant has tables, whose rules cannot be asked for in this way.
pub(super) fn filtering(host: &Host) -> Option<bool> {
    let answer = host.dump(Family::Netfilter, GET_CHAIN, &QUESTION, "chains").ok()?;
    let mut chains = answer.messages().filter(|(kind, _)| *kind == NEW_CHAIN);
    let filters = chains.any(|(_, payload)| does_filter(payload.get(QUESTION.len()..).unwrap_or_default()));
    if filters { Some(true) } else { OLD.iter().all(|place| has_none(host, place)).then_some(false) }
}

fn has_none(host: &Host, place: &str) -> bool {
    host.find(place, 4 << 10).is_ok_and(|names| names.is_none_or(|names| names.trim_ascii().is_empty()))
}

fn does_filter(attributes: &[u8]) -> bool {
    let value = |wanted: u16| split(attributes).find(|(kind, _)| *kind == wanted).map(|(_, value)| value);
    let is_filter = value(HOOK).is_some() && value(TYPE).is_some_and(|name| name.starts_with(b"filter"));
    let is_used = value(USE).is_some_and(|count| count.iter().any(|byte| *byte != 0));
    is_filter && (is_used || value(POLICY) == Some(&DROP))
}

/// The attributes: length and type of two bytes each, then the value, up to a multiple of four (netlink(7)).
fn split(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let [a, b, c, d] = *rest.first_chunk()?;
        let length = usize::from(u16::from_ne_bytes([a, b]));
        let value = rest.get(4..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_ne_bytes([c, d]) & !FLAGS, value))
    })
}

#[cfg(test)]
mod tests {
    use super::does_filter;

    fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len() + 4).unwrap();
        let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn chain(name: &[u8], policy: u32, used: u32) -> Vec<u8> {
        [
            attribute(0x8004, &[0; 16]),
            attribute(5, &policy.to_be_bytes()),
            attribute(7, name),
            attribute(6, &used.to_be_bytes()),
        ]
        .concat()
    }

    #[test]
    fn a_chain_filters_if_it_has_rules_or_drops() {
        assert!(does_filter(&chain(b"filter\0", 1, 3)));
        assert!(does_filter(&chain(b"filter\0", 0, 0)));
        assert!(!does_filter(&chain(b"filter\0", 1, 0)));
        assert!(!does_filter(&chain(b"nat\0", 1, 3)));
        assert!(!does_filter(&attribute(6, &[0, 0, 0, 9])));
        let whole = chain(b"filter\0", 1, 3);
        assert!(!does_filter(&whole[..whole.len() - 1]));
    }
}
