//! Folds connections: client ports tell nothing, and there may be thousands of them.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use terrier_shared::latest::section::connections::{Connection, Direction};
use terrier_shared::latest::section::processes::Owner;
use terrier_shared::latest::section::sockets::Transport;

use super::table::{Socket, State};

/// Connected sockets as connections, sorted, each combination once with how many there are.
///
/// A connection to a port on which this host listens came in; any other went out. Of a connection between two
/// programs of this host both ends are there, one of each kind.
pub(in crate::collect) fn fold(sockets: &[Socket], owner: impl Fn(&Socket) -> Owner) -> Vec<Connection> {
    let doors = Doors::of(sockets);
    let mut counts: BTreeMap<Connection, u32> = BTreeMap::new();
    for socket in sockets.iter().filter(|socket| socket.state == State::Connected) {
        let ((local_address, local_port), (remote_address, remote_port)) = (socket.local, socket.remote);
        let came_in = doors.lead_to(socket.transport, local_address, local_port);
        let direction = if came_in { Direction::Incoming } else { Direction::Outgoing };
        let connection = Connection {
            direction,
            transport: socket.transport,
            owner: owner(socket),
            remote_address,
            port: if came_in { local_port } else { remote_port },
            local_address,
            count: 0,
        };
        let count = counts.entry(connection).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().map(|(connection, count)| Connection { count, ..connection }).collect()
}

/// Where this host listens.
struct Doors(HashSet<(Transport, IpAddr, u16)>);

impl Doors {
    fn of(sockets: &[Socket]) -> Self {
        let open = sockets.iter().filter(|socket| socket.state == State::Open);
        Self(open.map(|socket| (socket.transport, socket.local.0, socket.local.1)).collect())
    }

    /// A socket on `::` accepts both families, one on `0.0.0.0` its own.
    fn lead_to(&self, transport: Transport, address: IpAddr, port: u16) -> bool {
        let anywhere_v6 = IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED);
        let anywhere_v4 = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let has = |address: IpAddr| self.0.contains(&(transport, address, port));
        has(address) || has(anywhere_v6) || (address.is_ipv4() && has(anywhere_v4))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use terrier_shared::latest::section::connections::{Connection, Direction};
    use terrier_shared::latest::section::processes::Owner;
    use terrier_shared::latest::section::sockets::Transport;

    use super::{Socket, State, fold};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn open(address: &str, port: u16) -> Socket {
        let nowhere = (ip("0.0.0.0"), 0);
        let local = (ip(address), port);
        Socket { transport: Transport::Tcp, state: State::Open, local, remote: nowhere, inode: 1, uid: 0 }
    }

    fn connected(local: (&str, u16), remote: (&str, u16)) -> Socket {
        let (local, remote) = ((ip(local.0), local.1), (ip(remote.0), remote.1));
        Socket { state: State::Connected, local, remote, ..open("0.0.0.0", 0) }
    }

    fn folded(sockets: &[Socket]) -> Vec<(Direction, String, u16, u32)> {
        let connections = fold(sockets, |_| Owner::default());
        connections
            .into_iter()
            .map(|c: Connection| (c.direction, c.remote_address.to_string(), c.port, c.count))
            .collect()
    }

    #[test]
    fn client_ports_are_folded_on_both_sides() {
        let sockets = [
            open("0.0.0.0", 80),
            connected(("10.0.0.1", 80), ("10.0.0.9", 40_001)),
            connected(("10.0.0.1", 80), ("10.0.0.9", 40_002)),
            connected(("10.0.0.1", 50_001), ("10.0.0.5", 5432)),
            connected(("10.0.0.1", 50_002), ("10.0.0.5", 5432)),
            connected(("10.0.0.1", 50_003), ("10.0.0.6", 5432)),
        ];
        assert_eq!(
            folded(&sockets),
            [
                (Direction::Outgoing, "10.0.0.5".to_owned(), 5432, 2),
                (Direction::Outgoing, "10.0.0.6".to_owned(), 5432, 1),
                (Direction::Incoming, "10.0.0.9".to_owned(), 80, 2),
            ]
        );
    }

    #[test]
    fn both_ends_of_a_connection_within_the_host_are_kept() {
        let sockets = [
            open("127.0.0.1", 6379),
            connected(("127.0.0.1", 6379), ("127.0.0.1", 45_000)),
            connected(("127.0.0.1", 45_000), ("127.0.0.1", 6379)),
        ];
        let directions: Vec<_> =
            folded(&sockets).into_iter().map(|(direction, _, port, _)| (direction, port)).collect();
        assert_eq!(directions, [(Direction::Outgoing, 6379), (Direction::Incoming, 6379)]);
    }

    #[test]
    fn a_listener_on_another_address_or_family_let_nobody_in() {
        let to_other_address = [open("10.0.0.2", 80), connected(("10.0.0.1", 80), ("10.0.0.9", 443))];
        assert_eq!(folded(&to_other_address)[0].0, Direction::Outgoing);
        let to_other_family = [open("0.0.0.0", 80), connected(("2001:db8::1", 80), ("2001:db8::9", 443))];
        assert_eq!(folded(&to_other_family)[0].0, Direction::Outgoing);
        let to_both_families = [open("::", 80), connected(("10.0.0.1", 80), ("10.0.0.9", 443))];
        assert_eq!(folded(&to_both_families)[0].0, Direction::Incoming);
    }
}
