//! What systemd-networkd(8) has heard by LLDP, from `/run/systemd/netif/lldp/<index>`.
//!
//! Each file holds the frames of one interface, each after its length in eight bytes, little endian
//! (`manager_save_lldp_neighbors` in systemd's source). lldpd(8) tells only root and its own group.

use std::collections::BTreeMap;

use terrier_shared::latest::section::network::Neighbour;

use super::lldp;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/run/systemd/netif/lldp";
/// Networkd keeps 128 neighbours of an interface, each of one frame.
const FILE_BYTES: usize = 1 << 20;
const NEIGHBOURS_PER_INTERFACE: usize = 128;

/// By interface, then by who they are.
pub(super) fn read(host: &Host, names: &BTreeMap<u32, String>) -> Result<Vec<Neighbour>, Failure> {
    let mut neighbours = Vec::new();
    for file in host.find_names(PLACE)? {
        // A file whose interface has gone is one that networkd has yet to remove.
        let Some(interface) = file.parse().ok().and_then(|index: u32| names.get(&index)) else { continue };
        let Some(bytes) = host.find(format!("{PLACE}/{file}"), FILE_BYTES)? else { continue };
        // The frames are of whoever is on the wire: one that is broken says nothing of the others.
        let heard = frames(&bytes).take(NEIGHBOURS_PER_INTERFACE).filter_map(lldp::neighbour);
        neighbours.extend(heard.map(|neighbour| Neighbour { interface: interface.clone(), ..neighbour }));
    }
    neighbours.sort_unstable();
    neighbours.dedup();
    Ok(neighbours)
}

fn frames(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (frame, after) = after.split_at_checked(length)?;
        rest = after;
        Some(frame)
    })
}

#[cfg(test)]
mod tests {
    use super::frames;

    #[test]
    fn frames_end_where_a_length_does_not_fit() {
        let bytes = [&[2, 0, 0, 0, 0, 0, 0, 0, 7, 8][..], &[255; 8], &[1]].concat();
        assert_eq!(frames(&bytes).collect::<Vec<_>>(), [[7, 8]]);
        assert_eq!(frames(&[1, 0, 0]).count(), 0);
    }
}
