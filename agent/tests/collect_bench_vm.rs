//! Hardware, storage and network of a machine that has many kinds of them, against what other programs say of it.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_agent::collect::identity::{Hardware, NOTE};
    use terrier_shared::latest::section::storage::{LogicalVolume, VolumeGroup};
    use terrier_shared::latest::section::{Devices, Memory, Network, Section, SectionKind, Storage};

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bench-vm").join(name)
    }

    fn peer(name: &str) -> String {
        fs::read_to_string(fixture("peer").join(name)).unwrap()
    }

    fn rows(name: &str) -> Vec<BTreeMap<String, String>> {
        serde_json::from_str(&peer(name)).unwrap()
    }

    /// A copy of the machine's files that a test may change.
    fn copy() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let copied =
            std::process::Command::new("cp").arg("-a").arg(fixture("root").join(".")).arg(root.path()).status();
        assert!(copied.unwrap().success());
        root
    }

    fn section(root: &Path, kind: SectionKind) -> Section {
        let mut collected = collect(&Host::at(root), &[kind]);
        assert_eq!(collected.faults, []);
        collected.sections.remove(0)
    }

    fn memory(root: &Path) -> Memory {
        let Section::Memory(memory) = section(root, SectionKind::Memory) else { panic!() };
        memory
    }

    fn devices(root: &Path) -> Devices {
        let Section::Devices(devices) = section(root, SectionKind::Devices) else { panic!() };
        devices
    }

    fn storage(root: &Path) -> Storage {
        let Section::Storage(storage) = section(root, SectionKind::Storage) else { panic!() };
        storage
    }

    fn network(root: &Path) -> Network {
        let Section::Network(network) = section(root, SectionKind::Network) else { panic!() };
        network
    }

    fn groups(root: &Path) -> Vec<VolumeGroup> {
        storage(root).volume_groups.unwrap()
    }

    /// What only root may read fails to be read, as it does for others.
    fn close(root: &Path) {
        let table = root.join("sys/firmware/dmi/tables/DMI");
        fs::remove_file(&table).unwrap();
        fs::create_dir(&table).unwrap();
        fs::create_dir(root.join("etc/lvm/backup/closed")).unwrap();
    }

    #[test]
    fn memory_modules_are_those_that_dmidecode_lists() {
        let memory = memory(&fixture("root"));
        assert_eq!((memory.error_correction.as_deref(), memory.max_bytes), (Some("multi_bit_ecc"), Some(1536 << 20)));
        let modules = memory.modules.unwrap();
        let dump = peer("dmidecode");
        let described: Vec<&str> = dump.split("\n\n").filter(|part| part.contains("\nMemory Device\n")).collect();
        assert_eq!(modules.len(), described.len());
        for (module, text) in modules.iter().zip(described) {
            let field = |name: &str| {
                text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
            };
            assert_eq!(module.slot, field("Locator"));
            let size = module.size_bytes.map_or("No Module Installed".to_owned(), |bytes| match bytes >> 30 {
                0 => format!("{} kB", bytes >> 10),
                gigabytes => format!("{gigabytes} GB"),
            });
            assert_eq!(size, field("Size"), "{}", module.slot);
            if module.vendor.is_some() {
                let rates = [module.max_mts, module.mts].map(|rate| format!("{} MT/s", rate.unwrap()));
                assert_eq!(rates, [field("Speed"), field("Configured Memory Speed")]);
                assert_eq!(module.technology.as_deref(), Some(field("Type")));
                assert_eq!(module.vendor.as_deref(), Some(field("Manufacturer")));
                assert_eq!(module.part_number.as_deref(), Some(field("Part Number").trim()));
                assert_eq!(module.serial.as_deref(), Some(field("Serial Number")));
            }
        }
        let [_, _, empty, unnamed] = modules.as_slice() else { panic!("{modules:?}") };
        assert_eq!((empty.size_bytes, empty.vendor.as_ref(), empty.max_mts), (None, None, None));
        assert_eq!((&unnamed.vendor, &unnamed.serial, &unnamed.part_number), (&None, &None, &None), "fillers");
    }

    #[test]
    fn slots_say_what_fits_and_what_is_in_them() {
        let slots = devices(&fixture("root")).slots.unwrap();
        let told: Vec<_> = slots
            .iter()
            .map(|s| (s.name.as_str(), s.kind.as_deref().unwrap(), s.in_use, s.address.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("PCIE1", "pci_express_gen3_x16", Some(true), Some("0000:00:02.0")),
                ("PCIE2", "pci_express_gen4", Some(false), None),
                ("", "pci", None, None),
            ]
        );
    }

    #[test]
    fn an_agent_that_is_not_root_takes_what_root_has_noted_at_boot() {
        let root = copy();
        let note = serde_json::to_string(&Hardware::read(&Host::at(root.path()))).unwrap();
        close(root.path());
        assert_eq!(memory(root.path()).modules, None, "not as if they had been taken out");
        assert_eq!(devices(root.path()).slots, None);
        let path = root.path().join(NOTE.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, note).unwrap();
        assert_eq!(memory(root.path()), memory(&fixture("root")));
        assert_eq!(devices(root.path()).slots, devices(&fixture("root")).slots);
        assert_eq!(groups(root.path()), groups(&fixture("root")));
        fs::write(&path, r#"{"product_serial":"7XK2B93"}"#).unwrap();
        assert_eq!(memory(root.path()).modules, None, "a note of an agent that did not read them");
    }

    #[test]
    fn a_table_without_an_end_or_beginning_gives_what_is_whole_and_no_fault() {
        let root = copy();
        let table = root.path().join("sys/firmware/dmi/tables/DMI");
        let bytes = fs::read(&table).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            fs::write(&table, &bytes[..end]).unwrap();
            assert!(memory(root.path()).modules.unwrap().len() <= 4);
        }
        fs::write(&table, vec![0xff; 100_000]).unwrap();
        assert_eq!(memory(root.path()).modules, Some(vec![]));
    }

    #[test]
    fn pci_functions_are_named_as_lspci_names_them() {
        let root = copy();
        fs::create_dir_all(root.path().join("usr/share/misc")).unwrap();
        fs::copy(fixture("pci.ids"), root.path().join("usr/share/misc/pci.ids")).unwrap();
        let found = devices(root.path()).pci;
        let listed = peer("lspci");
        let lines: Vec<&str> = listed.lines().filter(|line| line.starts_with("0000:")).collect();
        assert_eq!(found.len(), lines.len());
        for (device, line) in found.iter().zip(lines) {
            let class = format!("{} {} [{}]:", device.address, device.class.as_ref().unwrap(), &device.class_id[..4]);
            assert!(line.starts_with(&class), "{class} {line}");
            let numbers = format!("[{}:{}]", device.vendor_id, device.device_id);
            assert!(line.contains(&numbers), "{line}");
            if let (Some(vendor), Some(name)) = (&device.vendor, &device.device) {
                assert!(line.contains(&format!("]: {vendor} {name} [")), "{vendor} {name} {line}");
            }
        }
        let bridge = &found[0];
        assert_eq!(bridge.subsystem.as_deref(), Some("QEMU Virtual Machine"));
        assert_eq!((bridge.driver.as_deref(), found[19].driver.as_deref()), (None, Some("nvme")));
    }

    #[test]
    fn without_a_list_of_names_those_that_udev_has_looked_up_are_taken() {
        let pci = devices(&fixture("root")).pci;
        let nvme = pci.iter().find(|device| device.address == "0000:02:00.0").unwrap();
        assert_eq!(nvme.class.as_deref(), Some("Non-Volatile memory controller"));
        assert_eq!(nvme.vendor.as_deref(), Some("Red Hat, Inc."));
        assert_eq!(nvme.device.as_deref(), Some("QEMU NVM Express Controller"));
        let unknown = &pci[1];
        assert_eq!(
            (unknown.vendor_id.as_str(), unknown.vendor.as_ref(), unknown.device.as_ref()),
            ("1234", None, None)
        );
    }

    #[test]
    fn usb_devices_stand_where_they_are_plugged_in_without_the_controllers_hubs() {
        let usb = devices(&fixture("root")).usb;
        let told: Vec<_> = usb
            .iter()
            .map(|d| (d.place.as_str(), d.product.as_deref().unwrap(), d.class_id.as_deref().unwrap(), d.speed_mbps))
            .collect();
        assert_eq!(
            told,
            [
                ("1-1", "QEMU USB Hub", "09", Some(12)),
                ("1-1.1", "QEMU USB Keyboard", "03", Some(12)),
                ("1-1.2", "QEMU USB Tablet", "03", Some(12)),
                ("2-2", "QEMU USB HARDDRIVE", "08", Some(5000)),
            ]
        );
        assert_eq!((usb[1].serial.as_deref(), usb[3].drivers.join(",")), (Some("KBD42"), "usb-storage".to_owned()));
        for device in &usb {
            assert!(peer("lsusb").contains(&format!("{}:{}", device.vendor_id, device.product_id)), "{device:?}");
        }
    }

    #[test]
    fn a_host_without_buses_has_no_devices_and_no_fault() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(collect(&Host::at(root.path()), &[SectionKind::Devices]).faults.len(), 1, "no sysfs");
        fs::create_dir_all(root.path().join("sys/bus")).unwrap();
        assert_eq!(devices(root.path()), Devices { slots: Some(vec![]), ..Devices::default() });
    }

    #[test]
    fn volume_groups_have_the_sizes_that_lvm_says() {
        let found = groups(&fixture("root"));
        let listed = rows("vgs.json");
        assert_eq!(found.len(), listed.len());
        for (group, row) in found.iter().zip(listed) {
            assert_eq!((&group.name, group.uuid.as_ref()), (&row["vg_name"], row.get("vg_uuid")));
            assert_eq!(format!("{}B", group.size_bytes.unwrap()), row["vg_size"], "{}", group.name);
            assert_eq!(format!("{}B", group.free_bytes.unwrap()), row["vg_free"], "{}", group.name);
        }
        assert_eq!(found[1].physical_volumes, ["md126", "sda", "sdb"]);
        let missing = rows("pvs.json").into_iter().find(|row| row["pv_name"] == "[unknown]").unwrap();
        assert_eq!(found[0].physical_volumes, [missing["pv_uuid"].as_str(), "loop0"]);
    }

    #[test]
    fn logical_volumes_are_those_that_lvm_shows() {
        let found: BTreeMap<String, LogicalVolume> = groups(&fixture("root"))
            .into_iter()
            .flat_map(|group| group.volumes.into_iter().map(move |v| (format!("{}/{}", group.name, v.name), v)))
            .collect();
        let is_shown =
            |row: &BTreeMap<String, String>| row["lv_role"].contains("public") || row["lv_layout"] == "thin,pool";
        let listed: Vec<_> = rows("lvs.json").into_iter().filter(is_shown).collect();
        assert_eq!(found.len(), listed.len());
        for row in listed {
            let volume = &found[&row["lv_full_name"]];
            assert_eq!(volume.uuid.as_ref(), row.get("lv_uuid"));
            assert_eq!(format!("{}B", volume.size_bytes.unwrap()), row["lv_size"]);
            let device = (row["lv_kernel_minor"] != "-1").then(|| format!("dm-{}", row["lv_kernel_minor"]));
            assert_eq!(volume.device, device, "{}", row["lv_full_name"]);
        }
        let layout = |name: &str| found[name].layout.as_deref().unwrap();
        let names =
            ["vg-data/my-lv", "vg-data/mirror", "vg-data/pool", "vg-data/thin1", "vg-data/snap1", "vg-data/off"];
        assert_eq!(names.map(layout), ["striped", "raid1", "thin-pool", "thin", "snapshot", "linear"]);
    }

    #[test]
    fn without_metadata_the_volumes_that_are_active_are_listed() {
        let root = copy();
        close(root.path());
        let found = groups(root.path());
        let told: Vec<_> = found.iter().map(|g| (g.name.as_str(), g.size_bytes, g.volumes.len())).collect();
        assert_eq!(told, [("broken", None, 1), ("vg-data", None, 6)]);
        let names: Vec<_> = found[1].volumes.iter().map(|volume| volume.name.as_str()).collect();
        assert_eq!(names, ["mirror", "my-lv", "pool", "root_lv", "snap1", "thin1"]);
    }

    #[test]
    fn a_physical_volume_of_which_nothing_is_known_leaves_the_groups_unknown() {
        let root = copy();
        close(root.path());
        let nvme = root.path().join("run/udev/data/b259:0");
        let udev = fs::read_to_string(&nvme).unwrap() + "E:ID_FS_TYPE=LVM2_member\nE:ID_FS_UUID=x\n";
        fs::write(nvme, udev).unwrap();
        assert_eq!(storage(root.path()).volume_groups, None);
    }

    #[test]
    fn metadata_of_a_group_whose_disks_have_gone_is_not_listed() {
        let root = copy();
        let backups = root.path().join("etc/lvm/backup");
        let text = fs::read_to_string(backups.join("broken")).unwrap();
        let other: String = text
            .lines()
            .map(|line| match line.trim().strip_prefix("id = \"") {
                Some(id) => format!("id = \"Z{}\n", &id[1..]),
                None => format!("{line}\n"),
            })
            .collect();
        fs::write(backups.join("gone"), other.replace("broken {", "gone {")).unwrap();
        assert_eq!(groups(root.path()), groups(&fixture("root")));
    }

    #[test]
    fn arrays_say_which_of_their_members_have_failed() {
        let arrays = storage(&fixture("root")).raid_arrays;
        let told: Vec<_> = arrays
            .iter()
            .map(|a| (a.device.as_str(), a.level.as_str(), a.state.as_str(), a.members_wanted, a.degraded))
            .collect();
        assert_eq!(told, [("md126", "raid5", "active", 3, 1), ("md127", "raid1", "active", 2, 0)]);
        let members: Vec<_> = arrays[0].members.iter().map(|m| (m.device.as_str(), m.state.as_str())).collect();
        assert_eq!(members, [("sde1", "in_sync"), ("sde2", "faulty"), ("sde3", "in_sync")]);
        for member in arrays.iter().flat_map(|array| &array.members) {
            let dump = peer("mdadm");
            let line = dump.lines().find(|line| line.ends_with(&format!("/dev/{}", member.device))).unwrap();
            let expected = if member.state == "in_sync" { "active sync" } else { "faulty" };
            assert!(line.contains(expected), "{line}");
        }
    }

    #[test]
    fn a_disk_with_several_ways_to_it_names_them() {
        let maps = storage(&fixture("root")).multipaths;
        let [map] = maps.as_slice() else { panic!("{maps:?}") };
        let head = format!("{} ({}) {} ", map.name, map.wwid.as_ref().unwrap(), map.device);
        assert!(peer("multipath").starts_with(&head), "{head}");
        let paths: Vec<_> = map.paths.iter().map(|p| (p.device.as_str(), p.state.as_deref())).collect();
        assert_eq!(paths, [("sdg", Some("running")), ("sdh", Some("running"))]);
    }

    #[test]
    fn exports_are_those_that_exportfs_takes() {
        let exports = storage(&fixture("root")).exports.unwrap();
        let paths: Vec<_> = exports.iter().map(|export| export.path.to_lossy().into_owned()).collect();
        let expected = [
            "/srv/share",
            "/srv/with space",
            "/srv/octal path",
            "/srv/defaults",
            "/srv/world",
            "/srv/nobody",
            "/srv/late",
        ];
        assert_eq!(paths, expected);
        assert_eq!(
            exports[0].clients,
            ["10.0.0.0/8(rw,sync,no_subtree_check)", "@trusted(ro)", "*.example.org(ro,insecure)"]
        );
        assert_eq!(exports[3].clients[0], "-sec=sys,rw,no_subtree_check");
        // exportfs(8) leaves out what is for hosts whose names it cannot resolve.
        let mut taken: Vec<String> = peer("exportfs")
            .lines()
            .filter(|line| line.starts_with('/'))
            .map(|line| line.split(['\t', '(']).next().unwrap().trim().to_owned())
            .collect();
        taken.sort();
        taken.dedup();
        let mut own: Vec<String> = paths.into_iter().filter(|path| path != "/srv/defaults").collect();
        own.sort();
        assert_eq!(own, taken);
    }

    #[test]
    fn disks_say_their_firmware_and_running_ones_nothing_of_their_health() {
        let found = storage(&fixture("root")).devices;
        let firmware = |name: &str| found.iter().find(|d| d.name == name).unwrap().firmware.clone();
        assert_eq!(firmware("sdc").as_deref(), Some("RC01"));
        assert_eq!(firmware("sdi").as_deref(), Some("FW1.2"), "longer than what SCSI has room for");
        assert_eq!(firmware("nvme0n1").as_deref(), Some("7.2.22"));
        assert!(found.iter().all(|device| device.health.is_none()));
        let root = copy();
        fs::write(root.path().join("sys/class/block/sdc/device/state"), "offline\n").unwrap();
        let sdc = storage(root.path()).devices.into_iter().find(|device| device.name == "sdc").unwrap();
        assert_eq!(sdc.health.unwrap().verdict, "offline");
    }

    #[test]
    fn bonds_bridges_and_vlans_say_how_they_are_made_up() {
        let network = network(&fixture("root"));
        let named = |name: &str| network.interfaces.iter().find(|found| found.name == name).unwrap();
        let bond = named("bond0").bond.clone().unwrap();
        assert_eq!(
            (bond.mode.as_str(), bond.active.as_deref(), bond.monitor_ms),
            ("active-backup", Some("enp0s9"), Some(100))
        );
        let members: Vec<_> = bond.members.iter().map(|m| (m.interface.as_str(), m.up)).collect();
        assert_eq!(members, [("enp0s10", false), ("enp0s9", true)]);
        let aggregate = named("bond1").bond.clone().unwrap();
        assert_eq!((aggregate.mode.as_str(), aggregate.active, aggregate.members.len()), ("802.3ad", None, 2));
        assert_eq!([named("bond0.20").vlan, named("storage").vlan, named("bond0").vlan], [Some(20), Some(3000), None]);
        let bridge = named("br0").bridge.clone().unwrap();
        assert_eq!(
            (bridge.ports, bridge.stp, bridge.vlan_filtering),
            (vec!["dummy0".into(), "veth0".into()], true, true)
        );
        let plain = named("br1").bridge.clone().unwrap();
        assert_eq!((plain.ports.len(), plain.stp, plain.vlan_filtering), (0, false, false));
        let places = ["enp0s9", "enp0s11", "bond0"].map(|name| named(name).bus_address.clone());
        assert_eq!(places, [Some("0000:00:09.0".to_owned()), Some("0000:00:0b.0".to_owned()), None]);
    }

    #[test]
    fn a_neighbour_is_what_networkctl_lists() {
        let network = network(&fixture("root"));
        let [heard] = network.neighbours.as_slice() else { panic!("{:?}", network.neighbours) };
        let dump = peer("networkctl-lldp");
        let line: Vec<&str> = dump.lines().nth(1).unwrap().split_whitespace().collect();
        let own = [&heard.interface, &heard.chassis, heard.name.as_ref().unwrap()];
        assert_eq!((own.map(String::as_str).to_vec(), heard.port.as_str()), (line[..3].to_vec(), line[4]));
        assert_eq!(heard.port_description.as_deref(), Some("enp0s14"));
        assert_eq!(heard.description.as_deref(), Some("Switch OS 1.2 on a test bench"));
        let addresses: Vec<_> = heard.addresses.iter().map(ToString::to_string).collect();
        assert_eq!((addresses, heard.vlan), (vec!["198.51.100.2".to_owned(), "2001:db8:99::2".to_owned()], Some(7)));
    }

    #[test]
    fn an_unchanged_machine_gives_the_same_bytes() {
        let kinds = [SectionKind::Memory, SectionKind::Devices, SectionKind::Storage, SectionKind::Network];
        let host = Host::at(fixture("root"));
        let bytes = || serde_json::to_vec(&collect(&host, &kinds).sections).unwrap();
        assert_eq!(bytes(), bytes());
    }
}
