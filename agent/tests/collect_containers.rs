//! Containers and guests, against answers and files of the programs that run them.

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read as _, Write as _};
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};
    use std::thread;

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::fault::{Fault, FaultCause};
    use terrier_shared::latest::section::containers::{Container, ContainerManager, ContainerMount, Guest};
    use terrier_shared::latest::section::{Containers, Section, SectionKind};

    /// The container of the fixture `debian-12`.
    const RUNNING: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";
    const SHOP_WEB: &str = "4cd09386a7f2571c9cac986e27a00e3e21bafd33ef6bfd961fd9768e3487e14c";
    const UUID: &str = "7b1c2e88-2a43-4f0e-8d0e-1f2a3b4c5d6e";

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
    }

    fn recorded(name: &str) -> String {
        fs::read_to_string(fixture("containers").join(name)).unwrap()
    }

    /// A host with processes, to which a test may add.
    fn host() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let from = fixture("debian-12").join("proc");
        let copied = std::process::Command::new("cp").arg("-a").arg(from).arg(root.path()).status();
        assert!(copied.unwrap().success());
        root
    }

    fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn process(root: &Path, pid: u32, name: &str, command_line: &str) {
        write(
            root,
            &format!("proc/{pid}/stat"),
            fs::read_to_string(root.join("proc/400/stat")).unwrap().replacen(
                "400 (sshd)",
                &format!("{pid} ({name})"),
                1,
            ),
        );
        write(root, &format!("proc/{pid}/status"), fs::read(root.join("proc/400/status")).unwrap());
        write(root, &format!("proc/{pid}/cmdline"), command_line);
    }

    /// Answers at a socket in `root` as it is recorded, by what is asked for.
    fn serve(root: &Path, socket: &str, answers: Vec<(&'static str, String)>) {
        let socket = root.join(socket);
        fs::create_dir_all(socket.parent().unwrap()).unwrap();
        let listener = UnixListener::bind(socket).unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().take(answers.len()) {
                let mut stream = stream.unwrap();
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8(request[..length].to_vec()).unwrap();
                let asked = |(target, _): &&(&str, String)| request.starts_with(&format!("GET {target} HTTP/1.1\r\n"));
                let (_, answer) = answers.iter().find(asked).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
    }

    fn podman(root: &Path) {
        let answers = vec![
            ("/version", recorded("podman/version.http")),
            ("/containers/json?all=1", recorded("podman/containers.http")),
        ];
        serve(root, "run/podman/podman.sock", answers);
    }

    fn read(root: &Path) -> Containers {
        let mut collected = collect(&Host::at(root), &[SectionKind::Containers]);
        assert_eq!(collected.faults, []);
        let Section::Containers(section) = collected.sections.remove(0) else { panic!("another section") };
        section
    }

    fn fault(root: &Path) -> Fault {
        collect(&Host::at(root), &[SectionKind::Containers]).faults.remove(0).1
    }

    fn manager(name: &str, version: Option<&str>, asked: bool) -> ContainerManager {
        ContainerManager { name: name.to_owned(), version: version.map(str::to_owned), asked }
    }

    #[test]
    fn what_runs_is_seen_without_asking_anybody() {
        let root = host();
        let found = read(root.path());
        let [container] = found.containers.as_slice() else { panic!("{found:?}") };
        assert_eq!((container.id.as_str(), container.state.as_deref()), (RUNNING, Some("running")));
        assert_eq!(found.managers, [manager(&container.manager, None, false)]);
        assert_eq!(found.guests, []);
    }

    #[test]
    fn a_manager_that_may_be_asked_tells_of_stopped_containers_too() {
        let root = host();
        podman(root.path());
        let found = read(root.path());
        assert!(found.managers.contains(&manager("podman", Some("4.3.1"), true)));
        let ids: Vec<_> = found.containers.iter().map(|container| container.id.as_str()).collect();
        assert_eq!(ids.len(), 3, "{ids:?}");
        let web = found.containers.iter().find(|container| container.id == SHOP_WEB).unwrap();
        let Container { name, image, state, created_s, networks, .. } = web.clone();
        assert_eq!((name.as_deref(), state.as_deref()), (Some("shop-web"), Some("created")));
        assert_eq!((image.as_deref(), created_s), (Some("registry.example.org/shop/web:1.4"), Some(1_795_648_145)));
        assert_eq!(networks, ["podman"]);
        let ports: Vec<_> = web
            .ports
            .iter()
            .map(|p| format!("{} {:?} {:?} {}", p.transport, p.address, p.port, p.container_port))
            .collect();
        assert_eq!(ports, ["tcp None Some(8080) 80", "tcp Some(127.0.0.1) Some(8443) 443", "udp None Some(5353) 53"]);
        let mount = |target: &str, source: &str, read_only| ContainerMount {
            target: target.into(),
            source: source.into(),
            read_only,
        };
        assert_eq!(web.mounts, [mount("/data", "dbvol", false), mount("/var/lib/data", "/srv/db", true)]);
    }

    #[test]
    fn secrets_of_a_container_stay_where_they_are() {
        let root = host();
        podman(root.path());
        let found = read(root.path());
        let web = found.containers.iter().find(|container| container.id == SHOP_WEB).unwrap();
        let labels: Vec<_> = web.labels.iter().map(|label| label.name.as_str()).collect();
        assert_eq!(
            labels,
            ["com.docker.compose.project", "com.docker.compose.service", "org.opencontainers.image.version"]
        );
        let json = serde_json::to_string(&found).unwrap();
        assert!(recorded("podman/containers.http").contains("swordfish") && !json.contains("swordfish"), "{json}");
    }

    #[test]
    fn an_engine_that_does_not_run_is_not_started_by_asking_it() {
        let root = host();
        fs::create_dir_all(root.path().join("run")).unwrap();
        // A question would hang here until it is given up, and be a fault.
        let _listener = UnixListener::bind(root.path().join("run/docker.sock")).unwrap();
        assert!(read(root.path()).managers.contains(&manager("docker", None, false)));
    }

    #[test]
    fn an_answer_that_is_cut_is_a_fault_and_no_empty_list() {
        let root = host();
        let list = recorded("podman/containers.http");
        let answers = vec![
            ("/version", recorded("podman/version.http")),
            ("/containers/json?all=1", list[..list.len() - 100].to_owned()),
        ];
        serve(root.path(), "run/podman/podman.sock", answers);
        let fault = fault(root.path());
        assert_eq!(fault.cause, FaultCause::Malformed);
        assert!(fault.detail.contains("/run/podman/podman.sock"), "{}", fault.detail);
    }

    #[test]
    fn limits_are_those_of_the_kernel_in_both_versions_of_control_groups() {
        let limits = |root: &Path| {
            let container = read(root).containers.remove(0);
            (container.memory_limit_bytes, container.cpu_limit_millis)
        };
        let root = host();
        let group = format!("sys/fs/cgroup/system.slice/docker-{RUNNING}.scope");
        write(root.path(), "proc/900/cgroup", format!("0::/system.slice/docker-{RUNNING}.scope\n"));
        assert_eq!(limits(root.path()), (None, None));
        write(root.path(), &format!("{group}/memory.max"), "536870912\n");
        write(root.path(), &format!("{group}/cpu.max"), "150000 100000\n");
        assert_eq!(limits(root.path()), (Some(512 << 20), Some(1_500)));
        write(root.path(), &format!("{group}/memory.max"), "max\n");
        write(root.path(), &format!("{group}/cpu.max"), "max 0\n");
        assert_eq!(limits(root.path()), (None, None));

        write(root.path(), "proc/900/cgroup", format!("5:cpu,cpuacct:/docker/{RUNNING}\n4:memory:/docker/{RUNNING}\n"));
        write(root.path(), &format!("sys/fs/cgroup/cpu/docker/{RUNNING}/cpu.cfs_quota_us"), "50000\n");
        write(root.path(), &format!("sys/fs/cgroup/cpu/docker/{RUNNING}/cpu.cfs_period_us"), "100000\n");
        let memory = format!("sys/fs/cgroup/memory/docker/{RUNNING}/memory.limit_in_bytes");
        write(root.path(), &memory, "9223372036854771712\n");
        assert_eq!(limits(root.path()), (None, Some(500)));
    }

    #[test]
    fn a_bundle_of_containerd_says_what_runs_but_not_its_environment() {
        let root = host();
        write(root.path(), "proc/900/cgroup", format!("0::/kubepods.slice/cri-containerd-{RUNNING}.scope\n"));
        let config = serde_json::json!({
            "ociVersion": "1.1.0",
            "process": {"env": ["PASSWORD=hunter2"], "args": ["/web"]},
            "annotations": {
                "io.kubernetes.cri.container-name": "web",
                "io.kubernetes.cri.image-name": "registry.example.org/shop/web:1.4",
                "io.kubernetes.cri.sandbox-name": "shop-0",
                "io.kubernetes.cri.sandbox-namespace": "shop",
            },
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/data", "type": "bind", "source": "/srv/data", "options": ["rbind", "ro"]},
            ],
        });
        let place = format!("run/containerd/io.containerd.runtime.v2.task/k8s.io/{RUNNING}/config.json");
        write(root.path(), &place, config.to_string());
        let found = read(root.path());
        let [container] = found.containers.as_slice() else { panic!("{found:?}") };
        assert_eq!((container.manager.as_str(), container.name.as_deref()), ("containerd", Some("shop-0/web")));
        assert_eq!(container.image.as_deref(), Some("registry.example.org/shop/web:1.4"));
        assert_eq!(container.mounts.len(), 1);
        assert!(container.mounts[0].read_only);
        let namespace = container.labels.iter().find(|label| label.name.ends_with("sandbox-namespace")).unwrap();
        assert_eq!(namespace.value, "shop");
        assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"));
        write(root.path(), &place, "{");
        assert_eq!(read(root.path()).containers[0].name, None);
    }

    #[test]
    fn containers_of_lxc_are_listed_whether_they_run_or_not() {
        let root = host();
        write(root.path(), "var/lib/lxc/web/config", "lxc.uts.name = web\n");
        write(root.path(), "var/lib/lxc/old/config", "lxc.uts.name = old\n");
        write(root.path(), "var/lib/lxc/lxc-monitord.log", "");
        write(root.path(), "proc/900/cgroup", "0::/lxc.payload.web/system.slice/nginx.service\n");
        let found = read(root.path());
        let states: Vec<_> = found.containers.iter().map(|c| (c.id.as_str(), c.state.as_deref().unwrap())).collect();
        assert_eq!(states, [("old", "stopped"), ("web", "running")]);
        assert_eq!(found.managers, [manager("lxc", None, true)]);
    }

    #[test]
    fn whoever_runs_in_a_container_does_not_host_it() {
        let root = host();
        for pid in [1, 900] {
            write(root.path(), &format!("proc/{pid}/cgroup"), format!("3:pids:/docker/{RUNNING}\n0::/\n"));
        }
        assert_eq!(read(root.path()).containers, []);
    }

    #[test]
    fn a_guest_is_as_libvirt_defines_it_and_runs_when_a_process_says_so() {
        let root = host();
        write(root.path(), "etc/libvirt/qemu/shop-web1.xml", recorded("libvirt/shop-web1.xml"));
        write(root.path(), "etc/libvirt/qemu/networks/default.xml", "<network/>");
        let found = read(root.path());
        assert!(found.managers.contains(&manager("libvirt", None, true)));
        let expected = Guest {
            uuid: UUID.to_owned(),
            name: "shop-web1".to_owned(),
            hypervisor: "qemu".to_owned(),
            running: false,
            autostart: Some(false),
            cpus: Some(2),
            memory_bytes: Some(4 << 30),
            disks: vec![
                "/dev/vg0/data".into(),
                "/var/lib/libvirt/images/shop-web1.qcow2".into(),
                "rbd:pool/image".into(),
            ],
            macs: vec!["52:54:00:aa:bb:01".to_owned()],
        };
        assert_eq!(found.guests, std::slice::from_ref(&expected));
        fs::create_dir_all(root.path().join("etc/libvirt/qemu/autostart")).unwrap();
        symlink("/etc/libvirt/qemu/shop-web1.xml", root.path().join("etc/libvirt/qemu/autostart/shop-web1.xml"))
            .unwrap();
        process(root.path(), 2000, "qemu-system-x86", &format!("/usr/bin/qemu-system-x86_64\0-uuid\0{UUID}\0"));
        assert_eq!(read(root.path()).guests, [Guest { running: true, autostart: Some(true), ..expected }]);
    }

    #[test]
    fn a_guest_that_runs_is_seen_by_its_process_alone() {
        let root = host();
        process(root.path(), 2000, "qemu-system-x86", &recorded("libvirt/build-2.arguments").replace('\n', "\0"));
        let expected = Guest {
            uuid: "2f0c2d3e-4b5a-4697-8879-a0b1c2d3e4f5".to_owned(),
            name: "build-2".to_owned(),
            hypervisor: "qemu".to_owned(),
            running: true,
            cpus: Some(1),
            memory_bytes: Some(256 << 20),
            macs: vec!["52:54:00:aa:bb:02".to_owned()],
            ..Guest::default()
        };
        assert_eq!(read(root.path()).guests, [expected]);
    }

    #[test]
    fn a_broken_definition_is_a_fault_that_names_it() {
        let root = host();
        write(root.path(), "etc/libvirt/qemu/shop-web1.xml", "<domain type='kvm'><name>shop");
        let fault = fault(root.path());
        assert_eq!(fault.cause, FaultCause::Malformed);
        assert!(fault.detail.starts_with("/etc/libvirt/qemu/shop-web1.xml"), "{}", fault.detail);
        write(root.path(), "etc/libvirt/qemu/shop-web1.xml", vec![b' '; 2 << 20]);
        assert_eq!(self::fault(root.path()).cause, FaultCause::TooLarge);
    }
}
