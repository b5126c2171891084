//! The two listeners: ports, TLS, deadlines, and what every request passes through.

use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::{Extensions, Server};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer, web};
use rustls::ServerConfig;
use socket2::SockRef;

use super::AppError;
use super::strangers::Strangers;
use crate::api::kit::{headers, json, request_id, unread};
use crate::api::routes;
use crate::ingest::api as intake;
use crate::observability::health;
use crate::ui;

/// Longest time for the head of a request.
const HEAD: Duration = Duration::from_secs(5);
/// Longest time for a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(3);
/// Longest time a connection stays open without a request.
const IDLE: Duration = Duration::from_secs(75);
/// Longest time that a peer takes nothing of what was sent to him.
const UNREAD: Duration = Duration::from_secs(30);
/// Connections that wait to be accepted.
const BACKLOG: u32 = 1_024;
/// Seconds that requests under way have to finish when the server stops.
const GRACE_S: u64 = 20;

/// A listener with its port.
pub(super) struct Bound {
    pub(super) address: SocketAddr,
    pub(super) server: Server,
}

/// There is one implementation of cryptography in this program; the TLS library wants to be told which.
pub(super) fn use_one_crypto_provider() {
    // An error says that it was told before.
    let _told_before = rustls::crypto::ring::default_provider().install_default();
}

/// The listener for people and programs. `dependencies` puts in place what handlers ask for.
pub(super) fn people(
    address: SocketAddr,
    tls: ServerConfig,
    dependencies: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<Bound, AppError> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(json::payload_limit())
            .configure(dependencies.clone())
            .configure(health::configure)
            .configure(routes::configure)
            .default_service(web::to(ui::serve))
            .wrap(from_fn(request_id::middleware))
            .wrap(headers::security())
            .wrap(from_fn(unread::end_with_the_answer))
    })
    .on_connect(|connection, _| end_when_unread(connection))
    .backlog(BACKLOG)
    .keep_alive(IDLE)
    .client_request_timeout(HEAD)
    .tls_handshake_timeout(HANDSHAKE)
    .tcp_nodelay(true)
    .shutdown_timeout(GRACE_S)
    .disable_signals()
    .bind_rustls_0_23(address, tls)
    .map_err(|source| AppError::Bind { address, source })?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok(Bound { address: bound, server: server.run() })
}

/// Has the system end a connection whose peer takes no more of what is sent to him: the HTTP library would wait for
/// him for ever.
fn end_when_unread(connection: &dyn Any) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let (tcp, _) = stream.get_ref();
    if let Err(error) = SockRef::from(tcp).set_tcp_user_timeout(Some(UNREAD)) {
        tracing::warn!(%error, "a connection has no deadline for its answers");
    }
}

/// The listener for agents. `on_connect` reads the certificate of each connection; `strangers` counts those without.
pub(super) fn agents(
    (address, tls): (SocketAddr, ServerConfig),
    on_connect: impl Fn(&dyn Any, &mut Extensions) + Send + Sync + 'static,
    strangers: Strangers,
    dependencies: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Result<Bound, AppError> {
    let server = HttpServer::new(move || {
        let app = App::new()
            .configure(dependencies.clone())
            .configure(intake::configure)
            .wrap(from_fn(request_id::middleware))
            .wrap(from_fn(intake::close_after_refusal));
        #[cfg(feature = "fail-points")]
        let app = app.wrap(from_fn(crate::api::kit::halved::send_in_two_parts));
        app.wrap(from_fn(unread::end_with_the_answer))
    })
    .on_connect(move |connection, data| {
        end_when_unread(connection);
        on_connect(connection, data);
        strangers.meet(connection, data);
    })
    .backlog(BACKLOG)
    .keep_alive(IDLE)
    .client_request_timeout(HEAD)
    .tls_handshake_timeout(HANDSHAKE)
    .tcp_nodelay(true)
    .shutdown_timeout(GRACE_S)
    .disable_signals()
    .bind_rustls_0_23(address, tls)
    .map_err(|source| AppError::Bind { address, source })?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok(Bound { address: bound, server: server.run() })
}
