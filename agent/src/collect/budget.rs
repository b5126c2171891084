//! Runs collectors one after the other on a thread of their own, each within its time.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use terrier_shared::latest::section::{Section, SectionKind};

use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;
use super::settings::Settings;
use super::{Collected, Collector};

/// How a collector is found.
pub(super) type Registry = fn(SectionKind) -> Option<&'static dyn Collector>;

/// Collects `kinds` in their order.
///
/// A worker that hangs or panics in a collector is left behind, and another goes on with the rest. While it still
/// hangs, that collector is not started again.
pub(super) fn run(host: &Host, settings: &Settings, registry: Registry, kinds: &[SectionKind]) -> Collected {
    let mut collected = Collected::default();
    let mut rest = kinds;
    while !rest.is_empty() {
        rest = round(host, settings, registry, rest, &mut collected);
    }
    collected
}

/// Gives `kinds` to one worker, takes what it finds, and returns what it did not come to.
fn round<'a>(
    host: &Host,
    settings: &Settings,
    registry: Registry,
    kinds: &'a [SectionKind],
    collected: &mut Collected,
) -> &'a [SectionKind] {
    let outcomes = start(host.clone(), settings.clone(), registry, kinds.to_vec());
    let mut rest = kinds;
    while let Some((kind, later)) = rest.split_first() {
        rest = later;
        let budget = registry(*kind).map_or(super::BUDGET, Collector::budget);
        match wait(&outcomes, *kind, budget) {
            Ok(Ok(section)) => collected.sections.push(section),
            Ok(Err(failure)) => collected.faults.push((*kind, failure.into())),
            Err(lost) => {
                collected.faults.push((*kind, lost.into()));
                break;
            }
        }
    }
    rest
}

/// The next outcome, or why the worker is given up.
fn wait(
    outcomes: &Receiver<Result<Section, Failure>>,
    kind: SectionKind,
    budget: Duration,
) -> Result<Result<Section, Failure>, Failure> {
    let what = format!("the collector of section {kind}");
    outcomes.recv_timeout(budget).map_err(|error| match error {
        RecvTimeoutError::Timeout => Failure::TimedOut { what, budget },
        RecvTimeoutError::Disconnected => Failure::Io { what, problem: "stopped unexpectedly".to_owned() },
    })
}

fn start(
    host: Host,
    settings: Settings,
    registry: Registry,
    kinds: Vec<SectionKind>,
) -> Receiver<Result<Section, Failure>> {
    let (outcome, outcomes) = channel();
    let work = move || {
        let scan = Scan::new(host, settings);
        for kind in kinds {
            if outcome.send(collect_one(&scan, registry, kind)).is_err() {
                return;
            }
        }
    };
    // Without a thread the channel closes, and every section says so.
    drop(thread::Builder::new().name("collect".to_owned()).spawn(work));
    outcomes
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
    use std::time::Duration;

    use terrier_shared::latest::fault::FaultCause;
    use terrier_shared::latest::section::{Memory, Os, Section, SectionKind};

    use super::{Collector, Failure, Host, Scan, Settings, run};

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
        fn budget(&self) -> Duration {
            Duration::from_millis(20)
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

    fn registry(kind: SectionKind) -> Option<&'static dyn Collector> {
        let all: [&'static dyn Collector; 3] = [&Quick, &Hanging, &Panicking];
        all.into_iter().find(|collector| collector.kind() == kind)
    }

    #[test]
    fn a_collector_that_hangs_or_panics_takes_no_other_with_it() {
        let root = tempfile::tempdir().unwrap();
        let host = Host::at(root.path());
        let kinds = [SectionKind::Memory, SectionKind::Cpu, SectionKind::Software, SectionKind::Os];
        let collected = run(&host, &Settings::default(), registry, &kinds);
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

        let again = run(&host, &Settings::default(), registry, &[SectionKind::Memory]);
        assert!(again.faults[0].1.detail.contains("still hangs"), "{:?}", again.faults);

        fs::write(root.path().join("release"), "").unwrap();
        let released = (0..100_000).any(|_| {
            std::thread::yield_now();
            !run(&host, &Settings::default(), registry, &[SectionKind::Memory]).sections.is_empty()
        });
        assert!(released);
    }

    #[test]
    fn sections_come_in_the_order_in_which_they_were_asked_for() {
        let collected = run(&Host::live(), &Settings::default(), registry, &[SectionKind::Os, SectionKind::Os]);
        assert_eq!(collected.sections.len(), 2);
        assert!(collected.faults.is_empty());
    }
}
