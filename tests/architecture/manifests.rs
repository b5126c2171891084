//! What the manifests promise.

use std::fs;

use super::source::root;

const MEMBERS: [&str; 7] = ["agent", "server", "shared", "tests", "tests/estate", "tests/fuzz", "tests/power_cut"];
const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

#[test]
fn versions_stand_in_the_root_manifest_alone() {
    let mut wrong = Vec::new();
    for member in MEMBERS {
        let manifest = manifest(&format!("{member}/Cargo.toml"));
        for table in TABLES {
            let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else { continue };
            for (name, dependency) in dependencies {
                if dependency.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    wrong.push(format!("{member}: {table}.{name} is not `workspace = true`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_keeps_the_lints_of_the_workspace() {
    for member in MEMBERS {
        let inherits = manifest(&format!("{member}/Cargo.toml"))
            .get("lints")
            .and_then(|lints| lints.get("workspace").cloned())
            .and_then(|inherits| inherits.as_bool());
        assert_eq!(inherits, Some(true), "{member}");
    }
}

#[test]
fn nothing_in_the_workspace_is_unused_or_taken_from_elsewhere() {
    let root = manifest("Cargo.toml");
    let versions = root["workspace"]["dependencies"].as_table().unwrap();
    let used: Vec<String> = MEMBERS
        .iter()
        .map(|member| manifest(&format!("{member}/Cargo.toml")))
        .flat_map(|manifest| TABLES.map(|table| manifest.get(table).cloned()))
        .flatten()
        .flat_map(|table| table.as_table().unwrap().keys().cloned().collect::<Vec<_>>())
        .collect();
    let mut wrong = Vec::new();
    for (name, dependency) in versions {
        let elsewhere = ["git", "registry"].iter().any(|key| dependency.get(key).is_some());
        if elsewhere || !used.contains(name) {
            wrong.push(name.as_str());
        }
    }
    assert!(wrong.is_empty(), "in [workspace.dependencies] but used nowhere, or not of crates.io: {wrong:?}");
}

#[test]
fn only_tests_have_the_server_die() {
    let features = manifest("server/Cargo.toml")["features"].clone();
    assert_eq!(features.get("fail-points"), Some(&toml::Value::Array(vec![])));
    assert_eq!(features.get("default"), None, "a release would have whatever stands there");
    for member in MEMBERS {
        for table in TABLES {
            let wanted = manifest(&format!("{member}/Cargo.toml")).get(table).is_some_and(asks_for_fail_points);
            assert_eq!(wanted, (member, table) == ("tests", "dev-dependencies"), "{member}: {table}");
        }
    }
}

fn asks_for_fail_points(dependencies: &toml::Value) -> bool {
    let features = dependencies.get("terrier-server").and_then(|server| server.get("features")?.as_array());
    features.is_some_and(|features| features.iter().any(|feature| feature.as_str() == Some("fail-points")))
}

fn manifest(path: &str) -> toml::Table {
    fs::read_to_string(root().join(path)).unwrap().parse().unwrap()
}
