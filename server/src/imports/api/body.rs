//! Bodies of documents: larger than others, within a limit and a time.

use std::time::Duration;

use actix_web::web::{self, BytesMut};
use actix_web::{HttpRequest, http::header};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;

/// Largest document as it is sent, in bytes.
pub(super) const SENT_BYTES: usize = 16 << 20;
/// Longest time until it has arrived.
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads a body.
pub(super) async fn read(request: &HttpRequest, mut payload: web::Payload) -> Result<Vec<u8>, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > SENT_BYTES) {
        return Err(too_large());
    }
    let deadline = Instant::now() + PATIENCE;
    let mut body = BytesMut::new();
    loop {
        let next = timeout_at(deadline, payload.next()).await;
        let late = |_elapsed| Problem::because(Code::RequestTimeout, format!("{} bytes came in time", body.len()));
        let Some(chunk) = next.map_err(late)? else { return Ok(body.to_vec()) };
        let chunk = chunk.map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
        if body.len() + chunk.len() > SENT_BYTES {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
}

fn too_large() -> Problem {
    Problem::because(Code::PayloadTooLarge, format!("at most {SENT_BYTES} bytes are read"))
}
