//! The composition root: everything a server is made of, put together, started and stopped.
//!
//! Does: open the database and the authority, start both listeners and the jobs, stop them in the reverse order.
//! Does not: hold a rule; every dependency is handed to those who need it.
//!
//! Invariants: when [`Application::build`] returns, both ports are bound and the schema is current; when
//! [`Application::run_until_stopped`] returns, nothing that was started runs on, and every acknowledged report is on
//! disk.

mod address;
mod error;
pub mod installation;
mod listener;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web;

pub use self::error::AppError;

use self::installation::Installation;
use self::listener::Bound;
use crate::access;
use crate::cmdb::model::observation::Freshness;
use crate::config::Config;
use crate::jobs::{Jobs, Outcome};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::observability::health::InboxLimit;
use crate::observability::metrics::Metrics;
use crate::pki::{Authority, ServerCertificate, tls};
use crate::store::{Store, StoreError, migrate};

/// What the organisation at the root is called until somebody renames it.
const ROOT_ORGANISATION: &str = "Terrier";
/// How often certificates are looked at.
const CERTIFICATE_TURN: Duration = Duration::from_hours(6);
/// How often metrics are folded together.
const METRICS_TURN: Duration = Duration::from_secs(10);

/// A server, ready to run.
pub struct Application {
    people: Bound,
    people_url: String,
    jobs: Jobs,
}

impl Application {
    /// Opens everything and binds both ports.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what could not be opened.
    pub fn build(config: &Config, clock: &Clock) -> Result<Self, AppError> {
        listener::use_one_crypto_provider();
        let metrics = Metrics::start().map_err(AppError::Metrics)?;
        make_data_directory(config)?;
        let store = Store::open(&config.database_location()?)?;
        migrate::run(&store)?;
        let ctx = Ctx::system(clock);
        let installation = store.write_blocking::<_, StoreError>(|conn| {
            access::bootstrap(conn, &ctx, ROOT_ORGANISATION)?;
            Installation::open(conn, &ctx)
        })?;
        let authority = Authority::open(&config.data_dir.join("pki"), &installation.id.to_string(), clock)?;
        let pin = authority.pin();
        store.write_blocking::<_, StoreError>(|conn| installation::claim(conn, &pin))??;

        let names = address::names(config);
        let own = Arc::new(ServerCertificate::own(&authority, &names)?);
        let shown = match (&config.people.certificate_file, &config.people.key_file) {
            (Some(chain), Some(key)) => Arc::new(ServerCertificate::from_files(chain, key)?),
            _ => Arc::clone(&own),
        };
        let people_tls = tls::for_people(shown, clock)?;
        let mut jobs = Jobs::default();
        refresh_certificates(&mut jobs, Arc::new(authority), own, names);
        fold_metrics(&mut jobs, metrics.clone());

        let (clock, inbox_limit) = (clock.clone(), InboxLimit(config.ingest.inbox));
        let freshness = Freshness::of_interval(config.agents.interval_s);
        let people = listener::people(config.people.listen, people_tls, move |cfg| {
            cfg.app_data(web::Data::new(store.clone()))
                .app_data(web::Data::new(clock.clone()))
                .app_data(web::Data::new(metrics.clone()))
                .app_data(web::Data::new(freshness))
                .app_data(web::Data::new(inbox_limit));
        })?;
        let people_url = address::url(config.people.url.as_ref(), config, people.address);
        Ok(Self { people, people_url, jobs })
    }

    /// Where people and programs reach it.
    #[must_use]
    pub const fn people_address(&self) -> SocketAddr {
        self.people.address
    }

    /// How people reach it, `https://host[:port]`.
    #[must_use]
    pub fn people_url(&self) -> &str {
        &self.people_url
    }

    /// Serves until `stop` is over, then finishes what has begun.
    ///
    /// # Errors
    ///
    /// A listener failed.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> Result<(), AppError> {
        let Self { people, people_url: _, jobs } = self;
        let serving = serve(people.server, stop).await;
        jobs.stop().await;
        serving.map_err(AppError::Listener)
    }
}

async fn serve(server: Server, stop: impl Future<Output = ()>) -> std::io::Result<()> {
    let handle = server.handle();
    tokio::pin!(server, stop);
    tokio::select! {
        ended = &mut server => return ended,
        () = &mut stop => {}
    }
    let ((), ended) = tokio::join!(handle.stop(true), server);
    ended
}

fn make_data_directory(config: &Config) -> Result<(), AppError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .map_err(|source| AppError::DataDirectory { path: config.data_dir.clone(), source })
}

fn refresh_certificates(
    jobs: &mut Jobs,
    authority: Arc<Authority>,
    certificate: Arc<ServerCertificate>,
    names: Vec<String>,
) {
    jobs.every("certificates", CERTIFICATE_TURN, None, move || {
        let refreshed = authority.refresh().and_then(|_renewed| certificate.refresh(&authority, &names));
        std::future::ready(refreshed.map_err(Into::into))
    });
}

fn fold_metrics(jobs: &mut Jobs, metrics: Metrics) {
    jobs.every("metrics", METRICS_TURN, None, move || {
        metrics.upkeep();
        std::future::ready(Outcome::Ok(()))
    });
}
