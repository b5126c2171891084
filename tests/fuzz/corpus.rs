//! Every target with every file of its corpus, and with some thousands of bytes made from those: the same ones at every
//! run. What is guided by coverage is done by `packaging/dev/fuzz`, and what that finds is added to the corpus.
#![cfg(test)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use terrier_fuzz::{TARGETS, Target, target};

/// Longest that any bytes may take: far more than on any machine that is not broken.
const HANG: Duration = Duration::from_secs(30);
/// Most memory that this process may ever have had, in KiB: the limits of a body, some times over.
const MEMORY_KIB: u64 = 512 << 10;
/// Longest bytes that are made.
const LONGEST: usize = 96 << 10;

/// Numbers that look random and are the same at every run (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap() % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

/// What parsers have broken on before.
const TOKENS: [&[u8]; 24] = [
    b"\0",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\xc0\x80",
    b"\xef\xbb\xbf",
    b"1e999",
    b"-1",
    b"18446744073709551616",
    b"9223372036854775808",
    b"null",
    b"{}",
    b"[]",
    b"[[[[[[[[[[[[[[[[[[",
    b"\"",
    b"\\",
    b",",
    b"{\"b64\":\"AA==\"}",
    b"\xe2\x80\xae",
    b"-9223372036854775808",
    b"0",
    b"\n",
    b"0.1",
    b"true",
];

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A few changes to one of the files, perhaps with a part of another.
fn changed(files: &[(PathBuf, Vec<u8>)], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = files[numbers.below(files.len())].1.clone();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let until = (at + numbers.below(16)).min(bytes.len());
        match numbers.below(8) {
            0 if at < bytes.len() => bytes[at] = numbers.byte(),
            1 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            2 => drop(bytes.drain(at..until)),
            3 => bytes.truncate(at),
            4 => {
                let part = bytes[at..until].to_vec();
                let times = numbers.below(64);
                bytes.splice(at..at, part.iter().copied().cycle().take(part.len() * times));
            }
            5 => {
                let other = &files[numbers.below(files.len())].1;
                let from = numbers.below(other.len());
                let part = &other[from..(from + numbers.below(256)).min(other.len())];
                bytes.splice(at..until, part.iter().copied());
            }
            _ => drop(bytes.splice(at..until, TOKENS[numbers.below(TOKENS.len())].iter().copied())),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// The most memory this process ever had (`proc_pid_status(5)`).
fn high_water_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn survives(target: Target, bytes: &[u8], what: &str) {
    let started = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    let taken = started.elapsed();
    if outcome.is_err() || taken > HANG {
        let kept = std::env::temp_dir().join(format!("terrier-fuzz-{}-{}", target.name, std::process::id()));
        fs::write(&kept, bytes).unwrap();
        panic!("{} with {what}: {taken:?}; the bytes are in {}", target.name, kept.display());
    }
}

fn nothing_breaks(name: &str, changes: usize) {
    let target = target(name).unwrap();
    let files = corpus(name);
    assert!(!files.is_empty());
    for (path, bytes) in &files {
        survives(target, bytes, &path.display().to_string());
    }
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for number in 0..changes {
        survives(target, &changed(&files, &mut numbers), &format!("change {number}"));
    }
    assert!(high_water_kib() < MEMORY_KIB, "{name}: {} KiB", high_water_kib());
}

#[test]
fn no_body_whatever_it_is_encoded_as_breaks_decompression() {
    nothing_breaks("body", 4_000);
}

#[test]
fn no_request_of_an_agent_breaks_the_server() {
    nothing_breaks("report", 3_000);
}

#[test]
fn no_section_fault_or_metrics_breaks_the_way_into_the_register() {
    nothing_breaks("section", 4_000);
}

#[test]
fn reports_in_any_order_and_on_any_base_leave_the_server_with_what_it_handed_on() {
    nothing_breaks("delta", 3_000);
}

#[test]
fn no_signing_request_and_no_certificate_breaks_the_authority() {
    nothing_breaks("signing_request", 4_000);
}

#[test]
fn no_token_breaks_either_side() {
    nothing_breaks("token", 10_000);
}

#[test]
fn no_answer_breaks_the_agent() {
    nothing_breaks("answer", 10_000);
}

#[test]
fn no_file_in_the_place_of_the_spool_needs_a_person() {
    nothing_breaks("spool", 300);
}

#[test]
fn no_row_in_the_spool_needs_a_person() {
    nothing_breaks("spool_rows", 300);
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut folders: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    let mut names = TARGETS.map(|target| target.name.to_owned());
    names.sort();
    assert_eq!(folders, names);
}
