//! Collectors against the files of hosts that are not this one.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use terrier_agent::collect::host::Host;
    use terrier_agent::collect::utilisation::Sampler;
    use terrier_agent::collect::{Collected, collect, identity};
    use terrier_shared::latest::fault::{Fault, FaultCause};
    use terrier_shared::latest::section::connections::Direction;
    use terrier_shared::latest::section::network::InterfaceKind;
    use terrier_shared::latest::section::processes::{Owner, Process};
    use terrier_shared::latest::section::services::Unit;
    use terrier_shared::latest::section::sockets::Transport;
    use terrier_shared::latest::section::storage::BlockDeviceKind;
    use terrier_shared::latest::section::{Section, SectionKind};
    use terrier_shared::latest::text::Text;

    const CONTAINER: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
    }

    /// A copy of a fixture that a test may change.
    fn copy(name: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let copied = std::process::Command::new("cp").arg("-a").arg(fixture(name).join(".")).arg(root.path()).status();
        assert!(copied.unwrap().success());
        root
    }

    fn section(root: &Path, kind: SectionKind) -> Section {
        let mut collected = collect(&Host::at(root), &[kind]);
        assert_eq!(collected.faults, []);
        collected.sections.remove(0)
    }

    fn fault(root: &Path, kind: SectionKind) -> Fault {
        let mut collected = collect(&Host::at(root), &[kind]);
        assert_eq!(collected.sections, []);
        collected.faults.remove(0).1
    }

    macro_rules! read {
        ($root:expr, $kind:ident) => {
            match section($root.as_ref(), SectionKind::$kind) {
                Section::$kind(section) => section,
                other => panic!("{other:?}"),
            }
        };
    }

    #[test]
    fn a_virtual_machine_is_known_by_its_firmware_and_files() {
        let identity = read!(fixture("debian-12"), Identity);
        assert_eq!(identity.hostname, "shop-web1");
        assert_eq!(identity.fqdn.as_deref(), Some("shop-web1.example.org"));
        assert_eq!(identity.machine_id.as_deref(), Some("5f0a6b1c2d3e4f5061728394a5b6c7d8"));
        assert_eq!(identity.product_uuid.as_deref(), Some("7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e"));
        assert_eq!((identity.system.vendor.as_deref(), identity.system.serial), (Some("QEMU"), None));
        assert_eq!((identity.hypervisor.as_deref(), identity.container), (Some("qemu"), None));
        assert_eq!((identity.chassis_type, identity.is_hypervisor), (None, false));
    }

    #[test]
    fn bare_metal_that_runs_guests_is_a_hypervisor_and_under_none() {
        let identity = read!(fixture("rocky-9"), Identity);
        assert_eq!(identity.fqdn.as_deref(), Some("kvm3.example.org"));
        assert_eq!((identity.hypervisor, identity.is_hypervisor), (None, true));
        assert_eq!(identity.machine_id, None);
        assert_eq!(identity.system.serial.as_deref(), Some("7XK2B93"));
        assert_eq!((identity.board.product.as_deref(), identity.chassis_type), (Some("0DMFF1"), Some(23)));
    }

    #[test]
    fn evidence_is_what_the_identity_says() {
        let evidence = identity::evidence(&Host::at(fixture("rocky-9"))).unwrap();
        assert_eq!((evidence.hostname.as_str(), evidence.serial.as_deref()), ("kvm3.example.org", Some("7XK2B93")));
        assert!(identity::evidence(&Host::at("/nonexistent")).is_err());
    }

    #[test]
    fn distributions_are_told_apart() {
        let debian = read!(fixture("debian-12"), Os);
        assert_eq!((debian.id.as_str(), debian.version.as_deref()), ("debian", Some("12.7")));
        assert_eq!(debian.codename.as_deref(), Some("bookworm"));
        assert_eq!((debian.timezone.as_deref(), debian.init.as_deref()), (Some("Asia/Seoul"), Some("systemd")));
        assert_eq!((debian.kernel_release.as_str(), debian.architecture.as_str()), ("6.1.0-25-amd64", "x86_64"));
        let rocky = read!(fixture("rocky-9"), Os);
        assert_eq!(
            (rocky.id_like, rocky.version.as_deref()),
            (vec!["rhel".into(), "centos".into(), "fedora".into()], Some("9.4"))
        );
    }

    #[test]
    fn processors_are_counted_by_package_core_and_thread() {
        let cpu = read!(fixture("debian-12"), Cpu);
        assert_eq!((cpu.sockets, cpu.cores, cpu.threads, cpu.numa_nodes), (2, 2, 4, 2));
        assert_eq!(cpu.model.as_deref(), Some("Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"));
        assert_eq!((cpu.max_mhz, cpu.cache_bytes), (Some(3200), Some(48 << 20)));
        assert_eq!(
            (cpu.microcode.as_deref(), cpu.vulnerable_to),
            (Some("0xd0003d1"), vec!["mmio_stale_data".to_owned()])
        );
        let bare = read!(fixture("rocky-9"), Cpu);
        assert_eq!((bare.sockets, bare.cores, bare.threads), (1, 1, 1));
    }

    #[test]
    fn memory_is_what_the_kernel_manages() {
        let memory = read!(fixture("debian-12"), Memory);
        assert_eq!((memory.total_bytes, memory.swap_total_bytes), (16_384_000 << 10, 2 << 30));
        assert_eq!((memory.huge_pages, memory.huge_page_bytes), (Some(8), Some(2 << 20)));
    }

    #[test]
    fn file_systems_know_their_device_and_network_mounts_their_server() {
        let storage = read!(fixture("debian-12"), Storage);
        let devices: Vec<_> = storage.devices.iter().map(|d| (d.name.as_str(), d.kind, d.parents.join(","))).collect();
        assert_eq!(
            devices,
            [
                ("dm-0", BlockDeviceKind::Mapped, "vda1".to_owned()),
                ("vda", BlockDeviceKind::Disk, String::new()),
                ("vda1", BlockDeviceKind::Partition, "vda".to_owned()),
            ]
        );
        assert_eq!(storage.devices[1].serial.as_deref(), Some("shopdisk01"));
        assert_eq!(storage.devices[1].transport.as_deref(), Some("virtio"));
        let places: Vec<_> = storage.filesystems.iter().map(|f| f.mount_point.to_lossy().into_owned()).collect();
        assert_eq!(places, ["/", "/mnt/team files", "/mnt/win", "/var/lib/postgresql"]);
        let [root, team, windows, data] = storage.filesystems.as_slice() else { panic!("{:?}", storage.filesystems) };
        assert_eq!(
            (root.device.as_deref(), root.uuid.as_deref()),
            (Some("vda1"), Some("0b1d2c3e-1111-4222-8333-444455556666"))
        );
        assert_eq!((data.device.as_deref(), data.remote.as_ref()), (Some("dm-0"), None));
        let export = team.remote.as_ref().unwrap();
        assert_eq!((export.server.as_str(), export.address.as_deref()), ("nas.example.org", Some("10.20.0.50")));
        assert_eq!((export.path.to_lossy().as_ref(), team.size_bytes), ("/export/team", None));
        assert_eq!((windows.remote.as_ref().unwrap().server.as_str(), windows.read_only), ("files.example.org", true));
    }

    #[test]
    fn interfaces_have_their_addresses_and_the_main_table_its_routes() {
        let network = read!(fixture("debian-12"), Network);
        let names: Vec<_> = network.interfaces.iter().map(|i| (i.name.as_str(), i.kind, i.up)).collect();
        assert_eq!(
            names,
            [
                ("docker0", InterfaceKind::Bridge, false),
                ("ens3", InterfaceKind::Ethernet, true),
                ("ens3.20", InterfaceKind::Vlan, true),
                ("lo", InterfaceKind::Loopback, true),
                ("veth1a", InterfaceKind::Veth, true),
            ]
        );
        let ens3 = &network.interfaces[1];
        assert_eq!(
            (ens3.speed_mbps, ens3.full_duplex, ens3.driver.as_deref()),
            (Some(10_000), Some(true), Some("virtio_net"))
        );
        assert_eq!((ens3.mac.as_deref(), ens3.permanent_mac.as_deref()), (Some("52:54:00:aa:bb:01"), None));
        let addresses: Vec<_> =
            ens3.addresses.iter().map(|a| format!("{}/{} {}", a.address, a.prefix, a.dynamic)).collect();
        assert_eq!(addresses, ["10.20.0.11/24 true", "2001:db8:20::11/64 false", "fe80::5054:ff:feaa:bb01/64 false"]);
        assert_eq!(
            (network.interfaces[2].parents.join(""), network.interfaces[4].master.as_deref()),
            ("ens3".to_owned(), Some("docker0"))
        );
        let routes: Vec<_> =
            network.routes.iter().map(|r| format!("{}/{} {}", r.destination, r.prefix, r.interface)).collect();
        assert_eq!(
            routes,
            ["0.0.0.0/0 ens3", "10.20.0.0/24 ens3", "10.30.0.0/24 ens3.20", "::/0 ens3", "2001:db8:20::/64 ens3"]
        );
        assert_eq!(
            (network.routes[0].gateway.unwrap().to_string(), network.routes[0].metric),
            ("10.20.0.1".to_owned(), 100)
        );
        assert_eq!(network.search_domains, ["example.org", "corp.example.org"]);
        assert_eq!(network.nameservers.len(), 2);
    }

    #[test]
    fn packages_of_both_families_have_their_full_version() {
        let deb = read!(fixture("debian-12"), Software).packages;
        let names: Vec<_> = deb.iter().map(|p| format!("{}:{}", p.name, p.architecture.as_deref().unwrap())).collect();
        assert_eq!(
            names,
            [
                "bsdutils:amd64",
                "libc6:amd64",
                "libc6:i386",
                "nginx:amd64",
                "openssh-server:amd64",
                "postgresql-15:amd64",
                "tzdata:all",
            ]
        );
        assert_eq!(
            (deb[0].source.as_deref(), deb[0].source_version.as_deref()),
            (Some("util-linux"), Some("2.38.1-5+deb12u1"))
        );
        let rpm = read!(fixture("rocky-9"), Software).packages;
        let versions: Vec<_> = rpm.iter().map(|p| format!("{} {}", p.name, p.version)).collect();
        assert_eq!(
            versions,
            [
                "bash 5.1.8-9.el9",
                "bind-libs 32:9.16.23-18.el9",
                "kernel-core 5.14.0-362.el9",
                "kernel-core 5.14.0-427.el9",
            ]
        );
    }

    #[test]
    fn a_package_removed_from_the_database_is_gone_from_the_section() {
        let root = copy("debian-12");
        let before = read!(root, Software).packages;
        let status = root.path().join("var/lib/dpkg/status");
        let text = fs::read_to_string(&status).unwrap();
        let kept: Vec<&str> = text.split_inclusive("\n\n").filter(|p| !p.starts_with("Package: nginx\n")).collect();
        fs::write(&status, kept.concat()).unwrap();
        let after = read!(root, Software).packages;
        assert_eq!(before.len() - 1, after.len());
        assert!(after.iter().all(|package| package.name != "nginx"));
    }

    #[test]
    fn units_have_their_state_and_whether_they_start_by_themselves() {
        let services = read!(fixture("debian-12"), Services);
        assert_eq!(services.manager.as_deref(), Some("systemd"));
        let units: Vec<_> = services
            .units
            .iter()
            .map(|u: &Unit| (u.name.as_str(), u.enablement.as_deref().unwrap(), u.state.as_deref().unwrap()))
            .collect();
        assert_eq!(
            units,
            [
                ("apt-daily.service", "static", "inactive"),
                ("bluetooth.service", "masked", "inactive"),
                ("docker.socket", "disabled", "active"),
                ("nginx.service", "enabled", "active"),
                ("postgresql@15-main.service", "disabled", "active"),
                ("ssh.service", "enabled", "failed"),
            ]
        );
        let nginx = &services.units[3];
        assert_eq!(
            (nginx.user.as_deref(), nginx.program.clone()),
            (Some("www-data"), Some(Text::from("/usr/sbin/nginx")))
        );
        assert_eq!(services.units[4].description.as_deref(), Some("PostgreSQL Cluster 15-main"));
    }

    #[test]
    fn without_a_running_manager_units_are_from_their_files_alone() {
        let root = copy("debian-12");
        fs::remove_dir_all(root.path().join("run/systemd/system")).unwrap();
        let services = read!(root, Services);
        assert_eq!(services.manager, None);
        assert!(services.units.iter().all(|unit| unit.state.is_none()));
        assert!(services.units.iter().any(|unit| unit.name == "ssh.service"));
    }

    fn process(processes: &[Process], pid: u32) -> &Process {
        processes.iter().find(|process| process.pid == pid).unwrap()
    }

    #[test]
    fn processes_are_listed_without_kernel_threads_zombies_and_secrets() {
        let processes = read!(fixture("debian-12"), Processes).processes;
        let pids: Vec<_> = processes.iter().map(|process| process.pid).collect();
        assert_eq!(pids, [1, 400, 512, 513, 700, 800, 900, 950]);
        let odd = process(&processes, 800);
        assert_eq!((odd.name.clone(), odd.parent_pid), (Text::from("a) R 1 (b c"), 1));
        assert_eq!(
            odd.command_line,
            Text::from("/opt/odd name/run --db postgres://app:***@10.20.0.12/shop --password *** -DapiToken=***")
        );
        assert_eq!((odd.user.as_str(), odd.unit.as_deref()), ("www-data", Some("session-4.scope")));
        let replaced = process(&processes, 512);
        assert_eq!(
            (replaced.executable.clone(), replaced.unit.as_deref()),
            (Some(Text::from("/usr/sbin/nginx")), Some("nginx.service"))
        );
        assert_eq!(replaced.started_s, 1_700_000_009);
        let contained = process(&processes, 900);
        assert_eq!((contained.container.as_deref(), contained.unit.as_deref()), (Some(CONTAINER), None));
        assert_eq!(contained.user, "1000");
        let bytes = process(&processes, 950);
        assert_eq!(
            (bytes.name.as_bytes(), bytes.command_line.as_bytes()),
            (&b"\xff\xfe"[..], &b"/opt/\xff\xfe x\xc3"[..])
        );
    }

    #[test]
    fn a_hidden_proc_is_a_fault_and_never_a_part_of_the_processes() {
        let root = copy("debian-12");
        fs::remove_dir_all(root.path().join("proc/1")).unwrap();
        assert_eq!(fault(root.path(), SectionKind::Processes).cause, FaultCause::PermissionDenied);
    }

    #[test]
    fn listeners_are_owned_by_the_program_that_serves_them() {
        let sockets = read!(fixture("debian-12"), Sockets);
        let listeners: Vec<_> = sockets
            .listeners
            .iter()
            .map(|l| {
                let Owner { unit, package, .. } = &l.owner;
                (l.transport, format!("{}:{}", l.address, l.port), unit.as_deref(), package.as_deref())
            })
            .collect();
        assert_eq!(
            listeners,
            [
                (Transport::Tcp, "0.0.0.0:22".to_owned(), Some("ssh.service"), Some("openssh-server")),
                (Transport::Tcp, "0.0.0.0:80".to_owned(), Some("nginx.service"), Some("nginx")),
                (
                    Transport::Tcp,
                    "127.0.0.1:5432".to_owned(),
                    Some("postgresql@15-main.service"),
                    Some("postgresql-15")
                ),
                (Transport::Tcp, ":::80".to_owned(), Some("nginx.service"), Some("nginx")),
                (Transport::Udp, "127.0.0.1:323".to_owned(), None, None),
            ]
        );
        assert_eq!(sockets.listeners[0].owner.user.as_deref(), Some("root"));
        assert_eq!(sockets.listeners[4].owner, Owner { user: Some("root".to_owned()), ..Owner::default() });
    }

    #[test]
    fn connections_are_folded_by_program_and_other_end() {
        let connections = read!(fixture("debian-12"), Connections).connections;
        let folded: Vec<_> = connections
            .iter()
            .map(|c| {
                (
                    c.direction,
                    format!("{}:{}", c.remote_address, c.port),
                    c.count,
                    c.owner.unit.as_deref(),
                    c.owner.executable.is_some(),
                )
            })
            .collect();
        assert_eq!(
            folded,
            [
                // The kernel's own connection to a file server, then those of programs by name.
                (Direction::Outgoing, "10.20.0.50:2049".to_owned(), 1, None, false),
                (Direction::Outgoing, "10.20.0.12:5432".to_owned(), 2, None, true),
                (Direction::Outgoing, "10.20.0.2:53".to_owned(), 1, None, false),
                (Direction::Incoming, "10.20.0.99:80".to_owned(), 3, Some("nginx.service"), true),
            ]
        );
    }

    #[test]
    fn a_host_without_files_gives_a_fault_for_every_section_that_needs_them() {
        let root = tempfile::tempdir().unwrap();
        let Collected { sections, faults, .. } = collect(&Host::at(root.path()), &SectionKind::ALL);
        // A host may well have none of these; without block devices and mounts there is a fault for the mounts.
        let may_be_empty = [
            SectionKind::Firewall,
            SectionKind::Schedules,
            SectionKind::Certificates,
            SectionKind::Cloud,
            SectionKind::Custom,
        ];
        assert_eq!(sections.iter().map(Section::kind).collect::<Vec<_>>(), may_be_empty);
        let kinds: Vec<_> = faults.iter().map(|(kind, _)| *kind).collect();
        let needed = SectionKind::ALL.into_iter().filter(|kind| !may_be_empty.contains(kind));
        assert_eq!(kinds, needed.collect::<Vec<_>>());
        for (kind, fault) in &faults {
            assert_eq!(fault.cause, FaultCause::NotFound, "{kind}: {}", fault.detail);
        }
    }

    #[test]
    fn one_broken_database_fails_its_own_section_alone() {
        let root = copy("debian-12");
        let status = root.path().join("var/lib/dpkg/status");
        let text = fs::read(&status).unwrap();
        fs::write(&status, &text[..text.len() / 2 + 7]).unwrap();
        let collected = collect(&Host::at(root.path()), &SectionKind::ALL);
        let [(SectionKind::Software, fault)] = collected.faults.as_slice() else { panic!("{:?}", collected.faults) };
        assert_eq!(fault.cause, FaultCause::Malformed);
        assert!(fault.detail.contains("/var/lib/dpkg/status"), "{}", fault.detail);
        assert_eq!(collected.sections.len(), SectionKind::ALL.len() - 1);
    }

    #[test]
    fn malformed_files_are_named_in_their_fault() {
        for (file, content, kind, named) in [
            ("proc/meminfo", "MemTotal: lots\n", SectionKind::Memory, "/proc/meminfo"),
            ("proc/1/mountinfo", "nonsense\n", SectionKind::Storage, "/proc/1/mountinfo: line 1"),
            ("proc/net/tcp", "head\nnonsense\n", SectionKind::Sockets, "/proc/net/tcp: line 2"),
            ("proc/400/stat", "400 (sshd", SectionKind::Processes, "/proc/400/stat"),
            ("sys/devices/system/cpu/online", "many", SectionKind::Cpu, "/sys/devices/system/cpu/online"),
            ("proc/sys/kernel/hostname", "\n", SectionKind::Identity, "/proc/sys/kernel/hostname"),
        ] {
            let root = copy("debian-12");
            fs::write(root.path().join(file), content).unwrap();
            let fault = fault(root.path(), kind);
            assert_eq!(fault.cause, FaultCause::Malformed, "{file}");
            assert!(fault.detail.contains(named), "{}", fault.detail);
        }
    }

    #[test]
    fn a_file_without_end_is_refused_by_its_size() {
        let root = copy("debian-12");
        let file = fs::File::create(root.path().join("var/lib/dpkg/status")).unwrap();
        file.set_len(1 << 40).unwrap();
        assert_eq!(fault(root.path(), SectionKind::Software).cause, FaultCause::TooLarge);
    }

    #[test]
    fn more_items_than_the_wire_takes_are_a_fault() {
        let root = copy("debian-12");
        let packages = (0..20_001).map(|n| format!("Package: p{n}\nStatus: install ok installed\nVersion: 1\n\n"));
        fs::write(root.path().join("var/lib/dpkg/status"), packages.collect::<String>()).unwrap();
        let fault = fault(root.path(), SectionKind::Software);
        assert_eq!(
            (fault.cause, fault.detail.as_str()),
            (FaultCause::TooLarge, "software.packages is larger than 20000 items")
        );
    }

    #[test]
    fn a_sampler_gives_rates_from_its_second_reading_on_and_none_over_a_gap() {
        let root = copy("debian-12");
        let mut sampler = Sampler::new(Host::at(root.path()));
        let first = sampler.sample(1_000, 1_000);
        assert!(first.values.iter().any(|v| v.metric == "memory_used_bytes"));
        assert!(first.values.iter().all(|v| !v.metric.contains("per_second") && !v.metric.starts_with("cpu_")));
        let dev = root.path().join("proc/net/dev");
        fs::write(
            &dev,
            fs::read_to_string(&dev).unwrap().replace("ens3:1000000", "ens3:1600000").replace(" 2000000", " 1"),
        )
        .unwrap();
        let second = sampler.sample(61_000, 61_000);
        let rate =
            |metric: &str| second.values.iter().find(|v| v.metric == metric).map(|v| (v.dimension.as_deref(), v.value));
        assert_eq!(rate("network_receive_bytes_per_second"), Some((Some("ens3"), 10_000.0)));
        assert_eq!(rate("network_transmit_bytes_per_second"), None);
        assert_eq!(rate("disk_read_bytes_per_second"), Some((Some("vda"), 0.0)));
        assert_eq!(rate("io_pressure_ratio"), Some((None, 0.0)));
        let after_sleep = sampler.sample(9_000_000, 9_000_000);
        assert!(after_sleep.values.iter().all(|v| !v.metric.contains("per_second")));
    }
}
