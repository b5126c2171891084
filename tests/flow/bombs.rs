//! What it costs a server to be sent bombs.

use std::io::Write as _;

use serde_json::json;
use terrier_shared::latest::paths;

use crate::harness::agent::{gzip, message, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::process::ServerProcess;

/// Connections that stop in the middle of a bomb.
const HALF_OPEN: usize = 64;
/// Bombs of each kind.
const EACH: usize = 10;
/// How much memory all of them together may cost, in KiB.
const COST_KIB: u64 = 64 << 10;

fn zstd(bytes: &[u8], window_log: u32) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(window_log).unwrap();
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A body, the headers it comes with, and the status it gets.
type Kind<'a> = (Vec<u8>, &'a [(&'a str, &'a str)], u16);

#[tokio::test(flavor = "multi_thread")]
async fn bombs_and_half_sent_bombs_cost_a_server_less_than_64_mebibytes() {
    let server = ServerProcess::start(Backend::Sqlite);
    let mut agents = Vec::new();
    for number in 0..=HALF_OPEN {
        agents.push(server.agent(&format!("web-{number}")).await);
    }
    let (honest, others) = agents.split_first().unwrap();
    let good = [report(1, "full", Some("os"), &json!({"id": "debian"}))];
    assert_eq!(outcomes(&honest.send(&good).await), ["stored"]);
    let before = server.most_memory_kib();

    let zeroes = vec![b'0'; 200 << 20];
    let long = zstd(&zeroes, 27);
    let nested = gzip(&gzip(&zeroes[..64 << 20]));
    let as_zstd: &[(&str, &str)] = &[("Content-Encoding", "zstd")];
    let mut half_open = Vec::new();
    for agent in others {
        let whole = message(paths::REPORTS, &long, as_zstd);
        let mut connection = agent.connect().await;
        connection.send(&whole[..whole.len() / 2]).await.unwrap();
        half_open.push(connection);
    }
    let kinds: [Kind<'_>; 5] = [
        (gzip(&zeroes), &[], 413),
        (long, as_zstd, 413),
        (zstd(&zeroes, 20), as_zstd, 413),
        (nested, &[], 400),
        (vec![b'x'; (1 << 20) + 1], &[], 413),
    ];
    for _ in 0..EACH {
        for (body, headers, status) in &kinds {
            assert_eq!(honest.send_body(body, headers).await.status, *status, "{headers:?}");
        }
    }
    let next = [report(2, "full", Some("os"), &json!({"id": "fedora"}))];
    assert_eq!(outcomes(&honest.send(&next).await), ["stored"]);
    let cost = server.most_memory_kib().saturating_sub(before);
    assert!(cost < COST_KIB, "{cost} KiB");
}
