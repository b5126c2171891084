//! What a test measured: a line on standard error, which no runner hides, and in the file `TERRIER_TORTURE_FIGURES`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use super::load::Fleet;
use super::oracle::{Verdict, judge};
use crate::harness::process::ServerProcess;

/// What came of a test.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) name: String,
    /// Kills, fillings, or whatever was done to the server.
    pub(super) runs: usize,
    pub(super) verdict: Verdict,
    /// The longest time from the start of a server to its being ready, or from the end of a fault to the first
    /// acknowledgement.
    pub(super) worst_return: Duration,
    pub(super) remark: String,
}

impl Figures {
    /// Judges the server, tells what came of it, and insists that nothing was lost and nothing counts twice.
    pub(super) fn end(mut self, server: &ServerProcess, mut fleet: Fleet) {
        fleet.settle();
        self.verdict = judge(server, &fleet);
        self.remark.push_str(&fleet.told.describe_sent_away());
        self.tell();
        assert!(self.verdict.is_clean(), "{self:?}");
    }

    /// Tells them.
    pub(super) fn tell(&self) {
        let Self { name, runs, verdict, worst_return, remark } = self;
        let Verdict { acknowledged, lost, twice, .. } = verdict;
        let back = worst_return.as_secs_f64();
        let line = format!("{name}\t{runs}\t{acknowledged}\t{lost}\t{twice}\t{back:.2} s\t{remark}\n");
        write!(std::io::stderr(), "torture: {line}").unwrap();
        if let Some(path) = std::env::var_os("TERRIER_TORTURE_FIGURES") {
            let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
            file.write_all(line.as_bytes()).unwrap();
        }
    }
}
