//! Name servers and search domains, from resolv.conf(5).

use std::net::IpAddr;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/etc/resolv.conf";
const LIMIT: usize = 1 << 20;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resolvers {
    pub(super) nameservers: Vec<IpAddr>,
    pub(super) search_domains: Vec<String>,
}

/// Nothing where there is no such file: then names are looked up on this host.
pub(super) fn read(host: &Host) -> Result<Resolvers, Failure> {
    Ok(parse(&String::from_utf8_lossy(&host.find(PLACE, LIMIT)?.unwrap_or_default())))
}

/// Lines that the resolver does not understand it ignores, and so does this; of `search` and `domain` the last counts.
fn parse(text: &str) -> Resolvers {
    let mut resolvers = Resolvers::default();
    for line in text.lines().filter(|line| !line.starts_with(['#', ';'])) {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => {
                let address: Option<IpAddr> = words.next().and_then(|word| word.split('%').next()?.parse().ok());
                resolvers.nameservers.extend(address);
            }
            Some("search" | "domain") => resolvers.search_domains = words.map(|word| clip(word.to_owned())).collect(),
            _ => {}
        }
    }
    resolvers
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn name_servers_keep_their_order_and_the_last_search_counts() {
        let text = "# nameserver 9.9.9.9\nnameserver 10.0.0.2\nnameserver fe80::1%eth0\nnameserver bad\n\
            domain example.org\nsearch a.example.org\tb.example.org\noptions ndots:2\n";
        let found = parse(text);
        assert_eq!(found.nameservers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.2", "fe80::1"]);
        assert_eq!(found.search_domains, ["a.example.org", "b.example.org"]);
    }
}
