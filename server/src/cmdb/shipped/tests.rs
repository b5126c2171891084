use std::collections::{HashMap, HashSet};

use super::{AttributeKind, Shipped};

#[test]
fn every_class_stands_after_its_parent_and_only_the_root_has_none() {
    let shipped = Shipped::read().unwrap();
    let mut seen = HashSet::new();
    for class in &shipped.classes {
        match &class.parent {
            Some(parent) => assert!(seen.contains(parent), "{} before {parent}", class.name),
            None => assert_eq!(class.name, "ci"),
        }
        assert_eq!(class.icon.chars().count(), 1, "{}", class.name);
        assert!(seen.insert(class.name.clone()), "{} twice", class.name);
    }
}

#[test]
fn every_attribute_belongs_to_a_class_and_shadows_none_above_it() {
    let shipped = Shipped::read().unwrap();
    let parents: HashMap<_, _> = shipped.classes.iter().map(|c| (&c.name, c.parent.as_ref())).collect();
    let known: HashSet<_> = shipped.attributes.iter().map(|a| (&a.class, &a.name)).collect();
    assert_eq!(known.len(), shipped.attributes.len());
    for attribute in &shipped.attributes {
        let mut above = *parents.get(&attribute.class).unwrap_or_else(|| panic!("{}", attribute.class));
        while let Some(class) = above {
            assert!(!known.contains(&(class, &attribute.name)), "{}.{}", attribute.class, attribute.name);
            above = parents[class];
        }
        assert_eq!(attribute.kind == AttributeKind::Enum, attribute.choices.is_some(), "{}", attribute.name);
    }
}

#[test]
fn every_relation_type_says_how_trouble_travels_in_known_words() {
    for kind in Shipped::read().unwrap().relation_types {
        assert!(["target_to_source", "source_to_target", "none"].contains(&kind.propagation.as_str()), "{kind:?}");
        assert!(["outage", "outage_if_declared", "degraded", "group", "none"].contains(&kind.effect.as_str()));
        assert_eq!(kind.propagation == "none", kind.effect == "none", "{kind:?}");
    }
}
