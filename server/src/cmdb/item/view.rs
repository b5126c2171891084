//! One item as it is sent.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::detail::{Detail, Reporter};
use super::finding::Finding;
use super::reclass::Consequences;
use crate::api::kit::problem::FieldError;
use crate::cmdb::api::{CiReferenceView, SaidByView};
use crate::cmdb::list::CiView;
use crate::cmdb::model::action::{Action, Refusal};
use crate::cmdb::model::observation::Observation;
use crate::cmdb::section::api::{FaultView, SectionView, views};
use crate::cmdb::value::said::Said;
use crate::fleet::model::Presence;

/// A configuration item with everything its page needs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CiDetailView {
    #[serde(flatten)]
    item: CiView,
    /// What every source says of every attribute.
    values: Vec<ValueView>,
    /// Counts changes by people; the `ETag` names it.
    version: i32,
    agent: Option<AgentView>,
    faults: Vec<FaultView>,
    sections: Vec<SectionView>,
    counts: CountsView,
    /// What its class forbids of it: values that were left out or stand from before a constraint, and missing ones.
    findings: Vec<FindingView>,
    /// The items in scope that its references name.
    references: Vec<CiReferenceView>,
    allowed_actions: Vec<CiActionView>,
}

/// What one source says of one attribute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueView {
    attribute: String,
    #[schema(value_type = serde_json::Value)]
    value: Box<RawValue>,
    /// The name of the source; `pin` of what a person pinned, `inherited` of what containers say of themselves.
    source: String,
    since: Timestamp,
    said_by: SaidByView,
    /// Whether this is what is shown.
    shown: bool,
    /// From what it is inherited; null where it is not, or from something out of scope.
    inherited_from: Option<CiReferenceView>,
}

/// Something about an item that its class forbids.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FindingView {
    attribute: String,
    /// Nobody where a value is missing.
    source: Option<String>,
    #[schema(value_type = Option<serde_json::Value>)]
    value: Option<Box<RawValue>>,
    since: Option<Timestamp>,
    /// `required`, `invalid`, `unknown`, `too_short`, `too_long`, `out_of_range`, `no_match` or `taken`.
    code: String,
    /// The same for people, in English.
    detail: String,
    /// The limit that was broken, where there is one.
    limit: Option<i64>,
    /// Whether the value was left out for it; else it stands from before the constraint.
    refused: bool,
}

/// What moving an item to another class would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassChangeView {
    class: String,
    /// Values that would end, because the class has no such attribute.
    lost: Vec<LostValueView>,
    /// What would have to be said as well or otherwise, as in the refusal that would come without it.
    errors: Vec<FieldError>,
}

/// A value that would end.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LostValueView {
    attribute: String,
    source: String,
    #[schema(value_type = serde_json::Value)]
    value: Box<RawValue>,
}

/// The agent that reports as this item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentView {
    id: Uuid,
    #[schema(value_type = Presence)]
    presence: &'static str,
    /// By how many seconds the host's clock is behind the server's, or ahead of it if less than zero; nothing within two
    /// minutes.
    clock_behind_s: Option<i64>,
}

/// How much there is on its other pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountsView {
    software: i64,
    relations: i64,
    listeners: i64,
}

/// Something that can be done with an item, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CiActionView {
    /// `edit`, `reclassify`, `change_lifecycle`, or `become_` and a lifecycle.
    action: &'static str,
    allowed: bool,
    /// `needs_permission`, `retired`, `of_its_host`, `current_lifecycle` or `no_way_from_lifecycle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl TryFrom<Detail> for CiDetailView {
    type Error = serde_json::Error;

    fn try_from(detail: Detail) -> Result<Self, serde_json::Error> {
        let (sections, faults): (Vec<_>, Vec<_>) = detail.sections.into_iter().map(views).unzip();
        let counts = detail.counts;
        Ok(Self {
            item: CiView::try_from(detail.summary)?,
            values: detail.values.into_iter().map(ValueView::try_from).collect::<Result<_, _>>()?,
            version: detail.version,
            agent: detail.agent.map(AgentView::from),
            faults: faults.into_iter().flatten().collect(),
            sections,
            counts: CountsView { software: counts.software, relations: counts.relations, listeners: counts.listeners },
            findings: detail.findings.into_iter().map(FindingView::try_from).collect::<Result<_, _>>()?,
            references: detail.references.into_iter().map(CiReferenceView::from).collect(),
            allowed_actions: detail.actions.into_iter().map(action_view).collect(),
        })
    }
}

impl TryFrom<Said> for ValueView {
    type Error = serde_json::Error;

    fn try_from(said: Said) -> Result<Self, serde_json::Error> {
        let stated = said.signed.stated;
        let source = stated.source.to_string();
        Ok(Self {
            attribute: said.attribute,
            value: RawValue::from_string(stated.value)?,
            since: stated.valid_from,
            said_by: SaidByView::new(&source, said.signed.actor_id, said.signed.actor_name),
            source,
            shown: said.shown,
            inherited_from: said.inherited_from.map(CiReferenceView::from),
        })
    }
}

impl TryFrom<Finding> for FindingView {
    type Error = serde_json::Error;

    fn try_from(finding: Finding) -> Result<Self, serde_json::Error> {
        let Finding { attribute, source, value, since, why, refused } = finding;
        let value = value.map(RawValue::from_string).transpose()?;
        Ok(Self { attribute, source, value, since, code: why.code, detail: why.detail, limit: why.limit, refused })
    }
}

impl TryFrom<Consequences> for ClassChangeView {
    type Error = serde_json::Error;

    fn try_from(Consequences { class, lost, faults }: Consequences) -> Result<Self, serde_json::Error> {
        let lost = lost.into_iter().map(|(attribute, source, value)| {
            Ok(LostValueView { attribute, source: source.to_string(), value: RawValue::from_string(value)? })
        });
        let lost = lost.collect::<Result<_, serde_json::Error>>()?;
        Ok(Self { class, lost, errors: faults.into_iter().map(FieldError::from).collect() })
    }
}

impl From<Reporter> for AgentView {
    fn from(Reporter { id, observation, clock_behind_s }: Reporter) -> Self {
        Self { id: id.uuid(), presence: presence(observation), clock_behind_s }
    }
}

/// An agent is late where an item is stale.
const fn presence(observation: Observation) -> &'static str {
    match observation {
        Observation::Live => "live",
        Observation::Stale => "late",
        Observation::Silent => "silent",
        Observation::Never | Observation::Unobserved => "never",
    }
}

fn action_view((action, verdict): (Action, Result<(), Refusal>)) -> CiActionView {
    CiActionView { action: action.name(), allowed: verdict.is_ok(), reason: verdict.err().map(Refusal::name) }
}
