//! The operating system, from os-release(5) and the kernel.

use std::path::Path;

use terrier_shared::latest::section::{Os, Section, SectionKind};

use super::bounds::clip;
use super::failure::Failure;
use super::host::Host;
use super::scan::Scan;
use super::{Collector, os_release};

pub(super) struct OsCollector;

impl Collector for OsCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Os
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let host = &scan.host;
        let release = os_release::read(host)?;
        let text = |name: &str| release.get(name).map(|value| clip(value.clone()));
        let kernel = |name: &str| host.value(Path::new("/proc/sys/kernel").join(name)).unwrap_or_default();
        let id = text("ID").unwrap_or_else(|| "linux".to_owned());
        let name = text("NAME").unwrap_or_else(|| "Linux".to_owned());
        Ok(Section::Os(Os {
            family: "linux".to_owned(),
            id_like: text("ID_LIKE").map(|ids| ids.split_whitespace().map(str::to_owned).collect()).unwrap_or_default(),
            pretty_name: text("PRETTY_NAME").unwrap_or_else(|| name.clone()),
            version: point_release(host, &id).or_else(|| text("VERSION_ID")),
            codename: text("VERSION_CODENAME"),
            kernel_release: kernel("osrelease"),
            kernel_version: kernel("version"),
            architecture: host.machine(),
            timezone: timezone(host),
            init: init(host),
            id,
            name,
        }))
    }
}

/// Debian's `VERSION_ID` is the major number alone; its own file has the point release, or a name before a release.
fn point_release(host: &Host, id: &str) -> Option<String> {
    let version = (id == "debian").then(|| host.value("/etc/debian_version")).flatten()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// By the link that localtime(5) asks for, or by the name that Debian writes beside it.
fn timezone(host: &Host) -> Option<String> {
    let linked = host.link("/etc/localtime").and_then(|target| {
        let target = target.to_str()?.to_owned();
        Some(target.split_once("/zoneinfo/")?.1.to_owned())
    });
    linked.or_else(|| host.value("/etc/timezone")).map(clip)
}

fn init(host: &Host) -> Option<String> {
    // sd_booted(3)
    if host.exists("/run/systemd/system") {
        return Some("systemd".to_owned());
    }
    let name = host.value("/proc/1/comm")?;
    if name == "init" && host.exists("/run/openrc") {
        return Some("openrc".to_owned());
    }
    Some(name)
}
