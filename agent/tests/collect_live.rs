//! Collectors against the host that runs the tests, compared with what its own programs say.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Debug;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::process::{Command, Stdio};
    use std::sync::{Mutex, PoisonError};

    use serde_json::Value;
    use terrier_agent::collect::host::Host;
    use terrier_agent::collect::utilisation::{Aggregator, Sampler};
    use terrier_agent::collect::{Collected, collect};
    use terrier_shared::latest::metrics::METRICS;
    use terrier_shared::latest::section::connections::Direction;
    use terrier_shared::latest::section::sockets::Transport;
    use terrier_shared::latest::section::{Section, SectionKind};

    const STABLE: [SectionKind; 8] = [
        SectionKind::Identity,
        SectionKind::Os,
        SectionKind::Cpu,
        SectionKind::Memory,
        SectionKind::Storage,
        SectionKind::Network,
        SectionKind::Software,
        SectionKind::Services,
    ];

    /// As the agent does it, which never has two rounds at a time: their budgets are of what the process takes.
    fn collect_alone(kinds: &[SectionKind]) -> Collected {
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        collect(&Host::live(), kinds)
    }

    fn section(kind: SectionKind) -> Section {
        let mut collected = collect_alone(&[kind]);
        assert_eq!(collected.faults, []);
        collected.sections.remove(0)
    }

    macro_rules! read {
        ($kind:ident) => {
            match section(SectionKind::$kind) {
                Section::$kind(section) => section,
                other => panic!("{other:?}"),
            }
        };
    }

    /// What a program prints; absent where the host does not have it or it does not work here.
    fn output(program: &str, arguments: &[&str]) -> Option<String> {
        let output = Command::new(program).args(arguments).env("LC_ALL", "C").stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Other programs may change the host between two looks, but hardly three times in a row.
    #[track_caller]
    fn agree<T: PartialEq + Debug>(look: impl Fn() -> Option<(T, T)>) {
        let looks: Vec<_> = (0..3).map_while(|_| look()).take(3).collect();
        let is_missing = looks.is_empty();
        assert!(is_missing || looks.iter().any(|(ours, theirs)| ours == theirs), "{:#?}", looks.last());
    }

    #[test]
    fn two_looks_at_an_unchanged_host_give_the_same_bytes() {
        for kind in STABLE {
            agree(|| {
                let json = || serde_json::to_string(&section(kind)).unwrap();
                Some((json(), json()))
            });
        }
    }

    #[test]
    fn every_section_can_be_read_here_and_reads_back_as_it_was_written() {
        let collected = collect_alone(&SectionKind::ALL);
        assert_eq!(collected.faults, []);
        assert_eq!(collected.sections.iter().map(Section::kind).collect::<Vec<_>>(), SectionKind::ALL);
        for section in collected.sections {
            let body = serde_json::value::to_raw_value(&section).unwrap();
            assert_eq!(Section::decode(section.kind(), &body).unwrap(), section);
        }
    }

    #[test]
    fn packages_are_those_of_dpkg_query() {
        agree(|| {
            let format = "${Package} ${Architecture} ${Version} ${db:Status-Status}\n";
            let theirs = output("dpkg-query", &["-W", "-f", format])?;
            let is_on_disk = |line: &&str| !line.ends_with(" config-files") && !line.ends_with(" not-installed");
            let theirs: BTreeSet<String> =
                theirs.lines().filter(is_on_disk).map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect();
            let ours = read!(Software).packages.into_iter().filter(|package| package.ecosystem == "deb");
            let ours =
                ours.map(|p| format!("{} {} {}", p.name, p.architecture.unwrap_or_default(), p.version)).collect();
            Some((ours, theirs))
        });
    }

    #[test]
    fn pending_updates_are_those_of_apt() {
        agree(|| {
            // `name/suite version architecture [upgradable from: version]`
            let theirs = output("apt", &["list", "--upgradable"])?;
            let theirs: BTreeSet<String> = theirs
                .lines()
                .filter_map(|line| {
                    let (name, rest) = line.split_once('/')?;
                    let words: Vec<&str> = rest.split(' ').collect();
                    let [_, available, architecture, "[upgradable", "from:", installed] = words[..] else {
                        return None;
                    };
                    Some(format!("{name} {architecture} {} {available}", installed.trim_end_matches(']')))
                })
                .collect();
            let pending = read!(Updates).pending?.into_iter();
            let ours = pending
                .map(|p| format!("{} {} {} {}", p.name, p.architecture.unwrap_or_default(), p.installed, p.available));
            Some((ours.collect(), theirs))
        });
    }

    #[test]
    fn products_and_updates_can_be_read_here_and_are_the_same_twice() {
        for kind in [SectionKind::Products, SectionKind::Updates] {
            agree(|| {
                let json = || serde_json::to_string(&section(kind)).unwrap();
                Some((json(), json()))
            });
        }
    }

    #[test]
    fn interfaces_and_addresses_are_those_of_ip() {
        agree(|| {
            let theirs: Value = serde_json::from_str(&output("ip", &["-j", "addr"])?).unwrap();
            let theirs: BTreeSet<String> = theirs
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|link| {
                    let name = format!("{} {}", link["ifname"].as_str().unwrap(), link["mtu"]);
                    let addresses = link["addr_info"].as_array().unwrap().clone();
                    let of = name.clone();
                    let addresses = addresses.into_iter().map(move |address| {
                        format!("{of} {}/{}", address["local"].as_str().unwrap(), address["prefixlen"])
                    });
                    addresses.chain([name]).collect::<Vec<_>>()
                })
                .collect();
            let interfaces = read!(Network).interfaces.into_iter();
            let ours = interfaces.flat_map(|interface| {
                let name = format!("{} {}", interface.name, interface.mtu);
                let of = name.clone();
                let addresses = interface.addresses.into_iter();
                addresses.map(move |address| format!("{of} {}/{}", address.address, address.prefix)).chain([name])
            });
            Some((ours.collect(), theirs))
        });
    }

    #[test]
    fn routes_are_those_of_ip() {
        agree(|| {
            let mut theirs = BTreeSet::new();
            for (family, anywhere, whole) in [("-4", "0.0.0.0", 32), ("-6", "::", 128)] {
                let routes: Value = serde_json::from_str(&output("ip", &["-j", family, "route"])?).unwrap();
                for route in routes.as_array().unwrap().iter().filter(|route| route["type"].is_null()) {
                    let destination = match route["dst"].as_str().unwrap() {
                        "default" => format!("{anywhere}/0"),
                        network if network.contains('/') => network.to_owned(),
                        host => format!("{host}/{whole}"),
                    };
                    theirs.insert(format!(
                        "{destination} {} {}",
                        route["dev"].as_str()?,
                        route["metric"].as_u64().unwrap_or(0)
                    ));
                }
            }
            let routes = read!(Network).routes.into_iter();
            let ours = routes.map(|r| format!("{}/{} {} {}", r.destination, r.prefix, r.interface, r.metric)).collect();
            Some((ours, theirs))
        });
    }

    #[test]
    fn block_devices_are_those_of_lsblk() {
        agree(|| {
            let listed: Value =
                serde_json::from_str(&output("lsblk", &["-J", "-b", "-l", "-o", "NAME,SIZE,RO"])?).unwrap();
            let listed = listed["blockdevices"].as_array().unwrap().clone().into_iter();
            let theirs = listed.filter(|device| device["size"] != 0);
            let theirs = theirs.map(|d| format!("{} {} {}", d["name"].as_str().unwrap(), d["size"], d["ro"]));
            let devices = read!(Storage).devices.into_iter();
            let ours = devices.map(|d| format!("{} {} {}", d.name, d.size_bytes, d.read_only));
            Some((ours.collect::<BTreeSet<_>>(), theirs.collect::<BTreeSet<_>>()))
        });
    }

    #[test]
    fn file_systems_have_the_size_that_df_says() {
        let storage = read!(Storage);
        assert!(storage.filesystems.iter().any(|filesystem| filesystem.mount_point.as_bytes() == b"/"));
        for filesystem in storage.filesystems {
            let (place, size) = (filesystem.mount_point.to_lossy().into_owned(), filesystem.size_bytes);
            let theirs = output("df", &["-B1", "--output=size", &place]);
            let theirs = theirs.and_then(|text| text.lines().nth(1)?.trim().parse::<u64>().ok());
            assert!(size.is_none() || theirs.is_none() || size == theirs, "{place}: {size:?} {theirs:?}");
        }
    }

    #[test]
    fn listening_ports_are_those_of_ss() {
        agree(|| {
            let theirs = output("ss", &["-tlnH"])?;
            let port = |line: &str| line.split_whitespace().nth(3)?.rsplit_once(':')?.1.parse::<u16>().ok();
            let theirs: BTreeSet<u16> = theirs.lines().filter_map(port).collect();
            let listeners = read!(Sockets).listeners.into_iter();
            let ours = listeners.filter(|listener| listener.transport == Transport::Tcp).map(|listener| listener.port);
            Some((ours.collect(), theirs))
        });
    }

    #[test]
    fn unit_files_are_enabled_as_systemctl_says() {
        agree(|| {
            let arguments = ["list-unit-files", "--type=service,socket", "--no-legend", "--no-pager"];
            let theirs = output("systemctl", &arguments)?;
            let is_unit = |name: &str| !name.contains('@');
            let theirs: BTreeSet<String> = theirs
                .lines()
                .filter_map(|line| {
                    let mut words = line.split_whitespace();
                    let (name, state) = (words.next()?, words.next()?);
                    let is_listed = is_unit(name) && !matches!(state, "alias" | "transient");
                    is_listed.then(|| format!("{name} {state}"))
                })
                .collect();
            let units = read!(Services).units.into_iter().filter(|unit| is_unit(&unit.name));
            let ours = units.map(|unit| format!("{} {}", unit.name, unit.enablement.unwrap_or_default()));
            Some((ours.collect(), theirs))
        });
    }

    #[test]
    fn a_container_is_recognised_as_systemd_detect_virt_does() {
        agree(|| {
            let theirs = output("systemd-detect-virt", &["--container"])?;
            Some((read!(Identity).container.unwrap_or_default(), theirs.trim().to_owned()))
        });
        agree(|| {
            let theirs = output("systemd-detect-virt", &["--vm"])?;
            Some((read!(Identity).hypervisor.unwrap_or_default(), theirs.trim().to_owned()))
        });
    }

    #[test]
    fn our_own_sockets_are_attributed_to_this_program() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (out, also_out) =
            (TcpStream::connect(("127.0.0.1", port)).unwrap(), TcpStream::connect(("127.0.0.1", port)).unwrap());
        let accepted = [listener.accept().unwrap(), listener.accept().unwrap()];
        let own = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
        let is_own = |owner: &terrier_shared::latest::section::processes::Owner| {
            owner.executable.as_ref().is_some_and(|path| path.to_lossy() == own)
        };
        let listeners = read!(Sockets).listeners;
        let found: Vec<_> = listeners.iter().filter(|found| found.port == port && is_own(&found.owner)).collect();
        assert_eq!(found.len(), 1, "{listeners:#?}");
        let connections = read!(Connections).connections;
        let found: Vec<_> = connections.iter().filter(|found| found.port == port && is_own(&found.owner)).collect();
        let folded: Vec<_> = found.iter().map(|found| (found.direction, found.count)).collect();
        assert_eq!(folded, [(Direction::Outgoing, 2), (Direction::Incoming, 2)]);
        drop((out, also_out, accepted));
    }

    #[test]
    fn a_datagram_socket_on_a_service_port_is_a_listener_and_one_that_asks_is_not() {
        // Below the ephemeral range; whether it is free is up to the host.
        let Some(service) = (20_000..20_100).find_map(|port| UdpSocket::bind(("127.0.0.1", port)).ok()) else {
            panic!("no port of a hundred is free");
        };
        let asking = UdpSocket::bind("127.0.0.1:0").unwrap();
        let ports: BTreeSet<u16> = read!(Sockets)
            .listeners
            .iter()
            .filter(|listener| listener.transport == Transport::Udp)
            .map(|listener| listener.port)
            .collect();
        assert!(ports.contains(&service.local_addr().unwrap().port()));
        assert!(!ports.contains(&asking.local_addr().unwrap().port()));
    }

    #[test]
    fn the_secret_of_a_running_command_is_not_shown() {
        let script = "read -r line # --password=hunter2-of-the-test";
        let mut child = Command::new("sh")
            .args(["-c", script, "sh", "--token", "hunter3-of-the-test"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let processes = read!(Processes).processes;
        drop(child.stdin.take());
        child.wait().unwrap();
        let found = processes.iter().find(|process| process.pid == child.id()).unwrap();
        let line = found.command_line.to_lossy();
        assert!(line.contains("--password=*** sh --token ***"), "{line}");
    }

    #[test]
    fn this_process_is_listed_with_its_parent_and_user() {
        let processes = read!(Processes).processes;
        let own = processes.iter().find(|process| process.pid == std::process::id()).unwrap();
        assert_eq!(own.parent_pid, std::os::unix::process::parent_id());
        let executable = std::env::current_exe().unwrap();
        assert_eq!(own.executable.as_ref().unwrap().to_lossy(), executable.to_str().unwrap());
        let user = output("id", &["-un"]);
        assert!(user.is_none_or(|user| user.trim() == own.user));
        assert!(own.started_s > 1_600_000_000);
    }

    #[test]
    fn samples_of_this_host_are_of_known_metrics_and_within_bounds() {
        let mut sampler = Sampler::new(Host::live());
        let mut aggregator = Aggregator::new(300);
        assert_eq!(aggregator.add(sampler.sample(0, 1)), None);
        // Some processor time must pass between two readings.
        let listed = (0..3).map(|_| read!(Software).packages.len()).sum::<usize>();
        assert!(listed > 0);
        assert_eq!(aggregator.add(sampler.sample(60_000, 60_001)), None);
        let metrics = aggregator.flush().unwrap();
        let names: BTreeSet<&str> = metrics.samples.iter().map(|sample| sample.metric.as_str()).collect();
        for expected in
            ["cpu_busy_ratio", "load_1m", "memory_used_bytes", "disk_read_bytes_per_second", "filesystem_used_bytes"]
        {
            assert!(names.contains(expected), "{expected} is not among {names:?}");
        }
        for sample in &metrics.samples {
            assert!(METRICS.contains(&sample.metric.as_str()), "{}", sample.metric);
            assert!(sample.min >= 0.0 && sample.min <= sample.mean && sample.mean <= sample.max, "{sample:?}");
            assert!(!sample.metric.ends_with("_ratio") || sample.max <= 1.0, "{sample:?}");
        }
    }
}
