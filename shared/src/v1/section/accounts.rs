//! Who may be on this host.

use serde::{Deserialize, Serialize};

use crate::v1::text::Text;

/// Local accounts. Directories such as LDAP are not asked. Neither passwords nor keys leave the host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accounts {
    /// Users of passwd(5), by number and name.
    pub users: Vec<User>,
    /// Groups of group(5), by number and name.
    pub groups: Vec<Group>,
}

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// Number.
    pub uid: u32,
    /// Name.
    pub name: String,
    /// Number of the primary group.
    pub gid: u32,
    /// The comment field's first part: a person's name, often.
    pub full_name: Option<String>,
    /// Home directory.
    pub home: Text,
    /// Shell.
    pub shell: Text,
    /// Whether the shell lets somebody in: it is not `nologin`, `false` or another program that ends at once.
    pub interactive: bool,
    /// `set`, `locked`, `none` (shadow(5)); absent where the agent may not look.
    pub password: Option<String>,
    /// How many keys of OpenSSH let somebody in as this user, by the files that `AuthorizedKeysFile` names; absent
    /// where the agent may not look, the file system does not answer, or it depends on how somebody connects.
    pub authorised_keys: Option<u32>,
}

/// A group.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    /// Number.
    pub gid: u32,
    /// Name.
    pub name: String,
    /// Users beyond those whose primary group it is.
    pub members: Vec<String>,
}
