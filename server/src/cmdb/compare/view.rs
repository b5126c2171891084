//! What differs, as it is sent.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::model::{Change, Difference};
use super::report::{Position, Report, Told, Totals};
use super::service::{Comparison, Related};
use crate::api::kit::export::{Column, Rows};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::CiReferenceView;
use crate::kernel::page::Page;

/// An attribute that differs; null where nothing was said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AttributeDifferenceView {
    attribute: String,
    #[schema(value_type = Option<serde_json::Value>)]
    before: Option<Box<RawValue>>,
    #[schema(value_type = Option<serde_json::Value>)]
    after: Option<Box<RawValue>>,
}

/// A relation that came or went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelationDifferenceView {
    /// `added` or `removed`.
    change: &'static str,
    r#type: String,
    /// `out` if the item is the source, `in` if it is the target.
    direction: &'static str,
    other: CiReferenceView,
}

/// A package whose versions differ; none where it was not installed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SoftwareDifferenceView {
    product_id: i32,
    name: String,
    architecture: String,
    before: Vec<String>,
    after: Vec<String>,
}

/// What differs of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferencesView {
    pub(super) attributes: Vec<AttributeDifferenceView>,
    pub(super) relations: Vec<RelationDifferenceView>,
    pub(super) software: Vec<SoftwareDifferenceView>,
}

/// What became of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemChangeView {
    ci: CiReferenceView,
    #[schema(value_type = Change)]
    change: &'static str,
    /// What differs: `attribute.NAME`, `relations`, `software`, and `membership` where the item is in one of the two
    /// sets only.
    topics: Vec<String>,
    differences: DifferencesView,
    /// Whether more of its relations and packages differ than are listed; its comparison has all.
    truncated: bool,
}

/// How many items.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountView {
    /// Of what: a change, a class or a topic.
    name: String,
    cis: usize,
}

/// How many items there are in all, on every page and whatever the page is limited to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportTotalsView {
    cis: usize,
    changes: Vec<CountView>,
    classes: Vec<CountView>,
    topics: Vec<CountView>,
}

/// A page of what became of the items of a set.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    from: Timestamp,
    to: Timestamp,
    items: Vec<ItemChangeView>,
    next_cursor: Option<String>,
    /// How many are like those of the page.
    total: usize,
    totals: ReportTotalsView,
    /// Why the filter of the set cannot be read any more; then nobody says what entered or left the set.
    filter_fault: Option<String>,
}

impl ReportView {
    pub(in crate::cmdb) fn new(
        (from, to): (Timestamp, Timestamp),
        report: Report,
        next_cursor: Option<String>,
        filter_fault: Option<String>,
    ) -> Result<Self, serde_json::Error> {
        let items = report.page.items.into_iter().map(ItemChangeView::try_from).collect::<Result<_, _>>()?;
        Ok(Self { from, to, items, next_cursor, total: report.total, totals: report.totals.into(), filter_fault })
    }
}

impl From<Totals> for ReportTotalsView {
    fn from(totals: Totals) -> Self {
        let view = |(name, cis): (String, usize)| CountView { name, cis };
        let changes = totals.changes.into_iter().map(|(change, cis)| view((change.name().to_owned(), cis)));
        let topics = totals.topics.into_iter().map(|(topic, cis)| view((topic.name(), cis)));
        Self {
            cis: totals.cis,
            changes: changes.collect(),
            classes: totals.classes.into_iter().map(view).collect(),
            topics: topics.collect(),
        }
    }
}

impl TryFrom<Told> for ItemChangeView {
    type Error = serde_json::Error;

    fn try_from(told: Told) -> Result<Self, serde_json::Error> {
        let topics = told.entry.topics().iter().map(super::model::Topic::name).collect();
        let row = told.entry.row;
        Ok(Self {
            ci: CiReferenceView { id: row.id.uuid(), name: row.name, class: row.class },
            change: told.entry.change.name(),
            topics,
            differences: told.comparison.try_into()?,
            truncated: told.truncated,
        })
    }
}

/// The columns of a report as a file.
pub(super) fn columns() -> Vec<Column> {
    ["ci_id", "ci_name", "ci_class", "change", "topic", "before", "after", "truncated"].map(Column::plain).into()
}

impl ItemChangeView {
    fn rows(self) -> Result<Vec<Vec<Value>>, serde_json::Error> {
        let mut told = Vec::new();
        for AttributeDifferenceView { attribute, before, after } in self.differences.attributes {
            let value = |raw: Option<Box<RawValue>>| raw.map_or(Ok(Value::Null), |raw| serde_json::from_str(raw.get()));
            told.push([format!("attribute.{attribute}").into(), value(before)?, value(after)?]);
        }
        for RelationDifferenceView { change, r#type, direction, other } in self.differences.relations {
            let topic = Value::from(format!("relation.{direction}.{type}"));
            let other = Value::from(other.name);
            told.push(if change == "added" { [topic, Value::Null, other] } else { [topic, other, Value::Null] });
        }
        for SoftwareDifferenceView { name, architecture, before, after, .. } in self.differences.software {
            told.push([format!("software.{name}.{architecture}").into(), before.into(), after.into()]);
        }
        if told.is_empty() {
            told.push([self.topics.join("; ").into(), Value::Null, Value::Null]);
        }
        let ci = [self.ci.id.to_string().into(), self.ci.name.into(), self.ci.class.into(), self.change.into()];
        let row = |told: [Value; 3]| ci.iter().cloned().chain(told).chain([self.truncated.into()]).collect();
        Ok(told.into_iter().map(row).collect())
    }
}

/// The rows of a page of a report: one for each difference, and one for an item that only came or went.
pub(super) fn rows(page: Page<Told, Position>) -> Result<Rows<Position>, Problem> {
    let mut items = Vec::new();
    for told in page.items {
        let rows = ItemChangeView::try_from(told).and_then(ItemChangeView::rows);
        items.extend(rows.map_err(|error| Problem::internal(&error))?);
    }
    Ok(Page { items, next: page.next })
}

impl TryFrom<Comparison> for DifferencesView {
    type Error = serde_json::Error;

    fn try_from(comparison: Comparison) -> Result<Self, serde_json::Error> {
        let raw = |text: Option<String>| text.map(RawValue::from_string).transpose();
        let attribute = |(attribute, difference): (String, Difference<String>)| {
            let (before, after) = (raw(difference.before)?, raw(difference.after)?);
            Ok(AttributeDifferenceView { attribute, before, after })
        };
        let attributes = comparison.attributes.into_iter().map(attribute).collect::<Result<_, serde_json::Error>>()?;
        let relation = |(related, difference): (Related, Difference<bool>)| RelationDifferenceView {
            change: if difference.after.is_some() { "added" } else { "removed" },
            r#type: related.kind,
            direction: if related.outgoing { "out" } else { "in" },
            other: related.other.into(),
        };
        let software = comparison.software.into_iter().map(|((product_id, name, architecture), difference)| {
            let (before, after) = (difference.before.unwrap_or_default(), difference.after.unwrap_or_default());
            SoftwareDifferenceView { product_id, name, architecture, before, after }
        });
        Ok(Self {
            attributes,
            relations: comparison.relations.into_iter().map(relation).collect(),
            software: software.collect(),
        })
    }
}
