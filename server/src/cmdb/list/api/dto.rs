//! An item of a list as it is sent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::cmdb::api::{CiReferenceView, NamedView};
use crate::cmdb::item::summary::CiSummary;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;

/// A configuration item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CiView {
    pub(crate) id: Uuid,
    pub(crate) class: String,
    pub(crate) name: String,
    pub(crate) organisation: NamedView,
    pub(crate) owner: Option<String>,
    pub(crate) support_team: Option<String>,
    /// 1 to 4; 1 matters most.
    pub(crate) criticality: Option<i32>,
    pub(crate) environment: Option<String>,
    /// What people say.
    #[schema(value_type = Lifecycle)]
    pub(crate) lifecycle: &'static str,
    pub(crate) observation: ObservationView,
    /// The shown value of each attribute of its class that has one.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub(crate) attributes: BTreeMap<String, Box<RawValue>>,
    /// The attributes of which what is shown is inherited from what contains the item.
    pub(crate) inherited: Vec<String>,
    /// The host of a dependent item.
    pub(crate) parent: Option<CiReferenceView>,
}

/// What agents say of its being there, today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ObservationView {
    #[schema(value_type = Observation)]
    pub(crate) state: &'static str,
    pub(crate) first_seen: Option<Timestamp>,
    pub(crate) last_seen: Option<Timestamp>,
}

impl TryFrom<CiSummary> for CiView {
    type Error = serde_json::Error;

    fn try_from(ci: CiSummary) -> Result<Self, serde_json::Error> {
        let (id, name) = ci.organisation;
        let attributes = ci.attributes.into_iter().map(|(name, value)| Ok((name, RawValue::from_string(value)?)));
        Ok(Self {
            id: ci.id.uuid(),
            class: ci.class,
            name: ci.name,
            organisation: NamedView { id: id.uuid(), name },
            owner: ci.owner,
            support_team: ci.support_team,
            criticality: ci.criticality,
            environment: ci.environment,
            lifecycle: ci.lifecycle.name(),
            observation: ObservationView {
                state: ci.observation.name(),
                first_seen: ci.first_seen,
                last_seen: ci.last_seen,
            },
            attributes: attributes.collect::<Result<_, serde_json::Error>>()?,
            inherited: ci.inherited,
            parent: ci.parent.map(CiReferenceView::from),
        })
    }
}
