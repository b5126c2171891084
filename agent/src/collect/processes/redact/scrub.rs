//! Secrets inside a text: assignments, fields, headers, URLs, and tokens that are known by their form.

use super::HIDDEN;
use super::name::judge;

/// Tokens that are known by how they begin, and from how many bytes on.
const TOKENS: [(&str, usize); 16] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 20),
    ("xoxa-", 15),
    ("xoxb-", 15),
    ("xoxp-", 15),
    ("sk-", 30),
    ("sk_live_", 20),
    ("hvs.", 20),
    ("AIza", 35),
    ("npm_", 30),
    ("dckr_pat_", 20),
];

/// `text` with what is secret in it replaced.
pub(super) fn scrub(text: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        let taken = if is_name_byte(*first) {
            word(rest, &mut clean)
        } else if rest.starts_with(b"://") {
            authority(rest, &clean.clone(), &mut clean)
        } else {
            clean.push(*first);
            1
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    clean
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Takes the name at the beginning of `rest`, with its value if that is a secret; gives how much it took.
fn word(rest: &[u8], clean: &mut Vec<u8>) -> usize {
    let length = rest.iter().position(|byte| !is_name_byte(*byte)).unwrap_or(rest.len());
    let (name, after) = rest.split_at(length);
    if is_token(name) {
        clean.extend_from_slice(HIDDEN);
        return length;
    }
    clean.extend_from_slice(name);
    let Some(value) = value(name, after) else { return length };
    clean.extend_from_slice(after.get(..value.start).unwrap_or_default());
    clean.extend_from_slice(HIDDEN);
    length + value.end
}

fn is_token(word: &[u8]) -> bool {
    let has_known_form =
        TOKENS.iter().any(|(start, length)| word.len() >= *length && word.starts_with(start.as_bytes()));
    // RFC 7519: header, claims and signature in base64, of which the first two begin with `{"`.
    let is_jwt = word.len() > 30 && word.starts_with(b"eyJ") && word.split(|byte| *byte == b'.').count() == 3;
    has_known_form || is_jwt
}

struct Span {
    start: usize,
    end: usize,
}

/// Where in `after`, the text behind `name`, the secret stands.
fn value(name: &[u8], after: &[u8]) -> Option<Span> {
    let mut start = 0;
    let at = |index: usize| after.get(index).copied();
    if is_scheme(name) && at(0) == Some(b' ') {
        return Some(Span { start: 1, end: 1 + unquoted(after.get(1..)?) }).filter(|span| span.end > 10);
    }
    let judged = judge(name);
    if !judged.hides(b"0123456789abcdefghij") {
        return None;
    }
    start += quote(after);
    start += spaces(after.get(start..)?);
    match at(start)? {
        b'=' if at(start + 1) == Some(b'>') => start += 2,
        b':' if after.get(start..)?.starts_with(b"://") => return None,
        b'=' | b':' => start += 1,
        _ => return None,
    }
    start += spaces(after.get(start..)?);
    let opening = quote(after.get(start..)?);
    let mark = after.get(start..start + opening)?.to_vec();
    start += opening;
    let value = after.get(start..)?;
    let length = if !mark.is_empty() {
        value.windows(mark.len()).position(|window| window == mark).unwrap_or(value.len())
    } else if is_to_the_end(name) {
        value.iter().position(|byte| matches!(byte, b'\'' | b'"' | b'\n')).unwrap_or(value.len())
    } else {
        unquoted(value)
    };
    (length > 0 && judged.hides(value.get(..length)?)).then_some(Span { start, end: start + length })
}

/// `Bearer x`, `Basic x` (RFC 7235).
fn is_scheme(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"bearer") || name.eq_ignore_ascii_case(b"basic")
}

/// Headers whose value has spaces in it.
fn is_to_the_end(name: &[u8]) -> bool {
    [&b"authorization"[..], b"proxy-authorization", b"cookie", b"set-cookie"]
        .iter()
        .any(|header| name.eq_ignore_ascii_case(header))
}

fn unquoted(value: &[u8]) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b",;&'\"|)}<>".contains(byte);
    value.iter().position(ends).unwrap_or(value.len())
}

fn spaces(text: &[u8]) -> usize {
    text.iter().take(4).take_while(|byte| **byte == b' ').count()
}

/// How long a quotation mark at the beginning is, with the backslash that a quoted text has before it.
fn quote(text: &[u8]) -> usize {
    match text {
        [b'\\', b'"' | b'\'', ..] => 2,
        [b'"' | b'\'', ..] => 1,
        _ => 0,
    }
}

/// Takes `://user:secret@`; `before` ends with the scheme. Gives how much it took.
fn authority(rest: &[u8], before: &[u8], clean: &mut Vec<u8>) -> usize {
    const MARK: usize = 3;
    clean.extend_from_slice(b"://");
    let after = rest.get(MARK..).unwrap_or_default();
    let end =
        after.iter().position(|byte| byte.is_ascii_whitespace() || b"'\"<>".contains(byte)).unwrap_or(after.len());
    let place = after.get(..end).unwrap_or_default();
    let Some(at) = end_of_user(place) else { return MARK };
    let user = place.get(..at).unwrap_or_default();
    match user.iter().position(|byte| *byte == b':') {
        Some(colon) => {
            clean.extend_from_slice(user.get(..=colon).unwrap_or_default());
            clean.extend_from_slice(HIDDEN);
        }
        // A lone user of a web address is a token; of `ssh://git@` it is a user.
        None if before.ends_with(b"http") || before.ends_with(b"https") => clean.extend_from_slice(HIDDEN),
        None => clean.extend_from_slice(user),
    }
    MARK + at
}

/// Where the `@` behind the user stands. A password may hold `/?#` by mistake; a port is digits and a slash.
fn end_of_user(place: &[u8]) -> Option<usize> {
    let host_end = place.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(place.len());
    let strict = place.get(..host_end)?.iter().rposition(|byte| *byte == b'@');
    strict.or_else(|| {
        let colon = place.get(..host_end)?.iter().position(|byte| *byte == b':')?;
        let port = place.get(colon + 1..host_end)?;
        let is_port = !port.is_empty() && port.iter().all(u8::is_ascii_digit) && place.get(host_end) == Some(&b'/');
        let at = place.iter().rposition(|byte| *byte == b'@')?;
        (!is_port).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::scrub;

    fn clean(text: &str) -> String {
        String::from_utf8(scrub(text.as_bytes())).unwrap()
    }

    #[test]
    fn passwords_in_urls_are_hidden_and_nothing_else_of_them() {
        for (text, expected) in [
            ("postgres://app:s3cret@db:5432/x?sslmode=require", "postgres://app:***@db:5432/x?sslmode=require"),
            ("redis://:pw@cache:6379/0", "redis://:***@cache:6379/0"),
            ("https://ghtoken@github.com/a/b.git", "https://***@github.com/a/b.git"),
            ("ssh://git@github.com/a", "ssh://git@github.com/a"),
            ("amqp://u:p@ss@mq/", "amqp://u:***@mq/"),
            ("mysql://u:p/w@db/x", "mysql://u:***@db/x"),
            ("http://host:8080/@scope/x", "http://host:8080/@scope/x"),
            ("https://h/x?token=abc&y=1", "https://h/x?token=***&y=1"),
            ("a=http://x:y@h b=https://u:v@w", "a=http://x:***@h b=https://u:***@w"),
            ("http://[::1]:80/", "http://[::1]:80/"),
        ] {
            assert_eq!(clean(text), expected, "{text}");
        }
    }

    #[test]
    fn assignments_and_fields_lose_their_secrets() {
        for (text, expected) in [
            ("Server=db;Uid=sa;Password=p w;Timeout=3", "Server=db;Uid=sa;Password=*** w;Timeout=3"),
            ("host=db password='a b' user=x", "host=db password='***' user=x"),
            ("username=u,password=p,vers=3", "username=u,password=***,vers=3"),
            (r#"{"user":"u","password":"a\"b","n":1}"#, r#"{"user":"u","password":"***"b","n":1}"#),
            (r#"{\"api_key\": \"abc\"}"#, r#"{\"api_key\": \"***\"}"#),
            ("X-Auth-Token: abc", "X-Auth-Token: ***"),
            ("Authorization: Bearer abc.def ghi", "Authorization: ***"),
            ("export A=1; DB_PASSWORD=x; run", "export A=1; DB_PASSWORD=***; run"),
            ("pass:xyz", "pass:***"),
            ("PASSWORD=", "PASSWORD="),
            ("secret => 'x'", "secret => '***'"),
            ("AccountName=a;AccountKey=Zm9vYmFy==;E=core", "AccountName=a;AccountKey=***;E=core"),
            ("Bearer abcdefghijklmn", "Bearer ***"),
        ] {
            assert_eq!(clean(text), expected, "{text}");
        }
    }

    #[test]
    fn tokens_are_known_by_their_form() {
        assert_eq!(clean("ghp_0123456789abcdefABCDEF x"), "*** x");
        assert_eq!(clean("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"), "***");
        assert_eq!(clean("sk-short"), "sk-short");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;",
            "postgres: 15/main: checkpointer",
            "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups",
            "--config=/etc/x.toml --port=80 key=short basic auth",
            "/usr/bin/passwd root",
            "",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_stay_and_do_no_harm() {
        assert_eq!(scrub(b"\xff password=\xfe\xfd;x"), b"\xff password=***;x");
    }
}
