//! Devices of other systems' inventories: the same way into the register as an agent's report, from `Observed` on.
//!
//! Does: bind a device to its CI, apply what was observed of it under its source, say what became of it.
//! Does not: read files or requests (whoever imports does), commit (the caller does, or rolls back to see what would
//! be).

use std::collections::BTreeSet;

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};

use super::apply::Applier;
use super::changes::Changes;
use super::known::CiKey;
use super::load::Vocabulary;
use super::observe::Observed;
use super::report::{Report, Reporter};
use super::task::APPLY_LOCK;
use super::value::key;
use crate::catalogue::observed::{Package, number};
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::ci;
use crate::cmdb::unique;
use crate::identification::reporter;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{CiId, OrganisationId, ReporterId};
use crate::store::dialect::transaction_lock;
use crate::store::schema::cmdb_ci as c;
use crate::store::{Conn, StoreError};

/// For how long a device that listed software is asked before others that list it too.
const LISTS_SOFTWARE_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A device as an inventory describes it.
#[derive(Debug, Clone)]
pub struct Device {
    /// The source, by its name in the register.
    pub source: SourceName,
    /// What the device is called in that source, for ever.
    pub external_id: String,
    /// What people call it there.
    pub name: String,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What was observed of it.
    pub observed: Observed,
    /// Its packages, if they were listed.
    pub packages: Option<Vec<Package>>,
    /// When this reached us.
    pub received_at: Timestamp,
    /// Whether whoever reports looked at the device, and does not only keep a register of it.
    pub sees: bool,
}

/// What became of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its CI.
    pub ci_id: CiId,
    /// By what revisions name the reporter.
    pub reporter: ReporterId,
    /// What that changed.
    pub changes: Changes,
    /// Whether its packages were not taken, because another reporter that is asked first lists them.
    pub packages_left_out: bool,
}

/// Takes devices, all in the caller's transaction.
#[derive(Debug)]
pub struct Intake {
    vocabulary: Vocabulary,
}

impl Intake {
    /// Keeps others from applying anything, and from saying what has to be unique, until the transaction ends; reads
    /// what all devices need.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub fn open(conn: &mut Conn) -> Result<Self, StoreError> {
        transaction_lock(conn, APPLY_LOCK)?;
        let vocabulary = Vocabulary::load(conn)?;
        if vocabulary.has_unique() {
            unique::lock(conn)?;
        }
        Ok(Self { vocabulary })
    }

    /// Applies what is known of a device.
    ///
    /// # Errors
    ///
    /// The database fails; then the caller rolls back.
    pub fn take(&self, conn: &mut Conn, ctx: &Ctx, device: Device) -> Result<Taken, StoreError> {
        take(conn, ctx, &self.vocabulary, device)
    }
}

fn take(conn: &mut Conn, ctx: &Ctx, vocabulary: &Vocabulary, device: Device) -> Result<Taken, StoreError> {
    let external_id = key(device.external_id);
    let named = (device.source.as_str(), external_id.as_str());
    let reporter = reporter::find_or_insert(conn, device.organisation, named, (ctx.new_id(), device.received_at))?;
    let bound = reporter.ci_key;
    let lists_software = match bound {
        Some(ci_key) => is_asked_first(conn, ci_key, reporter.key, device.received_at)?,
        None => true,
    };
    let packages = device.packages.filter(|_| lists_software);
    let installed: Option<BTreeSet<i32>> = match packages {
        Some(packages) => Some(number(conn, packages)?.into_iter().map(|(_, number)| number).collect()),
        None => None,
    };
    let mut report = Report {
        inbox_id: 0,
        reporter: Reporter::Device { key: reporter.key, id: reporter.id, source: device.source, sees: device.sees },
        organisation: device.organisation,
        hostname: key(device.name),
        received_at: device.received_at,
        attempts: 0,
        observations: Vec::new(),
        windows: Vec::new(),
    };
    let applier = Applier { conn, ctx, vocabulary, report: &mut report, contested: BTreeSet::new(), bound };
    let changes = applier.apply_observed(&device.observed, installed.as_ref())?;
    if device.sees {
        ci::touch_dependents(conn, changes.ci_key, device.received_at)?;
    } else {
        ci::set_unseen(conn, changes.ci_key, changes.at)?;
    }
    let ci_id = c::table.find(changes.ci_key).select(c::id).first::<crate::store::column::Key16>(conn)?.into();
    let packages_left_out = !lists_software || changes.beside_own_agent;
    Ok(Taken { ci_id, reporter: reporter.id, changes, packages_left_out })
}

/// Whether nobody else's list of software goes before this reporter's: an agent's does, and that of whoever listed it
/// first and still reports.
pub(super) fn is_asked_first(
    conn: &mut Conn,
    ci_key: CiKey,
    reporter_key: i32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let has_agent: Option<i32> = c::table.find(ci_key).select(c::agent_key).first(conn)?;
    if has_agent.is_some() {
        return Ok(false);
    }
    let reports = |at: Timestamp| now.duration_since(at) <= LISTS_SOFTWARE_FOR;
    let others = reporter::list_of(conn, &[ci_key])?;
    let first = others.iter().filter(|one| one.key == reporter_key || reports(one.last_reported_at));
    Ok(first.map(|one| one.key).min() == Some(reporter_key))
}
