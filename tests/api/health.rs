//! What those who run a server see of it.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use terrier_server::app::{AppError, Application};
use terrier_server::config::Config;
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::permission::Role;
use terrier_server::pki::PkiError;

use crate::harness::agent::{TestAgent, report};
use crate::harness::database::Backend;
use crate::harness::server::TestServer;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_whether_it_is_well() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start_with(backend, |config| config.ingest.inbox = 1).await;
        assert_eq!(server.get("/healthz").await.status, 200, "{backend:?}");
        assert_eq!(server.get("/readyz").await.status, 200, "{backend:?}");
        let agent = TestAgent::enrol(&server, "web-1").await;
        for seq in 1..=3 {
            agent.send(&[report(seq, "full", Some("os"), &json!({"id": "debian"}))]).await;
        }
        let metrics = String::from_utf8(server.get("/metrics").await.body).unwrap();
        assert!(metrics.contains("ingest_reports_total{outcome=\"stored\"}"), "{metrics}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_nobody_has_is_not_found_and_says_so_in_json() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    for path in ["/api/v1/nothing", "/api", "/assets/nothing.js"] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_set_up_link_is_for_the_owners_eyes_and_goes_when_somebody_is_there() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let path = server.data_dir().join("setup-link");
    let link = std::fs::read_to_string(&path).unwrap();
    assert!(link.starts_with("https://") && link.contains("/setup?token="), "{link}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    server.caller("admin", Role::Administrator).await;
    server.restart().await;
    assert!(!path.exists());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_goes_on_with_the_same_authority_and_another_one_is_refused() {
    let mut server = TestServer::start(Backend::Sqlite).await;
    let agent = TestAgent::enrol(&server, "web-1").await;
    server.restart().await;
    let agent = TestAgent::with(&server, agent.key, agent.issued);
    assert_eq!(agent.send(&[]).await.status, 200);
    server.stop().await;

    let mut config = Config { data_dir: server.data_dir().to_owned(), ..Config::default() };
    let database = server.database_url();
    config.database.url = Some(database.clone().into());
    config.people.listen = "127.0.0.1:0".parse().unwrap();
    config.agents.listen = "127.0.0.1:0".parse().unwrap();
    let key = server.data_dir().join("pki/root.key.pem");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let built = build(config.clone()).await;
    assert!(matches!(built, Err(AppError::Pki(PkiError::Exposed { .. }))));
    let elsewhere = tempfile::TempDir::new().unwrap();
    config.data_dir = elsewhere.path().to_owned();
    assert!(matches!(build(config).await, Err(AppError::ForeignAuthority(_))));
}

async fn build(config: Config) -> Result<(), AppError> {
    tokio::task::spawn_blocking(move || Application::build(&config, &Clock::system()).map(drop)).await.unwrap()
}
