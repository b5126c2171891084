//! What stands of an item once what is planned is written: what is shown, what is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::known::Slot;
use crate::cmdb::item::service::Statement;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::check;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::model::value::AttributeValue;
use crate::cmdb::value::rules::{AsOf, Rules};
use crate::cmdb::value::store::Stated;
use crate::kernel::ctx::Ctx;

/// Who speaks, and by what he is judged.
#[derive(Debug)]
pub(super) struct Speaker<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) book: &'a ClassBook,
    pub(super) rules: &'a Rules,
    pub(super) source: &'a SourceName,
    demands: BTreeMap<String, Demands>,
}

/// What a class demands of its items as a whole.
#[derive(Debug, Default)]
struct Demands {
    /// Whether some attribute has to have a value.
    some_required: bool,
    /// Attributes of which no two items have the same value.
    unique: BTreeSet<i32>,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(ctx: &'a Ctx, book: &'a ClassBook, rules: &'a Rules, source: &'a SourceName) -> Self {
        let mut demands: BTreeMap<String, Demands> = BTreeMap::new();
        for constraint in book.constraints() {
            for class in book.with_subclasses(&constraint.class) {
                let of_class = demands.entry(class.name.clone()).or_default();
                of_class.some_required |= constraint.rules.required || !constraint.rules.required_if.is_empty();
                if constraint.rules.unique.is_some() {
                    of_class.unique.insert(constraint.attribute_id);
                }
            }
        }
        Self { ctx, book, rules, source, demands }
    }

    pub(super) fn is_person(&self) -> bool {
        *self.source == SourceName::PERSON
    }

    /// Whether what the speaker says may be shown.
    pub(super) fn is_enabled(&self) -> bool {
        self.rules.may_be_shown(self.source)
    }

    /// Whether no two items of the class have the same value of an attribute.
    pub(super) fn is_unique(&self, class: &str, attribute_id: i32) -> bool {
        self.demands.get(class).is_some_and(|demands| demands.unique.contains(&attribute_id))
    }

    /// What is shown of an attribute once this is said, too.
    pub(super) fn shown(&self, slot: &Slot, attribute: &Attribute, statements: &[Statement]) -> Option<Value> {
        let said = statements.iter().find(|one| one.attribute_id == attribute.id);
        let own = match said {
            Some(statement) => statement.value.as_ref().map(AttributeValue::to_stored),
            None => slot.own(self.source, attribute.id),
        };
        let own = own.map(|value| Stated {
            ci_key: slot.key,
            attribute_id: attribute.id,
            source: self.source.clone(),
            valid_from: self.ctx.now,
            value,
            shown_of: None,
            pin: None,
        });
        let others = slot.said.get(&attribute.id).into_iter().flatten().filter(|one| one.source != *self.source);
        let all: Vec<&Stated> = others.chain(own.as_ref()).collect();
        let of = (slot.key, slot.class.as_str(), attribute.name.as_str());
        let choice = self.rules.choose(self.book, of, &all, &AsOf(self.ctx.now))?;
        serde_json::from_str(&all.get(choice.place)?.value).ok()
    }

    /// The attributes that have to have a value and would have none. What was missing before may stay so.
    pub(super) fn missing(&self, slot: &Slot, statements: &[Statement]) -> Vec<&'a Attribute> {
        if slot.is_part || !self.demands.get(&slot.class).is_some_and(|demands| demands.some_required) {
            return Vec::new();
        }
        let find = |statements: &[Statement]| {
            let shown =
                |name: &str| self.book.attribute(&slot.class, name).and_then(|one| self.shown(slot, one, statements));
            check::missing(self.book, &slot.class, shown)
        };
        let before: Vec<i32> =
            if slot.is_new() { Vec::new() } else { find(&[]).into_iter().map(|one| one.id).collect() };
        find(statements).into_iter().filter(|one| !before.contains(&one.id)).collect()
    }
}
