//! Keys that let somebody in, from the files that sshd(8) describes under "`AUTHORIZED_KEYS` FILE FORMAT".

/// How the names of all kinds of keys begin.
const KINDS: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];
/// How every key begins in base64: with the length of its kind's name in four bytes, which is less than 65 536.
const BEGINNING: &[u8] = b"AAAA";

/// How many keys a file lists.
pub(super) fn count(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').filter(|line| is_key(line.trim_ascii())).count()
}

/// Kind and key stand in the beginning or behind the options, in which blanks stand between quotes.
fn is_key(line: &[u8]) -> bool {
    if line.starts_with(b"#") {
        return false;
    }
    let mut words = words(line);
    let first = words.next().unwrap_or_default();
    let kind = if is_kind(first) { first } else { words.next().unwrap_or_default() };
    is_kind(kind) && words.next().unwrap_or_default().starts_with(BEGINNING)
}

fn is_kind(word: &[u8]) -> bool {
    KINDS.iter().any(|kind| word.starts_with(kind))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let (word, after) = rest.split_at(end_of_word(rest));
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

fn end_of_word(text: &[u8]) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let ends = |byte: &u8| {
        let is_end = !is_quoted && matches!(byte, b' ' | b'\t');
        is_quoted ^= *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    };
    text.iter().position(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::count;

    #[test]
    fn comments_options_and_broken_lines_are_told_from_keys() {
        let text =
            b"# ssh-rsa AAAAB3 x\nssh-ed25519 AAAAC3Nz me@here\n  command=\"a \\\" b\",no-pty ssh-rsa AAAAB3 x\n\
            ssh-rsa broken\nfrom=\"a b ssh-rsa AAAAB3 x\n\nsk-ssh-ed25519@openssh.com AAAAGn\nssh-rsa\n";
        assert_eq!(count(text), 3);
    }

    proptest! {
        #[test]
        fn any_bytes_are_counted_without_harm(bytes: Vec<u8>) {
            prop_assert!(count(&bytes) <= bytes.len());
        }
    }
}
