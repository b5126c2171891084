//! Facts of the people who run the host, from a drop-in directory.
//!
//! Does: read its `*.json` files and run its programs, each in a namespace of its own, and say which gave none and why.
//! Does not: run what anybody but root could have changed, or let one file spoil another.

mod facts;
mod program;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use terrier_shared::latest::section::custom::{CustomFact, Fact, FactProblem};
use terrier_shared::latest::section::{Custom, Section, SectionKind};

use super::Collector;
use super::bounds::clip;
use super::budget::Budget;
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;

const PLACE: &str = "/etc/terrier/facts.d";
/// Most files that are looked at.
const FILES: usize = 50;
/// Most bytes of a file, and of what a program prints.
const BYTES: usize = 64 << 10;
/// How long all programs together may take.
const BUDGET: Duration = Duration::from_secs(20);

pub(super) struct CustomCollector;

impl Collector for CustomCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Custom
    }

    fn budget(&self) -> Budget {
        Budget::waiting(BUDGET + Duration::from_secs(10))
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let (mut all, mut problems) = (BTreeMap::new(), BTreeMap::new());
        let mut names = host.find_names(PLACE)?;
        names.retain(|name| !name.starts_with('.') && !name.ends_with('~'));
        let deadline = Instant::now() + BUDGET;
        for (place, name) in names.into_iter().enumerate() {
            let (stem, is_json) = match name.rsplit_once('.') {
                Some((stem, ending)) if !stem.is_empty() => (stem, ending == "json"),
                _ => (name.as_str(), false),
            };
            let namespace = clip(stem.to_owned());
            let found = if place >= FILES {
                Err(format!("there are more than {FILES} files"))
            } else if all.contains_key(&namespace) {
                Err(format!("{name}: another file has this namespace"))
            } else {
                read(host, &format!("{PLACE}/{name}"), is_json, deadline)
            };
            match found {
                Ok(facts) => drop(all.insert(namespace, facts)),
                Err(problem) => drop(problems.insert(namespace, clip(problem))),
            }
        }
        Ok(Section::Custom(listed(all, problems)))
    }
}

/// What travels, in lists: a name may be anything, and a later version may have more to say of each.
fn listed(all: BTreeMap<String, BTreeMap<String, Fact>>, problems: BTreeMap<String, String>) -> Custom {
    let of_namespace = |(namespace, facts): (String, BTreeMap<String, Fact>)| {
        facts.into_iter().map(move |(name, value)| CustomFact { namespace: namespace.clone(), name, value })
    };
    Custom {
        facts: all.into_iter().flat_map(of_namespace).collect(),
        problems: problems.into_iter().map(|(namespace, problem)| FactProblem { namespace, problem }).collect(),
    }
}

/// The facts of one file, or why there are none.
fn read(host: &Host, path: &str, is_json: bool, deadline: Instant) -> Result<BTreeMap<String, Fact>, String> {
    let access = host.access(path).map_err(|failure| failure.to_string())?;
    let bytes = if access.is_program() {
        program::output(host, path, BYTES, deadline)?
    } else if is_json {
        host.read(path, BYTES).map_err(|failure| failure.to_string())?
    } else {
        return Err(format!("{path} is neither a program nor named *.json"));
    };
    facts::parse(&bytes).map_err(|problem| format!("{path}: {problem}"))
}
