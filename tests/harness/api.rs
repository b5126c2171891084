//! The people's API on an empty database of either kind, in this process, with a clock that stands still.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, body, web};
use diesel::prelude::*;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;
use terrier_server::access::{
    self, Authenticator, ConfiguredInterval, LoginLimits, Passwords, SecondFactorPolicy, Vault,
};
use terrier_server::api::kit::auth::Authenticate;
use terrier_server::api::kit::cursor::CursorKey;
use terrier_server::api::kit::{headers, request_id};
use terrier_server::api::routes;
use terrier_server::audit::Checkpoints;
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::fleet::api::Settings;
use terrier_server::imports::api::protocol;
use terrier_server::imports::service::Desk;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::{OrganisationId, UserId};
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{access_organisation, access_user};
use terrier_server::store::{Conn, Store, StoreError};

use super::database::{Backend, TestDatabase};
use super::fleet::Fleet;

/// The password of everybody who did not choose another.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

type Call = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, ServiceResponse>>;

/// The API with its database.
pub(crate) struct TestApi {
    pub(crate) clock: Clock,
    /// The organisation at the top.
    pub(crate) root: OrganisationId,
    /// The checkpoints of the audit trail; nothing but the test makes one.
    pub(crate) checkpoints: Checkpoints,
    /// Where they are.
    pub(crate) directory: TempDir,
    /// What the server knows of agents.
    pub(crate) fleet: Fleet,
    call: Call,
    database: TestDatabase,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    /// The body as JSON; null if it is empty or no JSON.
    pub(crate) body: Value,
    pub(crate) text: String,
}

/// Somebody who sends requests: from an address, with a cookie or a token or neither.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    pub(crate) api: &'a TestApi,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: Option<String>,
    pub(crate) bearer: Option<String>,
    pub(crate) address: SocketAddr,
}

impl TestApi {
    /// An empty installation: the root organisation, nobody in it.
    pub(crate) async fn new(backend: Backend) -> Self {
        Self::requiring(backend, SecondFactorPolicy::Off).await
    }

    /// The same, with people who may not go on without a second factor.
    pub(crate) async fn requiring(backend: Backend, policy: SecondFactorPolicy) -> Self {
        let database = TestDatabase::new(backend);
        let store = database.store().clone();
        let clock = Clock::manual("2026-11-21T09:00:00Z".parse().unwrap());
        let ctx = Ctx::system(&clock);
        let root = store.write_blocking(|conn| access::bootstrap(conn, &ctx, "Terrier")).unwrap();
        let directory = TempDir::new().unwrap();
        let checkpoints = Checkpoints::new(directory.path(), &[5; 32]).unwrap();
        let fleet = Fleet::default();
        let call = serve(store, &clock, policy, checkpoints.clone(), &fleet).await;
        Self { clock, root, checkpoints, directory, fleet, call, database }
    }

    pub(crate) fn store(&self) -> &Store {
        self.database.store()
    }

    /// Runs a query that the API has no way to ask for.
    pub(crate) fn query<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        self.store().read_blocking::<_, StoreError>(|conn| Ok(work(conn)?)).unwrap()
    }

    /// Runs statements that the API has no way to ask for.
    pub(crate) fn execute<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> T {
        self.store().write_blocking::<_, StoreError>(|conn| Ok(work(conn)?)).unwrap()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// An organisation below another.
    pub(crate) fn organisation(&self, name: &str, parent: OrganisationId) -> OrganisationId {
        use access_organisation as o;
        let id: OrganisationId = self.clock.new_id();
        let (key, parent, at) = (Key16::from(id), Key16::from(parent), At(self.clock.now()));
        self.execute(|conn| {
            diesel::insert_into(o::table)
                .values((o::id.eq(key), o::parent_id.eq(parent), o::name.eq(name), o::created_at.eq(at)))
                .execute(conn)
        });
        id
    }

    /// Somebody without credentials.
    pub(crate) fn anonymous(&self) -> Client<'_> {
        let address = SocketAddr::from(([192, 0, 2, 1], 40_000));
        Client { api: self, cookie: None, csrf: None, bearer: None, address }
    }

    /// An account with these roles and [`PASSWORD`].
    pub(crate) fn account(&self, login: &str, grants: &[(&str, OrganisationId)]) -> UserId {
        use terrier_server::store::schema::access_grant as g;
        let id: UserId = self.clock.new_id();
        let key = Key16::from(id);
        self.execute(|conn| {
            use access_user as u;
            diesel::insert_into(u::table)
                .values((
                    (u::id.eq(key), u::login.eq(login), u::login_folded.eq(login), u::display_name.eq(login)),
                    (u::password_hash.eq(password_hash()), u::language.eq("en"), u::time_zone.eq("UTC")),
                    (
                        u::theme.eq("system"),
                        u::enabled.eq(true),
                        u::version.eq(1),
                        u::created_at.eq(At(self.clock.now())),
                    ),
                ))
                .execute(conn)?;
            for (role, organisation) in grants {
                let organisation = Key16::from(*organisation);
                diesel::insert_into(g::table)
                    .values((g::user_id.eq(key), g::role.eq(*role), g::organisation_id.eq(organisation)))
                    .execute(conn)?;
            }
            Ok(())
        });
        id
    }

    /// Somebody with a new account of this role at the root, signed in. The login is the role's name.
    pub(crate) async fn signed_in(&self, role: &str) -> Client<'_> {
        self.account(role, &[(role, self.root)]);
        self.sign_in(role).await
    }

    /// Somebody signed in to an account with [`PASSWORD`].
    pub(crate) async fn sign_in(&self, login: &str) -> Client<'_> {
        let mut client = self.anonymous();
        client.sign_in(login, PASSWORD).await.expect(200);
        client
    }
}

impl Client<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// Changes something that has this entity tag.
    pub(crate) async fn patch(&self, path: &str, etag: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), &[("If-Match", etag)]).await
    }

    /// Signs in and keeps the session, as a browser would.
    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        let answer = self.post("/session", json!({"login": login, "password": password})).await;
        self.keep(&answer);
        answer
    }

    /// Keeps the session that an answer begins, if it begins one.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        if let Some(cookie) = answer.cookie() {
            self.cookie = Some(cookie);
        }
        if let Some(token) = answer.body["csrf_token"].as_str() {
            self.csrf = Some(token.to_owned());
        }
    }

    /// Sends a request below `/api/v1`; further headers replace those that a browser would send.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>, extra: &[(&str, &str)]) -> Answer {
        let mut request =
            TestRequest::with_uri(&format!("{}{path}", routes::BASE)).method(method.clone()).peer_addr(self.address);
        if let Some(cookie) = &self.cookie {
            request = request.insert_header((header::COOKIE, format!("__Host-sid={cookie}")));
        }
        if let Some(token) = &self.bearer {
            request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        }
        if let Some(token) = self.csrf.as_ref().filter(|_| method != Method::GET) {
            request = request.insert_header(("X-CSRF-Token", token.as_str()));
        }
        if let Some(body) = body {
            request = request.insert_header(header::ContentType::json()).set_payload(body.to_string());
        }
        for (name, value) in extra {
            request = request.insert_header((*name, *value));
        }
        Answer::read((self.api.call)(request).await).await
    }
}

impl Answer {
    async fn read(response: ServiceResponse) -> Self {
        let (_, response) = response.into_parts();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = body::to_bytes(response.into_body()).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// Checks that it was refused with this code, and that the status is the code's.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Value {
        assert_eq!(self.body["code"], code, "{} {}", self.status, self.text);
        assert_eq!(self.body["status"], self.status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        self.body
    }

    /// The fields that were found wrong, with the fault of each.
    pub(crate) fn wrong_fields(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn etag(&self) -> String {
        self.header("etag").unwrap().to_owned()
    }

    /// The value of the session cookie that the answer sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let value = self.header("set-cookie")?.strip_prefix("__Host-sid=")?;
        Some(value.split(';').next().unwrap().to_owned())
    }
}

/// Everything between a request and the database, as the server has it.
async fn serve(
    store: Store,
    clock: &Clock,
    policy: SecondFactorPolicy,
    checkpoints: Checkpoints,
    fleet: &Fleet,
) -> Call {
    let authenticator: Arc<dyn Authenticate> = Arc::new(Authenticator::new(store.clone(), clock.clone(), policy));
    let settings = Settings { agent_url: "https://localhost:8443".into(), pin: [0; 32] };
    let app = App::new()
        .app_data(web::Data::new(store))
        .app_data(web::Data::new(clock.clone()))
        .app_data(web::Data::new(CursorKey::new([7; 32])))
        .app_data(web::Data::new(authenticator))
        .app_data(web::Data::new(Passwords::new().unwrap()))
        .app_data(web::Data::new(LoginLimits::default()))
        .app_data(web::Data::new(Vault::new(&[9; 32]).unwrap()))
        .app_data(web::Data::new(policy))
        .app_data(web::Data::new(checkpoints))
        .app_data(web::Data::new(fleet.roster.clone()))
        .app_data(web::Data::new(fleet.presences.clone()))
        .app_data(web::Data::new(fleet.intervals.clone()))
        .app_data(web::Data::new(ConfiguredInterval(300)))
        .app_data(web::Data::new(settings))
        .app_data(web::Data::new(Desk::default()))
        .app_data(web::Data::new(protocol::Settings::default()))
        .app_data(web::Data::new(Freshness::of_interval(300)))
        .configure(routes::configure)
        .wrap(from_fn(request_id::middleware))
        .wrap(headers::security());
    let service = Rc::new(init_service(app).await);
    Box::new(move |request| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let response = service.call(request.to_request()).await.unwrap();
            response.map_into_boxed_body()
        })
    })
}

/// Hashing takes its time by design: once for all tests.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let hash = Passwords::new().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        std::thread::spawn(move || runtime.block_on(hash.hash(PASSWORD.into())).unwrap()).join().unwrap()
    })
}
