//! The kernel's modules and settings.

use serde::{Deserialize, Serialize};

/// What the kernel runs with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kernel {
    /// Loaded modules from `/proc/modules`, by name.
    pub modules: Vec<Module>,
    /// Parameters that decide how safe and how fast a host is, by their names in sysctl(8), those that there are.
    pub parameters: Vec<Parameter>,
    /// The kernel's command line, secrets replaced by `***`.
    pub command_line: Option<String>,
    /// Why the kernel says it is tainted: the letters of `/proc/sys/kernel/tainted` (admin-guide/tainted-kernels.rst).
    pub taints: Vec<String>,
    /// Mandatory access control in force: `selinux`, `apparmor`, … (`/sys/kernel/security/lsm`).
    pub security_modules: Vec<String>,
    /// `SELinux`: `enforcing`, `permissive`; absent where it is not there.
    pub selinux: Option<String>,
    /// Lockdown: `none`, `integrity`, `confidentiality`.
    pub lockdown: Option<String>,
    /// Whether the firmware verified what it started; absent where it cannot.
    pub secure_boot: Option<bool>,
}

/// A parameter of the kernel.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameter {
    /// Its name: `net.ipv4.ip_forward`.
    pub name: String,
    /// Its value, several numbers with a blank between them.
    pub value: String,
}

/// A loaded module.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its version, where it has one of its own.
    pub version: Option<String>,
    /// Whether it is not part of the kernel's own tree.
    pub out_of_tree: bool,
}
