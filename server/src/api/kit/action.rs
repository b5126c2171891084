//! What a caller may do with a resource, and why not.

use serde::Serialize;
use utoipa::ToSchema;

/// An action on a resource, as the server judges it: the browser never works rules out by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllowedAction {
    /// The action's stable name.
    pub action: &'static str,
    /// Whether the caller may do it now.
    pub allowed: bool,
    /// Why not: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl AllowedAction {
    /// An action that is allowed unless there is a reason against it.
    #[must_use]
    pub const fn unless(action: &'static str, reason: Option<&'static str>) -> Self {
        Self { action, allowed: reason.is_none(), reason }
    }
}
