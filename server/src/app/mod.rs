//! The composition root: everything a server is made of, put together, started and stopped.
//!
//! Does: open the database and the authority, start both listeners and the jobs, stop them in the reverse order.
//! Does not: hold a rule; every dependency is handed to those who need it.
//!
//! Invariants: when [`Application::build`] returns, both ports are bound and the schema is current; when
//! [`Application::run_until_stopped`] returns, nothing that was started runs on, and every acknowledged report is on
//! disk.

pub(crate) mod address;
mod error;
mod high_water;
pub mod installation;
pub(crate) mod key_file;
mod listener;
pub mod restore;
mod routine;
mod setup_link;
mod shut_out;
mod strangers;

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web;
use rustls::ServerConfig;

pub use self::error::AppError;

use self::installation::Installation;
use self::listener::Bound;
use self::restore::Memory;
use self::strangers::Strangers;
use crate::access::{self, Authenticator, ConfiguredInterval, LoginLimits, Passwords, Vault};
use crate::api::kit::auth::Authenticate;
use crate::api::kit::cursor::CursorKey;
use crate::audit::Checkpoints;
use crate::cmdb;
use crate::cmdb::model::observation::Freshness;
use crate::config::Config;
use crate::fleet::{self, EnrolmentLimiter, Intervals, Load, Presences, Roster};
use crate::identification;
use crate::imports::api::protocol;
use crate::imports::service::Desk;
use crate::ingest::api::Intake;
use crate::ingest::limits::Budget;
use crate::ingest::{self, Arrivals, peer, writer};
use crate::jobs::Jobs;
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::observability::health::InboxLimit;
use crate::observability::metrics::Metrics;
use crate::pki::{Authority, ServerCertificate, tls};
use crate::reconcile::Reconciler;
use crate::store::{Store, StoreError, migrate};

/// What the organisation at the root is called until somebody renames it.
pub(crate) const ROOT_ORGANISATION: &str = "Terrier";

/// A server, ready to run.
pub struct Application {
    people: Bound,
    agents: Bound,
    people_url: String,
    setup_link: Option<String>,
    jobs: Jobs,
}

/// What both listeners and the jobs share.
struct Ground {
    store: Store,
    clock: Clock,
    metrics: Metrics,
    installation: Installation,
    authority: Arc<Authority>,
    roster: Roster,
    presences: Presences,
    intervals: Intervals,
    checkpoints: Checkpoints,
    memory: Memory,
}

impl Application {
    /// Opens everything and binds both ports.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what could not be opened.
    pub fn build(config: &Config, clock: &Clock) -> Result<Self, AppError> {
        listener::use_one_crypto_provider();
        make_data_directory(config)?;
        let ground = Ground::open(config, clock)?;
        let names = address::names(config);
        let own = Arc::new(ServerCertificate::own(&ground.authority, &names)?);
        let mut jobs = Jobs::default();
        routine::certificates(&mut jobs, Arc::clone(&ground.authority), Arc::clone(&own), names);
        routine::metrics(&mut jobs, ground.metrics.clone());
        routine::database(&mut jobs, &ground.store);

        routine::access(&mut jobs, &ground.store, clock);
        routine::search(&mut jobs, &ground.store);
        routine::audit(&mut jobs, &ground.store, clock, &ground.checkpoints);
        routine::memory(&mut jobs, (&ground.store, clock), &ground.memory, &ground.roster);
        let agents = ground.agents(config, Arc::clone(&own), &mut jobs)?;
        let agent_url = address::url(config.agents.url.as_ref(), config, agents.address);
        let people = ground.people(config, own, &agent_url)?;
        let people_url = address::url(config.people.url.as_ref(), config, people.address);
        let setup_link = setup_link::renew(&ground.store, clock, &config.data_dir, &people_url)?;
        Ok(Self { people, agents, people_url, setup_link, jobs })
    }

    /// Where people and programs reach it.
    #[must_use]
    pub const fn people_address(&self) -> SocketAddr {
        self.people.address
    }

    /// Where agents reach it.
    #[must_use]
    pub const fn agent_address(&self) -> SocketAddr {
        self.agents.address
    }

    /// How people reach it, `https://host[:port]`.
    #[must_use]
    pub fn people_url(&self) -> &str {
        &self.people_url
    }

    /// Where the first administrator makes himself, while there is none.
    #[must_use]
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
    }

    /// Serves until `stop` is over, then finishes what has begun.
    ///
    /// # Errors
    ///
    /// A listener failed, or work that goes on all the time has ended.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> Result<(), AppError> {
        let Self { people, agents, mut jobs, .. } = self;
        let mut broken = None;
        let serving = serve(people.server, agents.server, async {
            tokio::select! {
                () = stop => {}
                why = jobs.broken() => broken = Some(why),
            }
        });
        let serving = serving.await;
        // Whoever writes what agents sent ends when the listener that hands it over has gone.
        jobs.stop().await;
        serving.map_err(AppError::Listener)?;
        broken.map_or(Ok(()), |why| Err(AppError::Broken(why)))
    }
}

impl Ground {
    fn open(config: &Config, clock: &Clock) -> Result<Self, AppError> {
        let metrics = Metrics::start().map_err(AppError::Metrics)?;
        let store = Store::open_with(&config.database_location()?, config.database.statement())?;
        migrate::run(&store)?;
        let ctx = Ctx::system(clock);
        store.write_blocking::<_, StoreError>(|conn| access::bootstrap(conn, &ctx, ROOT_ORGANISATION))?;
        let (memory, installation) = restore::notice(&store, clock, &config.data_dir)?;
        store.write_blocking(cmdb::shipped::install)?;
        store.write_blocking(|conn| identification::shipped::install(conn, &ctx))?;
        let authority = Authority::open(&config.data_dir.join("pki"), &installation.id.to_string(), clock)?;
        let pin = authority.pin();
        store.write_blocking::<_, StoreError>(|conn| installation::claim(conn, &pin))??;
        let (roster, presences) = (Roster::default(), Presences::default());
        let intervals = Intervals::new(config.agents.interval_s);
        roster.load(&store)?;
        presences.load(&store)?;
        intervals.load(&store)?;
        // Before anybody asks: no agent is marked because no server was there.
        fleet::silence::watch_blocking(&store, clock, (&roster, &presences, &intervals))?;
        let key = key_file::open(&config.data_dir.join(key_file::AUDIT))?;
        let checkpoints = Checkpoints::new(&config.checkpoints(), &key).ok_or(AppError::KeyRefused)?;
        let (clock, authority) = (clock.clone(), Arc::new(authority));
        Ok(Self { store, clock, metrics, installation, authority, roster, presences, intervals, checkpoints, memory })
    }

    /// The listener for agents, and the jobs behind it.
    fn agents(&self, config: &Config, own: Arc<ServerCertificate>, jobs: &mut Jobs) -> Result<Bound, AppError> {
        let limits = limits(config);
        let (arrivals, limiter) = (Arrivals::default(), EnrolmentLimiter::new(rates(config), &self.clock));
        let (writer, writing) = writer::channel(&self.store, &self.clock, &limits, &arrivals);
        jobs.run(writing.run());
        let load = Load::default();
        let fleet = (&self.roster, &self.presences, &self.intervals);
        routine::fleet(jobs, &self.store, fleet.0, fleet.2, &limiter);
        routine::presence(jobs, (&self.store, &self.clock), fleet, &load);
        routine::ingest(jobs, &self.store, &self.clock);
        routine::register(jobs, &self.store, &self.clock);
        routine::inheritance(jobs, &self.store, &self.clock);
        routine::edits(jobs, &self.store, &self.clock);
        routine::policies(jobs, &self.store, &self.clock, Freshness::of_interval(config.agents.interval_s));
        if config.ingest.reconcile {
            let mut stopping = jobs.stopping();
            let reconciler = Reconciler::new(self.store.clone(), self.clock.clone());
            jobs.run(reconciler.run(arrivals.clone(), async move { stopping.wait().await }));
        }
        let budget = Budget::of_mebibytes(config.ingest.decode_mib);
        let (incarnation, intervals) = (self.installation.incarnation, self.intervals.clone());
        let intake = Intake::new((limits, budget), writer, incarnation, intervals, load);

        let tls = tls::for_agents(own, &self.authority, &self.clock)?;
        let on_connect = peer::on_connect(self.installation.id.to_string().into());
        let (store, clock, authority) = (self.store.clone(), self.clock.clone(), Arc::clone(&self.authority));
        let (roster, presences) = (self.roster.clone(), self.presences.clone());
        let most = usize::try_from(config.agents.strangers_per_address).unwrap_or(usize::MAX);
        let strangers = Strangers::at_most(most);
        listener::agents((config.agents.listen, tls), on_connect, strangers, move |cfg| {
            cfg.app_data(web::Data::new(store.clone()))
                .app_data(web::Data::new(clock.clone()))
                .app_data(web::Data::from(Arc::clone(&authority)))
                .app_data(web::Data::new(roster.clone()))
                .app_data(web::Data::new(presences.clone()))
                .app_data(web::Data::new(limiter.clone()))
                .app_data(web::Data::new(intake.clone()));
        })
    }

    /// The listener for people and programs.
    fn people(&self, config: &Config, own: Arc<ServerCertificate>, agent_url: &str) -> Result<Bound, AppError> {
        let tls = self.people_tls(config, own)?;
        let settings = fleet::api::Settings { agent_url: agent_url.into(), pin: self.authority.pin() };
        let (intervals, configured) = (self.intervals.clone(), ConfiguredInterval(config.agents.interval_s));
        let mut cursor_key = [0; 32];
        rand::fill(&mut cursor_key);
        let (cursors, inbox_limit) = (CursorKey::new(cursor_key), InboxLimit(config.ingest.inbox));
        let freshness = Freshness::of_interval(config.agents.interval_s);
        let (store, clock, metrics) = (self.store.clone(), self.clock.clone(), self.metrics.clone());
        let (roster, presences, checkpoints) = (self.roster.clone(), self.presences.clone(), self.checkpoints.clone());
        let policy = config.access.require_second_factor;
        let authenticator: Arc<dyn Authenticate> = Arc::new(Authenticator::new(store.clone(), clock.clone(), policy));
        let key = key_file::open(&config.data_dir.join(key_file::SECOND_FACTOR))?;
        let vault = Vault::new(&key).ok_or(AppError::KeyRefused)?;
        let (passwords, login_limits) = (Passwords::new()?, Arc::new(LoginLimits::default()));
        let (inventories, desk) = (config.inventories.clone(), Desk::default());
        let limiter = protocol::Limiter(EnrolmentLimiter::new(inventory_rates(config), &self.clock));
        let base = address::url(config.people.url.as_ref(), config, config.people.listen);
        let url = inventories.enabled.then(|| format!("{base}{}", inventories.path));
        let spoken = protocol::Settings { url, hours: inventories.hours };
        listener::people(config.people.listen, tls, move |cfg| {
            cfg.app_data(web::Data::new(store.clone()))
                .app_data(web::Data::new(clock.clone()))
                .app_data(web::Data::new(metrics.clone()))
                .app_data(web::Data::new(inbox_limit))
                .app_data(web::Data::new(freshness))
                .app_data(web::Data::new(cursors.clone()))
                .app_data(web::Data::new(roster.clone()))
                .app_data(web::Data::new(presences.clone()))
                .app_data(web::Data::new(settings.clone()))
                .app_data(web::Data::new(intervals.clone()))
                .app_data(web::Data::new(configured))
                .app_data(web::Data::new(Arc::clone(&authenticator)))
                .app_data(web::Data::new(passwords.clone()))
                .app_data(web::Data::new(vault.clone()))
                .app_data(web::Data::new(checkpoints.clone()))
                .app_data(web::Data::new(policy))
                .app_data(web::Data::from(Arc::clone(&login_limits)))
                .app_data(web::Data::new(desk.clone()))
                .app_data(web::Data::new(limiter.clone()))
                .app_data(web::Data::new(spoken.clone()));
            if inventories.enabled {
                protocol::configure(cfg, &inventories.path);
            }
        })
    }

    fn people_tls(&self, config: &Config, own: Arc<ServerCertificate>) -> Result<ServerConfig, AppError> {
        let shown = match (&config.people.certificate_file, &config.people.key_file) {
            (Some(chain), Some(key)) => Arc::new(ServerCertificate::from_files(chain, key)?),
            _ => own,
        };
        Ok(tls::for_people(shown, &self.clock)?)
    }
}

fn limits(config: &Config) -> ingest::Limits {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    ingest::Limits {
        body: config.ingest.body(),
        slow_body: config.ingest.slow_body(),
        queue: number(config.ingest.queue),
        queue_wait: config.ingest.queue_wait(),
        group: number(config.ingest.group),
        rate: ingest::AgentRate {
            per_minute: config.ingest.agent_per_minute,
            burst: config.ingest.agent_burst,
            drain_per_second: config.ingest.agent_drain_per_second,
        },
    }
}

fn rates(config: &Config) -> fleet::limiter::Rates {
    let number = |number| std::num::NonZeroU32::new(number).unwrap_or(std::num::NonZeroU32::MIN);
    fleet::limiter::Rates {
        per_address: number(config.enrolment.per_address),
        per_second: number(config.enrolment.per_second),
        burst: number(config.enrolment.burst),
    }
}

fn inventory_rates(config: &Config) -> fleet::limiter::Rates {
    let number = |number| std::num::NonZeroU32::new(number).unwrap_or(std::num::NonZeroU32::MIN);
    fleet::limiter::Rates {
        per_address: number(config.inventories.per_address),
        per_second: number(config.inventories.per_second),
        burst: number(config.inventories.burst),
    }
}

/// Serves on both until `stop` is over or one of them ends; then both end.
async fn serve(people: Server, agents: Server, stop: impl Future<Output = ()>) -> std::io::Result<()> {
    let (people_handle, agents_handle) = (people.handle(), agents.handle());
    let both = futures_util::future::join(people, agents);
    tokio::pin!(both);
    let (ended_people, ended_agents) = tokio::select! {
        ended = &mut both => ended,
        () = stop => {
            let stopping = futures_util::future::join(people_handle.stop(true), agents_handle.stop(true));
            futures_util::future::join(stopping, both).await.1
        }
    };
    ended_people.and(ended_agents)
}

fn make_data_directory(config: &Config) -> Result<(), AppError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&config.data_dir)
        .map_err(|source| AppError::DataDirectory { path: config.data_dir.clone(), source })
}
