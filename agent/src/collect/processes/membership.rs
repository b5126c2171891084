//! To which unit and container a process belongs, by its control groups (cgroups(7)).

/// Where a process belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::collect) struct Membership {
    /// The systemd unit.
    pub(in crate::collect) unit: Option<String>,
    /// The container: 64 hexadecimal digits or the manager's name for it.
    pub(in crate::collect) container: Option<String>,
}

/// What container managers put before the id in the name of a scope.
const CONTAINER_SCOPES: [&str; 7] =
    ["cri-containerd-", "crio-", "docker-", "libpod-payload-", "libpod-", "nerdctl-", "podman-"];
const UNITS: [&str; 5] = [".service", ".scope", ".socket", ".mount", ".swap"];
/// A group of units.
const SLICE: &str = ".slice";

/// Reads `/proc/<pid>/cgroup`: lines `hierarchy:controllers:path`.
pub(in crate::collect) fn parse(text: &str) -> Membership {
    let paths = || text.lines().filter_map(|line| line.splitn(3, ':').nth(2));
    let of_systemd = |line: &&str| line.starts_with("0::") || line.contains(":name=systemd:");
    let managed = text.lines().filter(of_systemd).filter_map(|line| line.splitn(3, ':').nth(2));
    Membership { unit: managed.into_iter().find_map(unit), container: paths().find_map(container) }
}

/// The first unit on the way down, unless a container begins before it: a container's own units are not the host's.
fn unit(path: &str) -> Option<String> {
    for part in path.split('/').filter(|part| !part.is_empty() && !part.ends_with(SLICE)) {
        if container_id(part).is_some() || part.starts_with("lxc") {
            return None;
        }
        if UNITS.iter().any(|suffix| part.ends_with(suffix)) {
            // A leading underscore protects names that the kernel uses itself.
            return Some(part.strip_prefix('_').unwrap_or(part).to_owned());
        }
    }
    None
}

fn container(path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let by_id = parts.iter().find_map(|part| container_id(part));
    by_id.or_else(|| {
        parts.windows(2).find_map(|pair| match pair {
            ["lxc" | "lxc.payload", name] => Some((*name).to_owned()),
            _ => None,
        })
    })
}

/// The container that a control group of this name is made for.
pub(in crate::collect) fn container_id(part: &str) -> Option<String> {
    if let Some(name) = part.strip_prefix("lxc.payload.") {
        return Some(name.to_owned());
    }
    if let Some(name) = part.strip_prefix("systemd-nspawn@").and_then(|name| name.strip_suffix(".service")) {
        return Some(name.to_owned());
    }
    let bare = part.strip_suffix(".scope").unwrap_or(part);
    let id = CONTAINER_SCOPES.iter().find_map(|prefix| bare.strip_prefix(prefix)).unwrap_or(bare);
    let is_id = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Membership, parse};

    const ID: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";

    fn check(text: &str, unit: Option<&str>, container: Option<&str>) {
        let expected = Membership { unit: unit.map(str::to_owned), container: container.map(str::to_owned) };
        assert_eq!(parse(text), expected, "{text}");
    }

    #[test]
    fn services_are_found_in_both_versions_of_control_groups() {
        check("0::/system.slice/ssh.service\n", Some("ssh.service"), None);
        check(
            "9:name=systemd:/system.slice/cron.service\n8:pids:/system.slice/cron.service\n0::/\n",
            Some("cron.service"),
            None,
        );
        check("0::/system.slice/system-getty.slice/getty@tty1.service", Some("getty@tty1.service"), None);
        check("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service", Some("user@1000.service"), None);
        check("0::/user.slice/user-1000.slice/session-3.scope", Some("session-3.scope"), None);
        check("0::/init.scope", Some("init.scope"), None);
    }

    #[test]
    fn containers_are_found_by_the_way_each_manager_names_them() {
        check(&format!("0::/system.slice/docker-{ID}.scope"), None, Some(ID));
        check(&format!("3:pids:/docker/{ID}\n0::/"), None, Some(ID));
        check(&format!("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope"), None, Some(ID));
        check(&format!("0::/kubepods/burstable/pod0a-1b/{ID}"), None, Some(ID));
        check(&format!("0::/machine.slice/libpod-{ID}.scope/container"), None, Some(ID));
        check(&format!("0::/system.slice/web.service/libpod-payload-{ID}"), Some("web.service"), Some(ID));
        check("0::/lxc.payload.web/system.slice/nginx.service", None, Some("web"));
        check("5:pids:/lxc/web/x\n0::/", None, Some("web"));
        check("0::/machine.slice/systemd-nspawn@box.service/payload", None, Some("box"));
    }

    #[test]
    fn what_watches_a_container_is_not_in_it() {
        check(&format!("0::/machine.slice/libpod-conmon-{ID}.scope"), Some(&format!("libpod-conmon-{ID}.scope")), None);
    }

    #[test]
    fn without_a_manager_there_is_neither() {
        check("0::/", None, None);
        check("", None, None);
        check("nonsense\n:\n::", None, None);
    }
}
