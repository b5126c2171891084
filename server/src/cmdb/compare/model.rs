//! Two states side by side. Pure.

use std::collections::{BTreeMap, BTreeSet};

/// Something that differs: what it was and what it is; nothing where there was or is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference<T> {
    pub(super) before: Option<T>,
    pub(super) after: Option<T>,
}

/// What differs between two states, by key in order.
pub(super) fn differences<K: Ord + Clone, T: PartialEq + Clone>(
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
