//! Nothing that an agent, a person or a disk does ends in a panic.

use super::source::{Found, sources};

#[test]
fn production_code_does_not_panic() {
    let mut wrong = Vec::new();
    for source in sources() {
        for found in &source.found {
            let name = match found {
                Found::Method(name) if matches!(name.as_str(), "unwrap" | "expect" | "unwrap_err" | "expect_err") => {
                    name
                }
                Found::Macro(name) if matches!(name.as_str(), "panic" | "unreachable" | "todo" | "unimplemented") => {
                    name
                }
                _ => continue,
            };
            wrong.push(format!("{}: {name}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
