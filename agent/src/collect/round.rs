//! Runs collectors one after the other on a thread of their own, each within its budget.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use terrier_shared::latest::section::{Section, SectionKind};

use super::budget::{Budget, Excess, Taken};
use super::failure::Failure;
use super::host::Host;
use super::journal::Journal;
use super::scan::Scan;
use super::settings::Settings;
use super::{Collected, Collector};

/// How often it is looked at what a collector has taken.
const LOOK: Duration = Duration::from_millis(50);

/// How a collector is found.
pub(super) type Registry = fn(SectionKind) -> Option<&'static dyn Collector>;

/// Collects `kinds` in their order.
///
/// A worker that hangs or panics in a collector is left behind, and another goes on with the rest. While it still
/// hangs, that collector is not started again. One that takes too much cannot be stopped either: it is convicted, and
/// the rest is left for the process that comes after.
pub(super) fn run(
    host: &Host,
    settings: &Settings,
    registry: Registry,
    kinds: &[SectionKind],
    journal: &Arc<dyn Journal>,
) -> Collected {
    let mut collected = Collected::default();
    let mut rest = kinds;
    while !rest.is_empty() && collected.runaway.is_none() {
        let worker = Worker::start(host.clone(), settings.clone(), registry, rest.to_vec(), Arc::clone(journal));
        rest = round(&worker, registry, rest, &**journal, &mut collected);
    }
    for kind in rest {
        let problem = "not tried, because another collector took too much".to_owned();
        let failure = Failure::Io { what: format!("the collector of section {kind}"), problem };
        collected.faults.push((*kind, failure.into()));
    }
    collected
}

/// Takes what `worker` finds of `kinds`, and returns what it did not come to.
fn round<'a>(
    worker: &Worker,
    registry: Registry,
    kinds: &'a [SectionKind],
    journal: &dyn Journal,
    collected: &mut Collected,
) -> &'a [SectionKind] {
    let mut rest = kinds;
    while let Some((kind, later)) = rest.split_first() {
        rest = later;
        let budget = registry(*kind).map(Collector::budget).unwrap_or_default();
        match worker.wait(*kind, budget) {
            Ok(Ok(section)) => collected.sections.push(section),
            Ok(Err(failure)) => collected.faults.push((*kind, failure.into())),
            Err(lost) => {
                if matches!(lost, Failure::OverBudget { .. }) {
                    journal.convict(*kind);
                    collected.runaway = Some(*kind);
                } else {
                    journal.end(*kind);
                }
                collected.faults.push((*kind, lost.into()));
                break;
            }
        }
    }
    rest
}

/// What a worker says: who it is, then one outcome after the other.
enum Word {
    Thread(i32),
    Outcome(Box<Result<Section, Failure>>),
}

struct Worker {
    words: Receiver<Word>,
    thread: Option<i32>,
}

impl Worker {
    fn start(
        host: Host,
        settings: Settings,
        registry: Registry,
        kinds: Vec<SectionKind>,
        journal: Arc<dyn Journal>,
    ) -> Self {
        let (speaker, words) = channel();
        let collecting = move || {
            let scan = Scan::new(host, settings);
            if speaker.send(Word::Thread(rustix::thread::gettid().as_raw_nonzero().get())).is_ok() {
                work(&scan, registry, kinds, &*journal, &speaker);
            }
        };
        // Without a thread the channel closes, and every section says so.
        drop(thread::Builder::new().name("collect".to_owned()).spawn(collecting));
        let thread = words.recv().ok().and_then(|word| if let Word::Thread(id) = word { Some(id) } else { None });
        Self { words, thread }
    }

    /// The next outcome, or why the worker is given up.
    fn wait(&self, kind: SectionKind, budget: Budget) -> Result<Result<Section, Failure>, Failure> {
        let what = || format!("the collector of section {kind}");
        let taken = || self.thread.map(Taken::by).unwrap_or_default();
        let (deadline, before) = (Instant::now() + budget.time, taken());
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.words.recv_timeout(left.min(LOOK)) {
                Ok(Word::Outcome(outcome)) => return Ok(*outcome),
                Ok(Word::Thread(_)) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Io { what: what(), problem: "stopped unexpectedly".to_owned() });
                }
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(excess) = taken().excess(before, budget) {
                        return Err(Failure::OverBudget { section: kind, limit: limit(excess, budget) });
                    }
                    if left.is_zero() {
                        return Err(Failure::TimedOut { what: what(), budget: budget.time });
                    }
                }
            }
        }
    }
}

fn limit(excess: Excess, budget: Budget) -> String {
    match excess {
        Excess::Cpu => format!("{} s of processor time", budget.cpu.as_secs_f32()),
        Excess::Memory => format!("{} MiB of memory", budget.memory_bytes >> 20),
    }
}

fn work(scan: &Scan, registry: Registry, kinds: Vec<SectionKind>, journal: &dyn Journal, speaker: &Sender<Word>) {
    for kind in kinds {
        let outcome = match journal.begin(kind) {
            Ok(()) => {
                let outcome = collect_one(scan, registry, kind);
                journal.end(kind);
                outcome
            }
            Err(why) => Err(Failure::HeldOff { section: kind, why }),
        };
        if speaker.send(Word::Outcome(Box::new(outcome))).is_err() {
            return;
        }
    }
}

fn collect_one(scan: &Scan, registry: Registry, kind: SectionKind) -> Result<Section, Failure> {
    let name = format!("the collector of section {kind}");
    let Some(collector) = registry(kind) else { return Err(Failure::NotFound(name)) };
    let Some(_ticket) = scan.host.begin(&name) else {
        return Err(Failure::Io { what: name, problem: "still hangs since an earlier run".to_owned() });
    };
    collector.collect(scan)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use terrier_shared::latest::fault::FaultCause;
    use terrier_shared::latest::section::{Memory, Os, Section, SectionKind};

    use super::{Budget, Collected, Collector, Failure, Host, Journal, Scan, Settings};
    use crate::collect::journal::NoJournal;

    fn run(host: &Host, registry: super::Registry, kinds: &[SectionKind]) -> Collected {
        let journal: Arc<dyn Journal> = Arc::new(NoJournal);
        super::run(host, &Settings::default(), registry, kinds, &journal)
    }

    struct Quick;
    impl Collector for Quick {
        fn kind(&self) -> SectionKind {
            SectionKind::Os
        }
        fn collect(&self, _: &Scan) -> Result<Section, Failure> {
            Ok(Section::Os(Os::default()))
        }
    }

    /// Hangs until the file `release` is there.
    struct Hanging;
    impl Collector for Hanging {
        fn kind(&self) -> SectionKind {
            SectionKind::Memory
        }
        fn budget(&self) -> Budget {
            Budget::waiting(Duration::from_millis(20))
        }
        fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
            while !scan.host.exists("/release") {
                std::thread::yield_now();
            }
            Ok(Section::Memory(Memory::default()))
        }
    }

    struct Panicking;
    impl Collector for Panicking {
        fn kind(&self) -> SectionKind {
            SectionKind::Cpu
        }
        fn collect(&self, _: &Scan) -> Result<Section, Failure> {
            std::panic::resume_unwind(Box::new("a bug"))
        }
    }

    /// Takes processor time until the file `release` is there.
    struct Spinning;
    impl Collector for Spinning {
        fn kind(&self) -> SectionKind {
            SectionKind::Network
        }
        fn budget(&self) -> Budget {
            Budget { cpu: Duration::from_millis(20), time: Duration::from_mins(1), ..Budget::default() }
        }
        fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
            while !scan.host.exists("/release") {}
            Err(Failure::NotFound("patience".to_owned()))
        }
    }

    /// Writes down all that it is told, and refuses the clock of the processor.
    #[derive(Default)]
    struct Diary(Mutex<Vec<String>>);
    impl Journal for Diary {
        fn begin(&self, section: SectionKind) -> Result<(), String> {
            self.0.lock().unwrap().push(format!("begin {section}"));
            if section == SectionKind::Cpu { Err("it was bad".to_owned()) } else { Ok(()) }
        }
        fn end(&self, section: SectionKind) {
            self.0.lock().unwrap().push(format!("end {section}"));
        }
        fn convict(&self, section: SectionKind) {
            self.0.lock().unwrap().push(format!("convict {section}"));
        }
    }

    fn registry(kind: SectionKind) -> Option<&'static dyn Collector> {
        let all: [&'static dyn Collector; 4] = [&Quick, &Hanging, &Panicking, &Spinning];
        all.into_iter().find(|collector| collector.kind() == kind)
    }

    #[test]
    fn a_collector_that_hangs_or_panics_takes_no_other_with_it() {
        let root = tempfile::tempdir().unwrap();
        let host = Host::at(root.path());
        let kinds = [SectionKind::Memory, SectionKind::Cpu, SectionKind::Software, SectionKind::Os];
        let collected = run(&host, registry, &kinds);
        let causes: Vec<_> = collected.faults.iter().map(|(kind, fault)| (*kind, fault.cause)).collect();
        assert_eq!(
            causes,
            [
                (SectionKind::Memory, FaultCause::TimedOut),
                (SectionKind::Cpu, FaultCause::Io),
                (SectionKind::Software, FaultCause::NotFound),
            ]
        );
        assert_eq!(collected.sections, [Section::Os(Os::default())]);

        let again = run(&host, registry, &[SectionKind::Memory]);
        assert!(again.faults[0].1.detail.contains("still hangs"), "{:?}", again.faults);

        fs::write(root.path().join("release"), "").unwrap();
        let released = (0..100_000).any(|_| {
            std::thread::yield_now();
            !run(&host, registry, &[SectionKind::Memory]).sections.is_empty()
        });
        assert!(released);
    }

    #[test]
    fn sections_come_in_the_order_in_which_they_were_asked_for() {
        let collected = run(&Host::live(), registry, &[SectionKind::Os, SectionKind::Os]);
        assert_eq!(collected.sections.len(), 2);
        assert!(collected.faults.is_empty());
    }

    #[test]
    fn a_collector_that_takes_too_much_is_convicted_and_the_rest_is_left_for_the_next_process() {
        let root = tempfile::tempdir().unwrap();
        let diary = Arc::new(Diary::default());
        let journal: Arc<dyn Journal> = diary.clone();
        let kinds = [SectionKind::Os, SectionKind::Cpu, SectionKind::Network, SectionKind::Os];
        let collected = super::run(&Host::at(root.path()), &Settings::default(), registry, &kinds, &journal);
        fs::write(root.path().join("release"), "").unwrap();
        assert_eq!(collected.sections.len(), 1);
        assert_eq!(collected.runaway, Some(SectionKind::Network));
        let causes: Vec<_> = collected.faults.iter().map(|(kind, fault)| (*kind, fault.cause)).collect();
        assert_eq!(
            causes,
            [
                (SectionKind::Cpu, FaultCause::OverBudget),
                (SectionKind::Network, FaultCause::OverBudget),
                (SectionKind::Os, FaultCause::Io),
            ]
        );
        assert!(collected.faults[0].1.detail.contains("it was bad"), "{:?}", collected.faults);
        assert!(collected.faults[1].1.detail.contains("0.02 s of processor time"), "{:?}", collected.faults);
        let told = diary.0.lock().unwrap();
        assert_eq!(told[..5], ["begin os", "end os", "begin cpu", "begin network", "convict network"]);
    }
}
