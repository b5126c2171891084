//! Metrics in the text format of Prometheus.
//!
//! | name | kind | labels | what |
//! |---|---|---|---|
//! | `http_request_seconds` | histogram | `status` | requests to people's and agents' listener |
//! | `ingest_reports_total` | counter | `outcome` | reports by what became of them |
//! | `ingest_unknown_total` | counter | `what` | kinds and sections of later versions, dropped |
//! | `ingest_sanitised_total` | counter | | reports in which NUL was replaced |
//! | `ingest_shed_total` | counter | `why` | requests sent away for want of room |
//! | `ingest_group_requests` | histogram | | requests per transaction |
//! | `ingest_commit_seconds` | histogram | | time to write one transaction |
//! | `ingest_queue_requests` | gauge | | requests that wait to be written |
//! | `ingest_inbox_requests` | gauge | | requests stored and not yet reconciled |
//! | `fleet_enrolments_total` | counter | `outcome` | attempts to enrol |
//! | `fleet_agents` | gauge | `state` | agents by state |
//! | `job_runs_total` | counter | `job`, `outcome` | runs of background jobs |

use std::sync::OnceLock;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// The metrics library has one recorder per process, and so there is one handle.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const REQUESTS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// The metrics of this process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts recording, once per process.
    ///
    /// # Errors
    ///
    /// Somebody else installed another recorder.
    pub fn start() -> Result<Self, BuildError> {
        if let Some(handle) = RECORDER.get() {
            return Ok(Self(handle.clone()));
        }
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Full("ingest_group_requests".to_owned()), &REQUESTS)?
            .build_recorder();
        // Of two that start at once one recorder wins; the handle kept is the one of the recorder in use.
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_ok() {
            return Ok(Self(RECORDER.get_or_init(|| handle).clone()));
        }
        Ok(Self(RECORDER.wait().clone()))
    }

    /// Everything recorded so far.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds recorded samples together; wants to be called now and then.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}
