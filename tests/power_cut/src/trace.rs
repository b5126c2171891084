//! What a program wrote to files, and what of it was made durable, as strace(1) saw it.
//!
//! Threads may write and sync at once: a sync counts for what was written before it began, and a write for done when it
//! has ended.

use std::collections::BTreeMap;

/// What strace is asked for: everything that changes a file or its name, in full, with the names of open files.
pub const STRACE: [&str; 10] = [
    "-f",
    "--seccomp-bpf",
    "-y",
    "-xx",
    "-s",
    "16777216",
    "-e",
    "trace=openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2",
    "-e",
    "signal=none",
];

/// One thing that happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
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

/// What strace has written is not what it writes.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// This line is not understood.
    #[error("a line of the trace is not understood: {0}")]
    Line(String),
}

/// The steps in `trace` that concern files in `dir`, by their names in it. What lies in directories below it is left out.
///
/// # Errors
///
/// [`TraceError`], if a line is not understood.
pub fn read(trace: &str, dir: &str) -> Result<Vec<Step>, TraceError> {
    let mut reader = Reader { dir, positions: BTreeMap::new(), unfinished: BTreeMap::new(), steps: Vec::new() };
    for line in trace.lines() {
        reader.line(line).map_err(|Strange| TraceError::Line(line.chars().take(200).collect()))?;
    }
    Ok(reader.steps.into_iter().flatten().collect())
}

struct Reader<'a> {
    dir: &'a str,
    /// Where in each open file is written next.
    positions: BTreeMap<String, usize>,
    /// What a thread has begun to do, and its place among the steps.
    unfinished: BTreeMap<&'a str, (&'a str, usize)>,
    steps: Vec<Option<Step>>,
}

/// What is read is not understood.
struct Strange;

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) -> Result<(), Strange> {
        let (thread, call) = line.split_once(' ').ok_or(Strange)?;
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            self.unfinished.insert(thread, (begun, self.steps.len()));
            self.steps.push(None);
        } else if let Some((_, ended)) = call.strip_prefix("<... ").and_then(|call| call.split_once(" resumed>")) {
            let (begun, place) = self.unfinished.remove(thread).ok_or(Strange)?;
            let step = self.take(&format!("{begun}{ended}"))?;
            self.put(step, place);
        } else {
            let step = self.take(call)?;
            self.steps.push(step);
        }
        Ok(())
    }

    /// Puts in what began at `place` and has ended now.
    fn put(&mut self, step: Option<Step>, place: usize) {
        let began = self.steps.get_mut(place).filter(|_| matches!(step, Some(Step::Synced(_))));
        match began {
            Some(began) => *began = step,
            None => self.steps.push(step),
        }
    }

    /// What a call did, which is nothing if it failed or was to another file.
    fn take(&mut self, call: &str) -> Result<Option<Step>, Strange> {
        let Some((name, rest)) = call.split_once('(') else { return Ok(None) };
        let (arguments, result) = rest.rsplit_once(" = ").ok_or(Strange)?;
        let arguments = split(arguments.trim_end().strip_suffix(')').ok_or(Strange)?);
        match number(result).map(usize::try_from) {
            Some(Ok(result)) => self.call(name, &arguments, result),
            _failed => Ok(None),
        }
    }

    fn call(&mut self, name: &str, arguments: &[&str], result: usize) -> Result<Option<Step>, Strange> {
        let argument = |at: usize| arguments.get(at).copied().ok_or(Strange);
        match name {
            "openat" => Ok(self.opened(&quoted(argument(1)?)?, argument(2)?)),
            "unlink" => Ok(self.name_of(&quoted(argument(0)?)?).map(Step::Removed)),
            "unlinkat" => Ok(self.name_of(&quoted(argument(1)?)?).map(Step::Removed)),
            "rename" | "renameat" | "renameat2" => self.renamed(arguments),
            "write" if number(argument(0)?) == Some(2) => {
                Ok(Some(Step::Said(String::from_utf8_lossy(&bytes(argument(1)?)?).into_owned())))
            }
            _ => self.call_on_open_file(name, arguments, result),
        }
    }

    fn call_on_open_file(&mut self, name: &str, arguments: &[&str], result: usize) -> Result<Option<Step>, Strange> {
        let argument = |at: usize| arguments.get(at).copied().ok_or(Strange);
        let descriptor = argument(0)?;
        let Some(file) = self.file(descriptor)? else { return Ok(None) };
        let step = match name {
            "close" => {
                self.positions.remove(descriptor);
                return Ok(None);
            }
            "lseek" => {
                self.positions.insert(descriptor.to_owned(), result);
                return Ok(None);
            }
            "write" => {
                let position = self.positions.entry(descriptor.to_owned()).or_default();
                let at = *position;
                *position += result;
                Step::Wrote(file, at, written(argument(1)?, result)?)
            }
            "pwrite64" => Step::Wrote(file, length(argument(3)?)?, written(argument(1)?, result)?),
            "ftruncate" => Step::Cut(file, length(argument(1)?)?),
            "fsync" | "fdatasync" => Step::Synced(file),
            _ => return Err(Strange),
        };
        Ok(Some(step))
    }

    fn opened(&self, path: &str, flags: &str) -> Option<Step> {
        let makes = flags.contains("O_CREAT") || flags.contains("O_TRUNC");
        self.name_of(path).filter(|_| makes).map(Step::Made)
    }

    /// Other names of a file are not taken in; elsewhere they do not matter.
    fn renamed(&self, arguments: &[&str]) -> Result<Option<Step>, Strange> {
        for path in arguments.iter().filter(|argument| argument.starts_with('"')) {
            if self.name_of(&quoted(path)?).is_some() {
                return Err(Strange);
            }
        }
        Ok(None)
    }

    /// The name of an open file, if it is in the directory and still has one.
    fn file(&self, descriptor: &str) -> Result<Option<String>, Strange> {
        let (_, path) = descriptor.split_once('<').ok_or(Strange)?;
        if path.ends_with("(deleted)") {
            return Ok(None);
        }
        Ok(self.name_of(&quoted(path.strip_suffix('>').ok_or(Strange)?)?))
    }

    fn name_of(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix(self.dir)?;
        let name = if name.is_empty() { name } else { name.strip_prefix('/')? };
        (!name.contains('/')).then(|| name.to_owned())
    }
}

/// The number at the beginning of a text; none where there is none.
fn number(text: &str) -> Option<i64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

fn length(text: &str) -> Result<usize, Strange> {
    number(text).and_then(|number| usize::try_from(number).ok()).ok_or(Strange)
}

/// The first `length` of the bytes of an argument, which strace must not have cut shorter.
fn written(argument: &str, length: usize) -> Result<Vec<u8>, Strange> {
    let mut bytes = bytes(argument)?;
    if bytes.len() < length {
        return Err(Strange);
    }
    bytes.truncate(length);
    Ok(bytes)
}

fn quoted(argument: &str) -> Result<String, Strange> {
    String::from_utf8(bytes(argument)?).map_err(|_no_text| Strange)
}

/// The bytes of `"\x41\x42"`, with quotes or without. What has no name, such as a pipe, stands there as it is.
fn bytes(argument: &str) -> Result<Vec<u8>, Strange> {
    let inner = argument.trim_matches('"').as_bytes();
    if !inner.starts_with(b"\\x") {
        return Ok(inner.to_vec());
    }
    inner.chunks(4).map(|escape| byte(escape).ok_or(Strange)).collect()
}

fn byte(escape: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low] = escape else { return None };
    let digit = |digit: &u8| char::from(*digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// Arguments have no comma inside quotes, because everything there is written as numbers.
fn split(arguments: &str) -> Vec<&str> {
    arguments.split(", ").collect()
}

#[cfg(test)]
mod tests {
    use super::{Step, read};

    fn escaped(text: &str) -> String {
        text.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_sync_counts_for_what_was_written_before_it_began() {
        let file = escaped("/here/a");
        let lines = [
            format!("1 openat(AT_FDCWD<{}>, \"{file}\", O_RDWR|O_CREAT, 0644) = 3<{file}>", escaped("/")),
            format!("1 pwrite64(3<{file}>, \"{}\", 1, 0) = 1", escaped("x")),
            format!("1 fsync(3<{file}> <unfinished ...>"),
            format!("2 pwrite64(3<{file}>, \"{}\", 1, 1 <unfinished ...>", escaped("y")),
            "1 <... fsync resumed>) = 0".to_owned(),
            "2 <... pwrite64 resumed>) = 1".to_owned(),
            format!("2 write(2<{}>, \"{}\", 2) = 2", "pipe:[1]", escaped("ok")),
            format!("2 fsync(3<{file}>) = -1 EIO (Input/output error)"),
            format!("2 unlink(\"{}\") = 0", escaped("/here/below/a")),
            "1 +++ exited with 0 +++".to_owned(),
        ];
        let a = || "a".to_owned();
        let expected = [
            Step::Made(a()),
            Step::Wrote(a(), 0, b"x".to_vec()),
            Step::Synced(a()),
            Step::Wrote(a(), 1, b"y".to_vec()),
            Step::Said("ok".to_owned()),
        ];
        assert_eq!(read(&lines.join("\n"), "/here").unwrap(), expected);
    }
}
