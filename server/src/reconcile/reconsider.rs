//! Looks again at values that were refused, after administrators changed what values must be like.
//!
//! An agent sends a section again when it changed, not when a rule did: what is refused waits here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::load::Vocabulary;
use crate::cmdb::model::check;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::refused::{self, Waiting};
use crate::cmdb::observed::{revision, value};
use crate::cmdb::unique::{self, Claim};
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, StoreError};

/// CIs in one transaction.
const CIS: i64 = 100;
/// What history says of it.
const REASON: &str = "the rules allow it now";

/// Takes up what the rules now allow of the first CIs after `after`; gives the last of them, or none at the end.
pub(super) fn some(conn: &mut Conn, ctx: &Ctx, vocabulary: &Vocabulary, after: i32) -> Result<Option<i32>, StoreError> {
    let book = vocabulary.book();
    if vocabulary.has_unique() {
        unique::lock(conn)?;
    }
    let waiting = refused::list_after(conn, after, CIS)?;
    let last = waiting.last().map(|one| one.ci_key);
    let fits = |one: &Waiting| {
        let attribute = book.attribute_by_id(one.attribute_id);
        attribute.is_some_and(|attribute| check::stored(book, &one.class, &attribute.name, &one.value).is_ok())
    };
    let fitting: Vec<Waiting> = waiting.into_iter().filter(fits).collect();
    let claims: Vec<Claim> = fitting.iter().map(claim).collect();
    let taken = unique::taken(conn, book, &claims)?;
    let mut allowed: BTreeMap<(i32, SourceName), Vec<Waiting>> = BTreeMap::new();
    for (one, _) in fitting.into_iter().zip(taken).filter(|(_, taken)| !taken) {
        allowed.entry((one.subject_key, one.source.clone())).or_default().push(one);
    }
    let (mut keys, mut attributes) = (BTreeSet::new(), BTreeSet::new());
    for ((subject_key, source), values) in allowed {
        let last = revision::last(conn, subject_key)?;
        let later = last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
        let at = later.map_or(ctx.now, |later| later.max(ctx.now));
        let revision = revision::insert_by_server(conn, &source, (subject_key, at), REASON)?;
        let opened: Vec<_> =
            values.iter().map(|one| (one.ci_key, one.attribute_id, one.value.as_str(), false)).collect();
        value::open(conn, &source, &opened, at, revision)?;
        let cleared: Vec<_> = values.iter().map(|one| (one.ci_key, one.attribute_id)).collect();
        refused::clear(conn, &source, &cleared)?;
        keys.extend(cleared.iter().map(|(key, _)| *key));
        attributes.extend(cleared.iter().map(|(_, attribute)| *attribute));
    }
    if !keys.is_empty() {
        let (keys, attributes): (Vec<i32>, Vec<i32>) = (keys.into_iter().collect(), attributes.into_iter().collect());
        let touched = Touched { keys: &keys, attributes: Some(&attributes), without: None };
        Settler::load(conn, ctx.now)?.settle(conn, touched, Versions::Count)?;
    }
    Ok(last)
}

fn claim(one: &Waiting) -> Claim {
    Claim {
        ci_key: Some(one.ci_key),
        class: one.class.clone(),
        organisation: one.organisation,
        attribute_id: one.attribute_id,
        value: one.value.clone(),
    }
}
