//! Headers that tell browsers what not to do with our pages.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;

/// Scripts, styles and connections of our own origin only, no frames, no forms, no `eval`, no HTML from strings.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'self'; require-trusted-types-for 'script'";

/// One year.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// Puts the headers on every response of the people's listener that does not set them itself.
#[must_use]
pub fn security() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .add((header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .add((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
}
