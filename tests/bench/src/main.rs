//! Many agents for one server: enrols them, lets them report, and measures how long acknowledgements take.
//!
//! Does: what it is told, line by line on standard input, and answers each line with one of JSON:
//!
//! - `enrol N` makes N more agents;
//! - `full C N` lets N agents that have not reported yet send a whole inventory, over C connections at a time;
//! - `beat C S` lets C agents send unchanged heartbeats over a kept connection each, for S seconds;
//! - `call C N` lets N agents, C at a time, each open a connection for one heartbeat, as agents do.
//!
//! Does not: start, watch or judge the server; `tests/bench/bench.mjs` does.

mod fleet;
mod host;
mod latency;
mod surroundings;

use std::error::Error;
use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use self::fleet::Fleet;

/// Anything that ends a measurement: it is printed and nobody acts on it.
pub(crate) type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_left_to_tell = writeln!(std::io::stderr(), "terrier-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(server), Some(token_file)) = (arguments.next(), arguments.next()) else {
        return Err("usage: terrier-load https://host:port TOKEN-FILE".into());
    };
    let token = std::fs::read_to_string(token_file)?;
    let mut fleet = Fleet::new(server.parse()?, token.trim().parse()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let answer = runtime.block_on(tokio::task::LocalSet::new().run_until(obey(&mut fleet, &line)))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

async fn obey(fleet: &mut Fleet, line: &str) -> Result<String, Failure> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let measured = match words.as_slice() {
        ["enrol", count] => fleet.enrol(count.parse()?).await?,
        ["full", connections, count] => fleet.report(connections.parse()?, count.parse()?).await?,
        ["beat", connections, seconds] => fleet.beat(connections.parse()?, seconds.parse()?).await?,
        ["call", connections, count] => fleet.call(connections.parse()?, count.parse()?).await?,
        _ => return Err(format!("`{line}` is no command").into()),
    };
    Ok(serde_json::to_string(&measured)?)
}
