//! Writes what a plan says, in the caller's transaction: a fixed number of statements, whoever reported.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::known::{CiKey, Known};
use super::load::Vocabulary;
use super::plan::{CiRef, NewCi, Plan, RelationRef};
use crate::catalogue::installation::observed as installation;
use crate::cmdb::observed::relation::{EvidenceRow, NewRelationRow};
use crate::cmdb::observed::revision::NewRevision;
use crate::cmdb::observed::{ci, identifier, relation, revision, value};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::OrganisationId;
use crate::store::{Conn, StoreError};

/// Who reports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice<'a> {
    /// The source of all he says.
    pub(super) source: &'a str,
    /// Whose what he reports is.
    pub(super) organisation: OrganisationId,
    /// The agent's row, if it is one of our own.
    pub(super) agent_key: Option<i32>,
    /// Who it is, if he has an id.
    pub(super) actor: Option<Uuid>,
    /// What he is called.
    pub(super) actor_name: &'a str,
    /// When we learned it.
    pub(super) recorded_at: Timestamp,
}

/// Carries out plans.
pub(super) struct Pen<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) ctx: &'a Ctx,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) voice: Voice<'a>,
}

/// When what was observed at `at` became true: then, but after all that is written of the host already.
pub(super) fn moment(conn: &mut Conn, host: Option<CiKey>, at: Timestamp) -> Result<Timestamp, StoreError> {
    let last = host.map(|key| revision::last(conn, key)).transpose()?.flatten();
    let after = last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
    Ok(after.map_or(at, |after| at.max(after)))
}

impl Pen<'_> {
    /// Carries out a plan; gives the host.
    pub(super) fn carry_out(
        &mut self,
        plan: &Plan,
        known: &Known,
        at: Timestamp,
        reason: Option<&str>,
    ) -> Result<CiKey, StoreError> {
        let created = self.create(plan, at)?;
        let places = Places { created: &created };
        let host = match &known.host {
            Some(host) => host.key,
            None => places.key(CiRef::New(0))?,
        };
        if plan.changes_history() || reason.is_some() {
            let revision = self.revision(host, at, reason)?;
            self.cis(plan, at)?;
            self.values(plan, places, at, revision)?;
            self.identifiers(plan, places, host, at)?;
            self.installations(plan, host, at)?;
            let opened = self.relations(plan, places, at, revision)?;
            self.evidence(plan, &opened)?;
            if !plan.loosened_endpoints.is_empty() {
                ci::set_idle_gone(self.conn, &list(&plan.loosened_endpoints), at)?;
            }
        } else {
            self.evidence(plan, &[])?;
        }
        Ok(host)
    }

    fn create(&mut self, plan: &Plan, at: Timestamp) -> Result<Vec<CiKey>, StoreError> {
        let (hosts, others): (Vec<_>, Vec<_>) = plan.new_cis.iter().partition(|ci| ci.is_host);
        let mut created = Vec::with_capacity(plan.new_cis.len());
        for level in [hosts, others] {
            if level.is_empty() {
                continue;
            }
            let places = Places { created: &created };
            let rows = level.into_iter().map(|ci| self.new_row(ci, places)).collect::<Result<Vec<_>, _>>()?;
            let keys = ci::insert(self.conn, &rows, self.voice.organisation, at)?;
            created.extend(keys);
        }
        Ok(created)
    }

    fn new_row(&self, new: &NewCi, places: Places<'_>) -> Result<ci::NewCiRow, StoreError> {
        let parent = new.parent.map(|parent| places.key(parent)).transpose()?;
        let row = ci::NewCiRow::new(self.ctx.new_id(), &new.class, &new.name).under(parent, new.local_id.as_deref());
        Ok(match self.voice.agent_key {
            Some(agent_key) if new.is_host => row.reported_by(agent_key),
            _ => row,
        })
    }

    fn revision(&mut self, host: CiKey, at: Timestamp, reason: Option<&str>) -> Result<i64, StoreError> {
        let new = NewRevision {
            subject_key: host,
            at,
            recorded_at: self.voice.recorded_at,
            source: self.voice.source,
            actor: self.voice.actor,
            actor_name: self.voice.actor_name,
            reason,
        };
        revision::insert(self.conn, new)
    }

    fn cis(&mut self, plan: &Plan, at: Timestamp) -> Result<(), StoreError> {
        if !plan.changed_cis.is_empty() {
            let changed = plan.changed_cis.iter();
            let changed: Vec<_> = changed.map(|(key, (class, name))| (*key, class.as_str(), name.as_str())).collect();
            ci::rename(self.conn, &changed)?;
        }
        if !plan.gone.is_empty() {
            ci::set_gone(self.conn, &list(&plan.gone), at)?;
        }
        if !plan.back.is_empty() {
            ci::set_back(self.conn, &list(&plan.back), at)?;
        }
        Ok(())
    }

    fn values(&mut self, plan: &Plan, places: Places<'_>, at: Timestamp, revision: i64) -> Result<(), StoreError> {
        if !plan.closed_values.is_empty() {
            let closed = plan.closed_values.iter();
            let closed: Vec<_> = closed.map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute))).collect();
            value::close(self.conn, self.voice.source, &closed, at, revision)?;
        }
        if !plan.opened_values.is_empty() {
            let opened = plan
                .opened_values
                .iter()
                .map(|((ci, attribute), value)| Ok((places.key(*ci)?, self.vocabulary.id(*attribute), value.as_str())));
            let opened = opened.collect::<Result<Vec<_>, StoreError>>()?;
            value::open(self.conn, self.voice.source, &opened, at, revision)?;
        }
        Ok(())
    }

    fn identifiers(&mut self, plan: &Plan, places: Places<'_>, host: CiKey, at: Timestamp) -> Result<(), StoreError> {
        if !plan.closed_identifiers.is_empty() {
            let closed = plan.closed_identifiers.iter();
            let closed: Vec<_> = closed.map(|(kind, value)| (kind.as_str(), value.as_str())).collect();
            identifier::close(self.conn, host, &closed, at)?;
        }
        if !plan.opened_identifiers.is_empty() {
            let opened = plan.opened_identifiers.iter();
            let opened = opened.map(|(ci, kind, value)| Ok((places.key(*ci)?, kind.as_str(), value.as_str())));
            identifier::open(self.conn, &opened.collect::<Result<Vec<_>, StoreError>>()?, at)?;
        }
        Ok(())
    }

    fn installations(&mut self, plan: &Plan, host: CiKey, at: Timestamp) -> Result<(), StoreError> {
        if !plan.closed_installations.is_empty() {
            installation::close(self.conn, host, &plan.closed_installations, at)?;
        }
        if !plan.opened_installations.is_empty() {
            installation::open(self.conn, host, &plan.opened_installations, at)?;
        }
        Ok(())
    }

    fn relations(
        &mut self,
        plan: &Plan,
        places: Places<'_>,
        at: Timestamp,
        revision: i64,
    ) -> Result<Vec<i64>, StoreError> {
        if !plan.closed_relations.is_empty() {
            relation::close(self.conn, &list(&plan.closed_relations), at, revision)?;
        }
        if plan.opened_relations.is_empty() {
            return Ok(Vec::new());
        }
        let rows = plan.opened_relations.iter().map(|new| {
            let (source, target) = (places.key(new.source)?, places.key(new.target)?);
            Ok(NewRelationRow::new(self.ctx.new_id(), source, new.kind, target))
        });
        let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
        relation::open(self.conn, &rows, at, revision)
    }

    fn evidence(&mut self, plan: &Plan, opened: &[i64]) -> Result<(), StoreError> {
        if plan.evidence.is_empty() {
            return Ok(());
        }
        let rows = plan.evidence.iter().filter_map(|one| {
            let key = match one.relation {
                RelationRef::Known(key) => key,
                RelationRef::New(place) => *opened.get(place)?,
            };
            let ports: Vec<u16> = one.seen.ports.iter().copied().collect();
            let period = (one.seen.first, one.seen.last);
            Some(EvidenceRow::new(key, one.side.name(), one.seen.samples, period, &ports))
        });
        relation::put_evidence(self.conn, &rows.collect::<Vec<_>>())
    }
}

/// Keys of CIs that a plan speaks of.
#[derive(Clone, Copy)]
struct Places<'a> {
    created: &'a [CiKey],
}

impl Places<'_> {
    fn key(self, ci: CiRef) -> Result<CiKey, StoreError> {
        match ci {
            CiRef::Known(key) => Ok(key),
            // A plan that speaks of a CI it does not create is our own mistake; the request is set aside for it.
            CiRef::New(place) => {
                self.created.get(place).copied().ok_or(StoreError::Query(diesel::result::Error::NotFound))
            }
        }
    }
}

fn list<T: Copy>(items: &BTreeSet<T>) -> Vec<T> {
    items.iter().copied().collect()
}
