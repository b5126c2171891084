//! os-release(5): assignments that a shell could read.

use std::collections::BTreeMap;

use super::failure::Failure;
use super::host::Host;

const PLACES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];
const LIMIT: usize = 64 << 10;

pub(super) fn read(host: &Host) -> Result<BTreeMap<String, String>, Failure> {
    for place in PLACES {
        if let Some(bytes) = host.find(place, LIMIT)? {
            return Ok(parse(&String::from_utf8_lossy(&bytes)));
        }
    }
    Err(Failure::NotFound(PLACES.join(" or ")))
}

/// Lines that are no assignment are ignored, as the manual page asks.
fn parse(text: &str) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if let Some((name, value)) = line.split_once('=') {
            values.insert(name.to_owned(), unquote(value));
        }
    }
    values.retain(|_, value| !value.is_empty());
    values
}

/// Takes off a pair of quotes, and inside double quotes the backslash before a character it protects.
fn unquote(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return inner.to_owned();
    }
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = character == '\\' && matches!(characters.peek(), Some('"' | '$' | '\\' | '`'));
        text.push(if escaped { characters.next().unwrap_or(character) } else { character });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn values_are_unquoted_as_a_shell_would() {
        let values = parse("# c\nNAME='a b'\nPRETTY_NAME=\"say \\\"hi\\\" \\$5\"\nID=debian\nnothing\nEMPTY=\nX=\"\n");
        assert_eq!(values["NAME"], "a b");
        assert_eq!(values["PRETTY_NAME"], "say \"hi\" $5");
        assert_eq!(values["ID"], "debian");
        assert!(!values.contains_key("EMPTY"));
        assert_eq!(values["X"], "\"");
    }
}
