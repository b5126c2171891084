//! Answers whose second half a test takes away: the process dies when the first is on its way.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Bytes;

use crate::kernel::fail_point::{FailPoint, fail_point, is_armed};

/// Sends every answer in two parts, if the process is to die between them.
///
/// # Errors
///
/// Only what actix itself cannot turn into a response.
pub async fn send_in_two_parts<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_armed(FailPoint::HalfAnswered) {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (response, answer) = response.into_parts();
    let whole = body::to_bytes(answer).await.unwrap_or_default();
    let response = response.set_body(BoxBody::new(Halves { length: whole.len(), rest: whole, stage: Stage::First }));
    Ok(ServiceResponse::new(request, response))
}

#[derive(Clone, Copy)]
enum Stage {
    First,
    /// The first half is flushed while this waits a turn.
    Between,
    Second,
}

struct Halves {
    length: usize,
    rest: Bytes,
    stage: Stage,
}

impl MessageBody for Halves {
    type Error = Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(u64::try_from(self.length).unwrap_or(u64::MAX))
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        match self.stage {
            Stage::First => {
                self.stage = Stage::Between;
                let half = self.length.div_ceil(2);
                Poll::Ready(Some(Ok(self.rest.split_to(half))))
            }
            Stage::Between => {
                self.stage = Stage::Second;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Stage::Second => {
                fail_point(FailPoint::HalfAnswered);
                Poll::Ready(Some(Ok(std::mem::take(&mut self.rest))))
            }
        }
    }
}
