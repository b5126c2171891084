//! What is judged of items, as conditions: the one place that says what a check means.

use std::collections::BTreeSet;

use super::filter::none_of;
use super::{Asked, Checker, Condition, Decided, Fault, Place, Test, attribute::filter_of};
use crate::cmdb::health::model::Check;
use crate::cmdb::model::attribute::{Attribute, Origin};
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;
use crate::cmdb::model::rules::{self, Rules};
use crate::cmdb::model::value::AttributeType;

/// What people do not run themselves they do not answer for.
const OF_OTHERS: &str = "external_endpoint";
/// What counts as nothing among stored values.
const NOTHING: [&str; 3] = ["null", "\"\"", "[]"];

/// What is judged, and what of it fails.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Which items are judged.
    pub judged: Condition,
    /// Which of them fail; says nothing of others.
    pub failing: Condition,
}

/// Attributes of one name that should have a value.
#[derive(Debug)]
pub struct Missing;

impl Judgement {
    /// What a check means with these classes.
    #[must_use]
    pub fn of(book: &ClassBook, check: Check) -> Self {
        let alone = || Condition::InService(Place::Alone);
        match check {
            Check::Correctness | Check::Completeness | Check::Compliance => Self::of_area(book, check),
            Check::Silent => Self {
                judged: Condition::All(vec![
                    alone(),
                    Condition::Observation(vec![Observation::Live, Observation::Stale, Observation::Silent]),
                ]),
                failing: Condition::Observation(vec![Observation::Silent]),
            },
            Check::Returned => Self {
                judged: Condition::All(vec![
                    Condition::Lifecycle(vec![Lifecycle::Retired, Lifecycle::Disposed]),
                    Condition::Observation(vec![Observation::Live, Observation::Stale, Observation::Silent]),
                ]),
                failing: Condition::Observation(vec![Observation::Live, Observation::Stale]),
            },
            Check::Orphan => {
                let named = Condition::Not(Box::new(Condition::Class(named_by_others(book))));
                Self { judged: Condition::All(vec![alone(), named]), failing: Condition::Orphan }
            }
            Check::Duplicate => Self { judged: alone(), failing: Condition::Duplicate },
            Check::Required => Self::of_marks(book, |rules| rules.required || !rules.required_if.is_empty()),
            Check::Recommended => Self::of_marks(book, |rules| rules.recommended),
            Check::Owner => Self::decided(book, Decided::Owner, "owner"),
            Check::Criticality => Self::decided(book, Decided::Criticality, "criticality"),
            Check::Environment => Self::decided(book, Decided::Environment, "environment"),
            Check::Unattested => {
                Self { judged: Condition::Attested { overdue: false }, failing: Condition::Attested { overdue: true } }
            }
            Check::Refused => Self { judged: Condition::InService(Place::Anywhere), failing: Condition::Refused },
        }
    }

    /// Those that fail, as a condition by itself.
    #[must_use]
    pub fn fails(self) -> Condition {
        Condition::All(vec![self.judged, self.failing])
    }

    fn of_area(book: &ClassBook, area: Check) -> Self {
        let parts: Vec<Self> = area.parts().map(|part| Self::of(book, part)).collect();
        Self {
            judged: Condition::Any(parts.iter().map(|part| part.judged.clone()).collect()),
            failing: Condition::Any(parts.into_iter().map(Self::fails).collect()),
        }
    }

    fn decided(book: &ClassBook, column: Decided, name: &str) -> Self {
        let ours = Condition::Not(Box::new(Condition::Class(family(book, OF_OTHERS))));
        let judged = Condition::All(vec![Condition::InService(Place::Alone), ours]);
        let failing = book.attribute(ROOT, name).map_or(Condition::Any(Vec::new()), |attribute| {
            let then = filter_of(attribute, Test::Present(true));
            let known = Condition::Decided(column, Test::Present(true), Box::new(then));
            Condition::Not(Box::new(known))
        });
        Self { judged, failing }
    }

    /// Every attribute that is marked so.
    fn of_marks(book: &ClassBook, is_marked: impl Fn(&Rules) -> bool + Copy) -> Self {
        let marked = book.attributes().iter().map(|one| (one, classes(book, one, is_marked)));
        let marked: Vec<_> = marked.filter(|(_, classes)| !classes.is_empty()).collect();
        let all: BTreeSet<String> = marked.iter().flat_map(|(_, classes)| classes.iter().cloned()).collect();
        let judged = vec![Condition::InService(Place::Anywhere), Condition::Class(all.into_iter().collect())];
        let failing = marked.into_iter().flat_map(|(one, classes)| lacking(book, one, classes, is_marked)).collect();
        Self { judged: Condition::All(judged), failing: Condition::Any(failing) }
    }
}

impl Missing {
    /// What it means that attributes of this name are missing: where classes mark them as required or recommended, or,
    /// if none does, wherever they could be.
    #[must_use]
    pub fn judgement(book: &ClassBook, name: &str) -> Option<Judgement> {
        let named: Vec<&Attribute> = book.attributes_named(name).filter(|one| !one.hidden).collect();
        let marked = |rules: &Rules| rules.required || rules.recommended;
        let has_marks = named.iter().any(|one| !classes(book, one, marked).is_empty());
        let of = |one: &Attribute| classes(book, one, |rules| !has_marks || marked(rules));
        let each: Vec<(&Attribute, Vec<String>)> = named.into_iter().map(|one| (one, of(one))).collect();
        let all: Vec<String> = each.iter().flat_map(|(_, classes)| classes.iter().cloned()).collect();
        if all.is_empty() {
            return None;
        }
        let failing = each.into_iter().map(|(one, classes)| nothing_shown(one, classes)).collect();
        let judged = vec![Condition::InService(Place::Anywhere), Condition::Class(all)];
        Some(Judgement { judged: Condition::All(judged), failing: Condition::Any(failing) })
    }

    /// The names of attributes that any class requires or recommends, in the order of the classes, but for the name,
    /// which everything has.
    #[must_use]
    pub fn offered(book: &ClassBook) -> Vec<String> {
        let is_marked = |one: &&Attribute| {
            !classes(book, one, |rules| rules.required || rules.recommended).is_empty() && one.name != "name"
        };
        let mut names: Vec<String> = Vec::new();
        for one in book.attributes().iter().filter(is_marked) {
            if !names.contains(&one.name) {
                names.push(one.name.clone());
            }
        }
        names
    }
}

impl Checker<'_> {
    pub(super) fn health(self, asked: &Asked) -> Result<Condition, Fault> {
        let each = checks(asked)?;
        Ok(Condition::Any(each.into_iter().map(|check| Judgement::of(self.book, check).fails()).collect()))
    }

    pub(super) fn judged(self, asked: &Asked) -> Result<Condition, Fault> {
        let each = checks(asked)?;
        Ok(Condition::Any(each.into_iter().map(|check| Judgement::of(self.book, check).judged).collect()))
    }

    pub(super) fn missing(self, asked: &Asked) -> Result<Condition, Fault> {
        let each = |value: &super::Value| {
            let judgement = Missing::judgement(self.book, &value.text.to_lowercase());
            judgement.map(Judgement::fails).ok_or_else(|| none_of(asked, value, Missing::offered(self.book)))
        };
        Ok(Condition::Any(asked.values.iter().map(each).collect::<Result<_, _>>()?))
    }
}

fn checks(asked: &Asked) -> Result<Vec<Check>, Fault> {
    let find = |value: &super::Value| {
        let found = Check::ALL.into_iter().find(|one| one.name() == value.text.to_lowercase());
        found.ok_or_else(|| none_of(asked, value, Check::ALL.map(Check::name)))
    };
    asked.values.iter().map(find).collect()
}

/// The classes in which rules for the attribute are so.
fn classes(book: &ClassBook, attribute: &Attribute, is_so: impl Fn(&Rules) -> bool) -> Vec<String> {
    if attribute.hidden {
        return Vec::new();
    }
    let of_attribute = book.with_subclasses(&attribute.class);
    let so = of_attribute.filter(|class| is_so(&book.effective_rules(&class.name, attribute)));
    so.map(|class| class.name.clone()).collect()
}

/// Items of these classes without a value of the attribute that they should have: those where a mark holds only under
/// a condition, and those where it always does.
fn lacking(
    book: &ClassBook,
    attribute: &Attribute,
    all: Vec<String>,
    is_marked: impl Fn(&Rules) -> bool,
) -> Vec<Condition> {
    let unconditional = |class: &String| {
        let rules = book.effective_rules(class, attribute);
        is_marked(&Rules { required_if: Vec::new(), ..rules })
    };
    let (always, at_times): (Vec<String>, Vec<String>) = all.into_iter().partition(unconditional);
    let mut either = Vec::new();
    if !always.is_empty() {
        either.push(nothing_shown(attribute, always));
    }
    for class in at_times {
        let conditions = book.effective_rules(&class, attribute).required_if;
        let holds = conditions.iter().filter_map(|one| when(book, &class, one)).collect();
        either.push(Condition::All(vec![nothing_shown(attribute, vec![class]), Condition::Any(holds)]));
    }
    either
}

/// Another attribute has a value, or one of these.
fn when(book: &ClassBook, class: &str, condition: &rules::Condition) -> Option<Condition> {
    let other = book.attribute(class, &condition.attribute)?;
    if condition.values.is_empty() {
        return Some(Condition::Not(Box::new(nothing_shown(other, vec![class.to_owned()]))));
    }
    let values = condition.values.iter().map(ToString::to_string).collect();
    Some(Condition::Attribute(filter_of(other, Test::OneOf(values))))
}

fn nothing_shown(attribute: &Attribute, classes: Vec<String>) -> Condition {
    let present = Condition::Attribute(filter_of(attribute, Test::Present(true)));
    let mut nothing = vec![Condition::Not(Box::new(present))];
    if matches!(attribute.kind, AttributeType::Text | AttributeType::List) {
        let empty = Test::OneOf(NOTHING.map(str::to_owned).to_vec());
        nothing.push(Condition::Attribute(filter_of(attribute, empty)));
    }
    Condition::All(vec![Condition::Class(classes), Condition::Any(nothing)])
}

/// Classes whose items the attributes of others name: who has to do with them is not told by relations.
fn named_by_others(book: &ClassBook) -> Vec<String> {
    let shipped = book.attributes().iter().filter(|one| one.origin == Origin::Shipped);
    let targets: BTreeSet<&str> = shipped.filter_map(|one| one.target.as_deref()).collect();
    targets.into_iter().flat_map(|target| family(book, target)).collect::<BTreeSet<_>>().into_iter().collect()
}

fn family(book: &ClassBook, class: &str) -> Vec<String> {
    book.with_subclasses(class).map(|one| one.name.clone()).collect()
}
