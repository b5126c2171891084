//! Network traffic, from `/proc/net/dev` (`proc_pid_net(5)`).

use std::collections::BTreeMap;

use super::number::per_second;
use super::{Reading, sampler};
use crate::collect::host::Host;

const LIMIT: usize = 4 << 20;

/// Counters since the interface was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    received_bytes: u64,
    sent_bytes: u64,
}

/// Counters by interface, without the loopback and the virtual ports of a bridge, which show the same traffic twice.
pub(super) fn read(host: &Host) -> BTreeMap<String, Traffic> {
    let text = host.text("/proc/net/dev", LIMIT).unwrap_or_default();
    let interfaces = text.lines().filter_map(parse).filter(|(name, _)| is_wanted(host, name));
    interfaces.take(sampler::DIMENSIONS).map(|(name, traffic)| (name.to_owned(), traffic)).collect()
}

fn is_wanted(host: &Host, name: &str) -> bool {
    let has = |what: &str| host.exists(format!("/sys/class/net/{name}/{what}"));
    name != "lo" && (has("device") || !has("master"))
}

/// `name: received_bytes packets errs drop fifo frame compressed multicast sent_bytes …`
fn parse(line: &str) -> Option<(&str, Traffic)> {
    let (name, counters) = line.rsplit_once(':')?;
    let counters: Option<Vec<u64>> = counters.split_whitespace().map(|word| word.parse().ok()).collect();
    let counters = counters?;
    Some((name.trim(), Traffic { received_bytes: *counters.first()?, sent_bytes: *counters.get(8)? }))
}

impl Traffic {
    pub(super) fn report(self, before: Self, elapsed_ms: u64, name: &str, reading: &mut Reading) {
        if let Some(rate) = per_second(before.received_bytes, self.received_bytes, elapsed_ms) {
            reading.push_of("network_receive_bytes_per_second", name, rate);
        }
        if let Some(rate) = per_second(before.sent_bytes, self.sent_bytes, elapsed_ms) {
            reading.push_of("network_transmit_bytes_per_second", name, rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Traffic, parse};

    #[test]
    fn a_name_may_hold_a_colon_and_stand_against_its_first_counter() {
        let line = "eth0:1:1500 1 0 0 0 0 0 0 600 2 0 0 0 0 0 0";
        assert_eq!(parse(line), Some(("eth0:1", Traffic { received_bytes: 1500, sent_bytes: 600 })));
    }

    #[test]
    fn the_headings_are_no_interface() {
        assert_eq!(parse(" face |bytes    packets errs drop fifo frame compressed multicast|bytes"), None);
    }
}
