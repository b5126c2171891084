//! What a test measured: a line on standard error, which no runner hides, and in the file `TERRIER_TORTURE_FIGURES`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use super::oracle::Verdict;

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
