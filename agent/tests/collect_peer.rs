//! What another agent finds on this host, this one finds too: `fusioninventory-inventory`, where it is installed.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::process::{Command, Stdio};
    use std::sync::LazyLock;

    use roxmltree::{Document, Node};
    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Section, SectionKind};

    const PEER: &str = "fusioninventory-inventory";

    /// The peer's inventory as XML; absent where it is not installed. It takes a second: all tests share it.
    fn inventory() -> Option<&'static str> {
        static OF_PEER: LazyLock<Option<String>> = LazyLock::new(ask);
        OF_PEER.as_deref()
    }

    fn ask() -> Option<String> {
        let mut command = Command::new(PEER);
        let output = command.env("LC_ALL", "C").stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn text<'a>(item: &Node<'a, '_>, name: &str) -> &'a str {
        item.children().find(|child| child.has_tag_name(name)).and_then(|child| child.text()).unwrap_or_default()
    }

    /// What `describe` makes of each item of the peer's of this kind, without those of which it makes nothing.
    fn theirs(xml: &Document<'_>, kind: &str, describe: impl Fn(&Node<'_, '_>) -> String) -> BTreeSet<String> {
        let items = xml.descendants().filter(|node| node.has_tag_name(kind));
        items.map(|item| describe(&item)).filter(|text| !text.is_empty()).collect()
    }

    macro_rules! ours {
        ($kind:ident) => {{
            let mut collected = collect(&Host::live(), &[SectionKind::$kind]);
            assert_eq!(collected.faults, []);
            match collected.sections.remove(0) {
                Section::$kind(section) => section,
                other => panic!("{other:?}"),
            }
        }};
    }

    #[track_caller]
    fn nothing_is_missing(what: &str, theirs: &BTreeSet<String>, ours: &BTreeSet<String>) {
        let missing: Vec<_> = theirs.difference(ours).collect();
        assert!(missing.is_empty(), "{what} that only the peer finds: {missing:#?}");
    }

    #[test]
    fn every_package_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let describe = |name: &str, version: &str| format!("{name} {version}");
        let theirs = theirs(&xml, "SOFTWARES", |item| describe(text(item, "NAME"), text(item, "VERSION")));
        assert!(!theirs.is_empty());
        let ours = ours!(Software).packages.into_iter().map(|package| describe(&package.name, &package.version));
        nothing_is_missing("packages", &theirs, &ours.collect());
    }

    #[test]
    fn every_disk_and_file_system_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let storage = ours!(Storage);
        let disks = theirs(&xml, "STORAGES", |item| text(item, "NAME").to_owned());
        nothing_is_missing("disks", &disks, &storage.devices.iter().map(|device| device.name.clone()).collect());
        // What is swap to the peer is no file system to anybody.
        let drives = theirs(&xml, "DRIVES", |item| match text(item, "FILESYSTEM") {
            "swap" => String::new(),
            _ => text(item, "TYPE").to_owned(),
        });
        let mounts = storage.filesystems.iter().map(|filesystem| filesystem.mount_point.to_lossy().into_owned());
        nothing_is_missing("file systems", &drives, &mounts.collect());
    }

    #[test]
    fn every_interface_and_address_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let interfaces = ours!(Network).interfaces;
        let names = theirs(&xml, "NETWORKS", |item| text(item, "DESCRIPTION").to_owned());
        nothing_is_missing("interfaces", &names, &interfaces.iter().map(|one| one.name.clone()).collect());
        let all = |item: &Node<'_, '_>| {
            let addresses = [text(item, "IPADDRESS"), text(item, "IPADDRESS6")].map(str::parse::<std::net::IpAddr>);
            addresses.into_iter().flatten().map(|address| address.to_string()).collect::<Vec<_>>().join(" ")
        };
        let theirs: BTreeSet<String> =
            theirs(&xml, "NETWORKS", all).iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect();
        let ours = interfaces.iter().flat_map(|one| &one.addresses).map(|address| address.address.to_string());
        nothing_is_missing("addresses", &theirs, &ours.collect());
    }

    #[test]
    fn every_user_and_group_with_members_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let accounts = ours!(Accounts);
        let describe = |name: &str, id: &str, home: &str, shell: &str| format!("{name} {id} {home} {shell}");
        let users = theirs(&xml, "LOCAL_USERS", |item| {
            describe(text(item, "LOGIN"), text(item, "ID"), text(item, "HOME"), text(item, "SHELL"))
        });
        assert!(!users.is_empty());
        let ours = accounts
            .users
            .iter()
            .map(|user| describe(&user.name, &user.uid.to_string(), &user.home.to_lossy(), &user.shell.to_lossy()));
        nothing_is_missing("users", &users, &ours.collect());
        let groups = theirs(&xml, "LOCAL_GROUPS", |item| format!("{} {}", text(item, "NAME"), text(item, "ID")));
        let ours = accounts.groups.iter().map(|group| format!("{} {}", group.name, group.gid));
        nothing_is_missing("groups", &groups, &ours.collect());
    }

    #[test]
    fn every_controller_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let describe = |slot: &str, class: &str, ids: &str| format!("{slot} {class} {ids}").to_lowercase();
        let theirs = theirs(&xml, "CONTROLLERS", |item| {
            let ids = format!("{}:{}", text(item, "VENDORID"), text(item, "PRODUCTID"));
            describe(text(item, "PCISLOT"), text(item, "PCICLASS"), &ids)
        });
        let ours = ours!(Devices).pci.into_iter().map(|device| {
            // The peer leaves out the domain and what distinguishes the programming interfaces of a class.
            let slot = device.address.trim_start_matches("0000:").to_owned();
            describe(&slot, device.class_id.get(..4).unwrap(), &format!("{}:{}", device.vendor_id, device.device_id))
        });
        nothing_is_missing("controllers", &theirs, &ours.collect());
    }

    #[test]
    fn every_running_guest_of_the_peer_is_found() {
        let Some(text_of_peer) = inventory() else { return };
        let xml = Document::parse(text_of_peer).unwrap();
        let theirs = theirs(&xml, "VIRTUALMACHINES", |item| match (text(item, "VMTYPE"), text(item, "STATUS")) {
            ("libvirt" | "qemu", "running") => text(item, "NAME").to_owned(),
            _ => String::new(),
        });
        let ours = ours!(Containers).guests.into_iter().filter(|guest| guest.running).map(|guest| guest.name);
        nothing_is_missing("guests", &theirs, &ours.collect());
    }
}
