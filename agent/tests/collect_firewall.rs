//! Packet filters of hosts that are not this one.

#[cfg(test)]
mod tests {
    use std::path::Path;

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Firewall, Section, SectionKind};

    fn read(root: &Path) -> Firewall {
        let mut collected = collect(&Host::at(root), &[SectionKind::Firewall]);
        assert_eq!(collected.faults, []);
        let Section::Firewall(firewall) = collected.sections.remove(0) else { panic!("another section") };
        firewall
    }

    fn fixture(name: &str) -> Firewall {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/firewall").join(name))
    }

    #[test]
    fn programs_that_set_rules_say_whether_they_are_switched_on() {
        let managers = fixture("filtering").managers;
        let told: Vec<_> = managers.iter().map(|manager| (manager.name.as_str(), manager.enabled)).collect();
        assert_eq!(told, [("firewalld", Some(false)), ("nftables", Some(true)), ("ufw", Some(true))]);
    }

    #[test]
    fn the_kernel_filters_where_a_chain_has_rules_or_drops() {
        assert_eq!(fixture("filtering").filtering, Some(true));
        assert_eq!(fixture("drop").filtering, Some(true));
        assert_eq!(fixture("open").filtering, Some(false));
    }

    #[test]
    fn what_may_not_be_asked_is_not_known() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(read(root.path()), Firewall::default());
    }

    #[test]
    fn tables_of_the_old_kind_leave_it_open_whether_anything_is_filtered() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("netlink")).unwrap();
        std::fs::create_dir_all(root.path().join("proc/net")).unwrap();
        std::fs::write(root.path().join("netlink/chains"), "").unwrap();
        assert_eq!(read(root.path()).filtering, Some(false));
        std::fs::write(root.path().join("proc/net/ip_tables_names"), "filter\n").unwrap();
        assert_eq!(read(root.path()).filtering, None);
    }
}
