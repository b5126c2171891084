//! Bodies that are larger than others: whole files, within a limit and a time.

use std::time::Duration;

use actix_web::web::{self, BytesMut};
use actix_web::{HttpRequest, http::header};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::code::Code;
use super::problem::Problem;

/// Longest time until it has arrived.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads a body of at most so many bytes.
///
/// # Errors
///
/// `payload_too_large` names the limit, `request_timeout` how much came in time.
pub async fn read(request: &HttpRequest, mut payload: web::Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let deadline = Instant::now() + PATIENCE;
    let mut body = BytesMut::new();
    loop {
        let next = timeout_at(deadline, payload.next()).await;
        let late = |_elapsed| Problem::because(Code::RequestTimeout, format!("{} bytes came in time", body.len()));
        let Some(chunk) = next.map_err(late)? else { return Ok(body.to_vec()) };
        let chunk = chunk.map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
}

/// The key under which the same request is carried out once.
#[must_use]
pub fn idempotency_key(request: &HttpRequest) -> Option<String> {
    let key = request.headers().get("Idempotency-Key");
    key.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn too_large(limit: usize) -> Problem {
    Problem::because(Code::PayloadTooLarge, format!("at most {limit} bytes are read"))
}
