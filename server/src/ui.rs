//! The built user interface, served from within the program.
//!
//! Does: answer every path that nobody else has with the interface's files, and paths without a file with its page,
//! which finds out itself what to show.
//! Does not: build the interface; `server/ui` is built before the server. Without it the server says so.
//!
//! Invariants: a path below `/api` and a file that is not there are never answered with the page; names with a hash
//! in them are kept for ever by browsers, the page never without asking.

use std::borrow::Cow;

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{EmbeddedFile, RustEmbed};
use terrier_shared::latest::hash::Hash;

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;

#[derive(RustEmbed)]
#[folder = "ui/dist/"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
/// Where the builder puts files whose names carry a hash of their content.
const HASHED: &str = "assets/";

/// Answers a request that no other path took.
///
/// # Errors
///
/// `not_found`, `method_not_allowed`.
pub async fn serve(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path().trim_start_matches('/');
    let is_ours = ["api", "agent"].iter().all(|taken| path.split('/').next() != Some(taken));
    if !is_ours {
        return Err(Problem::new(Code::NotFound));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Problem::new(Code::MethodNotAllowed));
    }
    let name = if path.is_empty() { PAGE } else { path };
    if let Some(response) = file(&request, name) {
        return Ok(response);
    }
    let is_file = name.starts_with(HASHED) || name.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if is_file && name != PAGE {
        return Err(Problem::new(Code::NotFound));
    }
    file(&request, PAGE)
        .ok_or_else(|| Problem::because(Code::NotFound, "this server was built without its user interface"))
}

fn file(request: &HttpRequest, name: &str) -> Option<HttpResponse> {
    let (encoding, file) = compressed(request, name).or_else(|| Some((None, Files::get(name)?)))?;
    let etag = entity_tag(&file, encoding);
    let mut response = HttpResponse::Ok();
    let lasting = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::CACHE_CONTROL, lasting));
    response.insert_header((header::VARY, "Accept-Encoding"));
    response.insert_header((header::ETAG, etag.as_str()));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Some(response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    if let Some(encoding) = encoding {
        response.insert_header((header::CONTENT_ENCODING, encoding));
    }
    response.content_type(media_type(name));
    Some(match file.data {
        Cow::Borrowed(bytes) => response.body(bytes),
        Cow::Owned(bytes) => response.body(bytes),
    })
}

/// The file as the builder compressed it, if it did and the browser reads that.
fn compressed(request: &HttpRequest, name: &str) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |encoding: &str| {
        accepted.split(',').any(|part| {
            let (name, quality) = part.split_once(';').unwrap_or((part, ""));
            name.trim().eq_ignore_ascii_case(encoding) && !matches!(quality.trim(), "q=0" | "q=0.0")
        })
    };
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(encoding))
        .find_map(|(encoding, suffix)| Some((Some(encoding), Files::get(&format!("{name}.{suffix}"))?)))
}

fn entity_tag(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let hash = Hash::from_bytes(file.metadata.sha256_hash());
    format!("\"{hash}{}\"", encoding.unwrap_or_default())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, suffix)| suffix) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::test::TestRequest;

    use super::serve;

    #[actix_web::test]
    async fn a_path_of_the_api_and_a_missing_file_never_get_the_page() {
        for path in ["/api", "/api/v1/nothing", "/agent/v1/nothing", "/assets/missing-1234.js", "/missing.png"] {
            let refusal = serve(TestRequest::get().uri(path).to_http_request()).await.unwrap_err();
            assert_eq!(refusal.code.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let refusal = serve(TestRequest::post().uri("/cis").to_http_request()).await.unwrap_err();
        assert_eq!(refusal.code.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
