//! `terrier-agent status`: how this agent is doing, from what it left on disk.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::{CommandError, print};
use crate::cli::Format;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::transport::spool::{Ledger, Outlook, Spool, SpoolError};
use crate::transport::state_dir::StateDir;

/// How this agent is doing. Times are milliseconds or seconds since 1970, as the names say.
#[derive(Debug, Default, Serialize)]
struct Status {
    enrolled: bool,
    agent_id: Option<String>,
    server: Option<String>,
    certificate_not_after_s: Option<i64>,
    renew_at_s: Option<i64>,
    last_answer_ms: Option<i64>,
    interval_s: Option<u32>,
    #[serde(flatten)]
    spool: Outlook,
    last_error: Option<String>,
    last_error_ms: Option<i64>,
}

pub(super) fn execute(config: &Config, format: Format) -> Result<ExitCode, CommandError> {
    let status = gather(config)?;
    let text = match format {
        Format::Json => serde_json::to_string(&status).map_err(crate::report::Unwritable::from)? + "\n",
        Format::Text => for_people(&status, SystemClock.now().wall_ms),
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn gather(config: &Config) -> Result<Status, CommandError> {
    let mut status = Status::default();
    if !config.state_dir.exists() {
        return Ok(status);
    }
    let state = StateDir::open(&config.state_dir)?;
    if let Some(credentials) = state.credentials()? {
        status.enrolled = true;
        status.server = Some(config.server.as_ref().map_or(credentials.server, ToString::to_string));
        status.agent_id = Some(credentials.issued.agent_id);
        status.certificate_not_after_s = Some(credentials.issued.not_after_s);
        status.renew_at_s = Some(credentials.issued.renew_at_s);
    }
    if let Some(spool) = Spool::look(&state.file(crate::run::SPOOL))? {
        recall(&spool, &mut status)?;
    }
    Ok(status)
}

fn recall(spool: &Spool, status: &mut Status) -> Result<(), SpoolError> {
    let number =
        |what| -> Result<Option<i64>, SpoolError> { Ok(spool.recall(what)?.and_then(|text| text.parse().ok())) };
    status.spool = spool.outlook()?;
    status.last_answer_ms = number(Ledger::LastAnswerMs)?;
    status.interval_s = number(Ledger::IntervalS)?.and_then(|seconds| seconds.try_into().ok());
    status.last_error = spool.recall(Ledger::LastError)?;
    status.last_error_ms = number(Ledger::LastErrorMs)?;
    Ok(())
}

fn for_people(status: &Status, now_ms: i64) -> String {
    let mut out = String::new();
    let ago =
        |ms: Option<i64>| ms.map_or_else(|| "never".to_owned(), |ms| format!("{} ago", span((now_ms - ms) / 1000)));
    let ahead = |s: Option<i64>| {
        s.map_or_else(String::new, |s| match s - now_ms / 1000 {
            past if past < 0 => format!("{} AGO", span(-past)),
            left => format!("in {}", span(left)),
        })
    };
    let mut line = |name: &str, value: &str| {
        let _infallible = writeln!(out, "{name:<20}{value}");
    };
    match (&status.agent_id, &status.server) {
        (Some(agent_id), Some(server)) => {
            line("enrolled as", agent_id);
            line("server", server);
            line("certificate ends", &ahead(status.certificate_not_after_s));
        }
        _ => line("enrolled as", "nobody yet: see `terrier-agent enrol`"),
    }
    line("last answer", &ago(status.last_answer_ms));
    line("pending reports", &status.spool.pending.to_string());
    if status.spool.oldest_pending_ms.is_some() {
        line("oldest of them", &ago(status.spool.oldest_pending_ms));
    }
    line("refused reports", &status.spool.dead.to_string());
    line("dropped reports", &status.spool.dropped.to_string());
    line("thinned reports", &status.spool.thinned.to_string());
    if let Some(error) = &status.last_error {
        line("last error", &format!("{error} ({})", ago(status.last_error_ms)));
    }
    out
}

fn span(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        172_800.. => format!("{} days", seconds / 86_400),
        _ => "less than 0 s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Status, for_people, span};

    #[test]
    fn an_agent_that_is_not_enrolled_is_told_how() {
        assert!(for_people(&Status::default(), 0).contains("terrier-agent enrol"));
    }

    #[test]
    fn spans_are_in_the_unit_a_person_would_use() {
        for (seconds, text) in [(5, "5 s"), (300, "5 min"), (10_800, "3 h"), (1_209_600, "14 days")] {
            assert_eq!(span(seconds), text);
        }
    }
}
