//! The policies that every installation begins with: none of them enabled.

use uuid::Uuid;

use super::model::{Draft, Policy, PolicyAction};
use super::store;
use crate::kernel::id::PolicyId;
use crate::store::{Conn, StoreError};

const DAY: i64 = 24 * 3_600;

/// Adds those that are missing, so that everybody has them under the same id.
///
/// # Errors
///
/// The database fails.
pub fn install(conn: &mut Conn) -> Result<(), StoreError> {
    for (policy, id) in policies().into_iter().zip(0x7465_7272_6965_7200_8000_0000_0000_0001_u128..) {
        let id = PolicyId::from_uuid(Uuid::from_u128(id));
        if store::find(conn, id)?.is_none() && !store::is_taken(conn, &policy.1.name, None)? {
            let (name, draft) = policy;
            store::insert(conn, &Policy { id, version: 1, shipped_name: Some(name.to_owned()), draft })?;
        }
    }
    Ok(())
}

/// What a shipped policy is called in the interface as long as nobody gave it another name.
#[must_use]
pub fn name_of(shipped_name: &str) -> Option<String> {
    policies().into_iter().find(|(name, _)| *name == shipped_name).map(|(_, draft)| draft.name)
}

fn policies() -> Vec<(&'static str, Draft)> {
    let policy = |name: &str, query: &str, action, grace: i64, renew: Option<i64>| Draft {
        name: name.to_owned(),
        query: query.to_owned(),
        action,
        grace_s: grace * DAY,
        renew_s: renew.map(|days| days * DAY),
        enabled: false,
    };
    vec![
        (
            "retire_silent",
            policy("Retire hosts silent for 90 days", "class:host stale:>90d", PolicyAction::Retire, 14, None),
        ),
        (
            "retire_endpoints",
            policy(
                "Retire endpoints that nobody talks to",
                "class:external_endpoint health:orphan",
                PolicyAction::Retire,
                30,
                None,
            ),
        ),
        (
            "archive_retired",
            policy("Archive what was retired a year ago", "lifecycle:retired", PolicyAction::Archive, 365, None),
        ),
        (
            "attest_critical",
            policy("Confirm critical items every year", "criticality:1,2", PolicyAction::Attest, 30, Some(365)),
        ),
    ]
}
