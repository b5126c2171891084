//! Silences of the fleet, as `/agents` shows them beside the agents.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::api::OrganisationRef;
use crate::fleet::silence::model::{Silence, Why};

/// A silence that is not taken for the hosts' own. While it lasts, agents of the organisation and what they see are
/// shown as they stood when it began, unless they are heard again.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FleetSilence)]
pub(super) struct SilenceView {
    id: Uuid,
    organisation: OrganisationRef,
    #[schema(value_type = Why)]
    why: &'static str,
    since: Timestamp,
    noticed_at: Timestamp,
    /// How many agents there were when it began.
    agents: usize,
    /// How many of them were missing at most.
    most: usize,
    /// How many of them are missing now.
    missing: usize,
    /// When those who are missing are judged one by one again, unless the cause goes on.
    held_until: Timestamp,
}

impl From<Silence> for SilenceView {
    fn from(silence: Silence) -> Self {
        Self {
            id: silence.id.uuid(),
            organisation: OrganisationRef { id: silence.organisation, name: silence.organisation_name },
            why: silence.finding.why.name(),
            since: silence.finding.since,
            noticed_at: silence.noticed_at,
            agents: silence.tally.agents,
            most: silence.most,
            missing: silence.tally.missing,
            held_until: silence.finding.held_until,
        }
    }
}
