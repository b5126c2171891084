//! Reports that the server will never take, one in ten of them.

use std::path::Path;

use rusqlite::Connection;
use terrier_agent::run::Delivery;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::metrics::{Metrics, Sample};
use terrier_shared::latest::report::{Outcome, Report};

use crate::dice::Dice;
use crate::estate::{Estate, window};
use crate::server::{Poison, RefusalBy};

const REPORTS: i64 = 300;
const POISON: &str = "poison";

/// Every way in which a server refuses a report for good.
const REFUSALS: [RefusalBy; 6] = [
    RefusalBy::Result(Outcome::Rejected),
    RefusalBy::Result(Outcome::Quarantined),
    RefusalBy::Status(400),
    RefusalBy::Status(413),
    RefusalBy::Status(415),
    RefusalBy::Status(422),
];

fn is_poison(report: &Report) -> bool {
    report.body.get().contains(POISON)
}

fn poisoned(mut metrics: Metrics, length: usize, dice: &mut Dice) -> Metrics {
    let noise = (0..length).map(|_| char::from(b' ' + u8::try_from(dice.below(64)).unwrap())).collect();
    let sample = metrics.samples[0].clone();
    metrics.samples.push(Sample { metric: POISON.to_owned(), dimension: Some(noise), ..sample });
    metrics
}

/// Reports, dead ones and their bytes, and whether each of those has a reason.
fn dead_letters(spool: &Path) -> (i64, i64, bool) {
    let db = Connection::open(spool).unwrap();
    db.query_row(
        "SELECT count(*), coalesce(sum(length(body)), 0), coalesce(min(length(why) > 0), 0) FROM spool WHERE state = 'dead'",
        [],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
    .unwrap()
}

#[tokio::test]
async fn one_poison_report_in_ten_blocks_none_of_the_others_however_it_is_refused() {
    for refusal in REFUSALS {
        let (estate, mut agent) = Estate::enrolled().await;
        estate.server.held().poison = Some(Poison { is: is_poison, refusal });
        let mut dice = Dice::new(1);
        let mut others = Vec::new();
        for n in 0..REPORTS {
            let metrics = window(n * 300_000);
            if n % 10 == 7 {
                agent.record_metrics(&poisoned(metrics, 20, &mut dice));
            } else {
                others.push(Hash::of(serde_json::to_string(&metrics).unwrap().as_bytes()));
                agent.record_metrics(&metrics);
            }
        }
        agent.observe().await;
        assert_eq!(agent.deliver().await, Delivery::Done, "{refusal:?}");
        let outlook = agent.outlook().unwrap();
        assert_eq!((outlook.pending, outlook.dead, outlook.dropped), (0, 30, 0), "{refusal:?}");
        let held = estate.server.held();
        assert_eq!((held.metrics, held.sections.len()), (270, 2), "{refusal:?}");
        let arrived: Vec<Hash> = held.applied.values().map(|(hash, _)| *hash).collect();
        assert!(others.iter().all(|hash| arrived.contains(hash)), "{refusal:?}");
        assert!(held.refused_requests <= 30 * 6, "{refusal:?}: each is found by halving, in {}", held.refused_requests);
        let (dead, _bytes, have_reasons) = dead_letters(&estate.state_file("spool.db"));
        assert!(dead == 30 && have_reasons, "{refusal:?}");
    }
}

#[tokio::test]
async fn dead_letters_keep_to_four_mebibytes_and_the_newest_of_them_are_kept() {
    let (estate, mut agent) = Estate::enrolled().await;
    estate.server.held().poison = Some(Poison { is: is_poison, refusal: RefusalBy::Result(Outcome::Rejected) });
    let mut dice = Dice::new(2);
    for n in 0..30 {
        agent.record_metrics(&poisoned(window(n * 300_000), 400_000, &mut dice));
        agent.observe().await;
        assert_eq!(agent.deliver().await, Delivery::Done);
        estate.server.held().batches.clear();
    }
    agent.observe().await;
    let (dead, bytes, have_reasons) = dead_letters(&estate.state_file("spool.db"));
    assert!((5..30).contains(&dead) && bytes <= 4 << 20 && have_reasons, "{dead} with {bytes} bytes");
    drop(agent);
    let db = Connection::open(estate.state_file("spool.db")).unwrap();
    let newest: i64 = db.query_row("SELECT max(seq) FROM spool WHERE state = 'dead'", [], |row| row.get(0)).unwrap();
    let oldest: i64 = db.query_row("SELECT min(seq) FROM spool WHERE state = 'dead'", [], |row| row.get(0)).unwrap();
    assert!(newest - oldest < 2 * dead && newest > 30, "{oldest}..{newest}");
}
