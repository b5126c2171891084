//! Asking and confirming.

use jiff::SignedDuration;
use serde_json::json;

use super::store::{self, Asked, Attestation, Due};
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::item::reason::checked_reason;
use crate::cmdb::item::row::{self, CiRow};
use crate::cmdb::policy::store::unmatch;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::kernel::page::{LIMIT_MAX, Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Conn;
use crate::store::dialect::storable;

/// A page of what is due; with each, whether the caller may attest it.
pub(super) type DuePage = Page<(Due, bool), (i64, i32)>;

/// Who asks, and where he keeps the register.
#[derive(Debug, Clone, Copy)]
pub(super) struct Witness<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) writable: &'a Scope,
}

/// What is to be confirmed of an item, what was, and whether the caller may.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) due: Vec<Due>,
    pub(super) past: Vec<Attestation>,
    pub(super) may_attest: bool,
}

impl Witness<'_> {
    /// What is due in scope; `mine` is what the caller answers for. With each, whether he may attest it.
    pub(super) fn due(&self, conn: &mut Conn, mine: bool, request: &PageRequest<(i64, i32)>) -> Result<DuePage, Error> {
        let names = store::names(conn, self.ctx)?;
        let owners = mine.then(|| names.clone());
        let page = store::due(conn, self.ctx, &Asked { key: None, owners }, request)?;
        Ok(page.map(|due| {
            let may = self.writable.contains(due.organisation) || is_owner(&names, due.owner.as_deref());
            (due, may)
        }))
    }

    /// What is to be confirmed of one item.
    pub(super) fn standing(&self, conn: &mut Conn, id: CiId) -> Result<Standing, Error> {
        let row = row::find(conn, &self.ctx.scope, id)?.ok_or(Error::NotFound)?;
        let names = store::names(conn, self.ctx)?;
        Ok(Standing {
            due: self.due_of(conn, &row)?,
            past: store::list(conn, &[row.key])?,
            may_attest: self.may_attest(&names, &row),
        })
    }

    /// Confirms all that is due of an item.
    pub(super) fn attest(&self, conn: &mut Conn, id: CiId, note: Option<&str>) -> Result<Standing, Error> {
        let row = row::find(conn, &self.ctx.scope, id)?.ok_or(Error::NotFound)?;
        if !self.may_attest(&store::names(conn, self.ctx)?, &row) {
            return Err(Error::Forbidden("it is attested by who answers for it or keeps the register"));
        }
        let note = checked_reason(note)?.map(|note| storable(note).into_owned());
        let due = self.due_of(conn, &row)?;
        if due.is_empty() {
            return Err(FieldFault::new("", "nothing_due", "nothing is to be confirmed of it now").into());
        }
        for one in &due {
            let expires_at = self.ctx.now.saturating_add(SignedDuration::from_secs(one.renew_s));
            let by = self.ctx.actor.name().map(|name| storable(name).into_owned());
            let new = Attestation {
                policy: one.policy.clone(),
                at: self.ctx.now,
                by,
                note: note.clone(),
                expires_at: expires_at.unwrap_or(jiff::Timestamp::MAX),
            };
            store::insert(conn, self.ctx, row.key, &new)?;
            unmatch(conn, one.policy.0, &[row.key])?;
        }
        let object = Object::named("ci", row.id, row.name.clone());
        let policies: Vec<&str> = due.iter().map(|one| one.policy.1.as_str()).collect();
        let details = json!({ "policies": policies, "note": note });
        audit::record(conn, self.ctx, Entry { action: "ci.attested", object, details })?;
        self.standing(conn, id)
    }

    fn may_attest(&self, names: &[String], row: &CiRow) -> bool {
        self.writable.contains(row.organisation_id) || is_owner(names, row.owner.as_deref())
    }

    fn due_of(&self, conn: &mut Conn, row: &CiRow) -> Result<Vec<Due>, Error> {
        let request = PageRequest { limit: LIMIT_MAX, after: None };
        Ok(store::due(conn, self.ctx, &Asked { key: Some(row.key), owners: None }, &request)?.items)
    }
}

fn is_owner(names: &[String], owner: Option<&str>) -> bool {
    owner.is_some_and(|owner| names.contains(&owner.to_lowercase()))
}
