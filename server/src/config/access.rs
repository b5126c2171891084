//! `[access]`: how people sign in.

use serde::{Deserialize, Serialize};

use crate::access::SecondFactorPolicy;

/// How people sign in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// Who may not go on without a second factor: `off`, `administrators` or `everybody`.
    pub require_second_factor: SecondFactorPolicy,
}
