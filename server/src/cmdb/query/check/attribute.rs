//! Filters by attributes of classes.

use super::filter::presence;
use super::{Asked, Checker, Condition, Fault, Relation, Tagged, Test, Value, names};
use crate::cmdb::list::filter::{Alternative, AttributeFilter};
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::class::ROOT;
use crate::cmdb::model::tag;
use crate::cmdb::model::value::{AttributeType, AttributeValue};
use crate::cmdb::query::value::{json_pattern, literal};

impl Checker<'_> {
    /// Attributes of the same name may take other types in other classes: each is asked for what it can hold.
    pub(super) fn attribute(self, asked: &Asked, name: &str) -> Result<Condition, Fault> {
        let attributes: Vec<&Attribute> = self.book.attributes_named(name).collect();
        if attributes.is_empty() {
            return Err(names::unknown(self.book, &asked.name, asked.at.0));
        }
        if let Some(Test::Present(present)) = presence(asked) {
            let all = attributes.iter().map(|one| Condition::Attribute(filter_of(one, Test::Present(true))));
            let any = Condition::Any(all.collect());
            return Ok(if present { any } else { Condition::Not(Box::new(any)) });
        }
        let tests =
            attributes.iter().flat_map(|one| tests(one, &asked.values).into_iter().map(move |test| (one, test)));
        let either: Vec<Condition> = tests.map(|(one, test)| Condition::Attribute(filter_of(one, test))).collect();
        if either.is_empty() { Err(no_value(asked, &attributes)) } else { Ok(Condition::Any(either)) }
    }
}

impl Checker<'_> {
    /// Tags, which are found by a table of their own. Where an installation made an attribute of that name before it
    /// was shipped, that one is meant.
    pub(super) fn tags(self, asked: &Asked) -> Result<Condition, Fault> {
        let Some(attribute) = self.book.attribute(ROOT, names::TAGS).filter(|one| one.is_tags()) else {
            return self.attribute(asked, names::TAGS);
        };
        let then = |test| Box::new(filter_of(attribute, test));
        if let Some(Test::Present(present)) = presence(asked) {
            // A list of nothing is none, too.
            let some = Condition::Tagged(vec![Tagged::Any], then(Test::Like(vec!["[\"%".to_owned()])));
            return Ok(if present { some } else { Condition::Not(Box::new(some)) });
        }
        let mut patterns = Vec::new();
        for test in tests(attribute, &asked.values) {
            if let Test::Like(more) = test {
                patterns.extend(more);
            }
        }
        Ok(Condition::Tagged(asked.values.iter().map(tagged).collect(), then(Test::Like(patterns))))
    }
}

/// Which tag is meant; a star stands for anything unless it stood in quotes.
fn tagged(value: &Value) -> Tagged {
    let text = tag::written_alike(&value.text.replace('\0', "\u{2400}"));
    let begin = text.strip_suffix('*');
    match begin {
        _ if value.quoted || !text.contains('*') => Tagged::Exactly(text),
        Some(begin) if !begin.contains('*') => Tagged::Beginning(begin.to_owned()),
        _ => Tagged::Like(text.split('*').map(literal).collect::<Vec<_>>().join("%")),
    }
}

/// An attribute and what its value has to be.
pub(super) fn filter_of(attribute: &Attribute, test: Test) -> AttributeFilter {
    let alternative = Alternative {
        attribute_id: attribute.id,
        attribute: attribute.name.clone(),
        is_list: attribute.kind == AttributeType::List,
        values: Vec::new(),
        test: Some(test),
    };
    AttributeFilter { alternatives: vec![alternative] }
}

/// What the values mean to an attribute of this type; those that mean nothing to it are left out.
fn tests(attribute: &Attribute, values: &[Value]) -> Vec<Test> {
    match attribute.kind {
        AttributeType::Text | AttributeType::Enum => vec![Test::Like(values.iter().map(json_pattern).collect())],
        AttributeType::List => {
            let entry = |value: &Value| format!("%{}%", json_pattern(value));
            vec![Test::Like(values.iter().map(entry).collect())]
        }
        _ => values.iter().filter_map(|value| compared(attribute, value)).collect(),
    }
}

fn compared(attribute: &Attribute, value: &Value) -> Option<Test> {
    let (relation, text) = Relation::read(&value.text);
    let relation = relation.unwrap_or(Relation::Same);
    match attribute.read_text(text).ok()? {
        AttributeValue::Integer(_) | AttributeValue::Decimal(_) => Some(Test::Compares(relation, text.parse().ok()?)),
        read @ AttributeValue::Datetime(_) => Some(Test::Follows(relation, read.to_stored())),
        read => (relation == Relation::Same).then(|| Test::OneOf(vec![read.to_stored()])),
    }
}

fn no_value(asked: &Asked, attributes: &[&Attribute]) -> Fault {
    let choices = attributes.iter().flat_map(|one| one.choices.iter().map(|choice| choice.value.clone()));
    let kinds: Vec<String> = attributes.iter().map(|one| one.kind.to_string()).collect();
    let detail = format!("`{}` takes a value of type {}", asked.name, kinds.join(" or "));
    Fault::new(asked.at.0, "invalid", detail).allowing(choices)
}
