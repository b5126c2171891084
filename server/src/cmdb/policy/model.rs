//! What a policy is.

use crate::cmdb::error::FieldFault;
use crate::cmdb::list::RawFilter;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::query::parse;
use crate::index::model::fold::fold;
use crate::kernel::id::PolicyId;

/// Longest name in characters.
const NAME_CHARS: usize = 100;
/// Longest grace, and longest time that an attestation holds.
const SECONDS_MAX: i64 = 3_660 * DAY;
/// Shortest time that an attestation holds.
const DAY: i64 = 24 * 3_600;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum PolicyAction {
    /// It becomes retired.
    Retire,
    /// It becomes disposed of: what is left is its history.
    Archive,
    /// It is deleted for good, with all that was ever said of it.
    Delete,
    /// Somebody is asked to confirm that it is as it stands there.
    Attest,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Counts changes.
    pub version: i32,
    /// What it comes with the program as; none if somebody made it.
    pub shipped_name: Option<String>,
    /// What it is.
    pub draft: Draft,
}

/// What a policy is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Which items: see [`crate::cmdb::query`].
    pub query: String,
    /// What is done to them.
    pub action: PolicyAction,
    /// For how many seconds an item must match before it is.
    pub grace_s: i64,
    /// For how many seconds an attestation holds; of no other action.
    pub renew_s: Option<i64>,
    /// Whether anything happens.
    pub enabled: bool,
}

impl PolicyAction {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Retire, Self::Archive, Self::Delete, Self::Attest];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retire => "retire",
            Self::Archive => "archive",
            Self::Delete => "delete",
            Self::Attest => "attest",
        }
    }

    /// The action of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Where an item goes in its life.
    #[must_use]
    pub const fn target(self) -> Option<Lifecycle> {
        match self {
            Self::Retire => Some(Lifecycle::Retired),
            Self::Archive => Some(Lifecycle::Disposed),
            Self::Delete | Self::Attest => None,
        }
    }

    /// Whether it changes nothing and only asks.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Attest)
    }

    /// Whether what it does can be taken back.
    #[must_use]
    pub const fn can_be_undone(self) -> bool {
        matches!(self, Self::Retire | Self::Archive)
    }

    /// The items that it can be done to, as a part of a query: archived is what was retired before, deleted what was archived.
    #[must_use]
    pub const fn possible(self) -> &'static str {
        match self {
            Self::Retire | Self::Attest => "lifecycle:planned,in_stock,in_use,maintenance",
            Self::Archive => "lifecycle:retired",
            Self::Delete => "lifecycle:disposed",
        }
    }

    /// What it is about and it can be done to, as one query.
    #[must_use]
    pub fn whole_query(self, query: &str) -> String {
        format!("({query}) {}", self.possible())
    }
}

impl Draft {
    /// The draft with its name and query trimmed.
    ///
    /// # Errors
    ///
    /// Every fault it has, but for those of its query, which [`super::service`] looks for.
    pub(super) fn checked(self) -> Result<Self, Vec<FieldFault>> {
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "\u{2400}");
        let query = self.query.trim().replace('\0', "\u{2400}");
        let mut faults = Vec::new();
        if fold(&name).is_empty() {
            faults.push(FieldFault::new("name", "required", "it needs a name"));
        }
        if name.chars().count() > NAME_CHARS {
            let limit = i64::try_from(NAME_CHARS).ok();
            let detail = format!("longer than {NAME_CHARS} characters");
            faults.push(FieldFault { limit, ..FieldFault::new("name", "too_long", detail) });
        }
        if query.is_empty() {
            faults.push(FieldFault::new("query", "required", "a policy is never about everything"));
        }
        // By itself: a bracket in it must not end the one that is put around it.
        faults.extend(parse(&query).err().map(|fault| FieldFault { field: "query".to_owned(), ..fault.into() }));
        // What is deleted does not come back: there is at least a day in which somebody can see what is about to be.
        let least = if self.action == PolicyAction::Delete { DAY } else { 0 };
        faults.extend(out_of(least, self.grace_s, "grace_s"));
        let renew_s = match (self.action, self.renew_s) {
            (PolicyAction::Attest, None) => {
                faults.push(FieldFault::new("renew_s", "required", "say how long an attestation holds"));
                None
            }
            (PolicyAction::Attest, Some(seconds)) => {
                faults.extend(out_of(DAY, seconds, "renew_s"));
                Some(seconds)
            }
            (PolicyAction::Retire | PolicyAction::Archive | PolicyAction::Delete, _) => None,
        };
        if faults.is_empty() { Ok(Self { name, query, renew_s, ..self }) } else { Err(faults) }
    }

    /// The items that match and that it can be done to.
    #[must_use]
    pub fn filter(&self) -> RawFilter {
        RawFilter { q: Some(self.action.whole_query(&self.query)), ..RawFilter::default() }
    }
}

fn out_of(least: i64, seconds: i64, field: &str) -> Option<FieldFault> {
    let limit = if seconds < least { least } else { SECONDS_MAX };
    let detail = format!("{least} to {SECONDS_MAX} seconds");
    let fault = || FieldFault { limit: Some(limit), ..FieldFault::new(field, "out_of_range", detail) };
    (!(least..=SECONDS_MAX).contains(&seconds)).then(fault)
}

#[cfg(test)]
mod tests {
    use super::{Draft, PolicyAction};
    use crate::cmdb::query::parse;

    fn draft() -> Draft {
        let (name, query) = ("  Old   things ".to_owned(), " class:host OR stale:>90d ".to_owned());
        Draft { name, query, action: PolicyAction::Retire, grace_s: 0, renew_s: Some(1), enabled: false }
    }

    #[test]
    fn a_policy_is_kept_as_it_is_meant() {
        let checked = draft().checked().unwrap();
        assert_eq!((checked.name.as_str(), checked.query.as_str()), ("Old things", "class:host OR stale:>90d"));
        assert_eq!(checked.renew_s, None, "nothing is attested");
        assert!(parse(&checked.filter().q.unwrap()).is_ok());
    }

    #[test]
    fn what_is_deleted_for_good_has_a_day_of_grace_at_least() {
        let short = Draft { action: PolicyAction::Delete, grace_s: 3_600, ..draft() };
        let faults = short.checked().unwrap_err();
        assert_eq!((faults[0].field.as_str(), faults[0].limit), ("grace_s", Some(86_400)));
        let enough = Draft { action: PolicyAction::Delete, grace_s: 86_400, ..draft() }.checked().unwrap();
        assert!(enough.filter().q.unwrap().ends_with("lifecycle:disposed"));
    }

    #[test]
    fn every_fault_names_its_field() {
        let wrong =
            Draft { name: " ".to_owned(), query: String::new(), grace_s: -1, action: PolicyAction::Attest, ..draft() };
        let fields: Vec<String> = wrong.checked().unwrap_err().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["name", "query", "grace_s", "renew_s"]);
    }
}
