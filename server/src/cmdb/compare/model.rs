//! Two states side by side. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// Something that differs: what it was and what it is; nothing where there was or is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cmdb) struct Difference<T> {
    pub(in crate::cmdb) before: Option<T>,
    pub(in crate::cmdb) after: Option<T>,
}

/// What of an item can differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cmdb) enum Topic {
    /// What is shown of an attribute.
    Attribute(String),
    /// To what it is related.
    Relations,
    /// What is installed.
    Software,
    /// Whether it is among those that are looked at.
    Membership,
}

impl Topic {
    /// Every topic beside attributes, with its name in the API and the database.
    const FIXED: [(&'static str, Self); 3] =
        [("relations", Self::Relations), ("software", Self::Software), ("membership", Self::Membership)];

    /// The topic of this name.
    pub(in crate::cmdb) fn from_name(name: &str) -> Option<Self> {
        let attribute = name.strip_prefix("attribute.").filter(|name| !name.is_empty());
        let fixed = || Self::FIXED.into_iter().find(|(one, _)| *one == name).map(|(_, topic)| topic);
        attribute.map(|name| Self::Attribute(name.to_owned())).or_else(fixed)
    }

    /// Its name.
    pub(in crate::cmdb) fn name(&self) -> String {
        match self {
            Self::Attribute(name) => format!("attribute.{name}"),
            Self::Relations => "relations".to_owned(),
            Self::Software => "software".to_owned(),
            Self::Membership => "membership".to_owned(),
        }
    }
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(as = ItemChange, rename_all = "snake_case")]
pub(in crate::cmdb) enum Change {
    /// It differs.
    Changed,
    /// It was not known before.
    Created,
    /// It was known, and not among those looked at.
    Entered,
    /// It is known, and no longer among those looked at.
    Left,
    /// Whoever saw it says that it is no more.
    Gone,
    /// It became part of another.
    Merged,
}

impl Change {
    /// Every one.
    pub(in crate::cmdb) const ALL: [Self; 6] =
        [Self::Changed, Self::Created, Self::Entered, Self::Left, Self::Gone, Self::Merged];

    /// The name in the API.
    pub(in crate::cmdb) const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Created => "created",
            Self::Entered => "entered",
            Self::Left => "left",
            Self::Gone => "gone",
            Self::Merged => "merged",
        }
    }

    /// The change of this name.
    pub(in crate::cmdb) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What differs between two states, by key in order.
pub(in crate::cmdb) fn differences<K: Ord + Clone, T: PartialEq + Clone>(
    before: &BTreeMap<K, T>,
    after: &BTreeMap<K, T>,
) -> Vec<(K, Difference<T>)> {
    let keys: BTreeSet<&K> = before.keys().chain(after.keys()).collect();
    let difference = |key: &K| {
        let (was, is) = (before.get(key), after.get(key));
        (was != is).then(|| (key.clone(), Difference { before: was.cloned(), after: is.cloned() }))
    };
    keys.into_iter().filter_map(difference).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Difference, differences};

    #[test]
    fn what_came_went_and_changed_is_told_and_what_stayed_is_not() {
        let before: BTreeMap<_, _> = [("a", 1), ("b", 2), ("c", 3)].into();
        let after: BTreeMap<_, _> = [("b", 2), ("c", 4), ("d", 5)].into();
        let told = differences(&before, &after);
        let expected = [("a", Some(1), None), ("c", Some(3), Some(4)), ("d", None, Some(5))];
        assert_eq!(told, expected.map(|(key, before, after)| (key, Difference { before, after })));
    }

    proptest! {
        #[test]
        fn backwards_is_the_same_with_before_and_after_exchanged(
            one in prop::collection::btree_map(0_u8..9, 0_u8..3, 0..9),
            other in prop::collection::btree_map(0_u8..9, 0_u8..3, 0..9),
        ) {
            let exchanged = |(key, Difference { before, after })| (key, Difference { before: after, after: before });
            let backwards: Vec<_> = differences(&other, &one).into_iter().map(exchanged).collect();
            prop_assert_eq!(differences(&one, &other), backwards);
            prop_assert!(differences(&one, &one).is_empty());
        }
    }
}
