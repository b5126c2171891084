//! Containers that run, by the control groups of their processes (cgroups(7)), and the limits the kernel holds them to.

use std::collections::BTreeMap;

use terrier_shared::latest::section::containers::Container;

use super::Found;
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;
use crate::collect::scan::Scan;

const GROUPS_BYTES: usize = 64 << 10;
/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";
/// What version 1 says instead of "no limit": the largest multiple of a page.
const NO_LIMIT: u64 = 1 << 62;

/// How managers name a container's group: what stands before its identifier, and who does so.
const NAMED: [(&str, &str); 9] = [
    ("cri-containerd-", "containerd"),
    ("nerdctl-", "containerd"),
    ("crio-", "cri-o"),
    ("docker-", "docker"),
    ("libpod-payload-", "podman"),
    ("libpod-", "podman"),
    ("podman-", "podman"),
    ("lxc.payload.", "lxc"),
    ("systemd-nspawn@", "systemd-nspawn"),
];
/// The group above one that is named by the identifier alone, and whose it is.
const ABOVE: [(&str, &str); 5] = [
    ("docker", "docker"),
    ("libpod_parent", "podman"),
    ("lxc", "lxc"),
    ("lxc.payload", "lxc"),
    ("kubepods", "kubernetes"),
];

/// Adds the containers that run, and to all that do what they may use.
///
/// # Errors
///
/// [`Failure`] when the processes cannot be read.
pub(super) fn read(scan: &Scan, found: &mut Found) -> Result<(), Failure> {
    let processes = scan.processes()?;
    // Whoever runs in a container is not its host.
    let own = processes.iter().find(|entry| entry.pid == 1).and_then(|entry| entry.membership.container.clone());
    let mut first = BTreeMap::new();
    for entry in processes {
        if let Some(id) = entry.membership.container.clone().filter(|id| Some(id) != own.as_ref()) {
            first.entry(id).or_insert(entry.pid);
        }
    }
    for (id, pid) in first {
        let Ok(groups) = scan.host.text(format!("/proc/{pid}/cgroup"), GROUPS_BYTES) else { continue };
        let manager = groups.lines().find_map(|line| manager(path_of(line)?, &id)).unwrap_or("other");
        found.manager(manager, None, false);
        let is_named = manager == "lxc" || manager == "systemd-nspawn";
        let container = found.container(Container {
            id: clip(id.clone()),
            manager: manager.to_owned(),
            name: is_named.then(|| clip(id.clone())),
            state: Some("running".to_owned()),
            ..Container::default()
        });
        container.memory_limit_bytes = memory_limit(&scan.host, &groups, &id);
        container.cpu_limit_millis = cpu_limit(&scan.host, &groups, &id);
    }
    Ok(())
}

fn path_of(line: &str) -> Option<&str> {
    line.splitn(3, ':').nth(2)
}

fn bare(part: &str) -> &str {
    part.strip_suffix(".scope").or_else(|| part.strip_suffix(".service")).unwrap_or(part)
}

/// Whose container it is, by the name of its group or of those above.
fn manager(path: &str, id: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let place = parts.iter().position(|part| is_group_of(part, id))?;
    let (above, own) = parts.split_at_checked(place)?;
    let beginning = bare(own.first()?).strip_suffix(id)?;
    if !beginning.is_empty() {
        return NAMED.iter().find(|(named, _)| *named == beginning).map(|(_, manager)| *manager);
    }
    let is_above = |name: &str| above.iter().any(|part| *part == name || part.starts_with(&format!("{name}.slice")));
    ABOVE.iter().find(|(name, _)| is_above(name)).map(|(_, manager)| *manager)
}

/// Whether a group is named by the identifier, alone or after what its manager puts there.
fn is_group_of(part: &str, id: &str) -> bool {
    let beginning = bare(part).strip_suffix(id);
    beginning.is_some_and(|beginning| beginning.is_empty() || NAMED.iter().any(|(named, _)| *named == beginning))
}

/// The path of a container's own group, out of the path of a process in it.
fn group<'a>(path: &'a str, id: &str) -> Option<&'a str> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        if is_group_of(part, id) {
            return path.get(..end).filter(|path| !path.contains("/../"));
        }
        end += 1;
    }
    None
}

/// The container's group in the hierarchy of version 1 that has `controller`.
fn old_group(groups: &str, controller: &str, id: &str) -> Option<String> {
    let has = |line: &&str| line.split(':').nth(1).is_some_and(|list| list.split(',').any(|c| c == controller));
    let path = groups.lines().find(has).and_then(path_of)?;
    Some(format!("{GROUPS}/{controller}{}", group(path, id)?))
}

fn new_group(groups: &str, id: &str) -> Option<String> {
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    Some(format!("{GROUPS}{}", group(path, id)?))
}

fn memory_limit(host: &Host, groups: &str, id: &str) -> Option<u64> {
    let new = || host.number(format!("{}/memory.max", new_group(groups, id)?));
    let old = || host.number(format!("{}/memory.limit_in_bytes", old_group(groups, "memory", id)?));
    new().or_else(old).filter(|limit| *limit < NO_LIMIT)
}

/// Version 2 says `quota period` or `max period` in microseconds, version 1 each in a file and -1 for no limit.
fn cpu_limit(host: &Host, groups: &str, id: &str) -> Option<u64> {
    let new = || {
        let value = host.value(format!("{}/cpu.max", new_group(groups, id)?))?;
        let (quota, period) = value.split_once(' ')?;
        Some((quota.parse::<u64>().ok()?, period.trim().parse::<u64>().ok()?))
    };
    let old = || {
        let place = old_group(groups, "cpu", id)?;
        Some((host.number(format!("{place}/cpu.cfs_quota_us"))?, host.number(format!("{place}/cpu.cfs_period_us"))?))
    };
    let (quota, period) = new().or_else(old)?;
    quota.checked_mul(1_000)?.checked_div(period)
}

#[cfg(test)]
mod tests {
    use super::{group, manager};

    const ID: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";

    #[test]
    fn a_manager_is_known_by_how_it_names_control_groups() {
        for (path, id, expected) in [
            (format!("/system.slice/docker-{ID}.scope"), ID, Some("docker")),
            (format!("/docker/{ID}"), ID, Some("docker")),
            (format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope"), ID, Some("containerd")),
            (format!("/kubepods.slice/kubepods-pod1.slice/crio-{ID}.scope/container"), ID, Some("cri-o")),
            (format!("/kubepods/burstable/pod0a-1b/{ID}"), ID, Some("kubernetes")),
            (format!("/machine.slice/libpod-{ID}.scope/container"), ID, Some("podman")),
            (format!("/system.slice/web.service/libpod-payload-{ID}"), ID, Some("podman")),
            ("/lxc.payload.web/system.slice/nginx.service".to_owned(), "web", Some("lxc")),
            ("/lxc/web/x".to_owned(), "web", Some("lxc")),
            ("/machine.slice/systemd-nspawn@box.service/payload".to_owned(), "box", Some("systemd-nspawn")),
            (format!("/garden/{ID}"), ID, None),
            ("/".to_owned(), ID, None),
        ] {
            assert_eq!(manager(&path, id), expected, "{path}");
        }
    }

    #[test]
    fn limits_are_those_of_the_containers_own_group() {
        assert_eq!(group("/lxc.payload.web/system.slice/nginx.service", "web"), Some("/lxc.payload.web"));
        let scope = format!("/machine.slice/libpod-{ID}.scope");
        assert_eq!(group(&format!("{scope}/container"), ID), Some(scope.as_str()));
        assert_eq!(group(&format!("/../docker/{ID}"), ID), None);
        assert_eq!(group("/machine.slice/x", "e"), None);
    }
}
