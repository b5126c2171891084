//! Parameters of the kernel, below `/proc/sys` (sysctl(8)).

use terrier_shared::latest::section::kernel::Parameter;

use crate::collect::bounds::clip;
use crate::collect::failure::Failure;
use crate::collect::host::Host;

const PLACE: &str = "/proc/sys";

/// Parameters that guides for hardening name, and those that databases, containers and network services ask to be set.
/// None of them changes by itself.
const PARAMETERS: [&str; 58] = [
    "fs.aio-max-nr",
    "fs.file-max",
    "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches",
    "fs.nr_open",
    "fs.protected_fifos",
    "fs.protected_hardlinks",
    "fs.protected_regular",
    "fs.protected_symlinks",
    "fs.suid_dumpable",
    "kernel.core_pattern",
    "kernel.dmesg_restrict",
    "kernel.hung_task_panic",
    "kernel.io_uring_disabled",
    "kernel.kexec_load_disabled",
    "kernel.kptr_restrict",
    "kernel.modules_disabled",
    "kernel.numa_balancing",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.perf_event_paranoid",
    "kernel.pid_max",
    "kernel.randomize_va_space",
    "kernel.sched_autogroup_enabled",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.sysrq",
    "kernel.threads-max",
    "kernel.unprivileged_bpf_disabled",
    "kernel.unprivileged_userns_clone",
    "kernel.yama.ptrace_scope",
    "net.core.bpf_jit_harden",
    "net.core.default_qdisc",
    "net.core.netdev_max_backlog",
    "net.core.rmem_max",
    "net.core.somaxconn",
    "net.core.wmem_max",
    "net.ipv4.conf.all.accept_redirects",
    "net.ipv4.conf.all.accept_source_route",
    "net.ipv4.conf.all.rp_filter",
    "net.ipv4.conf.all.send_redirects",
    "net.ipv4.icmp_echo_ignore_broadcasts",
    "net.ipv4.ip_forward",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_congestion_control",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_syncookies",
    "net.ipv6.conf.all.accept_redirects",
    "net.ipv6.conf.all.disable_ipv6",
    "net.ipv6.conf.all.forwarding",
    "vm.dirty_background_ratio",
    "vm.dirty_ratio",
    "vm.max_map_count",
    "vm.mmap_min_addr",
    "vm.overcommit_memory",
    "vm.overcommit_ratio",
    "vm.swappiness",
];

/// Those that the kernel has and shows to this user, by name. Several numbers have one blank between them.
///
/// # Errors
///
/// [`Failure::NotFound`] where there is none at all: every kernel has some, so they cannot be seen from here.
pub(super) fn read(host: &Host) -> Result<Vec<Parameter>, Failure> {
    let value = |name: &str| host.value(format!("{PLACE}/{}", name.replace('.', "/")));
    let found = PARAMETERS.into_iter().filter_map(|name| Some((name.to_owned(), value(name)?)));
    let found: Vec<_> = found
        .map(|(name, value)| Parameter { name, value: clip(value.split_whitespace().collect::<Vec<_>>().join(" ")) })
        .collect();
    if found.is_empty() { Err(Failure::NotFound(PLACE.to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Host, PARAMETERS, read};

    #[test]
    fn the_parameters_here_have_their_names_and_values() {
        let found = read(&Host::live()).unwrap();
        let found: BTreeMap<_, _> = found.into_iter().map(|one| (one.name, one.value)).collect();
        assert!(found["kernel.pid_max"].parse::<u32>().is_ok());
        assert_eq!(found["net.ipv4.ip_local_port_range"].split(' ').count(), 2);
        assert!(PARAMETERS.is_sorted());
        assert!(read(&Host::at("/nonexistent")).unwrap_err().is_not_found());
    }
}
