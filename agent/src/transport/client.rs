//! One connection to the server, for as long as there is something to say.
//!
//! HTTP/1.1 over TLS 1.3 with a deadline on every step. No redirect is followed, no proxy is taken from the
//! environment, no answer is decompressed, and none is read beyond its limit.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request, Response};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use terrier_shared::latest::limits;
use terrier_shared::latest::paths::{DIGEST_HEADER, PROTOCOL_HEADER, PROTOCOL_VERSION};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::answer::{self, Answer, NotAnAnswer};
use super::server_url::{InvalidServerUrl, ServerUrl};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Name resolution, TCP and TLS together.
    pub connect: Duration,
    /// From the first byte of a request to the last of its answer.
    pub exchange: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), exchange: Duration::from_secs(30) }
    }
}

/// No answer was got.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address does not fit a certificate.
    #[error(transparent)]
    Address(#[from] InvalidServerUrl),
    /// No connection, or a server that is not trusted.
    #[error("cannot connect to {0}")]
    Connect(ServerUrl, #[source] std::io::Error),
    /// The connection broke.
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
    /// A step took too long.
    #[error("no {0} within {1:?}")]
    TimedOut(&'static str, Duration),
    /// The answer is larger than any the protocol has.
    #[error("an answer of more than {} bytes", limits::REPLY_BYTES)]
    TooLarge,
    /// The answer is no answer of this protocol.
    #[error(transparent)]
    NotAnAnswer(#[from] NotAnAnswer),
    /// What is to be sent is larger than the server takes; nothing was sent.
    #[error("a request of {0} bytes, more than a server takes")]
    RequestTooLarge(usize),
    /// What is to be sent cannot be written as a request.
    #[error("the request cannot be written")]
    Unwritable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where to connect to, and how.
#[derive(Debug, Clone)]
pub struct Client {
    server: ServerUrl,
    tls: Arc<ClientConfig>,
    patience: Patience,
}

/// An open connection.
pub struct Session {
    server: ServerUrl,
    sender: http1::SendRequest<Full<Bytes>>,
    connection: http1::Connection<Stream, Full<Bytes>>,
    patience: Patience,
}

/// What a request carries, as it travels.
#[derive(Debug, Clone)]
pub struct Body(Bytes);

type Stream = crate::transport::stream::HyperStream<TlsStream<TcpStream>>;

impl Client {
    /// A client of `server`. Nothing is connected yet.
    #[must_use]
    pub fn new(server: ServerUrl, tls: ClientConfig, patience: Patience) -> Self {
        Self { server, tls: Arc::new(tls), patience }
    }

    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// No connection in time, or the server is not the one that is trusted: then not one byte of a request has left.
    pub async fn connect(&self) -> Result<Session, ClientError> {
        let name = self.server.certificate_name()?;
        let opening = async {
            let tcp = TcpStream::connect((self.server.host(), self.server.port())).await?;
            tcp.set_nodelay(true)?;
            TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await
        };
        let tls = within(self.patience.connect, "connection", opening)
            .await?
            .map_err(|error| ClientError::Connect(self.server.clone(), error))?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(64 << 10)
            .handshake(Stream::new(tls))
            .await
            .map_err(ClientError::Broken)?;
        Ok(Session { server: self.server.clone(), sender, connection, patience: self.patience })
    }
}

impl Session {
    /// Sends `request` to `path` and reads the answer.
    ///
    /// # Errors
    ///
    /// There is no answer that can be relied on; after [`ClientError::RequestTooLarge`] nothing was sent.
    pub async fn post<Q: Serialize, R: DeserializeOwned>(
        &mut self,
        path: &str,
        request: &Q,
    ) -> Result<Answer<R>, ClientError> {
        self.send(path, Body::of(request)?).await
    }

    /// The same with a body that was made ready before.
    ///
    /// # Errors
    ///
    /// There is no answer that can be relied on.
    pub async fn send<R: DeserializeOwned>(&mut self, path: &str, body: Body) -> Result<Answer<R>, ClientError> {
        let request = self.request(path, body)?;
        let patience = self.patience.exchange;
        let (status, headers, body) = within(patience, "answer", self.exchange(request)).await??;
        Ok(answer::read(status, &headers, &body)?)
    }

    fn request(&self, path: &str, Body(body): Body) -> Result<Request<Full<Bytes>>, ClientError> {
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&body)));
        Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(HOST, self.server.authority())
            .header(USER_AGENT, concat!("terrier-agent/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, "gzip")
            .header(DIGEST_HEADER, digest)
            .header(PROTOCOL_HEADER, PROTOCOL_VERSION)
            .body(Full::new(body))
            .map_err(|error| ClientError::Unwritable(error.into()))
    }

    /// The connection is driven only here, so that no task outlives a session.
    async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<(hyper::StatusCode, hyper::HeaderMap, Bytes), ClientError> {
        let sender = &mut self.sender;
        let talk = async {
            sender.ready().await.map_err(ClientError::Broken)?;
            read_limited(sender.send_request(request).await.map_err(ClientError::Broken)?).await
        };
        tokio::pin!(talk);
        let mut is_open = true;
        loop {
            tokio::select! {
                biased;
                read = &mut talk => return read,
                closed = &mut self.connection, if is_open => {
                    closed.map_err(ClientError::Broken)?;
                    is_open = false;
                }
            }
        }
    }
}

async fn read_limited(
    response: Response<hyper::body::Incoming>,
) -> Result<(hyper::StatusCode, hyper::HeaderMap, Bytes), ClientError> {
    let (head, body) = response.into_parts();
    let body = Limited::new(body, limits::REPLY_BYTES).collect().await.map_err(unreadable)?;
    Ok((head.status, head.headers, body.to_bytes()))
}

fn unreadable(error: Box<dyn std::error::Error + Send + Sync>) -> ClientError {
    match error.downcast::<hyper::Error>() {
        Ok(broken) => ClientError::Broken(*broken),
        Err(_limit) => ClientError::TooLarge,
    }
}

impl Body {
    /// Writes and compresses `request`.
    ///
    /// # Errors
    ///
    /// It is larger than a server takes, or cannot be written.
    pub fn of<Q: Serialize>(request: &Q) -> Result<Self, ClientError> {
        let json = serde_json::to_vec(request).map_err(|error| ClientError::Unwritable(error.into()))?;
        if json.len() > limits::DECODED_BODY_BYTES {
            return Err(ClientError::RequestTooLarge(json.len()));
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(4));
        encoder.write_all(&json).map_err(|error| ClientError::Unwritable(error.into()))?;
        let body = encoder.finish().map_err(|error| ClientError::Unwritable(error.into()))?;
        if body.len() > limits::COMPRESSED_BODY_BYTES {
            return Err(ClientError::RequestTooLarge(body.len()));
        }
        Ok(Self(Bytes::from(body)))
    }
}

async fn within<F: Future>(patience: Duration, what: &'static str, step: F) -> Result<F::Output, ClientError> {
    tokio::time::timeout(patience, step).await.map_err(|_elapsed| ClientError::TimedOut(what, patience))
}
