//! The accounts of a host that is not this one.

#[cfg(test)]
mod tests {
    use std::path::Path;

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::{Accounts, Section, SectionKind};

    fn accounts() -> Accounts {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/accounts");
        let mut collected = collect(&Host::at(root), &[SectionKind::Accounts]);
        assert_eq!(collected.faults, []);
        let Section::Accounts(accounts) = collected.sections.remove(0) else { panic!("another section") };
        accounts
    }

    #[test]
    fn people_are_told_from_services_and_passwords_by_their_state() {
        let users = accounts().users;
        let people: Vec<_> = users
            .iter()
            .filter(|user| user.uid == 0 || (1000..60_000).contains(&user.uid))
            .map(|user| (user.name.as_str(), user.interactive, user.password.as_deref(), user.authorised_keys))
            .collect();
        assert_eq!(
            people,
            [
                ("root", true, Some("locked"), Some(0)),
                ("alice", true, Some("locked"), Some(3)),
                ("bob", true, Some("none"), Some(0)),
                ("carol", false, Some("locked"), Some(0)),
                ("dave", true, Some("set"), Some(0)),
            ]
        );
        let alice = users.iter().find(|user| user.name == "alice").unwrap();
        assert_eq!(alice.full_name.as_deref(), Some("Alice Example"));
        assert_eq!(alice.home.to_lossy(), "/home/alice");
        let daemon = users.iter().find(|user| user.name == "daemon").unwrap();
        assert_eq!((daemon.uid, daemon.interactive), (1, false));
    }

    #[test]
    fn neither_hashes_nor_keys_are_among_what_is_told() {
        let json = serde_json::to_string(&accounts()).unwrap();
        assert!(!json.contains("$6$") && !json.contains("hashhash") && !json.contains("AAAA"));
    }

    #[test]
    fn groups_have_their_members() {
        let groups = accounts().groups;
        let ops = groups.iter().find(|group| group.name == "ops").unwrap();
        assert_eq!((ops.gid, ops.members.join(",")), (2000, "alice,bob".to_owned()));
        assert!(groups.is_sorted());
    }
}
