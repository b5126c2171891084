//! Judging silences.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::model::{Moved, Sighting, Silence};
use super::store::{self, End, Host, Seen};
use crate::cmdb::error::Error;
use crate::cmdb::item::row;
use crate::cmdb::item::summary::Reference;
use crate::cmdb::list::service::Found;
use crate::cmdb::list::{self, Position, RawFilter, Sort};
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::observation::{Freshness, Observation};
use crate::cmdb::query::parse;
use crate::fleet::silence::{self, Holds};
use crate::kernel::ctx::Ctx;
use crate::kernel::id::CiId;
use crate::kernel::page::PageRequest;
use crate::store::{Conn, StoreError};

/// Most sightings that are told of one host.
const SIGHTINGS_MAX: usize = 5;
/// Who saw a host within so long before it fell silent would see it again.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is known of the silence of one host; nothing if it is not silent or no agent reports as it.
pub fn of(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, id: CiId) -> Result<Option<Silence>, Error> {
    let row = row::find(conn, &ctx.scope, id)?.ok_or(Error::NotFound)?;
    Ok(judge(conn, ctx, freshness, &[row.key])?.remove(&row.key))
}

/// A page of silent hosts, longest silent first, with what is known of each.
pub fn page(
    conn: &mut Conn,
    ctx: &Ctx,
    freshness: Freshness,
    filter: &RawFilter,
    request: &PageRequest<Position>,
) -> Result<(Found, BTreeMap<i32, Silence>), Error> {
    let silent = match filter.q.as_deref().filter(|query| !query.trim().is_empty()) {
        None => "health:silent class:host".to_owned(),
        Some(query) => {
            // By itself: a bracket in it must not end the one that is put around it.
            parse(query).map_err(|fault| Error::Invalid(vec![fault.into()]))?;
            format!("({query}) health:silent class:host")
        }
    };
    let filter = RawFilter { q: Some(silent), ..filter.clone() };
    let sort = Sort::from_name("last_seen").unwrap_or(Sort::DEFAULT);
    let found = list::page(conn, ctx, freshness, (&filter, sort), request)?;
    let keys: Vec<i32> = found.page.items.iter().map(|item| item.key).collect();
    let silences = judge(conn, ctx, freshness, &keys)?;
    Ok((found, silences))
}

/// Judges these hosts, in a fixed number of statements for however many.
fn judge(conn: &mut Conn, ctx: &Ctx, freshness: Freshness, keys: &[i32]) -> Result<BTreeMap<i32, Silence>, StoreError> {
    let holds = silence::holds(conn)?;
    let hosts = store::hosts(conn, keys)?;
    let mut silences: BTreeMap<i32, (Silence, Timestamp)> =
        hosts.iter().filter_map(|host| Some((host.key, begun(host, &holds, freshness, ctx.now)?))).collect();
    let Some(earliest) = silences.values().map(|(_, expected)| *expected).min() else { return Ok(BTreeMap::new()) };
    let judged: Vec<i32> = silences.keys().copied().collect();
    let records = Records::of(conn, &judged, None)?;
    let mut family: BTreeMap<i32, i32> =
        records.keys().into_iter().filter_map(|row| Some((row, records.item_of(row)?))).collect();
    for (row, above) in store::dependents(conn, &records.keys())? {
        family.extend(records.item_of(above).map(|item| (row, item)));
    }
    let rows: Vec<i32> = family.keys().copied().collect();
    let seen = store::seen(conn, &rows, earliest.saturating_sub(REMEMBERED).unwrap_or(Timestamp::MIN))?;
    let moved = store::moved(conn, &records.keys())?;
    let questions = store::questions(conn, &records.keys())?;
    let named: BTreeSet<i32> = seen.iter().map(|one| one.by).chain(moved.iter().map(|one| one.to)).collect();
    let mut ends = store::ends(conn, &ctx.scope, &named)?;
    let above: BTreeSet<i32> = ends.values().filter_map(|end| end.parent_key).collect();
    ends.extend(store::ends(conn, &ctx.scope, &above)?);
    for (host, (silence, expected)) in &mut silences {
        let of_host: Vec<&Seen> = seen.iter().filter(|one| family.get(&one.of) == Some(host)).collect();
        silence.witness(*host, *expected, &of_host, &ends, &family);
        let moved = moved.iter().filter(|one| records.item_of(one.from) == Some(*host) && one.at > silence.since);
        silence.moved = moved.filter_map(|one| named_moved(one, &ends)).collect();
        silence.question = questions.iter().find(|(row, _)| records.item_of(*row) == Some(*host)).map(|(_, id)| *id);
    }
    Ok(silences.into_iter().map(|(key, (silence, _))| (key, silence)).collect())
}

/// A silence of which nothing is known yet, and when the host would have been heard if all were well.
fn begun(host: &Host, holds: &Holds, freshness: Freshness, now: Timestamp) -> Option<(Silence, Timestamp)> {
    let since = host.sightings.last_seen?;
    let is_late = |at| matches!(freshness.judge(host.sightings, at), Observation::Stale | Observation::Silent);
    if !is_late(now) {
        return None;
    }
    let held = !is_late(holds.judged_at(host.organisation, now));
    let expected = host.sightings.live_until.or_else(|| since.checked_add(freshness.live).ok()).unwrap_or(since);
    let (sightings, moved) = (Vec::new(), Vec::new());
    let silence = Silence { since, held, sightings, seen_by: 0, watchers: 0, moved, question: None };
    Some((silence, expected.max(since)))
}

impl Silence {
    /// Notes who saw the host since, and who would have. Nobody is a witness of himself.
    fn witness(
        &mut self,
        host: i32,
        expected: Timestamp,
        seen: &[&Seen],
        ends: &BTreeMap<i32, End>,
        family: &BTreeMap<i32, i32>,
    ) {
        let mut latest: BTreeMap<i32, &Seen> = BTreeMap::new();
        for one in seen.iter().filter(|one| family.get(&one.by) != Some(&host)) {
            let Some(end) = ends.get(&one.by) else { continue };
            let witness = end.parent_key.unwrap_or(one.by);
            let kept = latest.entry(witness).or_insert(one);
            if one.at > kept.at {
                *kept = one;
            }
        }
        let was_heard = |witness: &i32| ends.get(witness).and_then(|end| end.last_seen).is_some_and(|at| at > expected);
        self.watchers = latest.keys().filter(|witness| was_heard(witness)).count();
        let mut since: Vec<&Seen> = latest.into_values().filter(|one| one.at > expected).collect();
        since.sort_by_key(|one| std::cmp::Reverse(one.at));
        self.seen_by = since.len();
        self.sightings = since.into_iter().take(SIGHTINGS_MAX).filter_map(|one| sighting(one, ends)).collect();
    }
}

fn sighting(seen: &Seen, ends: &BTreeMap<i32, End>) -> Option<Sighting> {
    let end = ends.get(&seen.by)?;
    let host = end.parent_key.and_then(|key| ends.get(&key)).map(reference);
    Some(Sighting { by: reference(end), host, at: seen.at, ports: seen.ports.clone() })
}

fn named_moved(moved: &store::Moved, ends: &BTreeMap<i32, End>) -> Option<Moved> {
    let to = reference(ends.get(&moved.to)?);
    Some(Moved { kind: moved.kind.clone(), value: moved.value.clone(), to, at: moved.at })
}

fn reference(end: &End) -> Reference {
    Reference { id: end.id, name: end.name.clone(), class: end.class.clone() }
}
