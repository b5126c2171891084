//! Who speaks: the certificate of the connection, and what the fleet knows of its holder.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::{Extensions, Payload};
use actix_web::rt::net::TcpStream;
use actix_web::{FromRequest, HttpRequest, web};
use terrier_shared::latest::paths::{PROTOCOL_HEADER, PROTOCOL_VERSION};

use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::fleet::{AgentState, KnownAgent, Roster};
use crate::kernel::clock::Clock;
use crate::kernel::excerpt::Excerpt;
use crate::kernel::fail_point::{FailPoint, fail_point};
use crate::pki::PeerCertificate;

/// Reads the client certificate of a new connection, once for all its requests.
pub fn on_connect(installation: Arc<str>) -> impl Fn(&dyn Any, &mut Extensions) + Clone + Send + Sync + 'static {
    move |connection, data| {
        fail_point(FailPoint::AfterTls);
        data.insert(Closing::default());
        let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
        let (_, tls) = stream.get_ref();
        let leaf = tls.peer_certificates().and_then(<[_]>::first);
        if let Some(certificate) = leaf.and_then(|leaf| PeerCertificate::read(leaf, &installation)) {
            data.insert(certificate);
        }
    }
}

/// Whether a request on this connection was refused, so that it is being closed.
#[derive(Debug, Clone, Default)]
pub(super) struct Closing(Arc<AtomicBool>);

impl Closing {
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// An agent that may speak.
#[derive(Debug, Clone)]
pub(super) struct Speaker(pub(super) Arc<KnownAgent>);

/// An agent that has shown a certificate, which may have ended, and was not revoked.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) agent: Arc<KnownAgent>,
    pub(super) certificate: PeerCertificate,
}

impl FromRequest for Speaker {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(speaker(request))
    }
}

impl FromRequest for Holder {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(holder(request))
    }
}

fn speaker(request: &HttpRequest) -> Result<Speaker, Problem> {
    let Holder { agent, certificate } = holder(request)?;
    let now = request.app_data::<web::Data<Clock>>().map(|clock| clock.now());
    if now.is_none_or(|now| now >= certificate.not_after) {
        return Err(Problem::because(Code::CertificateRequired, "the certificate has ended; renew it"));
    }
    may_speak(&agent)?;
    Ok(Speaker(agent))
}

fn holder(request: &HttpRequest) -> Result<Holder, Problem> {
    check_version(request)?;
    let certificate = request.conn_data::<PeerCertificate>().ok_or(Problem::new(Code::CertificateRequired))?;
    let roster = request.app_data::<web::Data<Roster>>().ok_or(Problem::new(Code::Internal))?;
    let agent = roster.find(certificate.agent).ok_or(Problem::new(Code::IdentityUnknown))?;
    if agent.state == AgentState::Revoked {
        return Err(Problem::new(Code::AgentRevoked));
    }
    Ok(Holder { agent, certificate: certificate.clone() })
}

/// Refuses an agent that may not speak.
pub(super) fn may_speak(agent: &KnownAgent) -> Result<(), Problem> {
    match agent.state {
        AgentState::Active => Ok(()),
        AgentState::Pending => Err(Problem::new(Code::AgentPending)),
        AgentState::Revoked => Err(Problem::new(Code::AgentRevoked)),
    }
}

/// What every request of an agent must have.
pub(super) fn check_version(request: &HttpRequest) -> Result<(), Problem> {
    let version = request.headers().get(PROTOCOL_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if version == PROTOCOL_VERSION {
        return Ok(());
    }
    let shown = Excerpt(version);
    let detail = format!("{PROTOCOL_HEADER}: version {PROTOCOL_VERSION} is spoken here, not `{shown}`");
    Err(Problem::because(Code::MalformedRequest, detail))
}

/// Where a request comes from. Of no header, because whoever writes one writes what he likes.
pub(super) fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip().to_canonical())
}
