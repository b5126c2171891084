//! Permission in a handler's signature.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::code::Code;
use super::problem::Problem;
use super::request_id;
use crate::kernel::actor::Actor;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::UserId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;

/// The session cookie. The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub const SESSION_COOKIE: &str = "__Host-sid";
/// The header that carries the session's CSRF token on everything but `GET`.
pub const CSRF_HEADER: &str = "X-CSRF-Token";

/// For how long it counts that somebody showed to know his password.
pub const CONFIRMED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// What a caller shows to say who he is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The session cookie.
    Session(String),
    /// A personal access token.
    Token(String),
}

/// Who the caller is and how far he may reach.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The account.
    pub user_id: UserId,
    /// Its display name.
    pub name: String,
    /// Every permission he holds, and where.
    pub permissions: BTreeMap<Permission, Scope>,
    /// What a browser must repeat on everything that changes something; none for tokens, which no browser sends by itself.
    pub csrf_token: Option<String>,
    /// SHA-256 of the session cookie, if it is a session.
    pub session: Option<[u8; 32]>,
    /// How fresh it is that he is who he says.
    pub proof: Proof,
    /// Whether he may do nothing before he has a second factor; his permissions are empty then.
    pub lacks_second_factor: bool,
}

/// How a caller showed who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By a token: a program has no password, it has scopes that somebody chose for it.
    Token,
    /// By a password, at this time; a session since then.
    Password(Timestamp),
}

impl Proof {
    /// Whether it is fresh enough for what an open session in the wrong hands must not do.
    #[must_use]
    pub fn is_fresh(self, now: Timestamp) -> bool {
        match self {
            Self::Token => true,
            Self::Password(at) => now.duration_since(at) <= CONFIRMED_FOR,
        }
    }
}

/// Finds out who a caller is; the access slice does.
pub trait Authenticate: Send + Sync {
    /// The principal behind a credential.
    ///
    /// # Errors
    ///
    /// [`Code::Unauthenticated`] for whatever is wrong with the credential.
    fn authenticate(&self, credential: Credential) -> LocalBoxFuture<'static, Result<Principal, Problem>>;

    /// Hears of a caller who asked for what he has no permission for. Nothing is done about it unless said.
    fn refused(&self, _ctx: Ctx, _permission: Permission) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A caller of whom nothing is known yet: for the few handlers that need no permission.
#[derive(Debug)]
pub struct Visitor {
    /// When, from where; the actor is the server itself and the scope is empty.
    pub ctx: Ctx,
    /// The session cookie that he brought along, valid or not.
    pub cookie: Option<String>,
}

/// A caller who holds `P`. The context's scope is where he holds it.
pub struct Allowed<P> {
    /// Who, when, where.
    pub ctx: Ctx,
    /// The caller.
    pub principal: Principal,
    permission: PhantomData<fn() -> P>,
}

/// What an [`Allowed`] asks for.
pub trait Requirement: 'static {
    /// The permission; none asks only for a caller who has signed in.
    const PERMISSION: Option<Permission>;
    /// Whether a person must have shown within [`CONFIRMED_FOR`] to know the password.
    const CONFIRMED: bool = false;
}

/// Requires `P`, and of a person a password shown within [`CONFIRMED_FOR`]: for whatever would let somebody who found
/// an open session stay for good.
#[derive(Debug)]
pub struct Confirmed<P>(PhantomData<fn() -> P>);

impl<P: Requirement> Requirement for Confirmed<P> {
    const PERMISSION: Option<Permission> = P::PERMISSION;
    const CONFIRMED: bool = true;
}

/// The requirements of handlers, named as the permissions are.
pub mod may {
    use super::{Permission, Requirement};

    macro_rules! requirements {
        ($($name:ident),+ $(,)?) => { $(
            #[doc = concat!("Requires [`Permission::", stringify!($name), "`].")]
            #[derive(Debug)]
            pub enum $name {}
            impl Requirement for $name {
                const PERMISSION: Option<Permission> = Some(Permission::$name);
            }
        )+ };
    }
    requirements!(
        CiRead,
        CiWrite,
        SoftwareRead,
        AgentRead,
        AgentManage,
        EnrolmentManage,
        UserManage,
        TokenManageOwn,
        AuditRead,
        OrganisationRead,
        OrganisationManage,
        RegisterConfigure,
    );

    /// Requires nothing but to have signed in.
    #[derive(Debug)]
    pub enum SignedIn {}

    impl Requirement for SignedIn {
        const PERMISSION: Option<Permission> = None;
    }
}

impl<P: Requirement> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        let gate = Gate::close(&request);
        Box::pin(async move {
            let authenticator = authenticator(&request)?;
            let credential = credential(&request).ok_or(Problem::new(Code::Unauthenticated))?;
            let principal = authenticator.authenticate(credential).await?;
            check_origin(&request, &principal)?;
            let actor = Actor::User { id: principal.user_id, name: principal.name.clone() };
            let ctx = context(&request, actor);
            let ctx = match P::PERMISSION {
                Some(permission) => permitted(authenticator, &principal, ctx, permission).await?,
                None => ctx,
            };
            if P::CONFIRMED && !principal.proof.is_fresh(ctx.now) {
                return Err(Problem::new(Code::ConfirmationRequired));
            }
            gate.send_replace(true);
            Ok(Self { ctx, principal, permission: PhantomData })
        })
    }
}

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cookie = request.cookie(SESSION_COOKIE).map(|cookie| cookie.value().to_owned());
        let visitor = || Self { ctx: context(request, Actor::System), cookie };
        std::future::ready(check_site(request).map(|()| visitor()))
    }
}

/// The context of a request, which reaches nothing yet.
fn context(request: &HttpRequest, actor: Actor) -> Ctx {
    let clock = request.app_data::<web::Data<Clock>>().map_or_else(Clock::system, |clock| clock.get_ref().clone());
    let mut ctx = Ctx::new(actor, Scope::only(std::collections::BTreeSet::new()), &clock);
    ctx.request_id = request_id::of(request);
    ctx.address = request.peer_addr().map(|peer| peer.ip().to_string());
    ctx
}

/// The context with the reach of the permission, if the caller holds it.
async fn permitted(
    authenticator: &Arc<dyn Authenticate>,
    principal: &Principal,
    ctx: Ctx,
    permission: Permission,
) -> Result<Ctx, Problem> {
    if let Some(scope) = principal.permissions.get(&permission) {
        return Ok(ctx.reaching(scope.clone()));
    }
    if principal.lacks_second_factor {
        return Err(Problem::new(Code::SecondFactorMissing));
    }
    authenticator.refused(ctx, permission).await;
    Err(Problem::because(Code::Forbidden, format!("this needs the permission {permission}")))
}

/// Keeps what else a handler asks for waiting until it is known that the caller may.
///
/// A handler's arguments are taken from the request side by side, and the first that fails answers. Without the gate
/// somebody who may not would hear what is wrong with his path or body, and his body would be read.
#[derive(Clone)]
struct Gate(watch::Receiver<bool>);

impl Gate {
    /// Closes the gate of this request; sending `true` opens it.
    fn close(request: &HttpRequest) -> watch::Sender<bool> {
        let (sender, receiver) = watch::channel(false);
        request.extensions_mut().insert(Self(receiver));
        sender
    }
}

/// Waits until the caller is let in; at once where the handler asks for nobody in particular.
pub(super) fn admission(request: &HttpRequest) -> impl Future<Output = ()> + use<> {
    let gate = request.extensions().get::<Gate>().cloned();
    async move {
        let Some(Gate(mut gate)) = gate else { return };
        if gate.wait_for(|open| *open).await.is_err() {
            // He was not let in: that is the answer, and nobody waits for this any more.
            std::future::pending::<()>().await;
        }
    }
}

fn authenticator(request: &HttpRequest) -> Result<&Arc<dyn Authenticate>, Problem> {
    let authenticator = request.app_data::<web::Data<Arc<dyn Authenticate>>>();
    authenticator.map(web::Data::get_ref).ok_or(Problem::new(Code::Internal))
}

fn credential(request: &HttpRequest) -> Option<Credential> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let token = value.to_str().ok()?.strip_prefix("Bearer ")?;
        return Some(Credential::Token(token.trim().to_owned()));
    }
    request.cookie(SESSION_COOKIE).map(|cookie| Credential::Session(cookie.value().to_owned()))
}

/// Cross-site requests ride on a cookie that the browser adds; they can neither read the token nor set the header.
fn check_origin(request: &HttpRequest, principal: &Principal) -> Result<(), Problem> {
    let Some(expected) = &principal.csrf_token else { return Ok(()) };
    if only_reads(request) {
        return Ok(());
    }
    check_site(request)?;
    let sent = request.headers().get(CSRF_HEADER).map(header::HeaderValue::as_bytes).unwrap_or_default();
    let same = subtle::ConstantTimeEq::ct_eq(sent, expected.as_bytes());
    if bool::from(same) { Ok(()) } else { Err(Problem::new(Code::CsrfTokenMissing)) }
}

/// Browsers say where a request comes from (Fetch Metadata); other programs need not.
fn check_site(request: &HttpRequest) -> Result<(), Problem> {
    let site = request.headers().get("Sec-Fetch-Site").and_then(|value| value.to_str().ok());
    if only_reads(request) || site.is_none_or(|site| matches!(site, "same-origin" | "none")) {
        return Ok(());
    }
    Err(Problem::because(Code::CsrfTokenMissing, "the request comes from another site"))
}

fn only_reads(request: &HttpRequest) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}
