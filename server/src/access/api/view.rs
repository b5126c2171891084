//! What the slice's answers look like.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::model::account::{Language, Theme};
use crate::access::model::second_factor::{SecondFactorPolicy, administrates};
use crate::access::model::user::{Action, NamedGrant, Obstacle, Standing, User};
use crate::access::service::identity::SignedIn;
use crate::access::service::link::PasswordLink;
use crate::api::kit::action::AllowedAction;
use crate::kernel::id::{OrganisationId, UserId};

/// An organisation, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrganisationRef {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
}

/// A role in an organisation and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GrantView {
    /// `viewer`, `operator`, `asset_manager`, `change_manager`, `approver`, `auditor`, `security_admin`, `administrator`.
    role: &'static str,
    organisation: OrganisationRef,
}

/// Who is signed in, and what this browser needs to know.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    user: SessionUser,
    /// What the user may do somewhere.
    permissions: Vec<&'static str>,
    grants: Vec<GrantView>,
    /// To be sent as `X-CSRF-Token` with everything but GET.
    csrf_token: String,
    second_factor: SessionSecondFactor,
    /// When the session is over however much it is used; unused, it is over after 30 minutes.
    expires_at: Timestamp,
    server: ServerView,
}

/// The own account.
#[derive(Debug, Serialize, ToSchema)]
struct SessionUser {
    id: UserId,
    login: String,
    display_name: String,
    language: Language,
    /// IANA name; empty means that of the browser.
    time_zone: String,
    theme: Theme,
}

/// Whether the user has a second factor, and whether that matters.
#[derive(Debug, Serialize, ToSchema)]
struct SessionSecondFactor {
    active: bool,
    /// The installation requires it: without it there are no permissions.
    required: bool,
    /// The user administers users, tokens or certificates and ought to have it.
    advised: bool,
}

/// What answers.
#[derive(Debug, Serialize, ToSchema)]
struct ServerView {
    version: &'static str,
    product: &'static str,
}

/// An account as others see it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UserView {
    id: UserId,
    login: String,
    display_name: String,
    language: Language,
    enabled: bool,
    grants: Vec<GrantView>,
    created_at: Timestamp,
    last_login_at: Option<Timestamp>,
    /// Since when signing in takes a second factor.
    second_factor_at: Option<Timestamp>,
    version: i32,
    /// `edit`, `disable`, `enable`, `reset_password`.
    allowed_actions: Vec<AllowedAction>,
}

/// A new account with the link to set its password.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedUserView {
    #[serde(flatten)]
    pub(super) user: UserView,
    /// Path and query, shown this once.
    pub(super) set_password_link: String,
}

/// A link to set a password.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PasswordLinkView {
    /// Path and query, shown this once.
    set_password_link: String,
    expires_at: Timestamp,
}

impl From<NamedGrant> for GrantView {
    fn from(named: NamedGrant) -> Self {
        let organisation = OrganisationRef { id: named.grant.organisation, name: named.organisation_name };
        Self { role: named.grant.role.name(), organisation }
    }
}

impl SessionView {
    pub(super) fn new(SignedIn { identity, session }: SignedIn, policy: SecondFactorPolicy) -> Self {
        let lacks_second_factor = identity.lacks_second_factor(policy);
        let user = identity.user;
        let second_factor = SessionSecondFactor {
            active: user.second_factor_at.is_some(),
            required: policy.requires(user.bare_grants()),
            advised: administrates(user.bare_grants()),
        };
        let permissions = identity.permissions.keys().filter(|_| !lacks_second_factor);
        Self {
            permissions: permissions.map(|permission| permission.name()).collect(),
            second_factor,
            grants: user.grants.into_iter().map(GrantView::from).collect(),
            user: SessionUser {
                id: user.id,
                login: user.login,
                display_name: user.display_name,
                language: user.language,
                time_zone: user.time_zone,
                theme: user.theme,
            },
            csrf_token: session.csrf_token,
            expires_at: session.expires_at,
            server: ServerView { version: env!("CARGO_PKG_VERSION"), product: "Terrier" },
        }
    }
}

impl UserView {
    pub(super) fn new(user: User, standing: Standing) -> Self {
        let action =
            |action: Action| AllowedAction::unless(action.name(), standing.obstacle(action).map(Obstacle::name));
        Self {
            id: user.id,
            login: user.login,
            display_name: user.display_name,
            language: user.language,
            enabled: user.enabled,
            grants: user.grants.into_iter().map(GrantView::from).collect(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            second_factor_at: user.second_factor_at,
            version: user.version,
            allowed_actions: Action::ALL.into_iter().map(action).collect(),
        }
    }
}

impl From<PasswordLink> for PasswordLinkView {
    fn from(link: PasswordLink) -> Self {
        Self { set_password_link: link.path, expires_at: link.expires_at }
    }
}
