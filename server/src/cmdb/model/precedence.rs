//! Who is believed: the only place that chooses between statements.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::source::SourceName;

/// What one source says of one attribute of an item, as far as it matters for whether it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Of which record of the item it is: the surviving one is 0, those merged into it come after.
    pub record: usize,
    /// Who says so.
    pub source: &'a SourceName,
    /// The source's place in the order that holds; the first is 0.
    pub rank: usize,
    /// Since when it says so.
    pub said_at: Timestamp,
    /// When it last confirmed it.
    pub confirmed_at: Timestamp,
    /// Since when it counts as stale, if it does.
    pub stale_since: Option<Timestamp>,
    /// Whether a person pinned it, and until when.
    pub pin: Option<Pin>,
    /// What it says, as JSON text.
    pub value: &'a str,
}

/// How long a pin holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// Until it is lifted.
    Open,
    /// Until then.
    Until(Timestamp),
}

/// Why a statement is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Rule {
    /// A person pinned it.
    Pinned,
    /// Nobody else says anything.
    Only,
    /// Its source is asked first of those that say something.
    First,
    /// Those asked before it have not confirmed what they say for too long.
    FellThrough,
    /// Nobody has confirmed what he says for long; of those its source is asked first.
    AllStale,
    /// Of those asked alike it is said of the record that comes first of those that the item is made of.
    ByRecord,
    /// Of those asked alike it was confirmed last.
    ConfirmedLast,
    /// Of those asked and confirmed alike it comes first by name.
    ByName,
    /// Nobody says anything of the item itself; the nearest of what contains it does of itself.
    Inherited,
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its place among the claims.
    pub place: usize,
    /// Why.
    pub rule: Rule,
}

impl Pin {
    /// Whether it still holds then.
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        match self {
            Self::Open => true,
            Self::Until(until) => at < until,
        }
    }
}

impl Rule {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Only => "only",
            Self::First => "first",
            Self::FellThrough => "fell_through",
            Self::AllStale => "all_stale",
            Self::ByRecord => "by_record",
            Self::ConfirmedLast => "confirmed_last",
            Self::ByName => "by_name",
            Self::Inherited => "inherited",
        }
    }
}

/// Which of several statements about one attribute is shown, and why; none if there is none that may be.
///
/// A pin that holds goes before everything, what is said of the item before what it inherits, what is fresh before what
/// is stale, then the order of sources decides, then of which record it is, then who confirmed last, then the name. In
/// whatever order the claims come, the same one is chosen.
#[must_use]
pub fn choose(claims: &[Claim<'_>], now: Timestamp) -> Option<Choice> {
    let standing = |claim: &&Claim<'_>| claim.pin.is_none_or(|pin| pin.holds(now));
    let order = |claim: &Claim<'_>| {
        let pinned = claim.pin.is_none();
        (
            pinned,
            pinned && is_inherited(claim),
            pinned && claim.stale_since.is_some(),
            if pinned { claim.rank } else { 0 },
            claim.record,
            Reverse(claim.confirmed_at),
        )
    };
    let by_name = |claim: &Claim<'_>| (claim.source.clone(), Reverse(claim.said_at));
    let best = claims.iter().enumerate().filter(|(_, claim)| standing(claim)).min_by(|(_, one), (_, other)| {
        order(one).cmp(&order(other)).then_with(|| by_name(one).cmp(&by_name(other))).then(one.value.cmp(other.value))
    })?;
    let (place, chosen) = best;
    // What is inherited does not compete with what is said of the item.
    let competes = |at: usize, claim: &&Claim<'_>| at != place && standing(claim) && !is_inherited(claim);
    let others = || claims.iter().enumerate().filter(|(at, claim)| competes(*at, claim)).map(|(_, one)| one);
    Some(Choice { place, rule: rule(chosen, others) })
}

fn is_inherited(claim: &Claim<'_>) -> bool {
    *claim.source == SourceName::INHERITED
}

fn rule<'a, I: Iterator<Item = &'a Claim<'a>>>(chosen: &Claim<'_>, others: impl Fn() -> I) -> Rule {
    let asked_alike =
        |other: &&Claim<'_>| other.rank == chosen.rank && other.stale_since.is_some() == chosen.stale_since.is_some();
    let alike = |other: &&Claim<'_>| asked_alike(other) && other.record == chosen.record;
    if chosen.pin.is_some() {
        Rule::Pinned
    } else if is_inherited(chosen) {
        Rule::Inherited
    } else if others().next().is_none() {
        Rule::Only
    } else if chosen.stale_since.is_some() {
        Rule::AllStale
    } else if others().filter(alike).any(|other| other.confirmed_at == chosen.confirmed_at) {
        Rule::ByName
    } else if others().any(|other| alike(&other)) {
        Rule::ConfirmedLast
    } else if others().any(|other| asked_alike(&other)) {
        Rule::ByRecord
    } else if others().any(|other| other.stale_since.is_some() && other.rank < chosen.rank) {
        Rule::FellThrough
    } else {
        Rule::First
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Claim, Pin, Rule, choose};
    use crate::cmdb::model::source::SourceName;

    const NAMES: [&str; 5] = ["agent", "glpi_inventory", "import", "person", "inherited"];

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn names() -> Vec<SourceName> {
        NAMES.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn claim(source: &SourceName, rank: usize) -> Claim<'_> {
        let (record, stale_since, pin, value) = (0, None, None, "1");
        Claim { record, source, rank, said_at: at(0), confirmed_at: at(0), stale_since, pin, value }
    }

    #[test]
    fn a_fresh_statement_goes_before_a_stale_one_and_a_pin_before_both() {
        let names = names();
        let stale = Claim { stale_since: Some(at(5)), ..claim(&names[0], 0) };
        let fresh = claim(&names[1], 1);
        let pinned = Claim { pin: Some(Pin::Until(at(50))), ..claim(&names[3], 9) };
        let chosen = |claims: &[Claim<'_>], now| choose(claims, at(now)).map(|choice| (choice.place, choice.rule));
        assert_eq!(chosen(&[stale.clone(), fresh.clone()], 10), Some((1, Rule::FellThrough)));
        assert_eq!(chosen(std::slice::from_ref(&stale), 10), Some((0, Rule::Only)));
        let both_stale = Claim { stale_since: Some(at(2)), ..fresh.clone() };
        assert_eq!(chosen(&[both_stale, stale.clone()], 10), Some((1, Rule::AllStale)));
        let all = [stale, fresh, pinned.clone()];
        assert_eq!(chosen(&all, 49), Some((2, Rule::Pinned)));
        assert_eq!(chosen(&all, 50), Some((1, Rule::FellThrough)), "a pin that is over is as if it were not there");
        assert_eq!(chosen(&[pinned], 50), None);
        assert_eq!(chosen(&[], 0), None);
    }

    #[test]
    fn of_two_that_are_asked_alike_the_one_confirmed_last_is_shown_and_then_the_name_decides() {
        let names = names();
        let (one, other) = (claim(&names[1], 4), Claim { confirmed_at: at(9), ..claim(&names[2], 4) });
        let chosen = |claims: &[Claim<'_>]| choose(claims, at(10)).map(|choice| (choice.place, choice.rule));
        assert_eq!(chosen(&[one.clone(), other.clone()]), Some((1, Rule::ConfirmedLast)));
        let alike = Claim { confirmed_at: at(0), ..other };
        assert_eq!(chosen(&[alike, one]), Some((1, Rule::ByName)));
    }

    #[test]
    fn what_is_inherited_is_shown_where_nobody_says_anything_of_the_item_however_long_ago() {
        let names = names();
        let inherited = claim(&SourceName::INHERITED, 0);
        let stale = Claim { stale_since: Some(at(5)), ..claim(&names[2], 7) };
        let over = Claim { pin: Some(Pin::Until(at(5))), ..claim(&names[3], 0) };
        let chosen = |claims: &[Claim<'_>]| choose(claims, at(10)).map(|choice| (choice.place, choice.rule));
        assert_eq!(chosen(&[inherited.clone(), stale]), Some((1, Rule::Only)));
        assert_eq!(chosen(&[over, inherited]), Some((1, Rule::Inherited)));
    }

    type Spec = (usize, usize, usize, i64, i64, bool, Option<i64>);

    fn specs() -> impl Strategy<Value = Vec<Spec>> {
        let spec = (0..3_usize, 0..5_usize, 0..4_usize, 0..5_i64, 0..5_i64, any::<bool>(), prop::option::of(5..15_i64));
        prop::collection::vec(spec, 0..7)
    }

    fn claims<'a>(specs: &[Spec], names: &'a [SourceName], values: &'a [String]) -> Vec<Claim<'a>> {
        let all = specs.iter().zip(values);
        all.map(|((record, source, rank, said, confirmed, stale, pin), value)| Claim {
            record: *record,
            source: &names[*source],
            rank: *rank,
            said_at: at(*said),
            confirmed_at: at(*confirmed),
            stale_since: stale.then(|| at(1)),
            pin: pin.map(|until| Pin::Until(at(until))),
            value,
        })
        .collect()
    }

    proptest! {
        #[test]
        fn any_order_of_arrival_gives_the_same_shown_value(specs in specs(), turn in 0..7_usize, backwards: bool) {
            let (names, values) = (names(), (0..7).map(|number| number.to_string()).collect::<Vec<_>>());
            let came = claims(&specs, &names, &values);
            let mut otherwise = came.clone();
            if !otherwise.is_empty() {
                let by = turn % otherwise.len();
                otherwise.rotate_left(by);
            }
            if backwards {
                otherwise.reverse();
            }
            let shown = |claims: &[Claim<'_>]| choose(claims, at(10)).map(|one| (claims[one.place].value.to_owned(), one.rule));
            prop_assert_eq!(shown(&came), shown(&otherwise));
        }

        #[test]
        fn what_is_shown_is_beaten_by_none(specs in specs()) {
            let (names, values) = (names(), (0..7).map(|number| number.to_string()).collect::<Vec<_>>());
            let claims = claims(&specs, &names, &values);
            let standing: Vec<_> = claims.iter().filter(|one| one.pin.is_none_or(|pin| pin.holds(at(10)))).collect();
            let Some(choice) = choose(&claims, at(10)) else {
                prop_assert!(standing.is_empty());
                return Ok(());
            };
            let chosen = &claims[choice.place];
            prop_assert_eq!(standing.iter().any(|one| one.pin.is_some()), chosen.pin.is_some());
            if chosen.pin.is_none() {
                let own = |one: &&&Claim<'_>| *one.source != SourceName::INHERITED;
                prop_assert_eq!(standing.iter().any(|one| own(&one)), *chosen.source != SourceName::INHERITED);
                let is_inherited = *chosen.source == SourceName::INHERITED;
                let standing: Vec<_> = standing.into_iter().filter(|one| own(&one) != is_inherited).collect();
                let fresh: Vec<_> = standing.iter().filter(|one| one.stale_since.is_none()).collect();
                prop_assert_eq!(fresh.is_empty(), chosen.stale_since.is_some());
                let rivals = standing.iter().filter(|one| one.stale_since.is_some() == chosen.stale_since.is_some());
                prop_assert!(rivals.into_iter().all(|one| chosen.rank <= one.rank));
            }
        }
    }
}
