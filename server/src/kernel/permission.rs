//! What somebody may do, and which roles hold it.

use std::fmt;
use std::str::FromStr;

/// A permission. Its name is what sessions, tokens and problem details say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Permission {
    CiRead,
    CiWrite,
    SoftwareRead,
    AgentRead,
    AgentManage,
    EnrolmentManage,
    UserManage,
    TokenManageOwn,
    AuditRead,
    OrganisationRead,
    OrganisationManage,
    RegisterConfigure,
}

/// A role. A grant is a role in an organisation and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads the register.
    Viewer,
    /// Works on incidents; reads the register.
    Operator,
    /// Keeps the register and the agents.
    AssetManager,
    /// Plans changes; reads the register.
    ChangeManager,
    /// Decides on changes; reads the register.
    Approver,
    /// Reads everything and the audit trail, writes nothing.
    Auditor,
    /// Keeps users, tokens and certificates; writes no data.
    SecurityAdmin,
    /// Everything.
    Administrator,
}

/// The text names no permission or role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not known")]
pub struct UnknownName(pub String);

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 12] = [
        Self::CiRead,
        Self::CiWrite,
        Self::SoftwareRead,
        Self::AgentRead,
        Self::AgentManage,
        Self::EnrolmentManage,
        Self::UserManage,
        Self::TokenManageOwn,
        Self::AuditRead,
        Self::OrganisationRead,
        Self::OrganisationManage,
        Self::RegisterConfigure,
    ];

    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CiRead => "ci.read",
            Self::CiWrite => "ci.write",
            Self::SoftwareRead => "software.read",
            Self::AgentRead => "agent.read",
            Self::AgentManage => "agent.manage",
            Self::EnrolmentManage => "enrolment.manage",
            Self::UserManage => "user.manage",
            Self::TokenManageOwn => "token.manage_own",
            Self::AuditRead => "audit.read",
            Self::OrganisationRead => "organisation.read",
            Self::OrganisationManage => "organisation.manage",
            Self::RegisterConfigure => "register.configure",
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Viewer,
        Self::Operator,
        Self::AssetManager,
        Self::ChangeManager,
        Self::Approver,
        Self::Auditor,
        Self::SecurityAdmin,
        Self::Administrator,
    ];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::AssetManager => "asset_manager",
            Self::ChangeManager => "change_manager",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::SecurityAdmin => "security_admin",
            Self::Administrator => "administrator",
        }
    }

    /// What the role may do.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Viewer | Self::Operator | Self::ChangeManager | Self::Approver => {
                &[P::CiRead, P::SoftwareRead, P::AgentRead, P::TokenManageOwn, P::OrganisationRead]
            }
            Self::AssetManager => &[
                P::CiRead,
                P::CiWrite,
                P::SoftwareRead,
                P::AgentRead,
                P::AgentManage,
                P::EnrolmentManage,
                P::TokenManageOwn,
                P::OrganisationRead,
            ],
            Self::Auditor => {
                &[P::CiRead, P::SoftwareRead, P::AgentRead, P::AuditRead, P::TokenManageOwn, P::OrganisationRead]
            }
            Self::SecurityAdmin => &[
                P::AgentRead,
                P::AgentManage,
                P::EnrolmentManage,
                P::UserManage,
                P::AuditRead,
                P::TokenManageOwn,
                P::OrganisationRead,
            ],
            Self::Administrator => &Permission::ALL,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}
