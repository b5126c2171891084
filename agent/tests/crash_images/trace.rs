//! What a program wrote to files, and what of it was made durable, as strace(1) saw it.
//!
//! Knows nothing of databases. For programs whose files are written by one thread at a time.

use std::collections::BTreeMap;

/// What strace is asked for: everything that changes a file or its name, in full.
pub(crate) const STRACE: [&str; 8] = [
    "-f",
    "-xx",
    "-s",
    "16777216",
    "-e",
    "trace=openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename",
    "-e",
    "signal=none",
];

/// One thing that happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// The file of this name was made empty, or is written to for the first time.
    Made(String),
    /// Bytes were written to a file at an offset.
    Wrote(String, usize, Vec<u8>),
    /// A file was cut, or grew, to a length.
    Cut(String, usize),
    /// Everything written to the file before is on the disk now, and with no name the names in the directory are.
    Synced(String),
    /// The name is gone.
    Removed(String),
    /// The program said so on its standard error.
    Said(String),
}

#[derive(Default)]
struct Reader {
    /// Name and position of each open file.
    open: BTreeMap<i64, (String, usize)>,
    steps: Vec<Step>,
}

/// The steps in `trace` that concern files in `dir`, by their names in it.
pub(crate) fn read(trace: &str, dir: &str) -> Vec<Step> {
    let mut reader = Reader::default();
    let mut unfinished: BTreeMap<&str, String> = BTreeMap::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').expect("a thread");
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, begun.to_owned());
        } else if let Some((_, ended)) = call.strip_prefix("<... ").and_then(|call| call.split_once(" resumed>")) {
            let begun = unfinished.remove(thread).expect("what is resumed has begun");
            reader.take(&(begun + ended), dir);
        } else {
            reader.take(call, dir);
        }
    }
    reader.steps
}

impl Reader {
    fn take(&mut self, call: &str, dir: &str) {
        let Some((name, rest)) = call.split_once('(') else { return };
        let Some((arguments, result)) = rest.rsplit_once(" = ") else { return };
        let Ok(result) = result.split(' ').next().unwrap_or_default().parse::<i64>() else { return };
        let arguments = split(arguments.trim_end().trim_end_matches(')'));
        if result >= 0 {
            self.call(name, &arguments, result, dir);
        }
    }

    fn call(&mut self, name: &str, arguments: &[&str], result: i64, dir: &str) {
        match name {
            "openat" => self.opened(arguments, result, dir),
            "close" => drop(self.open.remove(&number(arguments[0]))),
            "lseek" => {
                if let Some((_, position)) = self.open.get_mut(&number(arguments[0])) {
                    *position = usize::try_from(result).unwrap();
                }
            }
            "write" if arguments[0] == "2" => {
                self.steps.push(Step::Said(String::from_utf8_lossy(&bytes(arguments[1])).into_owned()));
            }
            "write" => {
                if let Some((file, position)) = self.open.get_mut(&number(arguments[0])) {
                    let written = taken(arguments[1], result);
                    self.steps.push(Step::Wrote(file.clone(), *position, written));
                    *position += usize::try_from(result).unwrap();
                }
            }
            "pwrite64" => {
                if let Some((file, _)) = self.open.get(&number(arguments[0])) {
                    let at = usize::try_from(number(arguments[3])).unwrap();
                    self.steps.push(Step::Wrote(file.clone(), at, taken(arguments[1], result)));
                }
            }
            "ftruncate" => {
                if let Some((file, _)) = self.open.get(&number(arguments[0])) {
                    self.steps.push(Step::Cut(file.clone(), usize::try_from(number(arguments[1])).unwrap()));
                }
            }
            "fsync" | "fdatasync" => {
                if let Some((file, _)) = self.open.get(&number(arguments[0])) {
                    self.steps.push(Step::Synced(file.clone()));
                }
            }
            "unlink" => self.removed(arguments[0], dir),
            "unlinkat" => self.removed(arguments[1], dir),
            other => panic!("a call that is not understood: {other}{arguments:?}"),
        }
    }

    fn opened(&mut self, arguments: &[&str], descriptor: i64, dir: &str) {
        let Some(name) = name_in(dir, arguments[1]) else { return };
        let flags = arguments[2];
        if flags.contains("O_CREAT") || flags.contains("O_TRUNC") {
            self.steps.push(Step::Made(name.clone()));
        }
        self.open.insert(descriptor, (name, 0));
    }

    fn removed(&mut self, path: &str, dir: &str) {
        if let Some(name) = name_in(dir, path) {
            self.steps.push(Step::Removed(name));
        }
    }
}

fn name_in(dir: &str, quoted: &str) -> Option<String> {
    let path = String::from_utf8(bytes(quoted)).ok()?;
    Some(path.strip_prefix(dir)?.trim_start_matches('/').to_owned())
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

fn taken(quoted: &str, result: i64) -> Vec<u8> {
    let mut bytes = bytes(quoted);
    let length = usize::try_from(result).unwrap();
    assert!(bytes.len() >= length, "strace has cut what was written");
    bytes.truncate(length);
    bytes
}

/// The bytes of `"\x41\x42"`.
fn bytes(quoted: &str) -> Vec<u8> {
    let inner = quoted.trim_matches('"').as_bytes();
    inner
        .chunks_exact(4)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(&digits[2..]).unwrap(), 16).expect("hexadecimal digits"))
        .collect()
}

/// Arguments have no comma inside quotes, because everything there is written as numbers.
fn split(arguments: &str) -> Vec<&str> {
    arguments.split(", ").collect()
}
