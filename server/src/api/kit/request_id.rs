//! Gives every request an id, every problem document that id, and every request one line in the log.

use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};

use super::code::Code;
use super::problem::Problem;
use crate::kernel::clock::Clock;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Debug, Clone)]
struct RequestId(String);

/// The id that [`middleware`] gave to a request.
#[must_use]
pub fn of(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<RequestId>().map(|id| id.0.clone())
}

/// Goes around everything else.
///
/// # Errors
///
/// Only what actix itself cannot turn into a response.
pub async fn middleware<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let started = Instant::now();
    let clock = request.app_data::<web::Data<Clock>>().map_or_else(Clock::system, |clock| clock.get_ref().clone());
    let id = clock.new_id::<RequestId>().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    // Routing wants the request for itself: it must not be cloned before.
    let line = Line { method: request.method().to_string(), path: request.path().to_owned(), started };

    let response = match next.call(request).await {
        Ok(response) => response,
        Err(error) => {
            let mut problem = as_problem(&error).respond(Some(&id));
            line.finish(problem.status().as_u16(), problem.headers_mut(), &id);
            return Err(InternalError::from_response(error, problem).into());
        }
    };
    let rewritten = response.response().error().map(|error| as_problem(error).respond(Some(&id)));
    let mut response = match rewritten {
        Some(problem) => response.into_response(problem.map_into_right_body()),
        None if is_bare_refusal(&response) => {
            let problem = bare_problem(response.status().as_u16()).respond(Some(&id));
            response.into_response(problem.map_into_right_body())
        }
        None => response.map_into_left_body(),
    };
    line.finish(response.status().as_u16(), response.headers_mut(), &id);
    Ok(response)
}

/// What the log says of a request.
struct Line {
    method: String,
    path: String,
    started: Instant,
}

impl Line {
    /// Names the request in its answer, counts and logs it.
    fn finish(self, status: u16, headers: &mut HeaderMap, id: &str) {
        if let Ok(value) = HeaderValue::from_str(id) {
            headers.insert(HEADER, value);
        }
        let elapsed = self.started.elapsed();
        metrics::histogram!("http_request_seconds", "status" => status.to_string()).record(elapsed.as_secs_f64());
        tracing::info!(
            request.id = id,
            http.method = %self.method,
            http.path = %self.path.escape_debug(),
            http.status = status,
            duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            "request"
        );
    }
}

/// Refusals that actix makes by itself carry no document.
fn is_bare_refusal<B: MessageBody>(response: &ServiceResponse<B>) -> bool {
    matches!(response.status().as_u16(), 404 | 405)
        && matches!(
            response.response().body().size(),
            actix_web::body::BodySize::None | actix_web::body::BodySize::Sized(0)
        )
}

fn as_problem(error: &Error) -> Problem {
    error.as_error::<Problem>().map_or_else(
        || bare_problem(error.as_response_error().status_code().as_u16()),
        |problem| Problem {
            code: problem.code,
            detail: problem.detail.clone(),
            errors: problem.errors.clone(),
            retry_after_s: problem.retry_after_s,
            etag: problem.etag.clone(),
            action: problem.action,
        },
    )
}

const fn bare_problem(status: u16) -> Problem {
    Problem::new(match status {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::PayloadTooLarge,
        415 => Code::UnsupportedMediaType,
        400..500 => Code::MalformedRequest,
        _ => Code::Internal,
    })
}
