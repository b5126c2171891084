//! Sockets by `/proc/net/tcp` and its like (`proc_pid_net(5)`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::table::{Socket, Table};
use super::{diag, plain};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const LIMIT: usize = 32 << 20;

/// Without IPv6 there is no file for it; without IPv4's there are no sockets to be known.
pub(super) fn read(host: &Host, table: Table) -> Result<Vec<Socket>, Failure> {
    let path = format!("/proc/net/{}", table.name);
    let text = match host.text(&path, LIMIT) {
        Err(failure) if failure.is_not_found() && table.is_v6 => return Ok(Vec::new()),
        text => text?,
    };
    let mut sockets = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let malformed = || Failure::malformed(&path, format!("line {} is no socket", number + 1));
        sockets.extend(parse(line).ok_or_else(malformed)?.socket(table));
    }
    Ok(sockets)
}

/// A line of the file.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    state: u8,
    local: (IpAddr, u16),
    remote: (IpAddr, u16),
    inode: u64,
    uid: u32,
}

/// `sl local remote st queues timer retransmits uid timeout inode …`
fn parse(line: &str) -> Option<Line> {
    let fields: Vec<&str> = line.split_whitespace().take(10).collect();
    let field = |index: usize| fields.get(index).copied();
    Some(Line {
        state: u8::from_str_radix(field(3)?, 16).ok()?,
        local: end(field(1)?)?,
        remote: end(field(2)?)?,
        inode: field(9)?.parse().ok()?,
        uid: field(7)?.parse().ok()?,
    })
}

impl Line {
    /// Nothing for a socket that is neither open nor connected.
    fn socket(self, table: Table) -> Option<Socket> {
        let Self { state, local, remote, inode, uid } = self;
        let state = diag::state(table.transport, state)?;
        Some(Socket { transport: table.transport, state, local, remote, inode, uid })
    }
}

/// `0100007F:1F90`: the address as words of 32 bits in the host's byte order, the port as a number.
fn end(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let (words, rest) = address.as_bytes().as_chunks::<8>();
    if !rest.is_empty() {
        return None;
    }
    let word = |digits: &[u8; 8]| Some(u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?.to_ne_bytes());
    let bytes: Option<Vec<[u8; 4]>> = words.iter().map(word).collect();
    let address = match bytes?.as_slice() {
        [v4] => IpAddr::V4(Ipv4Addr::from(*v4)),
        v6 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(v6.concat()).ok()?)),
    };
    Some((plain(address), port))
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::section::sockets::Transport;

    use super::{Table, end, parse};

    const TCP: Table = Table { name: "tcp", transport: Transport::Tcp, is_v6: false };

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_are_read_in_the_hosts_byte_order() {
        let (address, port) = end("0100007F:1F90").unwrap();
        assert_eq!((address.to_string(), port), ("127.0.0.1".to_owned(), 8080));
        let (address, _) = end("00000000000000000000000001000000:0016").unwrap();
        assert_eq!(address.to_string(), "::1");
        let (address, _) = end("0000000000000000FFFF00000100007F:0016").unwrap();
        assert_eq!(address.to_string(), "127.0.0.1");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", ":", "0100007F", "0100007F:", "0100007F:10000", "XX00007F:0001", "0100007F00:0001", "01:1"] {
            assert_eq!(end(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_without_its_inode_is_refused_and_one_that_closes_is_passed_over() {
        assert_eq!(parse("0: 0100007F:1F90 00000000:0000 0A 0:0 0:0 0 1000 0"), None);
        let closing = parse("0: 0100007F:1F90 00000000:0000 06 0:0 0:0 0 0 0 0").unwrap();
        assert_eq!(closing.socket(TCP), None);
    }
}
