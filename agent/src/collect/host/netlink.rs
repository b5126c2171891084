//! Questions to the kernel by netlink(7).

use std::io;
use std::path::Path;

use netlink_packet_core::{NLM_F_DUMP, NLM_F_DUMP_INTR, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, NetlinkBuffer};
use netlink_sys::protocols::{NETLINK_NETFILTER, NETLINK_ROUTE, NETLINK_SOCK_DIAG};
use netlink_sys::{Socket, SocketAddr};

use super::{Host, Kernel};
use crate::collect::failure::Failure;

/// Most bytes of an answer: some 300 000 sockets.
const ANSWER_BYTES: usize = 32 << 20;
/// What the kernel puts into one datagram at most.
const DATAGRAM_BYTES: usize = 64 << 10;
const HEADER_BYTES: usize = 16;
/// How often a question is asked again when the tables changed while they were listed.
const TRIES: usize = 3;

/// Who is asked in the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// nfnetlink: packet filters. It answers who has `CAP_NET_ADMIN` alone.
    Netfilter,
    /// rtnetlink(7): links, addresses, routes.
    Route,
    /// `sock_diag(7)`: sockets.
    SockDiag,
}

impl Family {
    const fn protocol(self) -> isize {
        match self {
            Self::Netfilter => NETLINK_NETFILTER,
            Self::Route => NETLINK_ROUTE,
            Self::SockDiag => NETLINK_SOCK_DIAG,
        }
    }
}

impl Host {
    /// All that the kernel lists for a question: the payloads of its messages, in its order.
    ///
    /// `kind` and `body` are the question; `recorded` is the name below `netlink/` under which a root that is not
    /// live keeps the answer, byte for byte as it came from the socket.
    ///
    /// # Errors
    ///
    /// [`Failure`] names the interface: the kernel does not have it, refuses it, or lists more than the agent keeps.
    pub fn dump(&self, family: Family, kind: u16, body: &[u8], recorded: &str) -> Result<Answer, Failure> {
        if self.kernel == Kernel::Recorded {
            return self.read(Path::new("/netlink").join(recorded), ANSWER_BYTES).map(Answer);
        }
        let name = format!("netlink {recorded}");
        let failed = |error: io::Error| Failure::io(Path::new(&name), &error);
        for _ in 0..TRIES {
            match ask(family, kind, body).map_err(failed)? {
                Heard::All(answer) => return Ok(Answer(answer)),
                Heard::Interrupted => {}
                Heard::TooMuch => return Err(Failure::TooLarge { what: name, limit: ANSWER_BYTES, unit: "bytes" }),
            }
        }
        Err(Failure::Io { what: name, problem: "the tables changed each time they were listed".to_owned() })
    }
}

/// The messages of an answer, one after the other.
#[derive(Debug)]
pub struct Answer(Vec<u8>);

impl Answer {
    /// The payload of each message with its type.
    pub fn messages(&self) -> impl Iterator<Item = (u16, &[u8])> {
        split(&self.0).filter(|message| message.kind >= 16).map(|message| (message.kind, message.payload))
    }
}

enum Heard {
    All(Vec<u8>),
    Interrupted,
    TooMuch,
}

fn ask(family: Family, kind: u16, body: &[u8]) -> io::Result<Heard> {
    let mut socket = Socket::new(family.protocol())?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    socket.send(&request(kind, body), 0)?;
    let mut answer = Vec::new();
    let mut datagram = Vec::with_capacity(DATAGRAM_BYTES);
    let mut interrupted = false;
    loop {
        datagram.clear();
        socket.recv(&mut datagram, 0)?;
        if answer.len() + datagram.len() > ANSWER_BYTES {
            return Ok(Heard::TooMuch);
        }
        answer.extend_from_slice(&datagram);
        for message in split(&datagram) {
            interrupted |= message.flags & NLM_F_DUMP_INTR != 0;
            match message.kind {
                NLMSG_ERROR => return Err(refusal(message.payload)),
                NLMSG_DONE if interrupted => return Ok(Heard::Interrupted),
                NLMSG_DONE => return Ok(Heard::All(answer)),
                _ => {}
            }
        }
    }
}

fn request(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = HEADER_BYTES + body.len();
    let mut bytes = vec![0; length];
    let mut header = NetlinkBuffer::new(&mut bytes);
    header.set_length(u32::try_from(length).unwrap_or_default());
    header.set_message_type(kind);
    header.set_flags(NLM_F_REQUEST | NLM_F_DUMP);
    header.payload_mut().copy_from_slice(body);
    bytes
}

fn refusal(payload: &[u8]) -> io::Error {
    let code = payload.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes));
    io::Error::from_raw_os_error(code.saturating_neg())
}

struct Message<'a> {
    kind: u16,
    flags: u16,
    payload: &'a [u8],
}

/// Splits a datagram at its headers; what is shorter than its header says ends it.
fn split(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let header = NetlinkBuffer::new_checked(rest).ok()?;
        let length = usize::try_from(header.length()).ok()?;
        let message =
            Message { kind: header.message_type(), flags: header.flags(), payload: rest.get(HEADER_BYTES..length)? };
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    })
}

#[cfg(test)]
mod tests {
    use super::{Answer, Family, Host, request};

    #[test]
    fn a_truncated_message_ends_the_answer_and_nothing_else() {
        let mut bytes = request(20, b"abcd");
        bytes.extend(request(20, b"efgh"));
        bytes.truncate(bytes.len() - 1);
        let answer = Answer(bytes);
        assert_eq!(answer.messages().collect::<Vec<_>>(), [(20, &b"abcd"[..])]);
    }

    #[test]
    fn an_answer_that_was_not_recorded_is_not_there() {
        let root = tempfile::tempdir().unwrap();
        let failure = Host::at(root.path()).dump(Family::Route, 18, &[], "links").unwrap_err();
        assert_eq!(failure.to_string(), "/netlink/links is not there");
    }

    #[test]
    fn the_kernel_lists_its_links() {
        let answer = Host::live().dump(Family::Route, 18, &[0; 16], "links").unwrap();
        assert!(answer.messages().count() >= 1);
    }
}
