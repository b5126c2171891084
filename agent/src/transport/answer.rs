//! What the server's answer means, by the reaction table of the protocol.

use hyper::body::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use hyper::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use terrier_shared::latest::problem::{AgentAction, Problem};

/// What the server said, as far as the agent acts on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// 200: what was sent is committed there.
    Accepted(T),
    /// 400, 413, 415, 422: what was sent will never be taken.
    Refused(Refusal),
    /// 401, 403: not now, not this agent. Key and spool are kept.
    Forbidden(Refusal),
    /// 409: something is to be done first.
    Conflict(Option<AgentAction>, Refusal),
    /// 429, 5xx: later.
    Busy {
        /// The status.
        status: u16,
        /// `Retry-After` in seconds, as the server wrote it: not yet judged.
        retry_after_s: Option<u64>,
    },
}

/// Why a server refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The problem's code; empty where the agent itself refuses.
    pub code: String,
    /// The problem's code and detail, without control characters, at most 256 characters.
    pub why: String,
}

/// The answer is not one that a Terrier server gives: a proxy, a portal, an error on the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAnswer {
    /// A redirect, or a status that the protocol does not have.
    #[error("status {0}, which this protocol does not have")]
    Status(u16),
    /// HTML, mostly.
    #[error("an answer of type `{0}` instead of JSON")]
    ContentType(String),
    /// A compressed answer, which was not asked for.
    #[error("an answer with a content encoding")]
    Encoded,
    /// JSON, but not the expected.
    #[error("an answer that is not the expected document: {0}")]
    Malformed(String),
}

/// Reads an answer.
///
/// # Errors
///
/// It is none.
pub fn read<T: DeserializeOwned>(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Answer<T>, NotAnAnswer> {
    match status.as_u16() {
        200 => accepted(headers, body).map(Answer::Accepted),
        429 | 500..=599 => Ok(Answer::Busy { status: status.as_u16(), retry_after_s: retry_after(headers) }),
        400 | 413 | 415 | 422 => problem(status, headers, body).map(|(_action, refusal)| Answer::Refused(refusal)),
        401 | 403 => problem(status, headers, body).map(|(_action, refusal)| Answer::Forbidden(refusal)),
        409 => problem(status, headers, body).map(|(action, refusal)| Answer::Conflict(action, refusal)),
        other => Err(NotAnAnswer::Status(other)),
    }
}

fn accepted<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes) -> Result<T, NotAnAnswer> {
    require_json(headers, "application/json")?;
    serde_json::from_slice(body).map_err(|error| NotAnAnswer::Malformed(printable(&error.to_string())))
}

fn problem(
    status: StatusCode,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Option<AgentAction>, Refusal), NotAnAnswer> {
    require_json(headers, "application/problem+json")?;
    let problem: Problem =
        serde_json::from_slice(body).map_err(|error| NotAnAnswer::Malformed(printable(&error.to_string())))?;
    let why = match problem.detail {
        Some(detail) => format!("{}: {detail}", problem.code),
        None => problem.code.clone(),
    };
    Ok((problem.action, Refusal { status: status.as_u16(), code: printable(&problem.code), why: printable(&why) }))
}

fn require_json(headers: &HeaderMap, expected: &str) -> Result<(), NotAnAnswer> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err(NotAnAnswer::Encoded);
    }
    let given = text(headers, CONTENT_TYPE).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(NotAnAnswer::ContentType(printable(essence))) }
}

/// Only the form in seconds: a date would have to be compared with a clock that may be wrong.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    text(headers, RETRY_AFTER)?.trim().parse().ok()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// What a server wrote, fit for a log: at most 256 characters, none of them a control character.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().take(256).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;
    use hyper::{HeaderMap, StatusCode};
    use serde_json::Value;

    use super::{Answer, NotAnAnswer, read};

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &'static str) -> Result<Answer<Value>, NotAnAnswer> {
        let map: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        read(StatusCode::from_u16(status).unwrap(), &map, &Bytes::from(body))
    }

    const PROBLEM: &str =
        r#"{"type":"about:blank#x","title":"t","status":409,"code":"x","detail":"a\u001bb","action":"new_epoch"}"#;

    #[test]
    fn a_portal_that_answers_200_with_a_page_is_not_the_server() {
        let page = answer(200, &[("content-type", "text/html")], "<html>");
        assert_eq!(page, Err(NotAnAnswer::ContentType("text/html".to_owned())));
        assert!(answer(200, &[], "{}").is_err());
        assert!(answer(200, &[("content-type", "application/json"), ("content-encoding", "gzip")], "{}").is_err());
        assert!(answer(200, &[("content-type", "application/json; charset=utf-8")], "{}").is_ok());
    }

    #[test]
    fn a_redirect_is_not_followed_and_not_an_answer() {
        for status in [201, 204, 301, 302, 307, 308, 404, 418] {
            assert_eq!(answer(status, &[("location", "http://x/")], ""), Err(NotAnAnswer::Status(status)));
        }
    }

    #[test]
    fn a_conflict_says_what_to_do_and_its_text_is_fit_for_a_log() {
        let conflict = answer(409, &[("content-type", "application/problem+json")], PROBLEM).unwrap();
        let Answer::Conflict(Some(action), refusal) = conflict else { panic!("{conflict:?}") };
        assert_eq!(serde_json::to_value(action).unwrap(), "new_epoch");
        assert_eq!(refusal.why, "x: a\u{fffd}b");
    }

    #[test]
    fn only_seconds_are_read_from_retry_after() {
        for (text, seconds) in [("17", Some(17)), ("0", Some(0)), ("-1", None), ("Wed, 21 Oct 2015 07:28:00 GMT", None)]
        {
            let busy = answer(503, &[("retry-after", text)], "").unwrap();
            assert_eq!(busy, Answer::Busy { status: 503, retry_after_s: seconds });
        }
    }
}
