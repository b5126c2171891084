//! Installed software, in the catalogue's words.

use std::collections::BTreeSet;

use crate::catalogue::observed::Package;
use crate::imports::model::entry::Entry;
use crate::imports::model::node::Node;
use crate::imports::model::report::{Reason, Report};
use crate::reconcile::value::key;

const SECTION: &str = "softwares";

/// Reads the packages; none if the document has no such section.
pub(super) fn read(content: &Node, family: &str, report: &mut Report) -> Option<Vec<Package>> {
    let entries: Vec<Entry<'_>> = content.all(SECTION).map(Entry::new).collect();
    if entries.is_empty() {
        return None;
    }
    let (mut seen, mut packages) = (BTreeSet::new(), Vec::with_capacity(entries.len()));
    for (entry, place) in entries.iter().zip(0..) {
        // Windows knows updates by their identifier alone.
        let Some(name) = entry.text(&["name"]).or_else(|| entry.text(&["guid"])) else {
            report.leave(SECTION, place, entry, Reason::Nameless);
            continue;
        };
        let package = package(entry, name, family);
        let identity =
            (package.ecosystem.clone(), package.name.clone(), package.version.clone(), package.architecture.clone());
        if seen.insert(identity) {
            packages.push(package);
            report.take(SECTION, entry);
        } else {
            report.leave(SECTION, place, entry, Reason::Twice);
        }
    }
    Some(packages)
}

fn package(entry: &Entry<'_>, name: &str, family: &str) -> Package {
    let from = entry.text(&["from"]).unwrap_or_default().to_ascii_lowercase();
    let ecosystem = match (from.as_str(), family) {
        ("", "mswin32") | ("registry" | "uwp", _) => "windows",
        ("", "darwin") => "macos",
        ("", _) => "other",
        (from, _) => from,
    };
    Package {
        ecosystem: key(ecosystem),
        name: key(name),
        version: entry.text(&["version"]).map(key).unwrap_or_default(),
        architecture: entry.text(&["arch"]).map(key).unwrap_or_default(),
        source: None,
        source_version: None,
        vendor: entry.text(&["publisher"]).map(key),
        size_bytes: entry.whole(&["filesize"]).filter(|size| *size > 0).and_then(|size| i64::try_from(size).ok()),
    }
}
