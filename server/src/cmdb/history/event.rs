//! From edges to events.

use super::edge::{Batch, Edge, Place, Signature};

/// Something that became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) place: Place,
    pub(super) change: Change,
    pub(super) subject: String,
    pub(super) detail: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) signature: Signature,
}

/// What kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Change {
    Added,
    Changed,
    Removed,
}

/// A page of events and where the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventPage {
    pub(super) events: Vec<Event>,
    pub(super) next: Option<Place>,
}

/// Puts batches together, joins what belongs together, and cuts the page.
pub(super) fn assemble(batches: Vec<Batch>, limit: usize) -> EventPage {
    // What lies beyond the end of a batch that was cut off may have company that was not read.
    let last = |batch: &Batch| if batch.truncated { batch.edges.last().map(|edge| edge.place) } else { None };
    let horizon = batches.iter().filter_map(last).min();
    let mut edges: Vec<Edge> = batches.into_iter().flat_map(|batch| batch.edges).collect();
    edges.sort_by(|left, right| left.place.cmp(&right.place).then(left.begins.cmp(&right.begins)));
    if let Some(horizon) = horizon {
        edges.retain(|edge| edge.place <= horizon);
    }
    let mut groups = grouped(edges);
    // The last group may be incomplete; alone, it is all there is to show.
    if horizon.is_some() && groups.len() > 1 {
        groups.pop();
    }
    cut(groups, limit, horizon.is_some())
}

fn grouped(edges: Vec<Edge>) -> Vec<Vec<Edge>> {
    let mut groups: Vec<Vec<Edge>> = Vec::new();
    for edge in edges {
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| last.place.is_beside(edge.place)) => group.push(edge),
            _ => groups.push(vec![edge]),
        }
    }
    groups
}

fn cut(groups: Vec<Vec<Edge>>, limit: usize, more: bool) -> EventPage {
    let mut page = EventPage { events: Vec::new(), next: None };
    for group in groups {
        let end = group.last().map(|edge| edge.place);
        let events = joined(group.clone());
        if page.events.len() + events.len() > limit {
            if page.events.is_empty() {
                page.events = group.into_iter().take(limit).map(apart).collect();
                page.next = page.events.last().map(|event| event.place);
            }
            return page;
        }
        page.events.extend(events);
        page.next = end;
    }
    if !more {
        page.next = None;
    }
    page
}

/// Joins each end with a beginning of the same detail into one change.
fn joined(group: Vec<Edge>) -> Vec<Event> {
    let (begins, mut ends): (Vec<Edge>, Vec<Edge>) = group.into_iter().partition(|edge| edge.begins);
    let mut events: Vec<Event> = begins
        .into_iter()
        .map(|begin| {
            let partner = ends.iter().position(|end| end.detail == begin.detail).map(|at| ends.remove(at));
            event(begin.place.max(partner.as_ref().map_or(begin.place, |end| end.place)), partner, Some(begin))
        })
        .collect();
    events.extend(ends.into_iter().map(|end| event(end.place, Some(end), None)));
    events.sort_by_key(|event| event.place);
    events
}

/// More versions of one product changed at once than a page holds: each end and each beginning is told by itself.
fn apart(edge: Edge) -> Event {
    let place = edge.place;
    if edge.begins { event(place, None, Some(edge)) } else { event(place, Some(edge), None) }
}

fn event(place: Place, end: Option<Edge>, begin: Option<Edge>) -> Event {
    let change = match (&end, &begin) {
        (Some(_), Some(_)) => Change::Changed,
        (None, _) => Change::Added,
        (Some(_), None) => Change::Removed,
    };
    let before = end.as_ref().and_then(|edge| edge.value.clone());
    let after = begin.as_ref().and_then(|edge| edge.value.clone());
    let told = begin.or(end);
    let (subject, detail, signature) = told.map(|edge| (edge.subject, edge.detail, edge.signature)).unwrap_or_default();
    Event { place, change, subject, detail, before, after, signature }
}

impl Change {
    /// The name in the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::edge::{Batch, Edge, Place, Signature, Stream};
    use super::{Change, assemble};

    fn edge(at: i64, stream: Stream, (major, minor): (i64, i64), begins: bool) -> Edge {
        Edge {
            place: Place { at, stream, major, minor },
            begins,
            subject: major.to_string(),
            detail: None,
            value: Some(minor.to_string()),
            signature: Signature::default(),
        }
    }

    /// What the database gives for a page: of each kind the first edges after the place.
    fn read(edges: &[Edge], after: Option<Place>, rows: usize) -> Vec<Batch> {
        let kinds = [Stream::Values, Stream::Relations, Stream::Software].into_iter();
        kinds
            .flat_map(|stream| [(stream, true), (stream, false)])
            .map(|(stream, begins)| {
                let of_kind = edges.iter().filter(|one| one.place.stream == stream && one.begins == begins);
                let mut found: Vec<Edge> =
                    of_kind.filter(|one| after.is_none_or(|place| one.place > place)).cloned().collect();
                found.sort_by_key(|one| one.place);
                let truncated = found.len() > rows;
                found.truncate(rows);
                Batch { edges: found, truncated }
            })
            .collect()
    }

    #[test]
    fn an_end_and_a_beginning_of_one_thing_are_one_change() {
        let edges = [
            edge(5, Stream::Software, (1, 8), true),
            edge(5, Stream::Software, (1, 7), false),
            edge(5, Stream::Values, (1, 0), true),
        ];
        let page = assemble(read(&edges, None, 10), 10);
        let told: Vec<_> = page.events.iter().map(|one| (one.change, one.before.clone(), one.after.clone())).collect();
        assert_eq!(
            told,
            [
                (Change::Added, None, Some("0".to_owned())),
                (Change::Changed, Some("7".to_owned()), Some("8".to_owned()))
            ]
        );
        assert_eq!(page.next, None);
    }

    #[test]
    fn one_page_holds_no_more_than_its_limit_even_of_one_product() {
        let edges: Vec<Edge> = (0..25).map(|version| edge(1, Stream::Software, (1, version), true)).collect();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = assemble(read(&edges, after, 8), 4);
            assert!(page.events.len() <= 4);
            seen.extend(page.events.iter().map(|event| event.after.clone().unwrap()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..25).map(|version: i32| version.to_string()).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn pages_of_any_length_tell_the_same_story(
            spec in proptest::collection::btree_set((0..4_i64, 0..3_u8, 0..3_i64, 0..2_i64, any::<bool>()), 0..40),
            limit in 2..6_usize,
        ) {
            let stream = |number| [Stream::Values, Stream::Relations, Stream::Software][usize::from(number)];
            let edges: Vec<Edge> = spec
                .into_iter()
                .filter(|(_, number, _, minor, _)| *number != 1 || *minor == 0)
                .map(|(at, number, major, minor, begins)| edge(at, stream(number), (major, minor), begins))
                .collect();
            let whole = assemble(read(&edges, None, 1_000), 1_000).events;
            let (mut told, mut after) = (Vec::new(), None);
            for _ in 0..200 {
                let page = assemble(read(&edges, after, limit * 2), limit);
                prop_assert!(page.events.len() <= limit);
                told.extend(page.events);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let key = |event: &super::Event| format!("{:?}{:?}{:?}{:?}", event.place, event.change, event.before, event.after);
            prop_assert_eq!(told.iter().map(key).collect::<Vec<_>>(), whole.iter().map(key).collect::<Vec<_>>());
        }
    }
}
