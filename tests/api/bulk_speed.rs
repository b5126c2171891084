//! How many items a second come in by the bulk API: `TERRIER_BENCH_BULK=50000` prints it.

use std::time::Instant;

use serde_json::json;

use crate::harness::cpu::cpu_seconds;
use crate::harness::register::{Caller, on_both};

#[test]
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "its size is asked for, and it tells what it measured"
)]
fn items_come_in_by_the_thousand() {
    let size: usize = std::env::var("TERRIER_BENCH_BULK").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    on_both(async |register| {
        let body = |begin: usize, end: usize| {
            let item = |number: usize| {
                json!({"ci": {"key": format!("asset-{number}"), "class": "physical_server",
                    "name": format!("server-{number}"), "owner": "operations", "criticality": 1 + number % 4,
                    "environment": "production", "attributes": {"serial_number": format!("SN{number:08}"),
                    "vendor": "Dell Inc.", "product": "R640", "os_name": "Debian", "os_version": "12"}}})
            };
            json!({"source": "import", "items": (begin..end).map(item).collect::<Vec<_>>()}).to_string()
        };
        for round in ["created", "unchanged"] {
            let calls: Vec<String> =
                (0..size).step_by(10_000).map(|begin| body(begin, size.min(begin + 10_000))).collect();
            let (started, cpu) = (Instant::now(), cpu_seconds());
            for call in calls {
                let answer = register.upload(Caller::Keeper, "/bulk", call.as_bytes(), &[]).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                assert_eq!(answer.json()["totals"]["refused"], 0);
            }
            let seconds = started.elapsed().as_secs_f64();
            println!(
                "{:?} {round}: {size} items in {seconds:.2} s, {:.0} a second, this process's CPU {:.2} s",
                register.backend,
                f64::from(u32::try_from(size).unwrap()) / seconds,
                cpu_seconds() - cpu
            );
        }
    });
}
