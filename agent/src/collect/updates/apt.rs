//! Pending updates by the lists that apt fetched last, in `/var/lib/apt/lists`.
//!
//! They are read here and not asked of `apt`, which needs a second of processor time and some 80 MB for it. Pins
//! (`apt_preferences(5)`) are not looked at, and what is on hold is pending.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use memchr::memmem::Finder;
use terrier_shared::latest::section::updates::PendingUpdate;

use super::archive::Archive;
use super::candidate::Candidate;
use super::sources::Sources;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::{Answers, Host, Stamp};
use crate::collect::scan::Scan;

const LISTS: &str = "/var/lib/apt/lists";
const STATUS: &str = "/var/lib/dpkg/status";
/// Changed by every fetch, also one that brings nothing.
const FETCHED: [&str; 2] = ["/var/lib/apt/lists", "/var/lib/apt/lists/partial"];
const PACKAGES: &str = "_Packages";
/// How apt may keep them packed (apt.conf(5), `Acquire::GzipIndexes`).
const GZIP: &str = "gz";
const LZ4: &str = "lz4";
const TOPIC: &str = "updates of apt";
const BUFFER_BYTES: usize = 64 << 10;
/// Longest line that matters; longer ones are passed over in pieces.
const LINE_BYTES: usize = 4 << 10;
/// Most that is read of a list, unpacked.
const LIST_BYTES: u64 = 1 << 30;

/// What the lists say.
pub(super) struct Lists {
    pub(super) pending: Vec<PendingUpdate>,
    pub(super) checked_s: Option<i64>,
}

/// The updates of packages of dpkg; absent where there are no lists, or lists that cannot be unpacked.
///
/// The lists are read again only when they or the packages changed.
pub(super) fn pending(scan: &Scan) -> Result<Option<Lists>, Failure> {
    let host = &scan.host;
    let mut names = host.find_names(LISTS)?;
    let sources = Sources::read(host)?;
    names.retain(|name| (name.contains(PACKAGES) || name.ends_with("Release")) && sources.have(name));
    let lists: Vec<&String> = names.iter().filter(|name| name.contains(PACKAGES)).collect();
    if lists.is_empty() || !lists.iter().all(|name| is_known(name)) {
        return Ok(None);
    }
    let checked_s = FETCHED.iter().filter_map(|path| host.stamp(path)).map(|stamp| stamp.modified_s()).max();
    let stamps: Vec<Option<Stamp>> =
        names.iter().map(|name| host.stamp(format!("{LISTS}/{name}"))).chain([host.stamp(STATUS)]).collect();
    let kept = host.recall(TOPIC, &stamps).into_values().flatten().next();
    if let Some(pending) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(Some(Lists { pending, checked_s }));
    }
    let mut installed = Installed::of(scan)?;
    for list in lists {
        let path = format!("{LISTS}/{list}");
        let archive = release(&names, list).map(|name| Archive::read(host, &format!("{LISTS}/{name}")));
        read(host, &path, archive.unwrap_or_default(), &mut installed)?;
    }
    let pending = installed.pending();
    host.keep(TOPIC, stamps, Answers::from([(Vec::new(), serde_json::to_string(&pending).ok())]));
    Ok(Some(Lists { pending, checked_s }))
}

fn is_known(list: &str) -> bool {
    let end = list.rsplit_once(PACKAGES).map(|(_, end)| end);
    matches!(end.map(|end| end.trim_start_matches('.')), Some("" | GZIP | LZ4))
}

/// The file of the archive that the list belongs to: its name is the beginning of the list's.
fn release<'a>(names: &'a [String], list: &str) -> Option<&'a String> {
    let is_of = |name: &&String| {
        let place = name.strip_suffix("InRelease").or_else(|| name.strip_suffix("Release"));
        place.is_some_and(|place| list.starts_with(place))
    };
    names.iter().filter(is_of).max_by_key(|name| name.len())
}

/// An installed package and what the archives have for it.
struct Entry {
    architecture: String,
    version: String,
    candidate: Candidate,
}

/// The packages of dpkg by name.
struct Installed {
    packages: HashMap<String, Vec<Entry>>,
    native: String,
}

impl Installed {
    fn of(scan: &Scan) -> Result<Self, Failure> {
        let mut packages: HashMap<String, Vec<Entry>> = HashMap::new();
        let mut native = String::new();
        for package in scan.packages()?.iter().filter(|package| package.ecosystem == "deb") {
            let architecture = package.architecture.clone().unwrap_or_default();
            if package.name == "dpkg" {
                native.clone_from(&architecture);
            }
            let entry = Entry { architecture, version: package.version.clone(), candidate: Candidate::default() };
            packages.entry(package.name.clone()).or_default().push(entry);
        }
        Ok(Self { packages, native })
    }

    /// Takes note of a package in an archive. A package for all architectures is one of the host's own.
    fn note(&mut self, archive: Archive, stanza: &Stanza) {
        let Some(entries) = self.packages.get_mut(&stanza.package) else { return };
        let native = &self.native;
        let own = |architecture: &str| if architecture == "all" { native.clone() } else { architecture.to_owned() };
        for entry in entries.iter_mut().filter(|entry| own(&entry.architecture) == own(&stanza.architecture)) {
            entry.candidate.note(archive, &stanza.version);
        }
    }

    fn pending(self) -> Vec<PendingUpdate> {
        let mut pending: Vec<PendingUpdate> = Vec::new();
        for (name, entries) in self.packages {
            pending.extend(entries.iter().filter_map(|entry| {
                let (available, security) = entry.candidate.update(&entry.version)?;
                Some(PendingUpdate {
                    ecosystem: "deb".to_owned(),
                    name: name.clone(),
                    architecture: Some(entry.architecture.clone()).filter(|text| !text.is_empty()),
                    installed: entry.version.clone(),
                    available: clip(available.to_owned()),
                    security,
                })
            }));
        }
        pending.sort_unstable();
        pending
    }
}

/// What matters of a paragraph.
#[derive(Debug, Default)]
struct Stanza {
    package: String,
    version: String,
    architecture: String,
}

fn read(host: &Host, path: &str, archive: Archive, installed: &mut Installed) -> Result<(), Failure> {
    let file = host.stream(path)?;
    let result = match path.rsplit_once('.') {
        Some((_, LZ4)) => scan(FrameDecoder::new(file), archive, installed),
        Some((_, GZIP)) => scan(MultiGzDecoder::new(file), archive, installed),
        _ => scan(file, archive, installed),
    };
    result.map_err(|error| Failure::malformed(path, error.to_string()))
}

fn scan<R: Read>(source: R, archive: Archive, installed: &mut Installed) -> io::Result<()> {
    let mut lines = BufReader::with_capacity(BUFFER_BYTES, source.take(LIST_BYTES));
    let mut line = Vec::with_capacity(LINE_BYTES);
    let mut stanza = Stanza::default();
    let blank = Finder::new(b"\n\n");
    while next_line(&mut lines, &mut line)? {
        if line.is_empty() {
            installed.note(archive, &stanza);
            stanza.package.clear();
            continue;
        }
        if take(&line, b"Package: ", &mut stanza.package) && !installed.packages.contains_key(&stanza.package) {
            stanza.package.clear();
            pass_over(&mut lines, &blank)?;
            continue;
        }
        take(&line, b"Version: ", &mut stanza.version);
        take(&line, b"Architecture: ", &mut stanza.architecture);
    }
    installed.note(archive, &stanza);
    Ok(())
}

/// Whether the line is the field of this name, whose value is taken then.
fn take(line: &[u8], name: &[u8], value: &mut String) -> bool {
    let found = line.strip_prefix(name).and_then(|rest| std::str::from_utf8(rest).ok());
    if let Some(found) = found {
        value.clear();
        value.push_str(found.trim());
    }
    found.is_some()
}

/// Passes over the rest of a paragraph of which a whole line was read: of a hundred packages that there are, one is
/// installed.
fn pass_over(source: &mut impl BufRead, blank: &Finder<'_>) -> io::Result<()> {
    let mut is_at_line = true;
    loop {
        let buffer = source.fill_buf()?;
        let end = match buffer.first() {
            None => return Ok(()),
            Some(b'\n') if is_at_line => Some(1),
            Some(_) => blank.find(buffer).map(|at| at + 2),
        };
        is_at_line = buffer.last() == Some(&b'\n');
        let used = end.unwrap_or(buffer.len());
        source.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// The beginning of the next line; nothing at the end.
fn next_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    loop {
        let buffer = source.fill_buf()?;
        if buffer.is_empty() {
            return Ok(!line.is_empty());
        }
        let end = memchr::memchr(b'\n', buffer);
        let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        let room = LINE_BYTES.saturating_sub(line.len()).min(piece.len());
        line.extend_from_slice(piece.get(..room).unwrap_or_default());
        let used = piece.len() + usize::from(end.is_some());
        source.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use terrier_shared::latest::section::{Section, SectionKind, Updates};

    use crate::collect::collect;
    use crate::collect::host::Host;

    const STATUS: &str = "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n\n\
        Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2\n\n\
        Package: libc6\nStatus: install ok installed\nArchitecture: i386\nVersion: 2.36-9\n\n\
        Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2024a\n\n\
        Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n";
    const MAIN: &str = "Package: bash\nVersion: 5.2.15-2+b8\nArchitecture: amd64\nDescription: x\n Version: 9\n\n\
        Package: libc6\nVersion: 2.36-10\nArchitecture: amd64\n\nPackage: gone\nVersion: 2\nArchitecture: all\n";
    const SECURITY: &str = "Package: tzdata\nVersion: 2025a\nArchitecture: all\n\nPackage: unknown\nVersion: 2\n";

    struct Machine(tempfile::TempDir, Host);

    impl Machine {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let host = Host::at(root.path());
            let machine = Self(root, host);
            machine.write("var/lib/dpkg/status", STATUS.as_bytes());
            machine.write("proc/sys/kernel/osrelease", b"6.1.0-25-amd64\n");
            machine
        }

        fn write(&self, path: &str, content: &[u8]) {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }

        fn list(&self, name: &str, content: &[u8]) {
            self.write(&format!("var/lib/apt/lists/{name}"), content);
        }

        fn updates(&self) -> Updates {
            let mut collected = collect(&self.1, &[SectionKind::Updates]);
            assert_eq!(collected.faults, []);
            let Section::Updates(updates) = collected.sections.remove(0) else { panic!("{collected:?}") };
            updates
        }

        fn told(&self) -> Option<Vec<String>> {
            let told =
                self.updates().pending?.into_iter().map(|p| format!("{} {} {}", p.name, p.available, p.security));
            Some(told.collect())
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_newer_for_the_same_architecture_is_pending_also_from_packed_lists() {
        let machine = Machine::new();
        assert_eq!(machine.told(), None);
        machine.list("deb.example.org_debian_dists_x_InRelease", b"Suite: oldstable\n");
        machine.list("deb.example.org_debian_dists_x_main_binary-amd64_Packages", MAIN.as_bytes());
        assert_eq!(machine.told().unwrap(), ["bash 5.2.15-2+b8 false"]);
        machine.list("deb.example.org_s_dists_x-security_InRelease", b"Suite: oldstable-security\n");
        machine.list("deb.example.org_s_dists_x-security_main_binary-amd64_Packages.gz", &gzip(SECURITY));
        assert_eq!(machine.told().unwrap(), ["bash 5.2.15-2+b8 false", "tzdata 2025a true"]);
        machine.write("var/lib/dpkg/status", STATUS.replace("5.2.15-2\n", "5.2.15-2+b8\n").as_bytes());
        assert_eq!(machine.told().unwrap(), ["tzdata 2025a true"]);
        assert!(machine.updates().checked_s.is_some());
    }

    #[test]
    fn a_list_that_cannot_be_unpacked_is_never_a_host_without_updates() {
        let machine = Machine::new();
        machine.list("x_Packages", MAIN.as_bytes());
        machine.list("y_Packages.xz", b"");
        assert_eq!(machine.told(), None);
        let machine = Machine::new();
        for (name, content) in [("y_Packages.gz", &gzip(MAIN)[..40]), ("y_Packages.lz4", b"no frame")] {
            machine.list(name, content);
            assert_eq!(collect(&machine.1, &[SectionKind::Updates]).sections, [], "{name}");
            fs::remove_file(machine.0.path().join("var/lib/apt/lists").join(name)).unwrap();
        }
    }

    #[test]
    fn what_packages_ask_for_a_reboot_is_told() {
        let machine = Machine::new();
        assert!(!machine.updates().reboot_required);
        machine.write("run/reboot-required", b"*** System restart required ***\n");
        machine.write("run/reboot-required.pkgs", b"linux-base\nlibc6\nlibc6\n");
        let updates = machine.updates();
        assert!(updates.reboot_required);
        assert_eq!(updates.reboot_reasons, ["libc6", "linux-base"]);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let machine = Machine::new();
        let long = format!("Package: bash\nVersion: 9\nTag: {}\nArchitecture: amd64\n", "x".repeat(1 << 20));
        machine.list("x_Packages", long.as_bytes());
        assert_eq!(machine.told().unwrap(), ["bash 9 false"]);
    }

    #[test]
    fn a_paragraph_that_does_not_matter_ends_where_it_ends_however_it_is_read() {
        let text = b"Version: 1\nSize: 2\n\nnext\n\nlast";
        for size in 1..text.len() {
            let mut source = std::io::BufReader::with_capacity(size, text.as_slice());
            let rest = |source: &mut std::io::BufReader<&[u8]>| {
                super::pass_over(source, &memchr::memmem::Finder::new(b"\n\n")).unwrap();
                let mut line = Vec::new();
                super::next_line(source, &mut line).unwrap();
                String::from_utf8(line).unwrap()
            };
            assert_eq!(rest(&mut source), "next", "{size} bytes at once");
            assert_eq!(rest(&mut source), "last", "{size} bytes at once");
            assert_eq!(rest(&mut source), "", "{size} bytes at once");
        }
    }
}
