//! Bodies and query strings, read strictly.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::auth::admission;
use super::code::Code;
use super::problem::Problem;

/// Largest JSON body in bytes.
const BODY_BYTES: usize = 256 << 10;

/// A JSON body. Types read this way carry `#[serde(deny_unknown_fields)]`; an error names the field.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A query string. Types read this way carry `#[serde(deny_unknown_fields)]`.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// One path segment, or several as a tuple; what does not parse is [`Code::NotFound`].
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let bytes = web::Bytes::from_request(request, payload);
        let admission = admission(request);
        Box::pin(async move {
            admission.await;
            if !is_json {
                return Err(Problem::because(Code::UnsupportedMediaType, "send application/json"));
            }
            let bytes = bytes.await.map_err(|error| unreadable(&error))?;
            parse(&bytes).map(Self)
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<T>::from_query(request.query_string());
        let admission = admission(request);
        Box::pin(async move {
            admission.await;
            let query = query.map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
            Ok(Self(query.into_inner()))
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Path<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::from_request(request, payload).into_inner();
        let admission = admission(request);
        Box::pin(async move {
            admission.await;
            path.map(|path| Self(path.into_inner())).map_err(|error| {
                tracing::debug!(%error, "a path that names nothing");
                Problem::new(Code::NotFound)
            })
        })
    }
}

/// What the people's listener reads as a raw body at most; set on the application.
#[must_use]
pub fn payload_limit() -> web::PayloadConfig {
    web::PayloadConfig::new(BODY_BYTES)
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn unreadable(error: &actix_web::Error) -> Problem {
    let status = error.as_response_error().status_code();
    let code = if status.as_u16() == 413 { Code::PayloadTooLarge } else { Code::MalformedRequest };
    Problem::because(code, format!("{error}; at most {BODY_BYTES} bytes"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| Problem::because(Code::MalformedRequest, format!("{}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| Problem::because(Code::MalformedRequest, error.to_string()))?;
    Ok(value)
}
