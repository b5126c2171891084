//! How often one agent may ask.

use std::time::Duration;

use serde_json::json;

use crate::harness::agent::{TestAgent, batch, outcomes, report};
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_asks_too_often_waits_and_no_other_does() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| {
            (config.ingest.agent_per_minute, config.ingest.agent_burst) = (10, 5);
        })
        .await;
        let (busy, honest) = (TestAgent::enrol(&server, "busy").await, TestAgent::enrol(&server, "honest").await);
        for _ in 0..5 {
            assert_eq!(busy.send(&[]).await.status, 200);
        }
        let refused = busy.send(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).await;
        assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_requests"));
        assert_eq!((refused.header("retry-after"), refused.header("connection")), (Some("6"), Some("close")));
        assert_eq!(honest.send(&[]).await.status, 200);

        server.clock.advance(Duration::from_secs(6));
        let taken = busy.send(&[report(1, "full", Some("os"), &json!({"id": "debian"}))]).await;
        assert_eq!(outcomes(&taken), ["stored"]);
        assert_eq!(busy.send(&[]).await.status, 429);
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_a_full_spool_goes_on_at_the_rate_of_draining() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| {
            (config.ingest.agent_per_minute, config.ingest.agent_burst) = (1, 1);
        })
        .await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        let full = |seq| {
            let mut batch = batch(&[report(seq, "full", Some("os"), &json!({"id": format!("debian-{seq}")}))]);
            batch["pending_reports"] = json!(1_000);
            batch
        };
        assert_eq!(outcomes(&agent.send_batch(&full(1)).await), ["stored"]);
        for seq in 2..20 {
            let early = agent.send_batch(&full(seq)).await;
            assert_eq!((early.status, early.header("retry-after")), (429, Some("1")));
            server.clock.advance(Duration::from_millis(50));
            assert_eq!(outcomes(&agent.send_batch(&full(seq)).await), ["stored"]);
        }
        server.stop().await;
    }
}
