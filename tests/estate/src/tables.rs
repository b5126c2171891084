//! What a run came to, as Markdown.

use terrier_estate::herd::Herd;
use terrier_estate::latency::Measured;
use terrier_estate::load::Load;
use terrier_estate::outage::{Outage, Outcome};

/// Seconds between two reports of each of `agents` that make so many a second together.
pub(crate) fn interval_s(agents: u32, rate: f64) -> u32 {
    (1..=86_400_u32).find(|interval| f64::from(*interval) * rate >= f64::from(agents)).unwrap_or(86_400)
}

fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads_line = line(&heads.iter().map(|head| (*head).to_owned()).collect::<Vec<_>>());
    let rule =
        line(&heads.iter().enumerate().map(|(n, _)| if n == 0 { "---" } else { "--:" }.to_owned()).collect::<Vec<_>>());
    heads_line + &rule + &rows.iter().map(|row| line(row)).collect::<String>()
}

fn pairs(rows: Vec<(&str, String)>) -> String {
    table(&["", ""], &rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect::<Vec<_>>())
}

fn times(measured: &Measured) -> String {
    let Measured { p50_ms, p95_ms, p99_ms, max_ms, .. } = measured;
    format!("p50 {p50_ms:.1}, p95 {p95_ms:.1}, p99 {p99_ms:.1}, at most {max_ms:.0} ms")
}

fn pages(interface: Option<&Measured>) -> String {
    match interface {
        Some(pages) => {
            let why = pages.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            format!("{}; {} of {} failed{why}", times(pages), pages.failed, pages.done + pages.failed)
        }
        None => "not asked for".to_owned(),
    }
}

fn memory(server_mib: Option<u64>) -> String {
    server_mib.map_or_else(|| "not looked at".to_owned(), |mib| format!("{mib} MiB"))
}

fn with_why(count: u64, why: Option<&String>) -> String {
    match why {
        Some(why) if count > 0 => format!("{count} ({why})"),
        _ => count.to_string(),
    }
}

/// One line of what was measured.
pub(crate) fn measured(what: &str, measured: &Measured) -> String {
    let Measured { done, failed, seconds, per_second, .. } = measured;
    format!("{done} {what} in {seconds:.1} s, {per_second:.1}/s, {}; {failed} failed\n", times(measured))
}

pub(crate) fn load(load: &Load) -> String {
    pairs(vec![
        ("agents", load.agents.to_string()),
        ("requests per second", format!("{:.1}, at most {}", load.acknowledgements.per_second, load.peak)),
        ("reports per second", format!("{:.1}", load.reports_per_second)),
        ("acknowledgement", times(&load.acknowledgements)),
        ("sent away", load.refused.to_string()),
        ("broken", with_why(load.broken, load.why.as_ref())),
        ("refused for good, or not held", load.faults.to_string()),
        ("pages of the interface", pages(load.interface.as_ref())),
        ("server's memory at most", memory(load.server_mib)),
    ])
}

pub(crate) fn herd(herd: &Herd) -> String {
    pairs(vec![
        ("agents", herd.agents.to_string()),
        ("server away", format!("{} s, {} of them reckoned", herd.away_s, herd.passed_over_s)),
        (
            "back",
            format!("{}: half of them after {:.0} s, all after {:.0} s", herd.back, herd.half_back_s, herd.all_back_s),
        ),
        ("requests in one second at most", herd.peak.to_string()),
        ("sent away", herd.refused.to_string()),
        ("broken after the return", with_why(herd.broken, herd.why.as_ref())),
        ("reports sent and acknowledged", format!("{} and {}", herd.sent, herd.acknowledged)),
        ("lost of those asked about again", format!("{} of {}", herd.lost, herd.asked)),
        ("sections not held as acknowledged", herd.wanted.to_string()),
        ("windows of utilisation acknowledged", herd.windows.to_string()),
        ("acknowledgement", times(&herd.acknowledgements)),
        ("pages of the interface", pages(herd.interface.as_ref())),
        ("server's memory at most", memory(herd.server_mib)),
    ])
}

pub(crate) fn outages(rows: &[(Outage, Outcome)]) -> String {
    let row = |(outage, outcome): &(Outage, Outcome)| {
        let share = f64::from(outcome.back) / f64::from(outage.agents.max(1)) * 100.0;
        let back = if outcome.back == outage.agents {
            format!("all after {} s", outcome.last_back_s)
        } else {
            format!("{share:.0} % after {} s", outage.patience_s)
        };
        vec![
            outage.policy.name().to_owned(),
            outage.capacity.to_string(),
            if outage.is_paced { "yes" } else { "no" }.to_owned(),
            outcome.peak.to_string(),
            outcome.refused.to_string(),
            back,
        ]
    };
    let heads = ["agents try again", "server takes per second", "paces", "most in a second", "sent away", "back"];
    table(&heads, &rows.iter().map(row).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::interval_s;

    #[test]
    fn the_interval_is_as_long_as_all_agents_together_need_for_the_rate() {
        assert_eq!(interval_s(10_000, 33.333_333_4), 300);
        assert_eq!(interval_s(10, 100.0), 1);
    }
}
