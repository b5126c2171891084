//! Gives what one reporter says to a CI of its own: a fixed number of statements, in the caller's transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::reporters::{Reporting, Teller};
use super::share::Share;
use crate::catalogue::installation::observed as installation;
use crate::cmdb::item::row::CiRow;
use crate::cmdb::model::check::Fault;
use crate::cmdb::model::source::SourceKind;
use crate::cmdb::observed::ci::NewCiRow;
use crate::cmdb::observed::relation::NewRelationRow;
use crate::cmdb::observed::revision::NewRevision;
use crate::cmdb::observed::{ci, identifier, refused, relation, revision, section, value};
use crate::cmdb::refused::{self as kept, Refused, Why};
use crate::cmdb::unique::{self, Claim};
use crate::cmdb::value::settle::Settler;
use crate::cmdb::value::standing;
use crate::identification::reporter;
use crate::kernel::ctx::Ctx;
use crate::reconcile::known::CiKey;
use crate::store::{Conn, StoreError};

/// What it takes to part a reporter from a CI.
pub(super) struct Parting<'a> {
    pub(super) conn: &'a mut Conn,
    pub(super) ctx: &'a Ctx,
    pub(super) settler: Settler,
    /// The CI that it reported of.
    pub(super) original: &'a CiRow,
    pub(super) who: &'a Reporting,
    /// The revision of that CI by which it is parted, and when that is: after all that is written of the CI.
    pub(super) revision: i64,
    pub(super) at: Timestamp,
    pub(super) reason: Option<&'a str>,
}

/// Which row stands for which from now on.
type Places = BTreeMap<CiKey, CiKey>;

impl Parting<'_> {
    /// Parts it; gives the row of its own CI.
    pub(super) fn carry_out(mut self, share: &Share) -> Result<CiKey, StoreError> {
        let (separate, places) = self.create(share)?;
        let began = self.begin(separate)?;
        self.values(share, &places, began)?;
        self.relations(share, &places, began)?;
        self.identifiers(share, separate)?;
        if !share.installed.is_empty() {
            installation::close(self.conn, self.original.key, &share.installed, self.at)?;
            installation::open(self.conn, separate, &share.installed, self.at)?;
        }
        if !share.own_dependents.is_empty() {
            ci::set_gone(self.conn, &share.own_dependents, self.at)?;
        }
        self.seen(separate)?;
        let rows: Vec<CiKey> = places.iter().flat_map(|(old, new)| [*old, *new]).collect();
        self.settler.settle_whole(self.conn, &rows)?;
        Ok(separate)
    }

    /// Makes the rows; gives that of its own CI, and which stands for which.
    fn create(&mut self, share: &Share) -> Result<(CiKey, Places), StoreError> {
        let (original, organisation) = (self.original, self.original.organisation_id);
        let mut host = NewCiRow::new(self.ctx.new_id(), &original.class, &original.name);
        if let Teller::Agent(key) = self.who.teller {
            ci::bind(self.conn, original.key, None)?;
            host = host.reported_by(key);
        }
        let separate = ci::insert(self.conn, &[host], organisation, self.at)?.into_iter().next();
        let separate = separate.ok_or(StoreError::Query(diesel::result::Error::NotFound))?;
        if let Teller::Device(key) = self.who.teller {
            reporter::bind(self.conn, key, separate)?;
        }
        let dependent = |old: &ci::CiRow| {
            NewCiRow::new(self.ctx.new_id(), &old.class, &old.name).under(Some(separate), old.local_id.as_deref())
        };
        let new: Vec<NewCiRow> = share.dependents.iter().map(dependent).collect();
        let mut places = Places::from([(original.key, separate)]);
        if !new.is_empty() {
            let keys = ci::insert(self.conn, &new, organisation, self.at)?;
            places.extend(share.dependents.iter().map(|old| old.key).zip(keys));
        }
        Ok((separate, places))
    }

    /// The first revision of its own CI.
    fn begin(&mut self, separate: CiKey) -> Result<i64, StoreError> {
        let new = NewRevision {
            subject_key: separate,
            at: self.at,
            recorded_at: self.ctx.now,
            source: &self.who.source,
            reporter: self.who.id,
            reporter_name: &self.who.name,
            reason: self.reason,
        };
        revision::insert(self.conn, new)
    }

    fn values(&mut self, share: &Share, places: &Places, began: i64) -> Result<(), StoreError> {
        let source = &self.who.source;
        if !share.refused.is_empty() {
            refused::clear(self.conn, source, &share.refused)?;
        }
        if share.values.is_empty() {
            return Ok(());
        }
        let closed: Vec<(CiKey, i32)> = share.values.iter().map(|row| (row.ci_key, row.attribute_id)).collect();
        value::close(self.conn, source, &closed, self.at, self.revision)?;
        // What others do not say of the original is free to be said of the new one.
        self.settler.settle_whole(self.conn, &places.keys().copied().collect::<Vec<_>>())?;
        let taken = self.taken(share, places)?;
        let place = |row: &value::ValueRow| places.get(&row.ci_key).copied().map(|key| (key, row.attribute_id));
        let moved = share.values.iter().zip(&taken);
        let opened: Vec<_> = moved
            .filter(|(_, taken)| !**taken)
            .filter_map(|(row, _)| place(row).map(|(key, id)| (key, id, row.value.as_str(), true)))
            .collect();
        value::open(self.conn, source, &opened, self.at, began)?;
        let refused = |(row, _): (&value::ValueRow, &bool)| {
            let (ci_key, attribute_id) = place(row)?;
            let (source, value, why) = (source.to_string(), row.value.clone(), Why::from(&Fault::Taken));
            Some(Refused { ci_key, attribute_id, source, since: self.at, value, why })
        };
        let refused: Vec<Refused> =
            share.values.iter().zip(&taken).filter(|(_, taken)| **taken).filter_map(refused).collect();
        kept::put(self.conn, &refused)
    }

    /// Which of the values have to be unique and are said of another item, too.
    fn taken(&mut self, share: &Share, places: &Places) -> Result<Vec<bool>, StoreError> {
        let classes: BTreeMap<CiKey, &str> = share.dependents.iter().map(|ci| (ci.key, ci.class.as_str())).collect();
        let claim = |row: &value::ValueRow| Claim {
            ci_key: places.get(&row.ci_key).copied(),
            class: classes.get(&row.ci_key).copied().unwrap_or(&self.original.class).to_owned(),
            organisation: self.original.organisation_id,
            attribute_id: row.attribute_id,
            value: row.value.clone(),
        };
        let claims: Vec<Claim> = share.values.iter().map(claim).collect();
        unique::taken(self.conn, &self.settler.book, &claims)
    }

    fn relations(&mut self, share: &Share, places: &Places, began: i64) -> Result<(), StoreError> {
        if share.relations.is_empty() {
            return Ok(());
        }
        let closed: Vec<i64> = share.relations.iter().map(|one| one.key).collect();
        relation::close(self.conn, &closed, self.at, self.revision)?;
        let end = |key: CiKey| places.get(&key).copied().unwrap_or(key);
        let row = |one: &relation::SourcedRow| {
            NewRelationRow::new(self.ctx.new_id(), end(one.source_key), one.kind.clone(), end(one.target_key))
        };
        let rows: Vec<NewRelationRow> = share.relations.iter().map(row).collect();
        let opened = relation::open(self.conn, &rows, self.at, began)?;
        relation::copy_evidence(self.conn, &closed.into_iter().zip(opened).collect::<Vec<_>>())
    }

    fn identifiers(&mut self, share: &Share, separate: CiKey) -> Result<(), StoreError> {
        if share.identifiers.is_empty() {
            return Ok(());
        }
        let own: Vec<(&str, &str)> = share.own_identifiers.iter().map(|(kind, value)| (&**kind, &**value)).collect();
        identifier::close(self.conn, self.original.key, &own, self.at)?;
        let opened: Vec<_> = share.identifiers.iter().map(|(kind, value)| (separate, &**kind, &**value)).collect();
        identifier::open(self.conn, &opened, self.at)
    }

    /// When it was seen, and by whose word.
    fn seen(&mut self, separate: CiKey) -> Result<(), StoreError> {
        let source = self.settler.rules.sources.get(&self.who.source);
        let sees = source.is_some_and(|one| matches!(one.kind, SourceKind::Agent | SourceKind::Inventory));
        let last = self.who.last.filter(|_| sees);
        ci::set_seen(self.conn, separate, self.at, (self.who.first.filter(|_| sees).or(last), last))?;
        match (self.who.teller, self.who.last) {
            (Teller::Agent(_), _) => section::give(self.conn, self.original.key, separate),
            (Teller::Device(_), Some(last)) => standing::confirm(self.conn, &self.who.source, &[separate], last),
            (Teller::Device(_), None) => Ok(()),
        }
    }
}
