//! Entity tags: the version of what was read, and the version somebody wants to change.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::auth::admission;
use super::code::Code;
use super::problem::Problem;

/// The version that the caller saw, from `If-Match`. Without it a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i32);

/// The entity tag of a version.
#[must_use]
pub fn etag(version: i32) -> String {
    format!("\"v{version}\"")
}

/// The refusal for a version that is not the current one.
#[must_use]
pub fn stale(current: i32) -> Problem {
    Problem { etag: Some(etag(current)), ..Problem::new(Code::Stale) }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (admission, version) = (admission(request), version(request));
        Box::pin(async move {
            admission.await;
            version.map(Self)
        })
    }
}

fn version(request: &HttpRequest) -> Result<i32, Problem> {
    let value = request.headers().get(header::IF_MATCH).ok_or(Problem::new(Code::PreconditionRequired))?;
    let text = value.to_str().unwrap_or_default().trim();
    text.strip_prefix("\"v")
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Problem::because(Code::MalformedRequest, "If-Match is not an ETag of this API"))
}
