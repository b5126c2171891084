//! Bad days: the server is killed at every named place and at any time, its disk fills up, the power is cut under its
//! database, which goes away or says nothing any more, and hosts hold connections open for nothing.
//!
//! One question is asked after each: is all that was acknowledged there, once? `TERRIER_TORTURE` says how much of it:
//! without it a few runs of each; a number is so many percent of the long form, which `make torture` runs.

mod bombs;
mod database_away;
mod dice;
mod disk_fails;
mod disk_full;
mod figures;
mod kill_loop;
mod kill_points;
mod load;
mod oracle;
mod power_cut;
mod rotation;
mod slow_clients;

use std::time::{Duration, Instant};

/// How many runs: `short` in `make test`, `long` in the whole of the long form.
fn runs(short: usize, long: usize) -> usize {
    let percent = std::env::var_os("TERRIER_TORTURE").map(|text| text.to_str().unwrap().parse::<usize>().unwrap());
    percent.map_or(short, |percent| (long * percent).div_ceil(100).max(short))
}

/// Whether this is the long form, in whole or in part.
fn is_long() -> bool {
    std::env::var_os("TERRIER_TORTURE").is_some()
}

/// Whether this belongs to the long form alone, which is being run. If not, that is said.
fn is_long_form(what: &str) -> bool {
    if !is_long() {
        tell(&format!("left to `make torture`: {what}"));
    }
    is_long()
}

/// Says something on standard error, which no runner hides.
fn tell(what: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "{what}").unwrap();
}

/// Waits until something is so, for far longer than it takes on any machine that is not broken.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_mins(5);
    while !is_so() {
        assert!(Instant::now() < until, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
