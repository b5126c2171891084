//! Installed packages.

use serde::{Deserialize, Serialize};

/// What package managers say is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Software {
    /// Packages by ecosystem, name, architecture and version.
    pub packages: Vec<Package>,
}

/// An installed package. `(ecosystem, name, architecture, version)` is unique on a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    /// How its versions are written and compared: `deb`, `rpm`, `apk`, `alpm`, `snap`, `flatpak`, `pypi`, `npm`, `gem`.
    pub ecosystem: String,
    /// Its name.
    pub name: String,
    /// Architecture it was built for; `all` or `noarch` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The version in the ecosystem's own complete form: `1:2.3-4` for deb, `epoch:version-release` for rpm and alpm
    /// (the epoch only where there is one), `1.2-r3` for apk.
    pub version: String,
    /// The source package where it has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The source package's version where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_version: Option<String>,
    /// Who built it: rpm's vendor; deb's maintainer without the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Size on disk in bytes, as the package states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}
