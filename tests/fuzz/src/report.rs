//! Reports, from JSON to the plan of what changes in the register.

use jiff::Timestamp;
use terrier_server::ingest::fuzzing::RememberedAgent;
use terrier_server::ingest::{Received, ReceivedReport};
use terrier_server::kernel::id::{AgentId, OrganisationId};
use terrier_server::reconcile::inventory::Inventory;
use terrier_server::reconcile::known::Known;
use terrier_server::reconcile::observe::observe;
use terrier_server::reconcile::plan::plan;
use terrier_server::reconcile::report::Report;
use terrier_shared::latest::hash::Hash;
use uuid::Uuid;

use crate::first_line;

/// When every request arrives, in seconds since 1970.
pub(crate) const RECEIVED_S: i64 = 1_800_000_000;

/// The JSON of a whole request.
pub(crate) fn run_batch(json: &[u8]) {
    let mut agent = RememberedAgent::default();
    let received = take(&mut agent, json);
    // What came once is known when it comes again.
    assert!(take(&mut agent, json).is_empty(), "a report was stored twice");
    apply(received);
}

/// One report whose hash is that of its body: kind and section on the first line, the body behind it.
pub(crate) fn run_section(bytes: &[u8]) {
    let (names, body) = first_line(bytes);
    let (Ok(names), Ok(body)) = (str::from_utf8(names), str::from_utf8(body)) else { return };
    let (kind, section) = names.split_once(' ').unwrap_or((names, ""));
    let name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !name(kind) || !name(section) {
        return;
    }
    let section = if section.is_empty() { String::new() } else { format!(r#""section":"{section}","#) };
    // The parser of a batch does not count the space around a body to it.
    let hash = Hash::of(body.trim_matches([' ', '\t', '\n', '\r']).as_bytes());
    let base = if kind == "delta" { format!(r#""base":"{hash}","#) } else { String::new() };
    let report = format!(
        r#"{{"epoch":"00000000000000ff","seq":1,"kind":"{kind}",{section}{base}"hash":"{hash}","at_wall_ms":0,"at_mono_ms":8000,"body":{body}}}"#
    );
    let mut agent = RememberedAgent::default();
    apply(take(&mut agent, batch(&report).as_bytes()));
}

/// The JSON of a request with these reports.
pub(crate) fn batch(reports: &str) -> String {
    format!(r#"{{"boot_id":"b","sent_wall_ms":0,"sent_mono_ms":9000,"agent_version":"1","reports":[{reports}]}}"#)
}

/// What of a request goes on to be reconciled.
pub(crate) fn take(agent: &mut RememberedAgent, json: &[u8]) -> Vec<ReceivedReport> {
    let at = Timestamp::from_second(RECEIVED_S).unwrap_or_default();
    let taken = agent.take(json, at);
    assert!(taken.is_ok(), "what was accepted cannot be read any more: {taken:?}");
    assert!(agent.survives_storage(), "what is remembered differs after it was stored");
    taken.ok().flatten().map(|taken| taken.received).unwrap_or_default()
}

fn apply(reports: Vec<ReceivedReport>) {
    let at = Timestamp::from_second(RECEIVED_S).unwrap_or_default();
    let received = Received {
        inbox_id: 1,
        agent_key: 1,
        agent: AgentId::from_uuid(Uuid::from_u128(1)),
        organisation: OrganisationId::from_uuid(Uuid::from_u128(2)),
        hostname: "host".to_owned(),
        received_at: at,
        clock_offset_ms: 0,
        attempts: 0,
        reports,
    };
    let Ok(report) = Report::read(received) else { return };
    for observation in report.observations {
        let mut inventory = Inventory::default();
        for (section, observed_at) in observation.sections {
            assert!(observed_at <= at, "a report of the future");
            inventory.put_fresh(section, observed_at);
        }
        let observed = observe(&inventory);
        let changes = plan(&Known::default(), &observed, None, at);
        assert_eq!(changes, plan(&Known::default(), &observe(&inventory), None, at), "two plans for one report");
    }
}
