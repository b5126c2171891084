//! What one of those who report of a CI says of it and of what is under it.

use std::collections::BTreeSet;

use super::reporters::{Reporting, Teller};
use crate::catalogue::installation::observed as installation;
use crate::cmdb::item::row::CiRow;
use crate::cmdb::observed::relation::{self, SourcedRow};
use crate::cmdb::observed::value::{self, ValueRow};
use crate::cmdb::observed::{ci, identifier, refused};
use crate::kernel::ctx::Ctx;
use crate::reconcile::foreign;
use crate::reconcile::known::CiKey;
use crate::reconcile::load::Vocabulary;
use crate::reconcile::plan::identifier::{attribute_of, entries};
use crate::store::{Conn, StoreError};

/// What one says, as far as it is said now.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// Values.
    pub(super) values: Vec<ValueRow>,
    /// Values that a constraint forbids: CI and attribute.
    pub(super) refused: Vec<(CiKey, i32)>,
    /// What it can be recognised by: kind and value.
    pub(super) identifiers: Identifiers,
    /// Of these, what nobody else says.
    pub(super) own_identifiers: Identifiers,
    /// Relations.
    pub(super) relations: Vec<SourcedRow>,
    /// Versions of packages, by their numbers.
    pub(super) installed: BTreeSet<i32>,
    /// What is under the CI by its word.
    pub(super) dependents: Vec<ci::CiRow>,
    /// Of these, what no other machine sees there.
    pub(super) own_dependents: Vec<CiKey>,
}

/// Kind and value of what a CI can be recognised by.
type Identifiers = Vec<(String, String)>;

/// What all say of a CI and of what is under it, and what one of them says of that.
struct Said {
    own: Vec<ValueRow>,
    others: Vec<ValueRow>,
}

impl Share {
    /// Reads what one of these says of the CI.
    pub(super) fn load(
        conn: &mut Conn,
        (ctx, vocabulary): (&Ctx, &Vocabulary),
        original: &CiRow,
        (who, all): (&Reporting, &[Reporting]),
    ) -> Result<Self, StoreError> {
        let said = said(conn, original.key, (who, all))?;
        let family = ci::list_under(conn, original.key)?;
        let keys: Vec<CiKey> = family.iter().map(|ci| ci.key).chain([original.key]).collect();
        let reporter = matches!(who.teller, Teller::Device(_)).then_some(who.id);
        let relations = relation::list_told_by(conn, &keys, &who.source, reporter)?;
        let carried = identifier::list_open(conn, original.key)?;
        let (identifiers, own_identifiers) = identifiers(vocabulary, original.key, (who, &said), carried);
        let seen_by_others: BTreeSet<CiKey> =
            said.others.iter().filter(|one| is_machine(one)).map(|one| one.ci_key).collect();
        let dependents = dependents(family, who, &said, (&relations, &seen_by_others));
        let own = dependents.iter().map(|ci| ci.key).filter(|key| !seen_by_others.contains(key));
        Ok(Self {
            refused: refused::list_open(conn, &who.source, original.key)?
                .into_iter()
                .map(|(ci, id, _)| (ci, id))
                .collect(),
            installed: installed(conn, ctx, original.key, who)?,
            own_dependents: own.collect(),
            values: said.own,
            identifiers,
            own_identifiers,
            relations,
            dependents,
        })
    }
}

fn said(conn: &mut Conn, host: CiKey, (who, all): (&Reporting, &[Reporting])) -> Result<Said, StoreError> {
    let is_other = |one: &&Reporting| one.id != who.id && one.source == who.source && one.ci_key == who.ci_key;
    let told: Option<BTreeSet<(CiKey, i32)>> = match all.iter().find(is_other) {
        Some(_) => Some(value::list_told_by(conn, host, &who.source, who.id)?.into_iter().collect()),
        None => None,
    };
    let is_own = |row: &ValueRow| {
        row.source == who.source.as_str()
            && told.as_ref().is_none_or(|told| told.contains(&(row.ci_key, row.attribute_id)))
    };
    let (own, others) = value::list_open(conn, host)?.into_iter().partition(is_own);
    Ok(Said { own, others })
}

fn is_machine(row: &ValueRow) -> bool {
    row.source.parse().is_ok_and(|name: crate::cmdb::model::source::SourceName| name.is_machine())
}

/// What the reporter can be recognised by, and what of it nobody else says. What stands in no value is its agent's.
fn identifiers(
    vocabulary: &Vocabulary,
    host: CiKey,
    (who, said): (&Reporting, &Said),
    carried: Identifiers,
) -> (Identifiers, Identifiers) {
    let is_said = |by: &[ValueRow], attribute: i32, value: &str| {
        let of = by.iter().filter(|row| (row.ci_key, row.attribute_id) == (host, attribute));
        of.flat_map(|row| entries(&row.value)).any(|entry| entry == value.to_lowercase())
    };
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for (kind, value) in carried {
        let (its, others) = match attribute_of(&kind).map(|attribute| vocabulary.id(attribute)) {
            Some(id) => (is_said(&said.own, id, &value), is_said(&said.others, id, &value)),
            None => (matches!(who.teller, Teller::Agent(_)), false),
        };
        if its && !others {
            own.push((kind.clone(), value.clone()));
        }
        if its {
            all.push((kind, value));
        }
    }
    (all, own)
}

/// What is under the CI by the reporter's word: what it says something of, and, of an agent, what nobody else sees.
fn dependents(
    family: Vec<ci::CiRow>,
    who: &Reporting,
    said: &Said,
    (relations, seen_by_others): (&[SourcedRow], &BTreeSet<CiKey>),
) -> Vec<ci::CiRow> {
    let ends = relations.iter().flat_map(|one| [one.source_key, one.target_key]);
    let spoken: BTreeSet<CiKey> = said.own.iter().map(|row| row.ci_key).chain(ends).collect();
    let by_agent = matches!(who.teller, Teller::Agent(_));
    let is_its = |ci: &ci::CiRow| {
        spoken.contains(&ci.key) || by_agent && ci.gone_at.is_none() && !seen_by_others.contains(&ci.key)
    };
    family.into_iter().filter(is_its).collect()
}

fn installed(conn: &mut Conn, ctx: &Ctx, host: CiKey, who: &Reporting) -> Result<BTreeSet<i32>, StoreError> {
    let lists = match who.teller {
        Teller::Agent(_) => true,
        Teller::Device(key) => foreign::is_asked_first(conn, host, key, ctx.now)?,
    };
    if lists { installation::list_installed(conn, host) } else { Ok(BTreeSet::new()) }
}
