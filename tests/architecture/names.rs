//! Names and first lines.

use super::source::sources;

/// Words that say nothing about what is inside.
const EMPTY_WORDS: [&str; 8] = ["util", "utils", "common", "helper", "helpers", "manager", "misc", "stuff"];

#[test]
fn file_names_say_what_is_inside() {
    let is_empty_word = |part: &str| EMPTY_WORDS.contains(&part);
    let wrong: Vec<_> = sources()
        .into_iter()
        .map(|source| source.path)
        .filter(|path| path.split(['/', '_', '.']).any(is_empty_word))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_does_and_does_not() {
    let mut wrong = Vec::new();
    for source in sources() {
        let name = source.path.rsplit('/').next().unwrap();
        if name != "mod.rs" && name != "lib.rs" {
            continue;
        }
        let documented = source.text.starts_with("//! ") || source.text.starts_with("#![doc = include_str!");
        // The parts of a slice, its `api` or `model`, are delimited by the slice's own page and the import rules.
        let is_part = name == "lib.rs" || source.module.len() > 2;
        let delimits = is_part || source.text.contains("//! Does not:");
        if !documented || !delimits {
            wrong.push(source.path);
        }
    }
    assert!(wrong.is_empty(), "these begin with no `//! …` or have no `//! Does not:`\n{}", wrong.join("\n"));
}
