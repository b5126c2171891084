//! Personal access tokens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::account;
use crate::kernel::id::ApiTokenId;
use crate::kernel::invalid::{Fault, Invalid};
use crate::kernel::permission::{Permission, UnknownName};
use crate::kernel::scope::Scope;

/// How a token begins, so that scanners for leaked secrets find it.
const PREFIX: &str = "ter_pat_";
/// Longest life in days.
pub const DAYS_MAX: u32 = 365;
/// Life in days unless said.
pub const DAYS_DEFAULT: u32 = 90;
/// Live tokens that a user has at most.
pub const PER_USER: i64 = 50;
/// Longest name in characters.
const NAME_CHARS: usize = 100;

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id, which stands in the token itself.
    pub id: ApiTokenId,
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do at most: less if its owner may less.
    pub scopes: BTreeSet<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
}

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// How long it lives, in days.
    pub days: u32,
}

impl ApiToken {
    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }

    /// What the token may do, and where: what its owner may now, as far as its scopes go.
    #[must_use]
    pub fn narrow(&self, mut owners: BTreeMap<Permission, Scope>) -> BTreeMap<Permission, Scope> {
        owners.retain(|permission, _| self.scopes.contains(permission));
        owners
    }
}

impl NewToken {
    /// Checks what was asked for against what the caller holds.
    pub fn check(
        name: &str,
        scopes: &[String],
        days: Option<u32>,
        held: &BTreeSet<Permission>,
    ) -> Result<Self, Vec<Invalid>> {
        let name = account::name("name", name, NAME_CHARS);
        let scopes = check_scopes(scopes, held);
        let days = check_days(days.unwrap_or(DAYS_DEFAULT));
        match (name, scopes, days) {
            (Ok(name), Ok(scopes), Ok(days)) => Ok(Self { name, scopes, days }),
            (name, scopes, days) => Err([name.err(), scopes.err(), days.err()].into_iter().flatten().collect()),
        }
    }
}

fn check_days(days: u32) -> Result<u32, Invalid> {
    if (1..=DAYS_MAX).contains(&days) {
        return Ok(days);
    }
    let limit = i64::from(DAYS_MAX);
    Err(Invalid::beyond("expires_in_days", Fault::OutOfRange, limit, "a token lives 1 to 365 days"))
}

fn check_scopes(scopes: &[String], held: &BTreeSet<Permission>) -> Result<BTreeSet<Permission>, Invalid> {
    if scopes.is_empty() {
        return Err(Invalid::new("scopes", Fault::Required, "a token has at least one permission"));
    }
    let mut checked = BTreeSet::new();
    for (index, name) in scopes.iter().enumerate() {
        let field = format!("scopes[{index}]");
        let permission: Permission =
            name.parse().map_err(|unknown: UnknownName| Invalid::new(&field, Fault::Unknown, unknown.to_string()))?;
        if !held.contains(&permission) {
            return Err(Invalid::new(field, Fault::OutOfRange, "a token may not do what you may not"));
        }
        checked.insert(permission);
    }
    Ok(checked)
}

/// The token as it is shown once: `ter_pat_<id>_<secret>`.
#[must_use]
pub fn write(id: ApiTokenId, secret: &str) -> String {
    format!("{PREFIX}{}_{secret}", id.uuid().simple())
}

/// The id in a token; whether the token is genuine says its hash.
#[must_use]
pub fn id_in(token: &str) -> Option<ApiTokenId> {
    let (id, secret) = token.strip_prefix(PREFIX)?.split_at_checked(32)?;
    secret.strip_prefix('_').filter(|secret| secret.len() == 43)?;
    Uuid::try_parse(id).ok().map(ApiTokenId::from_uuid)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::{NewToken, id_in, write};
    use crate::kernel::id::ApiTokenId;
    use crate::kernel::permission::Permission;

    #[test]
    fn the_id_stands_in_the_token() {
        let id = ApiTokenId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id_in(&write(id, &"x".repeat(43))), Some(id));
        for bad in
            ["", "ter_pat_", "ter_pat_00000000000000000000000000000007", &write(id, "short"), "ter1.abc", "ter_pat_é"]
        {
            assert_eq!(id_in(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        let held = BTreeSet::from([Permission::CiRead]);
        let fields = |scopes: &[&str], days| {
            let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
            let wrong = NewToken::check("", &scopes, Some(days), &held).unwrap_err();
            wrong.into_iter().map(|invalid| (invalid.field, invalid.fault.name())).collect::<Vec<_>>()
        };
        let named = |field: &str, code| (field.to_owned(), code);
        let name = named("name", "required");
        assert_eq!(
            fields(&[], 0),
            [name.clone(), named("scopes", "required"), named("expires_in_days", "out_of_range")]
        );
        assert_eq!(fields(&["ci.read", "ci.fly"], 1), [name.clone(), named("scopes[1]", "unknown")]);
        assert_eq!(fields(&["user.manage"], 365), [name, named("scopes[0]", "out_of_range")]);
    }
}
