//! Keeping searches.

use serde_json::{Value, json};

use super::model::{Draft, SavedSearch, groups};
use super::store;
use super::visible;
use crate::audit::{self, Entry, Object};
use crate::cmdb::error::{Error, FieldFault};
use crate::cmdb::list::{self, RawFilter};
use crate::cmdb::model::observation::Freshness;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::query::Known;
use crate::cmdb::query::check::Checker;
use crate::index::model::fold::fold;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::{Id, OrganisationId, SavedSearchId};
use crate::kernel::scope::Scope;
use crate::store::Conn;
use crate::store::dialect::transaction_lock;

/// Changes of saved searches come one after the other: what one speaks of is not deleted meanwhile.
const LOCK: i64 = 0x7465_7272_6965_7210;

/// Who asks, and where he may share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keeper<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) writable: &'a Scope,
}

impl Keeper<'_> {
    /// Whether the caller may change it: it is his own, or it is shared where he keeps the register.
    pub(super) fn may_change(&self, one: &SavedSearch) -> bool {
        self.ctx.actor.id() == Some(one.owner.uuid()) || (one.shared && self.writable.contains(one.organisation))
    }

    fn find(&self, conn: &mut Conn, id: SavedSearchId) -> Result<SavedSearch, Error> {
        store::find(conn, self.ctx, id)?.ok_or(Error::NotFound)
    }

    /// Keeps a search.
    pub(super) fn create(
        &self,
        conn: &mut Conn,
        draft: Draft,
        organisation: Option<OrganisationId>,
    ) -> Result<SavedSearch, Error> {
        transaction_lock(conn, LOCK)?;
        let draft = draft.checked()?;
        let organisation = self.organisation(conn, organisation)?;
        self.check(conn, &draft, organisation, None)?;
        // What has no account keeps nothing.
        let owner = self.ctx.actor.id().map(Id::from_uuid).ok_or(Error::NotFound)?;
        let id = self.ctx.new_id();
        let created_at = self.ctx.now;
        let Draft { name, query, shared } = draft;
        let owner_name = self.ctx.actor.name().unwrap_or_default().to_owned();
        let new = SavedSearch { id, name, query, shared, organisation, owner, owner_name, version: 1, created_at };
        store::insert(conn, &new)?;
        self.record(conn, &new, "saved_search.created", json!({ "after": told(&new) }))?;
        Ok(new)
    }

    /// Changes one that has this version.
    pub(super) fn change(
        &self,
        conn: &mut Conn,
        (id, version): (SavedSearchId, i32),
        change: impl FnOnce(Draft) -> Draft,
    ) -> Result<SavedSearch, Error> {
        transaction_lock(conn, LOCK)?;
        let before = self.changeable(conn, id)?;
        if before.version != version {
            return Err(Error::Stale { current: before.version });
        }
        let draft = Draft { name: before.name.clone(), query: before.query.clone(), shared: before.shared };
        let draft = change(draft).checked()?;
        self.check(conn, &draft, before.organisation, Some(id))?;
        if fold(&draft.name) != fold(&before.name) || (before.shared && !draft.shared) {
            in_use(conn, &before)?;
        }
        if !store::update(conn, id, version, &draft)? {
            return Err(Error::Stale { current: version.wrapping_add(1) });
        }
        let Draft { name, query, shared } = draft;
        let after = SavedSearch { name, query, shared, version: version.wrapping_add(1), ..before.clone() };
        let details = json!({ "before": told(&before), "after": told(&after) });
        self.record(conn, &after, "saved_search.changed", details)?;
        Ok(after)
    }

    /// Deletes one that no other speaks of.
    pub(super) fn delete(&self, conn: &mut Conn, id: SavedSearchId) -> Result<(), Error> {
        transaction_lock(conn, LOCK)?;
        let found = self.changeable(conn, id)?;
        in_use(conn, &found)?;
        store::delete(conn, id)?;
        self.record(conn, &found, "saved_search.deleted", json!({ "before": told(&found) }))
    }

    /// One, and how many items are in it now.
    pub(super) fn get(
        &self,
        conn: &mut Conn,
        freshness: Freshness,
        id: SavedSearchId,
    ) -> Result<(SavedSearch, i64), Error> {
        let found = self.find(conn, id)?;
        let filter = RawFilter { q: Some(found.query.clone()), ..RawFilter::default() };
        let count = list::count(conn, self.ctx, freshness, &filter)?;
        Ok((found, count))
    }

    /// What one looks for.
    pub(super) fn query(&self, conn: &mut Conn, id: SavedSearchId) -> Result<String, Error> {
        Ok(self.find(conn, id)?.query)
    }

    /// One that the caller sees and may change; that he may not is no secret.
    fn changeable(&self, conn: &mut Conn, id: SavedSearchId) -> Result<SavedSearch, Error> {
        let found = self.find(conn, id)?;
        if self.may_change(&found) {
            return Ok(found);
        }
        Err(Error::Forbidden("only its owner and who keeps the register may change it"))
    }

    fn organisation(&self, conn: &mut Conn, wanted: Option<OrganisationId>) -> Result<OrganisationId, Error> {
        let tree = load_tree(conn)?;
        let unknown = || FieldFault::new("organisation_id", "unknown", "there is no such organisation in scope");
        match wanted {
            Some(id) if self.ctx.scope.contains(id) && tree.name(id).is_some() => Ok(id),
            Some(_) => Err(unknown().into()),
            None => tree.top_of(&self.ctx.scope).ok_or_else(|| {
                FieldFault::new("organisation_id", "required", "say which organisation it belongs to").into()
            }),
        }
    }

    /// The name is free, the query can be evaluated, and what is shared is shared by somebody who may.
    fn check(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        organisation: OrganisationId,
        own: Option<SavedSearchId>,
    ) -> Result<(), Error> {
        let seen = store::list(conn, self.ctx)?;
        let others = || seen.iter().filter(|one| Some(one.id) != own);
        let folded = fold(&draft.name);
        if others().any(|one| fold(&one.name) == folded) {
            return Err(FieldFault::new("name", "taken", "another saved search has this name").into());
        }
        if draft.shared && !self.writable.contains(organisation) {
            let detail = "sharing needs the permission ci.write in the organisation";
            return Err(FieldFault::new("shared", "invalid", detail).into());
        }
        let of_groups = groups(&draft.query);
        let private = others().find(|one| !one.shared && of_groups.contains(&fold(&one.name)));
        if let Some(private) = private.filter(|_| draft.shared) {
            let detail = format!("what is shared speaks of what is shared alone, and `{}` is not", private.name);
            return Err(FieldFault::new("query", "invalid", detail).into());
        }
        self.evaluates(conn, draft, &folded)
    }

    /// Checks the query as it will be: under its new name, so that it does not contain itself.
    fn evaluates(&self, conn: &mut Conn, draft: &Draft, folded: &str) -> Result<(), Error> {
        let by_its_name = format!("group:\"{}\"", draft.name.replace('\\', "\\\\").replace('"', "\\\""));
        let query = format!("{by_its_name} ({})", draft.query);
        let mut known = Known::load(conn, self.ctx, (Some(&query), None))?;
        known.put(visible::Visible {
            name: draft.name.clone(),
            name_folded: folded.to_owned(),
            query: draft.query.clone(),
            shared: draft.shared,
            is_own: true,
        });
        let (book, tree) = (crate::cmdb::class::store::load_book(conn)?, load_tree(conn)?);
        let checker = Checker { book: &book, organisations: &tree, known: &known };
        let fault = |fault: crate::cmdb::query::Fault| FieldFault { field: "query".to_owned(), ..fault.into() };
        checker.check(&draft.query).map_err(fault)?;
        checker.check(&by_its_name).map_err(fault)?;
        Ok(())
    }

    fn record(&self, conn: &mut Conn, one: &SavedSearch, action: &'static str, details: Value) -> Result<(), Error> {
        let object = Object::named("saved_search", one.id, one.name.as_str());
        Ok(audit::record(conn, self.ctx, Entry { action, object, details })?)
    }
}

/// Refuses what would leave another saved search without what it speaks of.
fn in_use(conn: &mut Conn, one: &SavedSearch) -> Result<(), Error> {
    let folded = fold(&one.name);
    let uses = |(id, query): &(SavedSearchId, String)| *id != one.id && groups(query).contains(&folded);
    if store::queries(conn)?.iter().any(uses) {
        return Err(FieldFault::new("name", "in_use", "another saved search speaks of it by this name").into());
    }
    Ok(())
}

fn told(one: &SavedSearch) -> Value {
    json!({ "name": one.name, "query": one.query, "shared": one.shared, "organisation": one.organisation })
}
