//! The log: lines on standard error, as JSON or as text.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{ConfigError, Log, LogFormat};

/// Starts the log of this process. A second start is left without effect, because a process has one log.
///
/// # Errors
///
/// [`ConfigError`] on `log.level`.
pub fn start(config: &Log) -> Result<(), ConfigError> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(config.filter()?)
        .with_span_events(FmtSpan::NONE)
        // What cannot be written, because the disk is full, cannot be complained of either: trying to would panic.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    let started = if is_json(config.format) {
        builder.json().flatten_event(true).finish().try_init()
    } else {
        builder.with_ansi(io::stderr().is_terminal()).finish().try_init()
    };
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
    Ok(())
}

fn is_json(format: LogFormat) -> bool {
    match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    }
}
