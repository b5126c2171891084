//! `terrier-estate`: see [`command::HELP`].

mod command;
mod drive;
mod tables;

use std::io::Write as _;
use std::process::ExitCode;

use terrier_agent::transport::token::Token;
use terrier_estate::fleet::{Fleet, allow_many_connections};
use terrier_estate::herd::{Outage, herd};
use terrier_estate::latency::Measured;
use terrier_estate::load::load;
use terrier_estate::probe::Probe;
use terrier_estate::shell::Watched;
use terrier_estate::{Failure, outage};

use self::command::{HELP, Options};
use self::drive::Driven;

/// First inventories that are sent at once.
const AT_ONCE: usize = 16;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("terrier-estate: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_else(|| "help".to_owned());
    if matches!(command.as_str(), "help" | "--help" | "-h") {
        return print(HELP);
    }
    let options = Options::read(arguments)?;
    allow_many_connections();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    match command.as_str() {
        "enrol" => runtime.block_on(local.run_until(enrol(&options))),
        "load" => runtime.block_on(local.run_until(loaded(&options))),
        "herd" => runtime.block_on(local.run_until(cut(&options))),
        "outage" => print(&reckoned(&options)?),
        "drive" => runtime.block_on(local.run_until(async { Driven::new(fleet(&options)?).obey_all().await })),
        other => Err(format!("`{other}` is no command: see `terrier-estate help`").into()),
    }
}

async fn enrol(options: &Options) -> Result<(), Failure> {
    options.needed("state")?;
    let (_fleet, measured) = enrolled(options).await?;
    print(&tables::measured("enrolments", &measured))
}

async fn loaded(options: &Options) -> Result<(), Failure> {
    let fleet = &mut established(options).await?;
    let rate: Option<f64> = options.read_as("rate")?;
    let agents = u32::try_from(fleet.members.len())?;
    let interval_s = rate.map(|rate| tables::interval_s(agents, rate));
    let (duration, probe) = (options.seconds("seconds", 60)?, probe(options, fleet)?);
    let load = load(fleet, interval_s, duration, probe, &watched(options)).await;
    print(&if is_json(options) { line(&load)? } else { tables::load(&load) })
}

async fn cut(options: &Options) -> Result<(), Failure> {
    let outage = Outage {
        cut: options.needed("cut")?.to_owned(),
        back: options.needed("back")?.to_owned(),
        away: options.seconds("away", 1_680)?,
        real: options.seconds("real", 30)?,
        patience: std::time::Duration::from_mins(30),
    };
    let fleet = &mut established(options).await?;
    let probe = probe(options, fleet)?;
    say("cutting");
    let herd = herd(fleet, &outage, probe, &watched(options)).await?;
    print(&if is_json(options) { line(&herd)? } else { tables::herd(&herd) })
}

fn reckoned(options: &Options) -> Result<String, Failure> {
    let (agents, away_s) = (options.read_as("hosts")?.unwrap_or(100_000), options.read_as("away")?.unwrap_or(1_680));
    let seed = options.read_as("seed")?.unwrap_or(1);
    let mut rows = Vec::new();
    for policy in outage::Policy::ALL {
        for (capacity, is_paced) in [(2_000, true), (2_000, false), (500, true), (500, false)] {
            let case = outage::Outage {
                seed,
                agents,
                policy,
                away_s,
                capacity,
                is_paced,
                interval_s: 300,
                patience_s: 3 * 3_600,
            };
            rows.push((case, outage::simulate(case)));
        }
    }
    Ok(tables::outages(&rows))
}

fn fleet(options: &Options) -> Result<Fleet, Failure> {
    let tokens: Result<Vec<Token>, _> = match options.path("token-file") {
        Some(path) => std::fs::read_to_string(path)?.lines().filter(|line| !line.is_empty()).map(str::parse).collect(),
        None => Ok(Vec::new()),
    };
    Fleet::new(options.estate()?, options.needed("server")?.parse()?, tokens?, options.path("state"))
}

async fn enrolled(options: &Options) -> Result<(Fleet, Measured), Failure> {
    let mut fleet = fleet(options)?;
    let hosts = usize::try_from(options.estate()?.hosts)?;
    let measured = fleet.enrol(hosts).await?;
    match &measured.why {
        None => Ok((fleet, measured)),
        Some(why) => Err(format!("{} of {hosts} hosts could not enrol: {why}", measured.failed).into()),
    }
}

/// Every agent has told all of its host.
async fn established(options: &Options) -> Result<Fleet, Failure> {
    let (mut fleet, enrolments) = enrolled(options).await?;
    say(&tables::measured("enrolments", &enrolments));
    let told = fleet.establish(AT_ONCE).await;
    say(&tables::measured("first inventories", &told));
    match told.why {
        None => Ok(fleet),
        Some(why) => Err(format!("{} hosts could not report: {why}", told.failed).into()),
    }
}

fn probe(options: &Options, fleet: &Fleet) -> Result<Option<Probe>, Failure> {
    let (Some(people), Some(authorities)) = (options.text("people"), fleet.authorities_pem()) else { return Ok(None) };
    let token = std::fs::read_to_string(options.needed("api-token-file")?)?;
    Ok(Some(Probe::new(people.parse()?, &token, &authorities)?))
}

fn watched(options: &Options) -> Watched {
    Watched { pid_file: options.path("pid-file") }
}

fn is_json(options: &Options) -> bool {
    options.text("format") == Some("json")
}

fn line<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    Ok(serde_json::to_string(value)? + "\n")
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// For whoever waits in front of the screen.
fn say(text: &str) {
    let _nobody_there = writeln!(std::io::stderr(), "{}", text.trim_end());
}
