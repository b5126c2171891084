//! Reading a body: not too large, not too slow, and what was sent.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;
use terrier_shared::latest::paths::DIGEST_HEADER;
use tokio::time::{Instant, timeout_at};

use super::decompress::{self, DecodeError, Encoding, Plain};
use super::digest::{self, DigestError};
use super::limits::{Budget, Limits, Share};
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::kernel::fail_point::{FailPoint, fail_point};

/// The least speed of a body that takes long, in bytes per second.
const LEAST_SPEED: u32 = 1 << 10;

/// A body up to this size may arrive as slowly as it may without counting against [`LARGE_MIB`]: all but the first
/// reports of large hosts are smaller.
const SMALL: usize = 64 << 10;
/// What bodies that are larger than that may hold together while they arrive, in mebibytes.
const LARGE_MIB: u32 = 64;

/// Reads bodies. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    limits: Limits,
    arriving: Budget,
    decoded: Budget,
}

impl Reader {
    /// Reads within `limits`; what is decoded is taken from `decoded`.
    pub(super) fn new(limits: Limits, decoded: Budget) -> Self {
        Self { limits, arriving: Budget::of_mebibytes(LARGE_MIB), decoded }
    }

    /// Reads, checks and decodes the body of `request`, which has `most` bytes at most; gives it decoded.
    pub(super) async fn read(
        &self,
        request: &HttpRequest,
        payload: &mut Payload,
        most: usize,
    ) -> Result<Plain, Problem> {
        let encoding = encoding(request)?;
        let mut held = self.arriving.share();
        let body = collect(request, payload, &self.limits, (most, &mut held)).await?;
        fail_point(FailPoint::AfterBody);
        let header = request.headers().get(DIGEST_HEADER).and_then(|value| value.to_str().ok());
        digest::check(header, &body).map_err(Problem::from)?;
        let budget = self.decoded.clone();
        let decoded = tokio::task::spawn_blocking(move || decompress::decode(&body, encoding, &budget)).await;
        decoded.map_err(|stopped| Problem::internal(&stopped))?.map_err(Problem::from)
    }
}

fn encoding(request: &HttpRequest) -> Result<Encoding, Problem> {
    let headers = request.headers();
    let essence = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !essence.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::because(Code::UnsupportedMediaType, "Content-Type: application/json is read here"));
    }
    let encodings = headers.get_all(header::CONTENT_ENCODING).map(header::HeaderValue::as_bytes);
    Encoding::read(encodings).ok_or_else(|| {
        Problem::because(Code::UnsupportedMediaType, "Content-Encoding: one of gzip, zstd, or none is read here")
    })
}

async fn collect(
    request: &HttpRequest,
    payload: &mut Payload,
    limits: &Limits,
    (most, held): (usize, &mut Share),
) -> Result<Bytes, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let started = Instant::now();
    let mut body = BytesMut::new();
    loop {
        let deadline = started + patience(body.len(), limits);
        let next = timeout_at(deadline, payload.next()).await;
        let Some(chunk) = next.map_err(|_elapsed| too_slow(body.len()))? else { return Ok(body.freeze()) };
        let chunk = chunk.map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
        let length = body.len() + chunk.len();
        if length > most {
            return Err(too_large(most));
        }
        while length > SMALL + held.bytes() {
            held.grow().map_err(DecodeError::from)?;
        }
        body.extend_from_slice(&chunk);
    }
}

/// Until when the next bytes must come, counted from the beginning, if this many came so far.
fn patience(received: usize, limits: &Limits) -> Duration {
    let received = u32::try_from(received).unwrap_or(u32::MAX);
    let earned = Duration::from_secs(received.into()) / LEAST_SPEED;
    limits.body.min(limits.slow_body + earned)
}

fn too_large(most: usize) -> Problem {
    Problem::because(Code::PayloadTooLarge, format!("at most {most} bytes are read"))
}

fn too_slow(received: usize) -> Problem {
    Problem::because(Code::RequestTimeout, format!("the body stopped or was too slow after {received} bytes"))
}

impl From<DigestError> for Problem {
    fn from(error: DigestError) -> Self {
        match error {
            DigestError::Missing => Self::because(Code::MalformedRequest, error.to_string()),
            // The same body, sent again, may well arrive whole: so this is no refusal for good.
            DigestError::Differs => {
                Self { retry_after_s: Some(5), ..Self::because(Code::Unavailable, error.to_string()) }
            }
        }
    }
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        let code = match error {
            DecodeError::TooLarge | DecodeError::Window => Code::PayloadTooLarge,
            DecodeError::Malformed(_) | DecodeError::Trailing => Code::MalformedRequest,
            DecodeError::Spent(_) => {
                metrics::counter!("ingest_shed_total", "why" => "decode").increment(1);
                return Self { retry_after_s: Some(5), ..Self::because(Code::Unavailable, error.to_string()) };
            }
        };
        Self::because(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::patience;
    use crate::ingest::{AgentRate, Limits};

    #[test]
    fn a_body_earns_time_by_arriving_and_never_more_than_there_is() {
        let limits = Limits {
            body: Duration::from_secs(30),
            slow_body: Duration::from_secs(5),
            queue: 1,
            queue_wait: Duration::ZERO,
            group: 1,
            rate: AgentRate { per_minute: 0, burst: 1, drain_per_second: 1 },
        };
        assert_eq!(patience(0, &limits), Duration::from_secs(5));
        assert_eq!(patience(2_048, &limits), Duration::from_secs(7));
        assert_eq!(patience(1 << 20, &limits), Duration::from_secs(30));
    }
}
