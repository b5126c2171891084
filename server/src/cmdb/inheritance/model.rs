//! From where an item takes something over. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// How many levels above an item are looked at. Triggers count on it, too.
pub const LEVELS: usize = 8;

/// What contains what, and what containers say of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Containment {
    /// Of each item, its containers by the rank of the kind in which it is contained.
    ties: BTreeMap<i32, BTreeSet<(i32, i32)>>,
    /// Of item and attribute, the JSON text.
    said: BTreeMap<(i32, i32), String>,
}

/// What an item takes over of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inherited {
    /// This.
    Value {
        /// Which container says so.
        from: i32,
        /// What, as JSON text.
        value: String,
    },
    /// Nothing: containers that are as near say different things.
    Ambiguous,
}

impl Inherited {
    /// What is taken over, as JSON text.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Value { value, .. } => Some(value),
            Self::Ambiguous => None,
        }
    }

    /// From which container.
    #[must_use]
    pub const fn from_key(&self) -> Option<i32> {
        match self {
            Self::Value { from, .. } => Some(*from),
            Self::Ambiguous => None,
        }
    }
}

/// The containers at one distance: in order of the ranks on the way to them, those that are alike together.
type Level = BTreeMap<Vec<i32>, BTreeSet<i32>>;

impl Containment {
    /// Notes that an item is contained in another; the least rank goes first. Nothing contains itself.
    pub fn tie(&mut self, item: i32, rank: i32, container: i32) {
        if item != container {
            self.ties.entry(item).or_default().insert((rank, container));
        }
    }

    /// Notes what an item says of itself. What was noted first stays.
    pub fn say(&mut self, item: i32, attribute: i32, value: String) {
        self.said.entry((item, attribute)).or_insert(value);
    }

    /// What the item takes over of these attributes, each by itself.
    ///
    /// The nearest level on which any container says something decides; on it the kinds of containment along the way,
    /// the first step before the others. Where containers that are alike in that differ, nothing is taken over.
    #[must_use]
    pub fn inherited(&self, item: i32, attributes: &[i32]) -> BTreeMap<i32, Inherited> {
        let levels = self.levels(item);
        let of = |attribute: &i32| Some((*attribute, self.choose(&levels, *attribute)?));
        attributes.iter().filter_map(of).collect()
    }

    fn choose(&self, levels: &[Level], attribute: i32) -> Option<Inherited> {
        levels.iter().flat_map(BTreeMap::values).find_map(|alike| {
            let mut saying = alike.iter().filter_map(|one| Some((*one, self.said.get(&(*one, attribute))?)));
            let (from, value) = saying.next()?;
            if saying.any(|(_, other)| other != value) {
                return Some(Inherited::Ambiguous);
            }
            Some(Inherited::Value { from, value: value.clone() })
        })
    }

    /// Everything above an item, each container once, by the shortest way and of several by the one that goes first.
    fn levels(&self, item: i32) -> Vec<Level> {
        let mut seen = BTreeSet::from([item]);
        let mut reached = BTreeMap::from([(item, Vec::new())]);
        let mut levels = Vec::new();
        while levels.len() < LEVELS {
            reached = self.above(&reached, &seen);
            if reached.is_empty() {
                break;
            }
            seen.extend(reached.keys());
            let mut level = Level::new();
            for (container, way) in &reached {
                level.entry(way.clone()).or_default().insert(*container);
            }
            levels.push(level);
        }
        levels
    }

    fn above(&self, reached: &BTreeMap<i32, Vec<i32>>, seen: &BTreeSet<i32>) -> BTreeMap<i32, Vec<i32>> {
        let mut next: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
        for (item, way) in reached {
            for (rank, container) in self.ties.get(item).into_iter().flatten().filter(|(_, one)| !seen.contains(one)) {
                let way: Vec<i32> = way.iter().copied().chain([*rank]).collect();
                let first = next.entry(*container).or_insert_with(|| way.clone());
                if way < *first {
                    *first = way;
                }
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::{Containment, Inherited, LEVELS};

    const OWNER: i32 = 7;

    fn containment(ties: &[(i32, i32, i32)], said: &[(i32, &str)]) -> Containment {
        let mut all = Containment::default();
        for (item, rank, container) in ties {
            all.tie(*item, *rank, *container);
        }
        for (item, value) in said {
            all.say(*item, OWNER, (*value).to_owned());
        }
        all
    }

    fn owner(all: &Containment, item: i32) -> Option<Inherited> {
        all.inherited(item, &[OWNER]).remove(&OWNER)
    }

    fn from(container: i32, value: &str) -> Inherited {
        Inherited::Value { from: container, value: value.to_owned() }
    }

    #[test]
    fn the_nearest_that_says_anything_of_itself_decides() {
        let all = containment(&[(1, 0, 2), (2, 4, 3), (3, 4, 4)], &[(3, "room"), (4, "site")]);
        assert_eq!(owner(&all, 1), Some(from(3, "room")));
        assert_eq!(
            owner(&all, 3),
            Some(from(4, "site")),
            "what an item says of itself is no matter of what it inherits"
        );
        assert_eq!(owner(&all, 4), None);
    }

    #[test]
    fn on_one_level_the_kind_of_containment_decides_and_the_first_step_before_the_next() {
        let all = containment(&[(1, 4, 2), (1, 1, 3)], &[(2, "rack"), (3, "application")]);
        assert_eq!(owner(&all, 1), Some(from(3, "application")));
        let ties = [(1, 1, 2), (1, 4, 3), (2, 4, 4), (3, 1, 5)];
        let all = containment(&ties, &[(4, "by the application"), (5, "by the rack")]);
        assert_eq!(owner(&all, 1), Some(from(4, "by the application")));
        let silent = containment(&ties, &[(5, "by the rack")]);
        assert_eq!(owner(&silent, 1), Some(from(5, "by the rack")), "who says nothing stands in nobody's way");
    }

    #[test]
    fn where_those_that_are_alike_differ_nothing_is_taken_over() {
        let ties = [(1, 1, 2), (1, 1, 3), (2, 1, 4), (3, 1, 4)];
        let all = containment(&ties, &[(2, "a"), (3, "b"), (4, "c")]);
        assert_eq!(owner(&all, 1), Some(Inherited::Ambiguous));
        let agreed = containment(&ties, &[(2, "a"), (3, "a"), (4, "c")]);
        assert_eq!(owner(&agreed, 1), Some(from(2, "a")));
    }

    #[test]
    fn a_circle_ends_where_it_began() {
        let all = containment(&[(1, 1, 2), (2, 1, 3), (3, 1, 1), (1, 1, 1)], &[(1, "own")]);
        assert_eq!(owner(&all, 1), None);
        assert_eq!(owner(&all, 2), Some(from(1, "own")));
        assert_eq!(owner(&containment(&[(1, 1, 2), (2, 1, 1)], &[]), 1), None);
    }

    #[test]
    fn what_is_too_far_away_passes_nothing_on() {
        let far = i32::try_from(LEVELS).unwrap();
        let ties: Vec<_> = (0..=far).map(|item| (item, 4, item + 1)).collect();
        assert_eq!(owner(&containment(&ties, &[(far, "site")]), 0), Some(from(far, "site")));
        assert_eq!(owner(&containment(&ties, &[(far + 1, "site")]), 0), None);
        assert_eq!(owner(&containment(&ties, &[(far + 1, "site")]), 1), Some(from(far + 1, "site")));
    }
}
