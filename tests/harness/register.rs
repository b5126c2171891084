//! The register's API in process, for callers of any permission and scope.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::http::{Method, header};
use actix_web::middleware::from_fn;
use actix_web::test::TestRequest;
use actix_web::{App, HttpResponse, body, test, web};
use diesel::prelude::*;
use futures_util::future::LocalBoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use terrier_server::api::kit::auth::{Authenticate, Credential, Principal, Proof};
use terrier_server::api::kit::code::Code;
use terrier_server::api::kit::cursor::CursorKey;
use terrier_server::api::kit::problem::Problem;
use terrier_server::api::kit::request_id;
use terrier_server::api::routes;
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::cmdb::shipped;
use terrier_server::identification;
use terrier_server::imports::api::protocol;
use terrier_server::imports::service::Desk;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::{Id, OrganisationId, UserId};
use terrier_server::kernel::permission::Permission;
use terrier_server::kernel::scope::Scope;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{access_organisation as o, access_user as u};
use terrier_server::store::{Store, StoreError};
use uuid::Uuid;

use super::database::{Backend, TestDatabase};

/// Who asks. The branch lies below the root; the subsidiary does, too, beside the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// May do everything, everywhere.
    Keeper,
    /// May read, everywhere.
    Reader,
    /// May do everything, in the branch only.
    BranchKeeper,
    /// May do everything, in the subsidiary only.
    SubsidiaryKeeper,
    /// May read everywhere, and do everything in the branch.
    BranchWriter,
    /// Has signed in and may do nothing.
    Powerless,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) body: web::Bytes,
}

type Call = Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// The API over an empty register with the shipped classes.
pub(crate) struct Register {
    pub(crate) backend: Backend,
    pub(crate) clock: Clock,
    pub(crate) root: OrganisationId,
    pub(crate) branch: OrganisationId,
    pub(crate) subsidiary: OrganisationId,
    call: Call,
    database: TestDatabase,
}

/// When every test begins.
pub(crate) fn start() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// Runs a test on both databases.
#[expect(clippy::needless_pass_by_value, reason = "a closure reads better without a reference at every call")]
pub(crate) fn on_both(test: impl AsyncFn(&mut Register)) {
    for backend in Backend::BOTH {
        actix_web::rt::System::new().block_on(async {
            let mut register = Register::new(backend).await;
            test(&mut register).await;
        });
    }
}

impl Register {
    async fn new(backend: Backend) -> Self {
        let (database, clock) = (TestDatabase::new(backend), Clock::manual(start()));
        database.store().write_blocking(shipped::install).unwrap();
        let ctx = Ctx::system(&clock);
        database.store().write_blocking(|conn| identification::shipped::install(conn, &ctx)).unwrap();
        let [root, branch, subsidiary] = organisations(database.store(), &clock);
        let callers = Callers { root, branch, subsidiary };
        insert_users(database.store());
        let authenticator: Arc<dyn Authenticate> = Arc::new(callers);
        let app = App::new()
            .app_data(web::Data::new(database.store().clone()))
            .app_data(web::Data::new(clock.clone()))
            .app_data(web::Data::new(CursorKey::new([7; 32])))
            .app_data(web::Data::new(authenticator))
            .app_data(web::Data::new(Freshness::of_interval(300)))
            .app_data(web::Data::new(Desk::default()))
            .app_data(web::Data::new(protocol::Settings::default()))
            .configure(routes::configure)
            .wrap(from_fn(request_id::middleware));
        let service = Rc::new(test::init_service(app).await);
        let call: Call = Box::new(move |request| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                match service.call(request.to_request()).await {
                    Ok(response) => answer(response.into_parts().1).await,
                    Err(error) => answer(error.error_response()).await,
                }
            })
        });
        Self { backend, clock, root, branch, subsidiary, call, database }
    }

    pub(crate) fn store(&self) -> &Store {
        self.database.store()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: u64) -> Timestamp {
        self.clock.advance(Duration::from_secs(seconds));
        self.clock.now()
    }

    pub(crate) async fn get(&self, caller: Caller, path: &str) -> Answer {
        (self.call)(request(Method::GET, caller, path)).await
    }

    /// The same with a header.
    pub(crate) async fn get_with(&self, caller: Caller, path: &str, header: (&str, &str)) -> Answer {
        (self.call)(request(Method::GET, caller, path).insert_header(header)).await
    }

    /// The body of an answer that must be 200.
    pub(crate) async fn read(&self, caller: Caller, path: &str) -> Value {
        let answer = self.get(caller, path).await;
        assert_eq!(answer.status, 200, "{:?} {path}: {}", self.backend, answer.text());
        answer.json()
    }

    pub(crate) async fn post(&self, caller: Caller, path: &str, body: &Value) -> Answer {
        (self.call)(request(Method::POST, caller, path).set_json(body)).await
    }

    /// A write that says which version it was made from.
    /// Posts a file, with more headers.
    pub(crate) async fn upload(&self, caller: Caller, path: &str, file: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut posted = request(Method::POST, caller, path).set_payload(file.to_vec());
        for header in headers {
            posted = posted.insert_header(*header);
        }
        (self.call)(posted).await
    }

    pub(crate) async fn change(
        &self,
        method: Method,
        (caller, path): (Caller, &str),
        etag: &str,
        body: &Value,
    ) -> Answer {
        let request = request(method, caller, path).insert_header((header::IF_MATCH, etag)).set_json(body);
        (self.call)(request).await
    }

    /// Creates an item that must be accepted; gives its id.
    pub(crate) async fn create(&self, body: &Value) -> String {
        let answer = self.post(Caller::Keeper, "/cis", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Every item of a list, page by page.
    pub(crate) async fn walk(&self, path: &str, limit: usize) -> Vec<Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.read(Caller::Keeper, &format!("{path}{separator}limit={limit}{cursor}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The refusal's code.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The wrong fields with their codes.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }

    /// A refusal as everybody would get it: without the id of the request.
    pub(crate) fn anonymous(&self) -> Value {
        let mut body = self.json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    }
}

/// A query string's value.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}

async fn answer(response: HttpResponse<impl body::MessageBody>) -> Answer {
    let status = response.status().as_u16();
    let etag = response.headers().get(header::ETAG).map(|value| value.to_str().unwrap().to_owned());
    let body = body::to_bytes(response.into_body()).await;
    Answer { status, etag, body: body.unwrap_or_else(|_| panic!("the body ended early")) }
}

fn request(method: Method, caller: Caller, path: &str) -> TestRequest {
    let uri = format!("{}{path}", routes::BASE);
    TestRequest::with_uri(&uri).method(method).insert_header((header::AUTHORIZATION, format!("Bearer {caller:?}")))
}

/// A token is the name of its caller.
struct Callers {
    root: OrganisationId,
    branch: OrganisationId,
    subsidiary: OrganisationId,
}

impl Authenticate for Callers {
    fn authenticate(&self, credential: Credential) -> LocalBoxFuture<'static, Result<Principal, Problem>> {
        let everywhere = [self.root, self.branch, self.subsidiary];
        let Credential::Token(token) = credential else { panic!("tests use tokens") };
        let all = Permission::ALL.as_slice();
        let (permissions, scope): (&[Permission], Scope) = match token.as_str() {
            "Keeper" => (all, Scope::all()),
            "Reader" => (&[Permission::CiRead, Permission::SoftwareRead], Scope::only(BTreeSet::from(everywhere))),
            "BranchKeeper" => (all, Scope::only(BTreeSet::from([self.branch]))),
            "SubsidiaryKeeper" => (all, Scope::only(BTreeSet::from([self.subsidiary]))),
            "BranchWriter" | "Powerless" => (&[], Scope::all()),
            _ => return Box::pin(async { Err(Problem::new(Code::Unauthenticated)) }),
        };
        if token == "BranchWriter" {
            return Box::pin(std::future::ready(Ok(self.branch_writer(everywhere))));
        }
        let permissions: BTreeMap<_, _> = permissions.iter().map(|one| (*one, scope.clone())).collect();
        let user_id = user_id(&token);
        let proof = Proof::Token;
        Box::pin(async move {
            Ok(Principal {
                user_id,
                name: token,
                permissions,
                csrf_token: None,
                session: None,
                proof,
                lacks_second_factor: false,
            })
        })
    }
}

impl Callers {
    fn branch_writer(&self, everywhere: [OrganisationId; 3]) -> Principal {
        let branch = Scope::only(BTreeSet::from([self.branch]));
        let mut permissions: BTreeMap<_, _> = Permission::ALL.iter().map(|one| (*one, branch.clone())).collect();
        permissions.insert(Permission::CiRead, Scope::only(BTreeSet::from(everywhere)));
        let name = "BranchWriter".to_owned();
        Principal {
            user_id: user_id(&name),
            name,
            permissions,
            csrf_token: None,
            session: None,
            proof: Proof::Token,
            lacks_second_factor: false,
        }
    }
}

fn user_id(name: &str) -> UserId {
    let number = name.bytes().fold(1_u128, |number, byte| number * 31 % (1 << 60) + u128::from(byte));
    Id::from_uuid(Uuid::from_u128(number))
}

fn insert_users(store: &Store) {
    let insert = |conn: &mut terrier_server::store::Conn| {
        for name in ["Keeper", "Reader", "BranchKeeper", "SubsidiaryKeeper", "BranchWriter"] {
            diesel::insert_into(u::table)
                .values((
                    (u::id.eq(Key16::from(user_id(name))), u::login.eq(name), u::login_folded.eq(name)),
                    (u::display_name.eq(name), u::language.eq("en"), u::time_zone.eq("UTC"), u::theme.eq("system")),
                    (u::enabled.eq(true), u::version.eq(1), u::created_at.eq(At(start()))),
                ))
                .execute(conn)?;
        }
        Ok::<_, StoreError>(())
    };
    store.write_blocking(insert).unwrap();
}

fn organisations(store: &Store, clock: &Clock) -> [OrganisationId; 3] {
    let ids: [OrganisationId; 3] = std::array::from_fn(|_| clock.new_id());
    let [root, branch, subsidiary] = ids;
    let rows = [(root, None, "Terrier"), (branch, Some(root), "Branch"), (subsidiary, Some(root), "Subsidiary")];
    let insert = move |conn: &mut terrier_server::store::Conn| {
        for (id, parent, name) in rows {
            diesel::insert_into(o::table)
                .values((
                    o::id.eq(Key16::from(id)),
                    o::parent_id.eq(parent.map(Key16::from)),
                    o::name.eq(name),
                    o::created_at.eq(At(start())),
                ))
                .execute(conn)?;
        }
        Ok::<_, StoreError>(())
    };
    store.write_blocking(insert).unwrap();
    ids
}
