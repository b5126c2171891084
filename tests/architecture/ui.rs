//! What the UI's folders may import of one another.

use std::fs;
use std::path::Path;

use super::source::root;

/// A folder of `server/ui/src` and the folders it may import from, besides itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("api", &["format", "i18n"]),
    ("format", &["i18n"]),
    ("i18n", &["format"]),
    ("ui", &["format", "i18n"]),
    ("layout", &["api", "ui", "format", "i18n"]),
    ("features", &["api", "ui", "layout", "format", "i18n"]),
];

#[test]
fn folders_import_only_what_their_line_allows() {
    let src = root().join("server/ui/src");
    let mut wrong = Vec::new();
    for (folder, allowed) in MAY_IMPORT {
        for (file, import) in imports(&src, &src.join(folder)) {
            let mut parts = import.iter().map(String::as_str);
            let (target, feature) = (parts.next().unwrap_or_default(), parts.next());
            let own_feature = file.split('/').nth(1);
            // Files directly in `src` (routes, paths, search) join the folders.
            let is_top_level = import.len() == 1;
            let is_fine = is_top_level
                || target == *folder && (*folder != "features" || feature == own_feature)
                || allowed.contains(&target);
            if !is_fine {
                wrong.push(format!("{file} imports {}", import.join("/")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Files below `directory` and what they import, as paths from `src`.
fn imports(src: &Path, directory: &Path) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(imports(src, &path));
        } else if path.extension().is_some_and(|extension| extension == "ts" || extension == "tsx") {
            let name = path.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
            if name.contains(".test.") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            all.extend(relative_imports(&text).map(|import| (name.clone(), from_src(&name, import))));
        }
    }
    all
}

fn relative_imports(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split(" from ").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    quoted.filter(|import| import.starts_with('.'))
}

fn from_src(file: &str, import: &str) -> Vec<String> {
    let mut path: Vec<String> = file.split('/').map(str::to_owned).collect();
    path.pop();
    for part in import.split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop();
            }
            _ => path.push(part.to_owned()),
        }
    }
    path
}

#[test]
fn imports_of_another_feature_are_found() {
    let text = "import { a } from '../../software/b';\nimport c from \"react\";";
    let found: Vec<_> = relative_imports(text).map(|import| from_src("features/cmdb/list/x.tsx", import)).collect();
    assert_eq!(found, [["features", "software", "b"]]);
}
