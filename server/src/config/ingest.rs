//! `[ingest]`: limits on what agents send.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Limits on what agents send. What one body may hold is fixed by the protocol; this is how much of it at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Longest time a body may take to arrive, in milliseconds.
    pub body_ms: u32,
    /// Time after which a body has to arrive at 1 KiB/s at least, in milliseconds.
    pub slow_body_ms: u32,
    /// Most bytes that all requests together hold decoded, in mebibytes.
    pub decode_mib: u32,
    /// Most requests that wait to be written.
    pub queue: u32,
    /// Longest time a request waits for room among those, in milliseconds.
    pub queue_wait_ms: u32,
    /// Most requests that are written in one transaction.
    pub group: u32,
    /// Requests per minute from one agent in the long run; 0 is without limit.
    pub agent_per_minute: u32,
    /// Requests at once from one agent, after a time without any.
    pub agent_burst: u32,
    /// Reports per second from one agent while more are waiting in its spool.
    pub agent_drain_per_second: u32,
    /// Requests stored and not yet reconciled at which `/readyz` says no.
    pub inbox: u32,
    /// Whether this process reconciles what is stored. Off for one that only takes reports in, beside another that
    /// reconciles.
    pub reconcile: bool,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            body_ms: 30_000,
            slow_body_ms: 5_000,
            decode_mib: 128,
            queue: 1_000,
            queue_wait_ms: 50,
            group: 64,
            agent_per_minute: 10,
            agent_burst: 30,
            agent_drain_per_second: 20,
            inbox: 20_000,
            reconcile: true,
        }
    }
}

impl Ingest {
    /// Longest time a body may take to arrive.
    #[must_use]
    pub fn body(&self) -> Duration {
        Duration::from_millis(self.body_ms.into())
    }

    /// Time after which a body has to arrive at a least speed.
    #[must_use]
    pub fn slow_body(&self) -> Duration {
        Duration::from_millis(self.slow_body_ms.into())
    }

    /// Longest time a request waits for room in the queue.
    #[must_use]
    pub fn queue_wait(&self) -> Duration {
        Duration::from_millis(self.queue_wait_ms.into())
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        for (key, value, least, most) in [
            ("ingest.body_ms", self.body_ms, 100, 300_000),
            ("ingest.slow_body_ms", self.slow_body_ms, 50, 300_000),
            ("ingest.decode_mib", self.decode_mib, 16, 65_536),
            ("ingest.queue", self.queue, 1, 100_000),
            ("ingest.queue_wait_ms", self.queue_wait_ms, 1, 10_000),
            ("ingest.group", self.group, 1, 256),
            ("ingest.agent_per_minute", self.agent_per_minute, 0, 1_000_000),
            ("ingest.agent_burst", self.agent_burst, 1, 1_000_000),
            ("ingest.agent_drain_per_second", self.agent_drain_per_second, 1, 1_000_000),
            ("ingest.inbox", self.inbox, 1, 10_000_000),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ConfigError::value(key, format!("{value} is not within {least} and {most}")));
            }
        }
        Ok(())
    }
}
