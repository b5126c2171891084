//! A real server in this process: both listeners over TLS, either database, a clock that stands still or the system's.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, UnixTime};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;
use terrier_server::app::Application;
use terrier_server::config::Config;
use terrier_server::kernel::clock::Clock;
use terrier_server::store::{Location, Store};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::database::{Backend, TestDatabase};
use super::http::{Connection, Response, request};

/// A server that stops when it is told, or with the test.
pub(crate) struct TestServer {
    pub(crate) clock: Clock,
    pub(crate) people: SocketAddr,
    pub(crate) agents: SocketAddr,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    config: Config,
    database: Arc<TestDatabase>,
    _directory: Option<TempDir>,
}

/// A caller of the API with a personal access token.
pub(crate) struct Caller {
    pub(super) token: String,
    pub(crate) people: SocketAddr,
    pub(super) tls: Arc<ClientConfig>,
}

impl TestServer {
    /// A server with a clock that begins at the present time and stands still.
    pub(crate) async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    pub(crate) async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_by(Clock::manual(Clock::system().now()), backend, change).await
    }

    /// A server that goes by this clock.
    pub(crate) async fn start_by(clock: Clock, backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let (database, directory) = (TestDatabase::unmigrated(backend), TempDir::new().unwrap());
        let config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
        Self::start_on(clock, database, config, Some(directory), change).await
    }

    /// A server with its data in this directory and in this database, which both stay.
    pub(crate) async fn start_at(data_dir: &Path, database: Location, change: impl FnOnce(&mut Config)) -> Self {
        let config = Config { data_dir: data_dir.to_owned(), ..Config::default() };
        Self::start_on(Clock::system(), TestDatabase::at(database), config, None, change).await
    }

    async fn start_on(
        clock: Clock,
        database: TestDatabase,
        mut config: Config,
        directory: Option<TempDir>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        config.database.url = Some(database_url(&database).into());
        config.people.listen = "127.0.0.1:0".parse().unwrap();
        config.agents.listen = "127.0.0.1:0".parse().unwrap();
        // One address makes all the attempts of a test.
        config.enrolment.per_address = 1_000_000;
        config.enrolment.per_second = 1_000_000;
        config.enrolment.burst = 1_000_000;
        config.agents.strangers_per_address = 1_000_000;
        // The clock stands still, so that no allowance comes back.
        config.ingest.agent_per_minute = 0;
        // What was acknowledged is looked at where it lies.
        config.ingest.reconcile = false;
        change(&mut config);
        Self::run_new(clock, config, Arc::new(database), directory).await
    }

    async fn run_new(clock: Clock, config: Config, database: Arc<TestDatabase>, directory: Option<TempDir>) -> Self {
        let nowhere = "127.0.0.1:0".parse().unwrap();
        let (people, agents) = (nowhere, nowhere);
        let mut server = Self { clock, people, agents, running: None, config, database, _directory: directory };
        server.run().await;
        server
    }

    /// Another server for the same database, with the same authority and clock.
    pub(crate) async fn another(&self) -> Self {
        let directory = TempDir::new().unwrap();
        copy_private(&self.data_dir().join("pki"), &directory.path().join("pki"));
        let config = Config { data_dir: directory.path().to_owned(), ..self.config.clone() };
        Self::run_new(self.clock.clone(), config, Arc::clone(&self.database), Some(directory)).await
    }

    async fn run(&mut self) {
        let (config, clock) = (self.config.clone(), self.clock.clone());
        let built = tokio::task::spawn_blocking(move || Application::build(&config, &clock));
        let application = built.await.unwrap().unwrap();
        self.people = application.people_address();
        self.agents = application.agent_address();
        let (stop, stopped) = oneshot::channel();
        #[expect(clippy::disallowed_methods, reason = "`stop` waits for it")]
        let task = tokio::spawn(async move {
            application.run_until_stopped(async move { drop(stopped.await) }).await.unwrap();
        });
        self.running = Some((stop, task));
    }

    /// Lets time pass in which a server was alive: one that only jumps is one in which none was.
    pub(crate) fn pass(&self, by: std::time::Duration) {
        use diesel::prelude::*;
        use terrier_server::store::column::At;
        use terrier_server::store::schema::fleet_heartbeat as h;
        let alive_until = h::alive_until.eq(At(self.clock.now() + by));
        let beat = |conn: &mut _| Ok(diesel::update(h::table).set(alive_until).execute(conn)?);
        self.store().write_blocking::<_, terrier_server::store::StoreError>(beat).unwrap();
        self.clock.advance(by);
    }

    /// Stops the server and waits until nothing of it runs any more.
    pub(crate) async fn stop(&mut self) {
        if let Some((stop, task)) = self.running.take() {
            stop.send(()).unwrap();
            task.await.unwrap();
        }
    }

    /// Stops it and starts it again on the same data, perhaps on other ports.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    /// A copy of the database as it is while the server does not run.
    pub(crate) fn back_up(&mut self) -> TestDatabase {
        self.database_alone().back_up()
    }

    /// Puts the database back to what it was, while the server does not run.
    pub(crate) fn put_back(&mut self, backup: &mut TestDatabase) {
        self.database_alone().put_back(backup);
    }

    fn database_alone(&mut self) -> &mut TestDatabase {
        assert!(self.running.is_none(), "the server runs");
        Arc::get_mut(&mut self.database).expect("no other server has it")
    }

    /// The same database, past the server.
    pub(crate) fn store(&self) -> &Store {
        self.database.store()
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.config.data_dir
    }

    /// Where the database is.
    pub(crate) fn database_url(&self) -> String {
        database_url(&self.database)
    }

    /// TLS of a client without a certificate that trusts this server's authority.
    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        let root = std::fs::read_to_string(self.data_dir().join("pki/root.pem")).unwrap();
        Arc::new(trusting(&root, &self.clock).with_no_client_auth())
    }

    /// Somebody with this role everywhere, by a token with all of its permissions.
    pub(crate) async fn caller(&self, login: &str, role: terrier_server::kernel::permission::Role) -> Caller {
        use terrier_server::access::{cli, model::account::Language};
        let (store, clock, login) = (self.store().clone(), self.clock.clone(), login.to_owned());
        let token = tokio::task::spawn_blocking(move || {
            cli::user_create(&store, &clock, &login, &login, Language::En, role).unwrap();
            let scopes: Vec<_> = role.permissions().iter().map(|permission| permission.name().to_owned()).collect();
            cli::token_create(&store, &clock, &login, "test", &scopes, None).unwrap().1
        });
        Caller { token: token.await.unwrap(), people: self.people, tls: self.tls() }
    }

    /// `GET` on the people's listener, with no credentials.
    pub(crate) async fn get(&self, path: &str) -> Response {
        exchange(self.people, &self.tls(), &request("GET", path, &[], b"")).await
    }
}

impl Caller {
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Response {
        self.call("DELETE", path, None).await
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        self.change_if(method, path, None, body).await
    }

    /// Changes something that has this entity tag.
    pub(crate) async fn change(&self, method: &str, path: &str, etag: &str, body: &Value) -> Response {
        self.change_if(method, path, Some(etag), Some(body)).await
    }

    async fn change_if(&self, method: &str, path: &str, etag: Option<&str>, body: Option<&Value>) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut headers = vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        headers.extend(etag.map(|etag| ("If-Match", etag)));
        let bytes = request(method, &format!("/api/v1{path}"), &headers, body.as_bytes());
        exchange(self.people, &self.tls, &bytes).await
    }
}

/// Copies a directory of files that are their owner's alone.
pub(crate) fn copy_private(from: &Path, to: &Path) {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

fn database_url(database: &TestDatabase) -> String {
    match &database.location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.expose_secret().to_owned(),
    }
}

async fn exchange(address: SocketAddr, tls: &Arc<ClientConfig>, bytes: &[u8]) -> Response {
    let mut connection = Connection::open(address, tls).await.unwrap();
    connection.send(bytes).await.unwrap();
    connection.receive().await.unwrap()
}

/// TLS 1.3 of a client that trusts this authority and goes by this clock.
pub(crate) fn trusting(root_pem: &str, clock: &Clock) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_details(provider, Arc::new(ByClock(clock.clone())))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
}

#[derive(Debug)]
struct ByClock(Clock);

impl TimeProvider for ByClock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().as_second()).unwrap();
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}
