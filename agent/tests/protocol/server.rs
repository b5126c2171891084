//! A server that speaks the wire on loopback: honest by default, and whatever a test tells it to be.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest as _, Sha256};
use terrier_shared::latest::enrolment::{EnrolReply, EnrolRequest, IssuedCertificate, ReEnrolRequest, RenewRequest};
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::{Batch, BatchReply, Epoch, Outcome, Report, ReportKind, ReportResult};
use terrier_shared::latest::section::SectionKind;
use terrier_shared::latest::{limits, paths};

use crate::authority::{Authority, Identity};

pub(crate) const AGENT_ID: &str = "0198c0de-0000-7000-8000-000000000001";
/// The id that a copy of that agent gets.
pub(crate) const OWN_ID: &str = "0198c0de-0000-7000-8000-000000000002";

/// What the server does with the next request.
pub(crate) enum Turn {
    /// What it should.
    Honest,
    /// Takes it and closes the connection instead of answering.
    LoseAnswer,
    /// Does not look at it, and closes the connection.
    Drop,
    /// Does not look at it, and answers these bytes.
    Raw(Vec<u8>),
    /// Does not look at it, and answers with ten gigabytes, or as much of them as are taken.
    Flood,
    /// Does not look at it, and says nothing more.
    Silence,
    /// Refuses every report of it by its own result.
    Reject(Outcome),
}

/// Reports that the server will never take, and how it says so.
#[derive(Clone, Copy)]
pub(crate) struct Poison {
    pub(crate) is: fn(&Report) -> bool,
    pub(crate) refusal: RefusalBy,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum RefusalBy {
    /// The result of the report alone.
    Result(Outcome),
    /// This status for every request that contains one.
    Status(u16),
}

impl Held {
    fn now_ms(&self) -> i64 {
        self.time_ms.as_ref().map_or(0, |time_ms| time_ms())
    }
}

/// What the server has seen and holds.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) turns: VecDeque<Turn>,
    pub(crate) connections: usize,
    pub(crate) requests: Vec<String>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) enrolments: Vec<EnrolRequest>,
    pub(crate) renewals: usize,
    pub(crate) pending_enrolments: u32,
    pub(crate) re_enrolments: Vec<ReEnrolRequest>,
    /// Copies that have to wait for a person.
    pub(crate) pending_re_enrolments: u32,
    pub(crate) sections: BTreeMap<SectionKind, (Hash, String)>,
    pub(crate) applied: HashMap<(Epoch, u64), (Hash, u32)>,
    pub(crate) faults: BTreeMap<SectionKind, String>,
    pub(crate) metrics: usize,
    pub(crate) incarnation: String,
    pub(crate) next_s: u32,
    pub(crate) renew_at_s: i64,
    pub(crate) not_after_s: i64,
    /// Renewals that have to wait for a person.
    pub(crate) pending_renewals: u32,
    pub(crate) generation: u32,
    /// How many bytes of a flood were taken.
    pub(crate) flooded: u64,
    /// Whether it wants everything whole, whatever it gets.
    pub(crate) is_greedy: bool,
    /// The right time.
    pub(crate) time_ms: Option<Box<dyn Fn() -> i64 + Send>>,
    /// How long certificates last that are issued from now on, in seconds, and half of that before they are renewed.
    pub(crate) lifetime_s: Option<i64>,
    /// What it does with each report that is poison.
    pub(crate) poison: Option<Poison>,
    /// Requests that were refused for it.
    pub(crate) refused_requests: usize,
}

pub(crate) struct TestServer {
    pub(crate) authority: Arc<Authority>,
    pub(crate) port: u16,
    held: Arc<Mutex<Held>>,
    changed: Arc<Condvar>,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        let authority = Authority::new();
        let identity = authority.server("127.0.0.1");
        Self::start_with(authority, identity)
    }

    pub(crate) fn start_with(authority: Authority, identity: Identity) -> Self {
        let authority = Arc::new(authority);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let held = Held {
            incarnation: "first".to_owned(),
            next_s: 300,
            renew_at_s: i64::MAX,
            not_after_s: 4_000_000_000,
            ..Held::default()
        };
        let held = Arc::new(Mutex::new(held));
        let tls = Arc::new(tls(&authority, identity));
        let changed = Arc::new(Condvar::new());
        let (shared, issuer, notify) = (Arc::clone(&held), Arc::clone(&authority), Arc::clone(&changed));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (held, issuer) = (Arc::clone(&shared), Arc::clone(&issuer));
                let (tls, notify) = (Arc::clone(&tls), Arc::clone(&notify));
                thread::spawn(move || {
                    serve(stream, tls, &held, &issuer);
                    notify.notify_all();
                });
            }
        });
        Self { authority, port, held, changed }
    }

    /// Waits until the end of a connection leaves things so.
    pub(crate) fn wait_until(&self, mut is_so: impl FnMut(&Held) -> bool) {
        let patience = Duration::from_mins(1);
        let (_held, timeout) = self.changed.wait_timeout_while(self.held(), patience, |held| !is_so(held)).unwrap();
        assert!(!timeout.timed_out(), "it never became so");
    }

    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }

    pub(crate) fn next(&self, turn: Turn) {
        self.held().turns.push_back(turn);
    }

    /// The names of the reports in the last batch, with their kinds.
    pub(crate) fn last_batch(&self) -> Batch {
        self.held().batches.last().cloned().expect("a batch")
    }
}

fn tls(authority: &Authority, (chain, key): Identity) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.der()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let clients = clients.allow_unauthenticated().build().unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_client_cert_verifier(clients).with_single_cert(chain, key).unwrap()
}

type Stream = StreamOwned<ServerConnection, TcpStream>;

fn serve(tcp: TcpStream, tls: Arc<ServerConfig>, held: &Mutex<Held>, authority: &Authority) {
    tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    held.lock().unwrap().connections += 1;
    let mut stream = StreamOwned::new(ServerConnection::new(tls).unwrap(), tcp);
    while let Some((head, body)) = read_request(&mut stream) {
        let is_known = stream.conn.peer_certificates().is_some();
        let answer = {
            let mut held = held.lock().unwrap();
            held.requests.push(head.clone());
            match held.turns.pop_front() {
                None | Some(Turn::Honest) => Some(honest(&mut held, authority, &head, &body, is_known, None)),
                Some(Turn::Reject(outcome)) => {
                    Some(honest(&mut held, authority, &head, &body, is_known, Some(outcome)))
                }
                Some(Turn::LoseAnswer) => {
                    honest(&mut held, authority, &head, &body, is_known, None);
                    return;
                }
                Some(Turn::Drop) => return,
                Some(Turn::Raw(bytes)) => Some(bytes),
                Some(Turn::Flood) => {
                    held.flooded = flood(&mut stream);
                    return;
                }
                Some(Turn::Silence) => None,
            }
        };
        match answer {
            Some(bytes) if stream.write_all(&bytes).and_then(|()| stream.flush()).is_ok() => {}
            Some(_) => return,
            None => drop(read_request(&mut stream)),
        }
    }
}

fn flood(stream: &mut Stream) -> u64 {
    const LENGTH: u64 = 10_000_000_000;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {LENGTH}\r\n\r\n");
    let mut taken = 0;
    let mut bytes = head.into_bytes();
    while taken < LENGTH && stream.write_all(&bytes).and_then(|()| stream.flush()).is_ok() {
        taken += u64::try_from(bytes.len()).unwrap();
        bytes = vec![b' '; 16 << 10];
    }
    taken
}

fn read_request(stream: &mut Stream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 << 10];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length: usize = header(&head, "content-length")?.parse().unwrap();
            while bytes.len() < end + 4 + length {
                let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
                bytes.extend_from_slice(&chunk[..read]);
            }
            return Some((head, bytes.split_off(end + 4)));
        }
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn honest(
    held: &mut Held,
    authority: &Authority,
    request: &str,
    body: &[u8],
    is_known: bool,
    verdict: Option<Outcome>,
) -> Vec<u8> {
    assert_eq!(header(request, paths::PROTOCOL_HEADER), Some(paths::PROTOCOL_VERSION));
    assert_eq!(header(request, "content-encoding"), Some("gzip"));
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
    assert_eq!(header(request, paths::DIGEST_HEADER), Some(digest.as_str()));
    let mut json = String::new();
    GzDecoder::new(body).read_to_string(&mut json).unwrap();
    let path = request.split(' ').nth(1).unwrap();
    match path {
        paths::ENROL => ok(&enrol(held, authority, &serde_json::from_str(&json).unwrap())),
        paths::RENEW if is_known => {
            let renewal: RenewRequest = serde_json::from_str(&json).unwrap();
            if held.pending_renewals > 0 {
                held.pending_renewals -= 1;
                return ok(&EnrolReply::Pending { agent_id: AGENT_ID.to_owned(), retry_after_s: 30 });
            }
            held.not_after_s = 4_000_000_000;
            held.renewals += 1;
            held.renew_at_s = i64::MAX;
            ok(&issue(held, authority, &renewal.csr_pem))
        }
        paths::RE_ENROL if is_known => ok(&re_enrol(held, authority, &serde_json::from_str(&json).unwrap())),
        paths::REPORTS if is_known => {
            let batch: Batch = serde_json::from_str(&json).unwrap();
            if let Some(Poison { is, refusal: RefusalBy::Status(status) }) = held.poison
                && batch.reports.iter().any(is)
            {
                held.refused_requests += 1;
                return problem(status, "malformed_report", None);
            }
            ok(&take(held, batch, verdict))
        }
        _ => problem(401, "unauthenticated", None),
    }
}

fn enrol(held: &mut Held, authority: &Authority, request: &EnrolRequest) -> EnrolReply {
    held.enrolments.push(request.clone());
    if held.pending_enrolments > 0 {
        held.pending_enrolments -= 1;
        return EnrolReply::Pending { agent_id: AGENT_ID.to_owned(), retry_after_s: 5 };
    }
    issue(held, authority, &request.csr_pem)
}

fn re_enrol(held: &mut Held, authority: &Authority, request: &ReEnrolRequest) -> EnrolReply {
    held.re_enrolments.push(request.clone());
    if held.pending_re_enrolments > 0 {
        held.pending_re_enrolments -= 1;
        return EnrolReply::Pending { agent_id: OWN_ID.to_owned(), retry_after_s: 30 };
    }
    match issue(held, authority, &request.csr_pem) {
        EnrolReply::Issued(issued) => {
            EnrolReply::Issued(IssuedCertificate { agent_id: OWN_ID.to_owned(), generation: 1, ..issued })
        }
        pending @ EnrolReply::Pending { .. } => pending,
    }
}

fn issue(held: &mut Held, authority: &Authority, csr_pem: &str) -> EnrolReply {
    held.generation += 1;
    if let Some(lifetime_s) = held.lifetime_s {
        let now_s = held.now_ms() / 1000;
        (held.renew_at_s, held.not_after_s) = (now_s + lifetime_s / 2, now_s + lifetime_s);
    }
    EnrolReply::Issued(IssuedCertificate {
        agent_id: AGENT_ID.to_owned(),
        certificate_pem: authority.agent(csr_pem),
        authorities_pem: authority.pem(),
        generation: held.generation,
        not_after_s: held.not_after_s,
        renew_at_s: held.renew_at_s,
    })
}

fn take(held: &mut Held, batch: Batch, verdict: Option<Outcome>) -> BatchReply {
    assert!(batch.reports.len() <= limits::REPORTS_PER_BATCH);
    let mut want_full = Vec::new();
    let results = batch.reports.iter().map(|report| result(held, report, verdict, &mut want_full)).collect();
    let root = Hash::root(held.sections.iter().map(|(kind, (hash, _))| (kind.name(), *hash)));
    if held.is_greedy || (batch.inventory_root.is_some_and(|told| told != root) && verdict.is_none()) {
        want_full = SectionKind::ALL.to_vec();
    }
    held.batches.push(batch);
    BatchReply {
        results,
        want_full,
        incarnation: held.incarnation.clone(),
        next_s: held.next_s,
        server_time_ms: held.now_ms(),
    }
}

fn result(
    held: &mut Held,
    report: &Report,
    verdict: Option<Outcome>,
    want_full: &mut Vec<SectionKind>,
) -> ReportResult {
    assert_eq!(Hash::of(report.body.get().as_bytes()), report.hash, "a body and its hash");
    let poisoned = held.poison.filter(|poison| (poison.is)(report)).and_then(|poison| match poison.refusal {
        RefusalBy::Result(outcome) => Some(outcome),
        RefusalBy::Status(_) => None,
    });
    let outcome = verdict.or(poisoned).unwrap_or_else(|| apply(held, report, want_full));
    let why = (outcome == Outcome::Rejected).then(|| "os.name: too long".to_owned());
    ReportResult { epoch: report.epoch, seq: report.seq, outcome, why }
}

fn apply(held: &mut Held, report: &Report, want_full: &mut Vec<SectionKind>) -> Outcome {
    if let Some((hash, times)) = held.applied.get_mut(&(report.epoch, report.seq)) {
        *times += 1;
        return if *hash == report.hash { Outcome::Duplicate } else { Outcome::Quarantined };
    }
    held.applied.insert((report.epoch, report.seq), (report.hash, 1));
    let body = report.body.get().to_owned();
    match (report.kind, report.section) {
        (ReportKind::Delta, Some(kind)) if held.sections.get(&kind).map(|(hash, _)| *hash) != report.base => {
            want_full.push(kind);
        }
        (ReportKind::Full | ReportKind::Delta, Some(kind)) => {
            held.faults.remove(&kind);
            held.sections.insert(kind, (report.hash, body));
        }
        (ReportKind::Fault, Some(kind)) => {
            held.faults.insert(kind, body);
        }
        (ReportKind::Metrics, None) => held.metrics += 1,
        other => panic!("{other:?}"),
    }
    Outcome::Stored
}

fn ok<T: serde::Serialize>(value: &T) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", &serde_json::to_vec(value).unwrap())
}

/// A refusal, as the wire has it.
pub(crate) fn problem(status: u16, code: &str, action: Option<&str>) -> Vec<u8> {
    let action = action.map(|action| format!(",\"action\":\"{action}\"")).unwrap_or_default();
    let body =
        format!("{{\"type\":\"about:blank#{code}\",\"title\":\"t\",\"status\":{status},\"code\":\"{code}\"{action}}}");
    answer(&format!("{status} X"), "content-type: application/problem+json\r\n", body.as_bytes())
}

/// Any answer.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
