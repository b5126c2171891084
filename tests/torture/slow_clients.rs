//! Hosts that hold connections open for nothing, while honest agents report.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use serde_json::json;
use terrier_server::kernel::clock::Clock;
use terrier_shared::latest::paths;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::figures::Figures;
use super::load::Fleet;
use super::oracle::judge;
use super::{runs, wait_until};
use crate::harness::agent::{batch, gzip, message, report};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, request};
use crate::harness::process::{Launch, ServerProcess};
use crate::harness::server::trusting;

const AGENTS: u64 = 4;

/// How a connection is held.
#[derive(Debug, Clone, Copy)]
enum Hold {
    /// Not one byte of the handshake.
    SilentHandshake,
    /// The first bytes of the handshake.
    HalfHandshake,
    /// A handshake, and no request.
    NoHead,
    /// Half of a request's head.
    HalfHead,
    /// A head, and not one byte of the body.
    NoBody,
    /// Half of a body.
    HalfBody,
    /// Half of a body that would be 200 MiB.
    HalfBomb,
    /// A request and its answer, and then nothing.
    Idle,
    /// Requests without end, whose answers nobody reads.
    UnreadAnswers,
    /// The same at the people's listener.
    UnreadPages,
}

const HOLDS: [Hold; 10] = [
    Hold::SilentHandshake,
    Hold::HalfHandshake,
    Hold::NoHead,
    Hold::HalfHead,
    Hold::NoBody,
    Hold::HalfBody,
    Hold::HalfBomb,
    Hold::Idle,
    Hold::UnreadAnswers,
    Hold::UnreadPages,
];

/// A connection that is held until this goes.
struct Held {
    /// By which the server's end is found.
    port: u16,
    _connection: Kept,
}

enum Kept {
    Tcp(#[expect(dead_code, reason = "it is open as long as it is kept")] TcpStream),
    Tls(#[expect(dead_code, reason = "it is open as long as it is kept")] Box<Connection>),
}

/// What to hold connections with.
struct Hostile {
    to: SocketAddr,
    people: SocketAddr,
    stranger: Arc<ClientConfig>,
    bomb: Vec<u8>,
}

impl Hostile {
    fn new(server: &ServerProcess) -> Self {
        let stranger = Arc::new(trusting(&server.authority_pem(), &Clock::system()).with_no_client_auth());
        let zeroes = vec![b'0'; 200 << 20];
        let (to, people) = server.addresses();
        Self { to, people, stranger, bomb: gzip(&zeroes) }
    }

    /// Holds a connection, as the agent that `tls` is where it takes one.
    async fn hold(&self, hold: Hold, tls: &Arc<ClientConfig>) -> std::io::Result<Held> {
        if matches!(hold, Hold::SilentHandshake | Hold::HalfHandshake) {
            let mut tcp = TcpStream::connect(self.to).await?;
            if matches!(hold, Hold::HalfHandshake) {
                tcp.write_all(&[22, 3, 1, 2, 0, 1, 0]).await?;
            }
            return Ok(Held { port: tcp.local_addr()?.port(), _connection: Kept::Tcp(tcp) });
        }
        if matches!(hold, Hold::UnreadAnswers | Hold::UnreadPages) {
            return self.leave_unread(hold, tls).await;
        }
        let is_stranger = matches!(hold, Hold::NoHead | Hold::HalfHead);
        let tcp = TcpStream::connect(self.to).await?;
        let port = tcp.local_addr()?.port();
        let mut connection = Connection::open_on(tcp, if is_stranger { &self.stranger } else { tls }).await?;
        let full = report(1, "full", Some("os"), &json!({"id": "debian"}));
        let body = gzip(batch(&[full]).to_string().as_bytes());
        let whole = message(paths::REPORTS, &body, &[]);
        let bomb = message(paths::REPORTS, &self.bomb, &[]);
        let heartbeat = message(paths::REPORTS, &gzip(batch(&[]).to_string().as_bytes()), &[]);
        let sent = match hold {
            Hold::HalfHead => &whole[..40],
            Hold::NoBody => &whole[..whole.len() - body.len()],
            Hold::HalfBody => &whole[..whole.len() - body.len() / 2],
            Hold::HalfBomb => &bomb[..bomb.len() / 2],
            Hold::Idle => &heartbeat[..],
            _ => &[],
        };
        connection.send(sent).await?;
        if matches!(hold, Hold::Idle) {
            connection.receive().await.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        }
        Ok(Held { port, _connection: Kept::Tls(Box::new(connection)) })
    }

    /// Asks until the server has no room for answers any more, with as little room of its own as there can be.
    async fn leave_unread(&self, hold: Hold, tls: &Arc<ClientConfig>) -> std::io::Result<Held> {
        let heartbeat = message(paths::REPORTS, &gzip(batch(&[]).to_string().as_bytes()), &[]);
        let page = request("GET", "/metrics", &[], b"");
        let (to, tls, asked) = match hold {
            Hold::UnreadPages => (self.people, &self.stranger, page),
            _ => (self.to, tls, heartbeat),
        };
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        let tcp = socket.connect(to).await?;
        let port = tcp.local_addr()?.port();
        let mut connection = Connection::open_on(tcp, tls).await?;
        while let Ok(Ok(())) = timeout(Duration::from_secs(1), connection.send(&asked)).await {}
        Ok(Held { port, _connection: Kept::Tls(Box::new(connection)) })
    }
}

/// How many of these connections the server has not closed (`proc_net(5)`): its ends are established, or have a file.
fn open_ends(server: &ServerProcess, held: &[Held]) -> usize {
    let port = |address: &str| u16::from_str_radix(address.rsplit_once(':').unwrap().1, 16).unwrap();
    let ours: HashSet<u16> = held.iter().map(|one| one.port).collect();
    let (agents, people) = server.addresses();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let lines = table.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let theirs = lines.filter(|line| [agents.port(), people.port()].contains(&port(line[1])));
    // One that was not accepted yet has no file.
    theirs.filter(|line| ours.contains(&port(line[2])) && (line[3] == "01" || line[9] != "0")).count()
}

/// How many sockets a process has open.
fn sockets(pid: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let targets = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// The most memory that a process has had at once, in mebibytes.
fn peak_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

#[test]
fn connections_that_are_held_for_nothing_are_closed_and_honest_agents_do_not_notice() {
    let environment = [("SLOW_BODY_MS", "1000"), ("BODY_MS", "3000")]
        .map(|(key, value)| (format!("TERRIER_SERVER_INGEST_{key}"), value.to_owned()));
    let server =
        ServerProcess::start_as(Backend::Sqlite, Launch { environment: environment.into(), through: Vec::new() });
    // All at once, or one after the other to tell them apart.
    let rounds: Vec<Vec<Hold>> =
        if super::is_long() { HOLDS.map(|hold| vec![hold]).into() } else { vec![HOLDS.into()] };
    let each = runs(3, 500);
    // One request of an agent at a time is served, so each connection is held by an agent of its own.
    let others = Fleet::enrol(&server, u64::try_from(each * rounds[0].len()).unwrap());
    let mut fleet = Fleet::enrol(&server, AGENTS);
    fleet.newcomer.enrolled.extend(others.agents.iter().map(|agent| agent.id.clone()));
    let identities: Vec<_> = others.agents.iter().map(super::load::Agent::tls).collect();
    let hostile = Arc::new(Hostile::new(&server));
    let base = sockets(server.pid());
    for holds in rounds {
        go_on_while_held(&server, &mut fleet, &hostile, (&holds, each), &identities);
    }
    fleet.settle();
    wait_until("all sockets are closed", || sockets(server.pid()) <= base);
    let verdict = judge(&server, &fleet);
    assert!(verdict.is_clean(), "{verdict:?}");
}

fn go_on_while_held(
    server: &ServerProcess,
    fleet: &mut Fleet,
    hostile: &Arc<Hostile>,
    (holds, each): (&[Hold], usize),
    identities: &[Arc<ClientConfig>],
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (told, before, began) = (Arc::clone(&fleet.told), fleet.acknowledged(), Instant::now());
    let held = fleet.report_while(|| {
        let mut holding = JoinSet::new();
        for (hold, tls) in holds.iter().cycle().zip(identities) {
            let (hostile, tls, hold) = (Arc::clone(hostile), Arc::clone(tls), *hold);
            holding.spawn_on(async move { hostile.hold(hold, &tls).await }, runtime.handle());
        }
        // Some are closed before they are as they should be.
        let held: Vec<_> = runtime.block_on(holding.join_all()).into_iter().flatten().collect();
        wait_until(&format!("{holds:?} are over"), || open_ends(server, &held) == 0);
        told.forget_acknowledgement();
        wait_until("agents report", || told.has_acknowledged());
        held
    });
    let closed_after = began.elapsed();
    assert!(
        held.len() > holds.len() * each / 2,
        "{holds:?}: only {} of {} could be held",
        held.len(),
        holds.len() * each
    );
    assert_eq!(told.count_sent_away(), 0, "{holds:?}: an honest agent was sent away");
    let honest = fleet.acknowledged() - before;
    let peak = peak_mib(server.pid());
    let remark = format!("closed after {closed_after:.1?}, {honest} batches meanwhile, peak {peak} MiB");
    Figures { name: format!("{holds:?}"), runs: held.len(), remark, ..Figures::default() }.tell();
}
