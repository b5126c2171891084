//! What a certificate is for: `subjectAltName` (RFC 5280, 4.2.1.6).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::der::Elements;
use super::distinguished_name;
use crate::collect::bounds::clip;

const MAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const ADDRESS: u8 = 0x87;
/// Most names of one certificate that are told; some authorities put hundreds into one.
const NAMES: usize = 1_000;

/// The names, sorted, each with its kind. Kinds that only programs of one maker know are left out.
pub(super) fn read(names: Elements<'_>) -> Vec<String> {
    let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
    let told = names.filter_map(|name| match name.tag {
        DNS => Some(format!("DNS:{}", text(name.content))),
        MAIL => Some(format!("email:{}", text(name.content))),
        URI => Some(format!("URI:{}", text(name.content))),
        ADDRESS => address(name.content).map(|address| format!("IP:{address}")),
        DIRECTORY => {
            let sets = Elements::of(name.content).next()?.content;
            distinguished_name::read(sets).map(|name| format!("DirName:{name}"))
        }
        _ => None,
    });
    let mut told: Vec<String> = told.map(clip).collect();
    told.sort_unstable();
    told.dedup();
    told.truncate(NAMES);
    told
}

fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).to_string())).ok()
}
