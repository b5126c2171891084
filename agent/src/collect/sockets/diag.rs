//! Sockets by `sock_diag(7)`.

use netlink_packet_core::{Emitable as _, Parseable as _};
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP, IPPROTO_UDP, SOCK_DIAG_BY_FAMILY};
use netlink_packet_sock_diag::constants::{TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN};
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponseHeader, SocketId, StateFlags};
use terrier_shared::latest::section::sockets::Transport;

use super::plain;
use super::table::{Socket, State, Table};
use crate::collect::failure::Failure;
use crate::collect::host::{Family, Host};

pub(super) fn read(host: &Host, table: Table) -> Result<Vec<Socket>, Failure> {
    let answer = host.dump(Family::SockDiag, SOCK_DIAG_BY_FAMILY, &question(table), table.name)?;
    let messages = answer.messages().filter(|(kind, _)| *kind == SOCK_DIAG_BY_FAMILY);
    let sockets = messages.map(|(_, payload)| parse(table.transport, payload));
    sockets.filter_map(Result::transpose).collect()
}

fn question(table: Table) -> Vec<u8> {
    let open = if table.transport == Transport::Tcp { StateFlags::LISTEN } else { StateFlags::CLOSE };
    let request = InetRequest {
        family: if table.is_v6 { AF_INET6 } else { AF_INET },
        protocol: if table.transport == Transport::Tcp { IPPROTO_TCP } else { IPPROTO_UDP },
        extensions: ExtensionFlags::empty(),
        states: StateFlags::ESTABLISHED | open,
        socket_id: if table.is_v6 { SocketId::new_v6() } else { SocketId::new_v4() },
    };
    let mut bytes = vec![0; request.buffer_len()];
    request.emit(&mut bytes);
    bytes
}

fn parse(transport: Transport, payload: &[u8]) -> Result<Option<Socket>, Failure> {
    let header = InetResponseHeader::parse(payload)
        .map_err(|error| Failure::malformed("netlink sock_diag", error.to_string()))?;
    let Some(state) = state(transport, header.state) else { return Ok(None) };
    let id = header.socket_id;
    Ok(Some(Socket {
        transport,
        state,
        local: (plain(id.source_address), id.source_port),
        remote: (plain(id.destination_address), id.destination_port),
        inode: u64::from(header.inode),
        uid: header.uid,
    }))
}

/// The states of TCP serve UDP too: a connected socket is established, an unconnected one closed.
pub(super) fn state(transport: Transport, state: u8) -> Option<State> {
    match (transport, state) {
        (_, TCP_ESTABLISHED) => Some(State::Connected),
        (Transport::Tcp, TCP_LISTEN) | (Transport::Udp, TCP_CLOSE) => Some(State::Open),
        _ => None,
    }
}
