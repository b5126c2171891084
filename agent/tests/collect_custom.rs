//! Facts of the people who run a host.

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::path::Path;

    use terrier_agent::collect::collect;
    use terrier_agent::collect::host::Host;
    use terrier_shared::latest::section::custom::{CustomFact, Fact};
    use terrier_shared::latest::section::{Section, SectionKind};

    const PLACE: &str = "etc/terrier/facts.d";

    fn host(files: &[(&str, &str, u32)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(PLACE)).unwrap();
        for (name, text, mode) in files {
            let path = root.path().join(PLACE).join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        root
    }

    /// What is found, by namespace.
    #[derive(Debug, Default, PartialEq)]
    struct Found {
        facts: BTreeMap<String, BTreeMap<String, Fact>>,
        problems: BTreeMap<String, String>,
    }

    fn read(root: &Path) -> Found {
        let mut collected = collect(&Host::at(root), &[SectionKind::Custom]);
        assert_eq!(collected.faults, []);
        let Section::Custom(custom) = collected.sections.remove(0) else { panic!("another section") };
        let mut found = Found::default();
        for CustomFact { namespace, name, value } in custom.facts {
            found.facts.entry(namespace).or_default().insert(name, value);
        }
        found.problems = custom.problems.into_iter().map(|one| (one.namespace, one.problem)).collect();
        found
    }

    /// Programs are run only if root owns them, so only root can make one that is.
    fn is_roots(root: &tempfile::TempDir) -> bool {
        fs::metadata(root.path()).unwrap().uid() == 0
    }

    #[test]
    fn a_host_without_the_directory_has_no_facts() {
        assert_eq!(read(tempfile::tempdir().unwrap().path()), Found::default());
    }

    #[test]
    fn one_file_that_is_wrong_spoils_no_other() {
        let root = host(&[
            ("rack.json", r#"{"row":"B","unit":12}"#, 0o644),
            ("broken.json", r#"{"a":{"b":1}}"#, 0o644),
            ("notes.txt", "hello", 0o644),
            ("large.json", &format!("{{\"a\":\"{}\"}}", "x".repeat(64 << 10)), 0o644),
            (".hidden.json", "{}", 0o644),
            ("rack.txt", "hello", 0o644),
        ]);
        let custom = read(root.path());
        assert_eq!(custom.facts.keys().collect::<Vec<_>>(), ["rack"]);
        assert_eq!(custom.facts["rack"]["unit"], Fact::Integer(12));
        let problems: Vec<_> = custom.problems.iter().map(|(name, problem)| format!("{name}: {problem}")).collect();
        assert_eq!(
            problems,
            [
                "broken: /etc/terrier/facts.d/broken.json: `a` has values in values",
                "large: /etc/terrier/facts.d/large.json is larger than 65536 bytes",
                "notes: /etc/terrier/facts.d/notes.txt is neither a program nor named *.json",
                "rack: rack.txt: another file has this namespace",
            ]
        );
    }

    #[test]
    fn programs_print_facts_without_anything_of_our_environment() {
        let root = host(&[
            ("os", "#!/bin/sh\necho \"{\\\"home\\\":\\\"$HOME\\\",\\\"cores\\\":4}\"", 0o755),
            ("fails.sh", "#!/bin/sh\necho '{}'\nexit 3", 0o755),
            ("prints.sh", "#!/bin/sh\nexec yes", 0o755),
        ]);
        let custom = read(root.path());
        if !is_roots(&root) {
            assert!(custom.facts.is_empty() && custom.problems["os"].contains("others than root"));
            return;
        }
        assert_eq!(custom.facts["os"]["home"], Fact::Text(String::new()));
        assert_eq!(custom.facts["os"]["cores"], Fact::Integer(4));
        assert!(custom.problems["fails"].contains("exit status: 3"), "{:?}", custom.problems);
        assert!(custom.problems["prints"].contains("larger than 65536 bytes"), "{:?}", custom.problems);
    }

    #[test]
    fn what_others_than_root_can_change_is_not_run() {
        let root = host(&[("open.sh", "#!/bin/sh\ntouch /etc/terrier/ran\necho '{}'", 0o777)]);
        assert!(read(root.path()).problems["open"].contains("others than root"));

        let root = host(&[("a.sh", "#!/bin/sh\necho '{}'", 0o755)]);
        fs::set_permissions(root.path().join("etc/terrier"), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(read(root.path()).problems["a"].contains("others than root"));

        let root = host(&[]);
        fs::write(root.path().join("own"), "#!/bin/sh\necho '{}'").unwrap();
        fs::set_permissions(root.path().join("own"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("/own", root.path().join(PLACE).join("link")).unwrap();
        assert!(read(root.path()).problems["link"].contains("is a link"));
    }

    #[test]
    fn more_files_than_allowed_are_named() {
        let names: Vec<String> = (0..60).map(|number| format!("f{number:02}.json")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "{\"a\":1}", 0o644)).collect();
        let custom = read(host(&files).path());
        assert_eq!((custom.facts.len(), custom.problems.len()), (50, 10));
        assert!(custom.problems["f50"].contains("more than 50 files"));
    }
}
