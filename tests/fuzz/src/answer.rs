//! The server's answer, as the agent reads it: the status on the first line, headers up to an empty one, the body.

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use terrier_agent::transport::answer::{Answer, NotAnAnswer, Refusal, read};
use terrier_agent::transport::retry::{Backoff, CEILING_MS, RECONNECT_MS};
use terrier_shared::latest::enrolment::EnrolReply;
use terrier_shared::latest::limits;
use terrier_shared::latest::report::BatchReply;

use crate::first_line;

/// Longest text that is taken over from a server, in characters: the limit, and a code before it.
const WORDS: usize = 256;

pub(crate) fn run(bytes: &[u8]) {
    let (status, mut rest) = first_line(bytes);
    let Ok(status) = StatusCode::from_bytes(status) else { return };
    let mut headers = HeaderMap::new();
    loop {
        let (line, behind) = first_line(rest);
        rest = behind;
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { break };
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii())) else {
            continue;
        };
        headers.append(name, value);
    }
    let body = Bytes::copy_from_slice(rest);
    check(&read::<BatchReply>(status, &headers, &body));
    check(&read::<EnrolReply>(status, &headers, &body));
}

fn check<T>(answer: &Result<Answer<T>, NotAnAnswer>) {
    match answer {
        Ok(Answer::Refused(refusal) | Answer::Forbidden(refusal) | Answer::Conflict(_, refusal)) => {
            let Refusal { code, why, .. } = refusal;
            assert!(is_fit_for_a_log(code) && is_fit_for_a_log(why), "{refusal:?}");
        }
        Ok(Answer::Busy { retry_after_s, .. }) => {
            let longest = (u64::from(limits::RETRY_AFTER_MAX_S) * 1_200).max(CEILING_MS + RECONNECT_MS);
            let wait = Backoff::default().failed(*retry_after_s, [u64::MAX, u64::MAX]);
            assert!(wait <= longest, "{wait} ms to wait");
        }
        Ok(Answer::Accepted(_)) => {}
        Err(problem) => assert!(is_fit_for_a_log(&problem.to_string().chars().take(WORDS).collect::<String>())),
    }
}

fn is_fit_for_a_log(text: &str) -> bool {
    text.chars().count() <= WORDS && !text.contains(char::is_control)
}
