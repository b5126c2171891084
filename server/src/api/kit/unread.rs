//! Bodies that nobody reads to their end.
//!
//! Of a chunked body that nobody holds any more the HTTP library reads on for as long as it lasts: 2^64 bytes if a
//! chunk says so, and for ever if nothing comes. One that is held until the answer is out ends with the answer, and
//! so does its connection.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage as _};
use futures_util::Stream as _;
use futures_util::stream::poll_fn;

type Held = Rc<RefCell<Payload>>;

/// Holds the body of every request until its answer is out. Goes around everything else.
///
/// # Errors
///
/// Only what actix itself cannot turn into a response.
pub async fn end_with_the_answer<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let held = hold(&mut request);
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(response.map_body(|_, answer| BoxBody::new(Answer { answer, _held: held })))
}

/// Lends the body to the handler, and keeps it.
fn hold(request: &mut ServiceRequest) -> Held {
    let held: Held = Rc::new(RefCell::new(request.take_payload()));
    let lent = Rc::clone(&held);
    let stream = poll_fn(move |cx: &mut Context<'_>| read(&lent, cx));
    request.set_payload(Payload::Stream { payload: Box::pin(stream) });
    held
}

fn read(lent: &Held, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
    match lent.try_borrow_mut() {
        Ok(mut payload) => Pin::new(&mut *payload).poll_next(cx),
        Err(_read_twice_at_once) => Poll::Ready(Some(Err(PayloadError::Incomplete(None)))),
    }
}

/// An answer with the body of its request.
struct Answer {
    answer: BoxBody,
    _held: Held,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(cx)
    }
}
