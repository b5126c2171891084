//! Bodies that are far larger than they look, or are never sent to their end, while honest agents report.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::{StreamExt as _, future, stream};
use rustls::ClientConfig;
use terrier_shared::latest::paths;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::figures::Figures;
use super::load::{Agent, Fleet};
use super::oracle::judge;
use super::{runs, wait_until};
use crate::harness::agent::{gzip, message};
use crate::harness::database::Backend;
use crate::harness::http::{Connection, request};
use crate::harness::process::ServerProcess;

const AGENTS: u64 = 4;
/// Who throw bombs, each one after the other.
const THROWERS: usize = 4;
/// Bombs of each kind that one thrower throws before the half-sent ones are sent anew.
const AT_A_TIME: usize = 25;
/// Half-sent ones that are begun at once.
const AT_ONCE: usize = 32;
/// Acknowledgements before it begins, by which it is known what a server needs anyway.
const BEFORE: usize = 200;
/// Half-sent ones of the short form.
const HALF_SENT: usize = 64;
/// How much memory all of them together may cost, in KiB: with as many half-sent ones as in the short form, and for
/// each further one, which is a connection with its buffers.
const COST_KIB: usize = 64 << 10;
const FURTHER_KIB: usize = 64;

/// A request that is one.
struct Bomb {
    name: &'static str,
    bytes: Vec<u8>,
    /// What it is answered with.
    status: u16,
}

/// What to throw.
struct Arsenal {
    to: SocketAddr,
    whole: Vec<Bomb>,
    /// Beginnings of requests: half of a bomb, and a body that is shorter than its head says.
    beginnings: [Vec<u8>; 2],
}

fn zstd(bytes: &[u8], window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(window_log).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Arsenal {
    fn new(to: SocketAddr) -> Self {
        let zeroes = vec![b'0'; 200 << 20];
        let (flat, long) = (gzip(&zeroes), zstd(&zeroes, 27));
        let nested = gzip(&gzip(&zeroes[..64 << 20]));
        let as_zstd: &[(&str, &str)] = &[("Content-Encoding", "zstd")];
        let of = |body: &[u8], headers: &[(&str, &str)]| message(paths::REPORTS, body, headers);
        let chunked =
            &[("Transfer-Encoding", "chunked"), ("Content-Type", "application/json"), (paths::PROTOCOL_HEADER, "1")];
        let endless = [
            request("POST", paths::REPORTS, chunked, b""),
            format!("{:x}\r\n", 2 << 20).into_bytes(),
            vec![b'x'; 2 << 20],
        ];
        let half = of(&long, as_zstd);
        let beginnings = [half[..half.len() / 2].to_vec(), of(&gzip(b"{}"), &[("Content-Length", "1000000")])];
        let whole = [
            ("200 MiB in gzip", of(&flat, &[]), 413),
            ("200 MiB in zstd with a window of 128 MiB", of(&long, as_zstd), 413),
            ("200 MiB in zstd with a window of 1 MiB", of(&zstd(&zeroes, 20), as_zstd), 413),
            ("gzip in gzip", of(&nested, &[]), 400),
            ("gzip in gzip that says so", of(&nested, &[("Content-Encoding", "gzip, gzip")]), 415),
            ("1 MiB as it is", of(&vec![b'x'; (1 << 20) + 1], &[]), 413),
            ("2 MiB in pieces", endless.concat(), 413),
            // What was lost on its way looks alike, so it may come again.
            ("a length that is too short", of(&flat, &[("Content-Length", "100")]), 503),
            ("a length of 100 GB", of(&flat, &[("Content-Length", "100000000000")]), 413),
        ];
        let whole = whole.map(|(name, bytes, status)| Bomb { name, bytes, status }).into();
        Self { to, whole, beginnings }
    }

    /// Connections on which no more comes than the beginning of a request, one for each of these agents.
    async fn begin(&self, agents: &[Arc<ClientConfig>]) -> Vec<Connection> {
        let beginning = agents.iter().zip(self.beginnings.iter().cycle()).map(|(tls, beginning)| async move {
            let mut connection = Connection::open(self.to, tls).await.ok()?;
            connection.send(beginning).await.ok()?;
            Some(connection)
        });
        // Some are closed before they are as they should be.
        let held: Vec<_> = stream::iter(beginning).buffer_unordered(AT_ONCE).filter_map(future::ready).collect().await;
        assert!(held.len() > agents.len() / 2, "only {} of {} could be held", held.len(), agents.len());
        held
    }

    /// Throws so many of each kind; gives how often each was answered in which way, or not at all but by an end.
    async fn throw(self: Arc<Self>, tls: Arc<ClientConfig>, count: usize) -> Vec<(&'static str, Option<u16>)> {
        let mut answers = Vec::new();
        for bomb in std::iter::repeat_n(&self.whole, count).flatten() {
            // A server that has much to do gives up on handshakes.
            let mut connection = loop {
                if let Ok(connection) = Connection::open(self.to, &tls).await {
                    break connection;
                }
            };
            // The server need not hear it to its end.
            let _cut_off = connection.send(&bomb.bytes).await;
            let status = connection.receive().await.map(|answer| answer.status);
            assert!(status.is_none_or(|status| status == bomb.status), "{}: {status:?}", bomb.name);
            answers.push((bomb.name, status));
        }
        answers
    }

    /// Throws all of them while others are begun, and begins anew now and then.
    async fn attack(
        self: &Arc<Self>,
        throwers: &[Arc<ClientConfig>],
        half_sent: &[Arc<ClientConfig>],
        each: usize,
    ) -> BTreeMap<(&'static str, Option<u16>), usize> {
        let mut answers = BTreeMap::new();
        let mut left = each.div_ceil(throwers.len());
        while left > 0 {
            let held = self.begin(half_sent).await;
            let mut throwing = JoinSet::new();
            for tls in throwers {
                throwing.spawn(Arc::clone(self).throw(Arc::clone(tls), left.min(AT_A_TIME)));
            }
            for answer in throwing.join_all().await.concat() {
                *answers.entry(answer).or_default() += 1;
            }
            left = left.saturating_sub(AT_A_TIME);
            drop(held);
        }
        answers
    }
}

#[test]
fn bombs_and_half_sent_bombs_cost_a_server_little_memory_and_send_no_honest_agent_away() {
    // What is half sent stays so as long as it is held here.
    let server =
        ServerProcess::start_with(Backend::Sqlite, &[("INGEST_SLOW_BODY_MS", "300000"), ("INGEST_BODY_MS", "300000")]);
    let (half_sent, each) = (runs(HALF_SENT, 1_000), runs(8, 1_000));
    let (arsenal, runtime) = (Arc::new(Arsenal::new(server.agents())), Runtime::new().unwrap());
    let holders = Fleet::enrol(&server, u64::try_from(half_sent).unwrap());
    let throwers: Vec<_> = (0..THROWERS).map(|n| runtime.block_on(server.agent(&format!("thrower-{n}")))).collect();
    let mut fleet = Fleet::enrol(&server, AGENTS);
    let others = holders.agents.iter().map(|agent| &agent.id).chain(throwers.iter().map(|agent| &agent.id));
    fleet.newcomer.enrolled.extend(others.cloned());
    let holders: Vec<_> = holders.agents.iter().map(Agent::tls).collect();
    let throwers: Vec<_> = throwers.into_iter().map(|agent| agent.tls).collect();

    let told = Arc::clone(&fleet.told);
    fleet.report_while(|| wait_until("agents report", || told.count_answered() >= BEFORE));
    let (without, before) = (told.take_answered(), server.most_memory_kib());
    let answers = fleet.report_while(|| runtime.block_on(arsenal.attack(&throwers, &holders, each)));
    let (with, cost) = (told.take_answered(), server.most_memory_kib() - before);

    let unanswered: usize = answers.iter().filter(|((_, status), _)| status.is_none()).map(|(_, count)| count).sum();
    let thrown: usize = answers.values().sum();
    let remark = format!(
        "{half_sent} half sent meanwhile, {unanswered} ended without an answer; {} MiB; honest: p50 {:.1?}, p99 {:.1?} \
         of {} (without bombs {:.1?}, {:.1?} of {})",
        cost >> 10,
        with.0,
        with.1,
        with.2,
        without.0,
        without.1,
        without.2
    );
    Figures { name: "bombs".to_owned(), runs: thrown, remark, ..Figures::default() }.tell();
    assert_eq!(told.count_sent_away(), 0, "an honest agent was sent away");
    assert!(with.2 > 0, "nobody was heard meanwhile");
    let allowed = COST_KIB + FURTHER_KIB * half_sent.saturating_sub(HALF_SENT);
    assert!(usize::try_from(cost).unwrap() < allowed, "{cost} KiB");
    fleet.settle();
    let verdict = judge(&server, &fleet);
    assert!(verdict.is_clean(), "{verdict:?}");
}
