//! Users, and what somebody else may do with them.

use jiff::Timestamp;

use super::account::{Language, Theme};
use super::login::Login;
use super::reach::Grant;
use crate::kernel::id::{OrganisationId, UserId};
use crate::kernel::permission::Role;

/// Most grants of one user.
pub const GRANTS_MAX: usize = 100;

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The login as it was typed when the account was made.
    pub login: String,
    /// The name that others see.
    pub display_name: String,
    /// The language of the user interface.
    pub language: Language,
    /// IANA name; empty until the person chooses one, which means whatever the browser has.
    pub time_zone: String,
    /// Light, dark or as the machine has it.
    pub theme: Theme,
    /// Whether the person may sign in.
    pub enabled: bool,
    /// Counts the changes.
    pub version: i32,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_login_at: Option<Timestamp>,
    /// Since when signing in takes a second factor.
    pub second_factor_at: Option<Timestamp>,
    /// What the person may do and where.
    pub grants: Vec<NamedGrant>,
}

/// A grant with its organisation's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGrant {
    /// The grant.
    pub grant: Grant,
    /// The organisation's name.
    pub organisation_name: String,
}

/// An account that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The login.
    pub login: Login,
    /// The name that others see.
    pub display_name: String,
    /// The language of the user interface.
    pub language: Language,
    /// What the person may do and where.
    pub grants: Vec<Grant>,
}

/// What is to become different of an account; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The name that others see.
    pub display_name: Option<String>,
    /// The language of the user interface.
    pub language: Option<Language>,
    /// Whether the person may sign in.
    pub enabled: Option<bool>,
    /// All grants from now on.
    pub grants: Option<Vec<Grant>>,
}

/// What a caller may do with a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Action {
    Disable,
    Enable,
    ResetPassword,
    Edit,
}

/// Why a caller may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The user is an administrator somewhere where the caller is none.
    NeedsPermission,
    /// Nobody disables himself or changes his own grants.
    OwnAccount,
    /// Somebody must be able to put things right.
    LastAdministrator,
    /// It is disabled already.
    AlreadyDisabled,
    /// It is enabled already.
    AlreadyEnabled,
    /// It must be enabled first.
    Disabled,
}

/// What decides on a user's actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the facts of a state table, each true or false by itself")]
pub struct Standing {
    /// Whether the person may sign in.
    pub enabled: bool,
    /// Whether it is the caller.
    pub own: bool,
    /// Whether the caller is administrator wherever the user is.
    pub within_reach: bool,
    /// Whether no other administrator of the whole installation can sign in.
    pub last_administrator: bool,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 4] = [Self::Edit, Self::Disable, Self::Enable, Self::ResetPassword];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::ResetPassword => "reset_password",
            Self::Edit => "edit",
        }
    }
}

impl Obstacle {
    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsPermission => "needs_permission",
            Self::OwnAccount => "own_account",
            Self::LastAdministrator => "last_administrator",
            Self::AlreadyDisabled => "already_disabled",
            Self::AlreadyEnabled => "already_enabled",
            Self::Disabled => "disabled",
        }
    }

    /// The same in English.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NeedsPermission => "only an administrator may do this with an administrator",
            Self::OwnAccount => "nobody does this with the own account",
            Self::LastAdministrator => "nobody else could administer this installation",
            Self::AlreadyDisabled => "the account is disabled already",
            Self::AlreadyEnabled => "the account is enabled already",
            Self::Disabled => "the account is disabled",
        }
    }
}

impl Standing {
    /// What is in the way of an action, if anything.
    #[must_use]
    pub const fn obstacle(self, action: Action) -> Option<Obstacle> {
        if !self.within_reach {
            return Some(Obstacle::NeedsPermission);
        }
        match action {
            Action::Disable if !self.enabled => Some(Obstacle::AlreadyDisabled),
            Action::Disable if self.own => Some(Obstacle::OwnAccount),
            Action::Disable if self.last_administrator => Some(Obstacle::LastAdministrator),
            Action::Enable if self.enabled => Some(Obstacle::AlreadyEnabled),
            Action::ResetPassword if !self.enabled => Some(Obstacle::Disabled),
            Action::ResetPassword if self.own => Some(Obstacle::OwnAccount),
            Action::Edit | Action::Disable | Action::Enable | Action::ResetPassword => None,
        }
    }
}

impl User {
    /// The grants without names.
    #[must_use]
    pub fn bare_grants(&self) -> Vec<Grant> {
        self.grants.iter().map(|named| named.grant).collect()
    }

    /// Where the user is administrator.
    pub fn administers(&self) -> impl Iterator<Item = OrganisationId> {
        administered(self.grants.iter().map(|named| named.grant))
    }
}

/// Where the grants make an administrator.
pub fn administered(grants: impl IntoIterator<Item = Grant>) -> impl Iterator<Item = OrganisationId> {
    grants.into_iter().filter(|grant| grant.role == Role::Administrator).map(|grant| grant.organisation)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{Action, Obstacle, Standing};

    /// One line per state: enabled, own, within reach, last administrator → edit, disable, enable, reset password.
    #[test]
    fn what_may_be_done_with_a_user_in_each_state() {
        let mut table = String::new();
        for bits in 0..16_u8 {
            let [enabled, own, within_reach, last_administrator] = [8, 4, 2, 1].map(|bit| bits & bit != 0);
            let standing = Standing { enabled, own, within_reach, last_administrator };
            let cells: Vec<&str> =
                Action::ALL.into_iter().map(|action| standing.obstacle(action).map_or("yes", Obstacle::name)).collect();
            writeln!(table, "{bits:04b} {}", cells.join(" ")).unwrap();
        }
        let out_of_reach = "needs_permission needs_permission needs_permission needs_permission";
        let expected = format!(
            "0000 {out_of_reach}\n0001 {out_of_reach}\n\
             0010 yes already_disabled yes disabled\n0011 yes already_disabled yes disabled\n\
             0100 {out_of_reach}\n0101 {out_of_reach}\n\
             0110 yes already_disabled yes disabled\n0111 yes already_disabled yes disabled\n\
             1000 {out_of_reach}\n1001 {out_of_reach}\n\
             1010 yes yes already_enabled yes\n1011 yes last_administrator already_enabled yes\n\
             1100 {out_of_reach}\n1101 {out_of_reach}\n\
             1110 yes own_account already_enabled own_account\n1111 yes own_account already_enabled own_account\n"
        );
        assert_eq!(table, expected);
    }
}
