//! A device of an inventory that our own agent reports, too: what that agent lists is its alone.
//!
//! Two that look at one host never see quite the same: sizes are rounded, one knows an address more. If both had the
//! say, each report would undo the other's.

use jiff::{SignedDuration, Timestamp};

use super::attribute::{CONTAINER, FILESYSTEM, INTERFACE};
use super::known::{CiKey, Known};
use super::observe::Observed;
use super::plan::Plan;
use crate::cmdb::observed::ci;
use crate::store::{Conn, StoreError};

/// How long after its last report our own agent has the say about its host.
const OWN_AGENT: SignedDuration = SignedDuration::from_hours(24);

/// Whether our own agent has the say.
pub(super) fn is_so(conn: &mut Conn, key: Option<CiKey>, now: Timestamp) -> Result<bool, StoreError> {
    let since = now.checked_sub(OWN_AGENT).unwrap_or(now);
    key.map_or(Ok(false), |key| ci::has_live_agent(conn, key, since))
}

/// What others may still say: values, which stand beside those of the agent, and what it does not list.
pub(super) fn rest_of(observed: &Observed) -> Observed {
    Observed { values: observed.values.clone(), parts: observed.parts.clone(), ..Observed::default() }
}

/// What this source said of things that our own agent lists ends.
pub(super) fn withdraw(known: &Known, plan: &mut Plan) {
    for ci in known.dependents.iter().filter(|ci| [FILESYSTEM, INTERFACE, CONTAINER].contains(&ci.class.as_str())) {
        let before = plan.closed_values.len();
        let values = known.values.keys().filter(|(key, _)| *key == ci.key);
        plan.closed_values.extend(values.copied());
        let ends = plan.closed_values.len() > before;
        if ends && !ci.gone && !known.others.seen.contains(&ci.key) {
            plan.gone.insert(ci.key);
        }
    }
}
