//! An answer of HTTP/1.1 (RFC 9112), read whole.

/// The body of a good answer.
///
/// # Errors
///
/// What is wrong with it: it is no such answer, it is cut, or its status is another than 200.
pub(super) fn body(answer: &[u8]) -> Result<Vec<u8>, String> {
    let end = memchr::memmem::find(answer, b"\r\n\r\n").ok_or("its head has no end")?;
    let (head, rest) = answer.split_at_checked(end).ok_or("its head has no end")?;
    let head = std::str::from_utf8(head).map_err(|error| error.to_string())?;
    let rest = rest.get(4..).unwrap_or_default();
    let mut lines = head.split("\r\n");
    let mut status = lines.next().unwrap_or_default().split(' ');
    let (version, status) = (status.next().unwrap_or_default(), status.next().unwrap_or_default());
    if !version.starts_with("HTTP/1.") || status != "200" {
        return Err(format!("answered {status:?} instead of 200"));
    }
    let fields = lines.filter_map(|line| line.split_once(':'));
    let fields: Vec<_> = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.trim())).collect();
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
    if field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return joined(rest).ok_or_else(|| "its chunks are cut".to_owned());
    }
    match field("content-length").map(str::parse::<usize>) {
        None => Ok(rest.to_vec()),
        Some(Ok(length)) => rest.get(..length).map(<[u8]>::to_vec).ok_or_else(|| "its body is cut".to_owned()),
        Some(Err(error)) => Err(format!("its length is no number: {error}")),
    }
}

/// The chunks after one another; absent where one is cut or the last is missing.
fn joined(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = memchr::memmem::find(rest, b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        let data = rest.get(end.checked_add(2)?..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(data.get(..size)?);
        rest = data.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn a_body_is_read_by_its_length_in_chunks_or_to_the_end() {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nhello",
        ] {
            assert_eq!(body(answer.as_bytes()).as_deref(), Ok(&b"hello"[..]), "{answer}");
        }
    }

    #[test]
    fn what_is_cut_or_no_good_answer_is_refused() {
        for answer in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 403 Forbidden\r\n\r\n{}",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ] {
            assert!(body(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
