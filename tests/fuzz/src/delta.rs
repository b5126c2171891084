//! Reports of one agent, repeated, mixed up and on whatever base: six bytes stand for one.

use std::collections::{BTreeMap, BTreeSet};

use terrier_server::ingest::Content;
use terrier_server::ingest::fuzzing::RememberedAgent;
use terrier_shared::latest::hash::Hash;

use crate::report::{batch, take};

const SECTIONS: [&str; 3] = ["os", "cpu", "memory"];
/// Most reports that are read of one input.
const MOST: usize = 500;
/// Most reports of one request.
const BATCH: usize = 5;

/// A report, of few enough that many are alike.
struct Said {
    epoch: u8,
    seq: u8,
    section: &'static str,
    content: Which,
    base: Option<Which>,
    age_ms: u16,
}

/// Which of a few contents a section has.
#[derive(Clone, Copy)]
struct Which(u8);

impl Which {
    fn body(self, section: &str) -> String {
        match section {
            "cpu" => format!(r#"{{"threads":{}}}"#, self.0),
            "memory" => format!(r#"{{"total_bytes":{}}}"#, self.0),
            _ => format!(r#"{{"id":"{}"}}"#, self.0),
        }
    }

    fn hash(self, section: &str) -> Hash {
        Hash::of(self.body(section).as_bytes())
    }
}

impl Said {
    fn read([run, seq, kind, content, base, age]: [u8; 6]) -> Self {
        let section = SECTIONS.get(usize::from(kind >> 1) % SECTIONS.len()).copied().unwrap_or_default();
        Self {
            epoch: run % 3 + 1,
            seq: seq % 24 + 1,
            section,
            content: Which(content % 4),
            base: (kind & 1 == 1).then_some(Which(base % 4)),
            age_ms: u16::from(run / 3) * 16 + u16::from(age),
        }
    }

    fn json(&self) -> String {
        let (kind, base) = match self.base {
            Some(base) => ("delta", format!(r#""base":"{}","#, base.hash(self.section))),
            None => ("full", String::new()),
        };
        let Self { epoch, seq, section, .. } = self;
        let (hash, body) = (self.content.hash(section), self.content.body(section));
        let at = 8_000 - i64::from(self.age_ms.min(8_000));
        format!(
            r#"{{"epoch":"{epoch:016x}","seq":{seq},"kind":"{kind}","section":"{section}",{base}"hash":"{hash}","at_wall_ms":0,"at_mono_ms":{at},"body":{body}}}"#
        )
    }
}

/// What of an agent's sections was handed on: by this alone the register and the agent agree.
#[derive(Default)]
struct Register {
    held: BTreeMap<&'static str, Hash>,
    names: BTreeSet<(u64, u64)>,
}

pub(crate) fn run(bytes: &[u8]) {
    let said: Vec<Said> = bytes.as_chunks::<6>().0.iter().take(MOST).map(|bytes| Said::read(*bytes)).collect();
    let (mut agent, mut register) = (RememberedAgent::default(), Register::default());
    for request in said.chunks(BATCH) {
        register.take(&mut agent, request);
    }
}

impl Register {
    fn take(&mut self, agent: &mut RememberedAgent, request: &[Said]) {
        let reports: Vec<String> = request.iter().map(Said::json).collect();
        for report in take(agent, batch(&reports.join(",")).as_bytes()) {
            let name = (report.epoch.0, report.seq);
            assert!(self.names.insert(name), "{name:?} was handed on twice");
            let Content::Section { section, hash, .. } = report.content else { continue };
            let section = section.kind().name();
            let of_this_name = |said: &&Said| (u64::from(said.epoch), u64::from(said.seq)) == name;
            let fits = request.iter().filter(of_this_name).any(|said| self.fits(said, hash));
            assert!(fits, "{name:?} was handed on without its base");
            self.held.insert(section, hash);
        }
        let root = (!self.held.is_empty()).then(|| Hash::root(self.held.iter().map(|(name, hash)| (*name, *hash))));
        assert_eq!(agent.root(), root, "ingest holds another state than it handed on");
    }

    /// Whether a report with this hash is what was said, and changes what is held.
    fn fits(&self, said: &Said, hash: Hash) -> bool {
        let base = said.base.map(|base| base.hash(said.section));
        said.content.hash(said.section) == hash && base.is_none_or(|base| self.held.get(said.section) == Some(&base))
    }
}
