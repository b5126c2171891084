//! Files stay small. What is larger stands in `longest_files.txt`, which may only shrink.

use std::collections::BTreeMap;
use std::fs;

use super::source::{root, sources};

/// Look twice at a file with more lines than this, tests not counted.
const BUDGET: usize = 500;
/// Lists that grow with the product.
const EXEMPT: [&str; 1] = ["server/src/store/schema.rs"];
/// Half of all files have at most this many lines.
const BUDGET_P50: usize = 130;
/// Nine out of ten have at most this many.
const BUDGET_P90: usize = 320;

#[test]
fn files_keep_to_their_budget() {
    let allowed = ratchet();
    let mut wrong = Vec::new();
    let sizes: BTreeMap<String, usize> =
        sources().into_iter().map(|source| (source.path.clone(), source.production_lines())).collect();
    for (path, lines) in &sizes {
        let limit = allowed.get(path).copied().unwrap_or(BUDGET);
        if *lines > limit && !EXEMPT.contains(&path.as_str()) {
            wrong.push(format!("{path} has {lines} lines, {limit} are allowed"));
        }
    }
    for (path, limit) in &allowed {
        let lines = sizes.get(path).copied().unwrap_or(0);
        if lines < *limit {
            wrong.push(format!("{path} has {lines} lines: lower its line in longest_files.txt, or take it out"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn most_files_are_short() {
    let mut sizes: Vec<usize> = sources().iter().map(super::source::Source::production_lines).collect();
    sizes.sort_unstable();
    let (p50, p90) = (sizes[sizes.len() / 2], sizes[sizes.len() * 9 / 10]);
    assert!(p50 <= BUDGET_P50 && p90 <= BUDGET_P90, "p50 {p50}, p90 {p90} of {} files", sizes.len());
}

/// Files that may be longer, with their length today.
fn ratchet() -> BTreeMap<String, usize> {
    let text = fs::read_to_string(root().join("tests/architecture/longest_files.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (path, limit) = line.split_once(' ').unwrap();
            (path.to_owned(), limit.parse().unwrap())
        })
        .collect()
}
