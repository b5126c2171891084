//! The command line: `terrier-estate COMMAND --name value …`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use terrier_estate::Failure;
use terrier_estate::host::{Estate, Profile};

/// What there is, for people.
pub(crate) const HELP: &str = "\
The estate simulator: a made-up estate whose agents speak the real protocol with real certificates.

    terrier-estate enrol  --server URL --token-file FILE --hosts N --state DIR
    terrier-estate load   --server URL --token-file FILE --hosts N [--rate R] [--seconds S]
    terrier-estate herd   --server URL --token-file FILE --hosts N --cut COMMAND --back COMMAND [--away S] [--real S]
    terrier-estate outage [--hosts N] [--away S]
    terrier-estate drive  --server URL --token-file FILE [--hosts N]

enrol   gets a certificate for each host and keeps it in DIR for later runs
load    has every agent report in its turn and prints how long acknowledgements took
herd    stops the server, starts it again after the outage, and prints how the agents came back and what was lost
outage  the same in virtual time: this agent's policy and others', with and without the server's pacing
drive   does what standard input says, line by line; `make bench` uses it

    --server URL         where agents reach the server, https://host:port
    --token-file FILE    enrolment tokens that let in as many hosts (10 000 at most each), one a line
    --hosts N            hosts of the estate [1000]
    --seed N             what all chance is drawn from [1]
    --profile KIND       all hosts are of one kind: web, app, db, ct, hv, edge [of every kind, as an estate has them]
    --state DIR          where certificates are kept and looked for [nowhere]
    --rate R             reports per second of all agents together [as often as the server asks]
    --seconds S          how long a load lasts [60]
    --cut, --back        shell commands that stop the server, and start it and end when it serves
    --away S             how long the server is away, in seconds [1680]
    --real S             how much of that passes in real time; the rest is reckoned [30]
    --people URL         where people reach the server: its pages are asked for all the while
    --api-token-file F   with the access token in this file
    --pid-file FILE      the server's process, whose memory is looked at
    --format json        one line of JSON instead of a table
";

/// What stands on the command line.
#[derive(Debug)]
pub(crate) struct Options(BTreeMap<String, String>);

impl Options {
    /// Reads `--name value` pairs.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        const NAMES: [&str; 16] = [
            "server",
            "token-file",
            "hosts",
            "seed",
            "profile",
            "state",
            "rate",
            "seconds",
            "cut",
            "back",
            "away",
            "real",
            "people",
            "api-token-file",
            "pid-file",
            "format",
        ];
        let (mut options, mut arguments) = (BTreeMap::new(), arguments);
        while let Some(argument) = arguments.next() {
            let name = argument.strip_prefix("--").filter(|name| NAMES.contains(name));
            let name = name.ok_or_else(|| format!("`{argument}` is no option: see `terrier-estate help`"))?;
            let value = arguments.next().ok_or_else(|| format!("--{name} needs a value"))?;
            options.insert(name.to_owned(), value);
        }
        Ok(Self(options))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.text(name).ok_or_else(|| format!("--{name} is needed: see `terrier-estate help`").into())
    }

    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    pub(crate) fn read_as<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<Option<T>, Failure> {
        let read = |text: &str| text.parse().map_err(|error| format!("--{name} {text}: {error}").into());
        self.text(name).map(read).transpose()
    }

    pub(crate) fn seconds(&self, name: &str, usual: u64) -> Result<Duration, Failure> {
        Ok(Duration::from_secs(self.read_as(name)?.unwrap_or(usual)))
    }

    pub(crate) fn estate(&self) -> Result<Estate, Failure> {
        let hosts = self.read_as("hosts")?.unwrap_or(1_000);
        Ok(Estate { seed: self.read_as("seed")?.unwrap_or(1), hosts, only: self.read_as::<Profile>("profile")? })
    }
}
