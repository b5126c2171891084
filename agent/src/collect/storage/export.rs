//! What this host exports by NFS, from `/etc/exports` and `/etc/exports.d` (exports(5)).

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::storage::Export;

use crate::collect::bounds::{clip, clip_bytes};
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const FILE: &str = "/etc/exports";
const DIRECTORY: &str = "/etc/exports.d";
const FILE_BYTES: usize = 1 << 20;
const FILES: usize = 1_000;
/// Most clients of one directory.
const CLIENTS: usize = 10_000;

/// Absent where this user may not read one of the files: without it others would look as if they were all.
pub(super) fn read(host: &Host) -> Result<Option<Vec<Export>>, Failure> {
    match all(host) {
        Ok(exports) => Ok(Some(exports)),
        Err(Failure::PermissionDenied(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn all(host: &Host) -> Result<Vec<Export>, Failure> {
    let mut exports = parse(&host.find(FILE, FILE_BYTES)?.unwrap_or_default());
    let names = host.find_names(DIRECTORY)?.into_iter();
    let names = names.filter(|name| name.ends_with(".exports") && !name.starts_with('.'));
    for name in names.take(FILES) {
        exports.extend(parse(&host.find(format!("{DIRECTORY}/{name}"), FILE_BYTES)?.unwrap_or_default()));
    }
    Ok(exports)
}

fn parse(text: &[u8]) -> Vec<Export> {
    let mut exports = Vec::new();
    let mut rest = Words(text);
    while !rest.0.is_empty() {
        let words = rest.line();
        let Some((path, clients)) = words.split_first() else { continue };
        exports.push(Export {
            path: clip_bytes(path, STRING_BYTES),
            clients: clients
                .iter()
                .take(CLIENTS)
                .map(|client| clip(String::from_utf8_lossy(client).into_owned()))
                .collect(),
        });
    }
    exports
}

/// What is left of a file.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    /// The words of the next line, which a backslash before its end continues; a number sign begins a comment.
    fn line(&mut self) -> Vec<Vec<u8>> {
        let mut words = Vec::new();
        loop {
            match *self.0 {
                [] => return words,
                [b'\n', ref rest @ ..] => {
                    self.0 = rest;
                    return words;
                }
                [b'\\', b'\n', ref rest @ ..] | [b' ' | b'\t' | b'\r', ref rest @ ..] => self.0 = rest,
                [b'#', ..] => self.skip_comment(),
                _ => words.push(self.word()),
            }
        }
    }

    fn skip_comment(&mut self) {
        let end = self.0.iter().position(|byte| *byte == b'\n').unwrap_or(self.0.len());
        self.0 = self.0.get(end..).unwrap_or_default();
    }

    /// Up to white space outside of quotes; three octal digits after a backslash are one byte.
    fn word(&mut self) -> Vec<u8> {
        let mut word = Vec::new();
        let mut is_quoted = false;
        loop {
            let (byte, rest) = match *self.0 {
                [] | [b'\n', ..] | [b'\\', b'\n', ..] => return word,
                [b' ' | b'\t' | b'\r', ..] if !is_quoted => return word,
                [b'"', ref rest @ ..] => {
                    is_quoted = !is_quoted;
                    (None, rest)
                }
                [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ref rest @ ..] => {
                    (Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')), rest)
                }
                [byte, ref rest @ ..] => (Some(byte), rest),
            };
            word.extend(byte);
            self.0 = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Host, parse, read};

    fn listed(text: &str) -> Vec<(String, Vec<String>)> {
        parse(text.as_bytes()).into_iter().map(|e| (e.path.to_lossy().into_owned(), e.clients)).collect()
    }

    #[test]
    fn lines_continue_quotes_keep_spaces_and_octal_digits_are_bytes() {
        let exports = listed("# a\n\n/a h1(rw) \\\n  h2(ro) # b\n\"/b c\" *(ro)\n/d\\040e -rw,sync h\n/f");
        let own = |path: &str, clients: &[&str]| (path.to_owned(), clients.iter().map(|c| (*c).to_owned()).collect());
        assert_eq!(
            exports,
            [
                own("/a", &["h1(rw)", "h2(ro)"]),
                own("/b c", &["*(ro)"]),
                own("/d e", &["-rw,sync", "h"]),
                own("/f", &[]),
            ]
        );
    }

    #[test]
    fn a_quote_that_does_not_end_ends_with_its_line() {
        assert_eq!(listed("\"/a b\n/c").len(), 2);
    }

    #[test]
    fn a_host_that_exports_nothing_has_an_empty_list_and_a_broken_file_is_a_fault() {
        let root = tempfile::tempdir().unwrap();
        let host = Host::at(root.path());
        assert_eq!(read(&host).unwrap(), Some(vec![]));
        fs::create_dir_all(root.path().join("etc/exports")).unwrap();
        assert!(read(&host).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(text: Vec<u8>) {
            let _ = parse(&text);
        }
    }
}
