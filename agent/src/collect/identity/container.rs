//! Which container manager this runs under, in the words of systemd-detect-virt(1).

use crate::collect::host::Host;

const ENVIRONMENT_BYTES: usize = 2 << 20;

/// The container manager; absent outside of containers.
pub(in crate::collect) fn within(host: &Host) -> Option<String> {
    let declared = || ["/run/host/container-manager", "/run/systemd/container"].iter().find_map(|p| host.value(p));
    let name = by_kernel(host).map(str::to_owned).or_else(declared).or_else(|| by_environment(host));
    name.or_else(|| by_mark(host).or_else(|| by_cgroup(host)).map(str::to_owned))
}

fn by_kernel(host: &Host) -> Option<&'static str> {
    if host.exists("/proc/vz") && !host.exists("/proc/bc") {
        return Some("openvz");
    }
    let release = host.value("/proc/sys/kernel/osrelease")?.to_lowercase();
    (release.contains("microsoft") && release.contains("wsl")).then_some("wsl")
}

/// The variable `container` of process 1 (systemd's container interface).
fn by_environment(host: &Host) -> Option<String> {
    let environment = host.read("/proc/1/environ", ENVIRONMENT_BYTES).ok()?;
    let value = environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(b"container="))?;
    let is_name = !value.is_empty() && value.len() <= 64 && value.iter().all(u8::is_ascii_graphic);
    is_name.then(|| String::from_utf8_lossy(value).into_owned())
}

fn by_mark(host: &Host) -> Option<&'static str> {
    if host.exists("/run/.containerenv") {
        return Some("podman");
    }
    host.exists("/.dockerenv").then_some("docker")
}

/// Control groups of version 1, and those of version 2 without a namespace of their own, name the manager.
fn by_cgroup(host: &Host) -> Option<&'static str> {
    let groups = host.text("/proc/1/cgroup", 64 << 10).ok()?;
    let known = [("/docker/", "docker"), ("/kubepods", "kubernetes"), ("/libpod-", "podman"), ("/lxc", "lxc")];
    known.into_iter().find(|(mark, _)| groups.contains(mark)).map(|(_, name)| name)
}
