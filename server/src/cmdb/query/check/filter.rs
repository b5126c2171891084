//! The filters that are no attributes.

use super::{Asked, Checker, Condition, Decided, Fault, Filter, Moment, Relation, Test, Value, names, patterns};
use crate::cmdb::model::attribute::CRITICALITY;
use crate::cmdb::model::class::ROOT;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;
use crate::cmdb::query::value::{json_pattern, span};
use crate::index::address::Network;
use crate::index::model::fold::{compact, fold};
use crate::kernel::id::OrganisationId;

/// Values that mean nothing and anything.
const NONE: &str = "none";
const ANY: &str = "any";

impl Checker<'_> {
    pub(super) fn filter(self, asked: &Asked) -> Result<Condition, Fault> {
        let Some(filter) = names::find(&asked.name) else { return self.attribute(asked, &asked.name) };
        match filter {
            Filter::Class => self.classes(asked),
            Filter::Name => self.decided(asked, Decided::Name, "name"),
            Filter::Owner => self.decided(asked, Decided::Owner, "owner"),
            Filter::Team => self.decided(asked, Decided::Team, "support_team"),
            Filter::Environment => self.decided(asked, Decided::Environment, "environment"),
            Filter::Criticality => self.criticality(asked),
            Filter::Lifecycle => each(asked, Lifecycle::ALL, Lifecycle::name).map(Condition::Lifecycle),
            Filter::Observation => each(asked, Observation::ALL, Observation::name).map(Condition::Observation),
            Filter::Organisation => Ok(self.organisation(asked)),
            Filter::Seen => age(asked, Moment::Seen, Relation::Less),
            Filter::Stale => age(asked, Moment::Seen, Relation::More),
            Filter::FirstSeen => age(asked, Moment::FirstSeen, Relation::Less),
            Filter::Created => age(asked, Moment::Created, Relation::Less),
            Filter::Serial => Ok(identifier(asked, &["serial"])),
            Filter::Host => Ok(identifier(asked, &["hostname", "fqdn"])),
            Filter::Mac => mac(asked),
            Filter::Ip => address(asked),
            Filter::Os => self.os(asked),
            Filter::Tag => self.tags(asked),
            Filter::Software => self.software(asked),
            Filter::Health => self.health(asked),
            Filter::Judged => self.judged(asked),
            Filter::Missing => self.missing(asked),
            Filter::Group => Err(Fault::new(asked.at.0, "invalid", "a saved search stands by itself")),
        }
    }

    fn classes(self, asked: &Asked) -> Result<Condition, Fault> {
        let mut names: Vec<String> = Vec::new();
        for value in &asked.values {
            let class = self.book.class(&value.text.to_lowercase());
            let class =
                class.ok_or_else(|| none_of(asked, value, self.book.classes().iter().map(|one| one.name.clone())))?;
            names.extend(self.book.with_subclasses(&class.name).map(|one| one.name.clone()));
        }
        names.sort_unstable();
        names.dedup();
        Ok(Condition::Class(names))
    }

    fn decided(self, asked: &Asked, column: Decided, attribute: &str) -> Result<Condition, Fault> {
        let test = presence(asked).unwrap_or_else(|| Test::Like(patterns(&asked.values)));
        let then = presence(asked).unwrap_or_else(|| Test::Like(asked.values.iter().map(json_pattern).collect()));
        self.of_root(asked, (column, attribute), (test, then))
    }

    fn criticality(self, asked: &Asked) -> Result<Condition, Fault> {
        if let Some(test) = presence(asked) {
            return self.of_root(asked, (Decided::Criticality, "criticality"), (test.clone(), test));
        }
        let levels = || CRITICALITY.map(|level| level.to_string()).chain([NONE.to_owned(), ANY.to_owned()]);
        let mut either = Vec::new();
        for value in &asked.values {
            let (relation, number) = Relation::read(&value.text);
            let level: Option<i64> = number.parse().ok().filter(|level| CRITICALITY.contains(level));
            let level = level.and_then(|level| i32::try_from(level).ok());
            let level = level.ok_or_else(|| none_of(asked, value, levels()))?;
            let test = Test::Compares(relation.unwrap_or(Relation::Same), f64::from(level));
            either.push(self.of_root(asked, (Decided::Criticality, "criticality"), (test.clone(), test))?);
        }
        Ok(Condition::Any(either))
    }

    /// What stands in the item's own row today, and in a value as JSON at other times.
    fn of_root(
        self,
        asked: &Asked,
        (column, attribute): (Decided, &str),
        (test, then): (Test, Test),
    ) -> Result<Condition, Fault> {
        let known = self.book.attribute(ROOT, attribute);
        let known = known.ok_or_else(|| names::unknown(self.book, &asked.name, asked.at.0))?;
        Ok(Condition::Decided(column, test, Box::new(super::attribute::filter_of(known, then))))
    }

    /// An organisation by name or id, and what lies below it.
    fn organisation(self, asked: &Asked) -> Condition {
        let mut all = Vec::new();
        for value in &asked.values {
            let id: Option<OrganisationId> = value.text.parse().ok();
            let tops = match id {
                Some(id) => vec![id],
                None => self.organisations.named(&fold(&value.text)),
            };
            all.extend(tops.into_iter().flat_map(|top| self.organisations.subtree(top)));
        }
        Condition::Organisation(all)
    }

    /// The short name of a system, or the beginning of its long one.
    fn os(self, asked: &Asked) -> Result<Condition, Fault> {
        let begins = |value: &Value| Value { text: format!("{}*", value.text), quoted: false };
        let by_name = Asked { values: asked.values.iter().map(begins).collect(), ..asked.clone() };
        let either = ["os_id", "os_name"].into_iter().zip([asked, &by_name]);
        let known = either.filter(|(name, _)| self.book.attributes_named(name).next().is_some());
        let known: Vec<_> = known.map(|(name, asked)| self.attribute(asked, name)).collect::<Result<_, _>>()?;
        if known.is_empty() {
            Err(names::unknown(self.book, &asked.name, asked.at.0))
        } else {
            Ok(Condition::Any(known))
        }
    }
}

/// What `none` and `any` mean.
pub(super) fn presence(asked: &Asked) -> Option<Test> {
    let [value] = asked.values.as_slice() else { return None };
    match value.text.as_str() {
        _ if value.quoted => None,
        NONE => Some(Test::Present(false)),
        ANY => Some(Test::Present(true)),
        _ => None,
    }
}

/// A value that is none of those there are.
pub(super) fn none_of<T: Into<String>>(asked: &Asked, value: &Value, allowed: impl IntoIterator<Item = T>) -> Fault {
    let detail = format!("`{}` is no value of `{}`", value.text, asked.name);
    Fault::new(asked.at.0, "unknown", detail).allowing(allowed)
}

fn each<T: Copy, const N: usize>(
    asked: &Asked,
    all: [T; N],
    name: impl Fn(T) -> &'static str,
) -> Result<Vec<T>, Fault> {
    let find = |value: &Value| {
        let found = all.into_iter().find(|one| name(*one) == value.text.to_lowercase());
        found.ok_or_else(|| none_of(asked, value, all.into_iter().map(&name)))
    };
    asked.values.iter().map(find).collect()
}

fn age(asked: &Asked, moment: Moment, unless_said: Relation) -> Result<Condition, Fault> {
    let mut all = Vec::new();
    for value in &asked.values {
        let (relation, text) = Relation::read(&value.text);
        let ago = span(text).filter(|_| relation != Some(Relation::Same));
        let ago = ago.ok_or_else(|| {
            let detail = format!("`{}` is no span of time: m, h, d, w and y stand for minutes to years", value.text);
            Fault::new(asked.at.0, "invalid", detail).allowing(["<2d", ">7d", "<12h", ">4w"])
        })?;
        all.push(Condition::Age(moment, relation.unwrap_or(unless_said), ago));
    }
    Ok(Condition::All(all))
}

fn identifier(asked: &Asked, kinds: &'static [&'static str]) -> Condition {
    match presence(asked) {
        Some(test) => Condition::Identified(kinds, test == Test::Present(true)),
        None => Condition::Identifier(kinds, patterns(&asked.values)),
    }
}

/// An address or the beginning of one, however it is divided.
fn mac(asked: &Asked) -> Result<Condition, Fault> {
    if let Some(test) = presence(asked) {
        return Ok(Condition::Identified(&["mac"], test == Test::Present(true)));
    }
    let pattern = |value: &Value| {
        let digits = compact(&fold(value.text.trim_end_matches('*')));
        let is_one = !digits.is_empty() && digits.len() <= 12 && digits.chars().all(|one| one.is_ascii_hexdigit());
        let pairs: Vec<String> =
            digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect();
        let end = if digits.len() == 12 { "" } else { "%" };
        let detail = format!("`{}` is no MAC address and no beginning of one", value.text);
        is_one.then(|| format!("{}{end}", pairs.join(":"))).ok_or_else(|| Fault::new(asked.at.0, "invalid", detail))
    };
    Ok(Condition::Identifier(&["mac"], asked.values.iter().map(pattern).collect::<Result<_, _>>()?))
}

fn address(asked: &Asked) -> Result<Condition, Fault> {
    if let Some(test) = presence(asked) {
        return Ok(Condition::Identified(&["address"], test == Test::Present(true)));
    }
    let network = |value: &Value| {
        let detail = format!("`{}` is no address and no network", value.text);
        let fault =
            || Fault::new(asked.at.0, "invalid", detail).allowing(["10.0.0.0/8", "192.0.2.17", "2001:db8::/32"]);
        Network::read(&value.text).ok_or_else(fault)
    };
    Ok(Condition::Address(asked.values.iter().map(network).collect::<Result<_, _>>()?))
}
