//! Well-known software among what runs here, whoever installed it.
//!
//! Does: recognise it by executable, command line and what Java runs; tell its version by the package that owns it,
//! by files beside it, or by names.
//! Does not: run it, connect to it, or look for what does not run.

mod java;
mod program;
mod rule;
mod version;

use std::collections::{BTreeMap, BTreeSet};

use terrier_shared::latest::limits::STRING_BYTES;
use terrier_shared::latest::section::products::Product;
use terrier_shared::latest::section::{Products, Section, SectionKind};

use self::program::Program;
use self::rule::{RULES, Rule};
use super::Collector;
use super::bounds::{bounded, clip, clip_bytes};
use super::failure::Failure;
use super::processes::table::Entry;
use super::scan::Scan;
use super::sockets::owner::is_lasting;
use super::sockets::package;

/// What is remembered between runs.
const TOPIC: &str = "owners of products";
const VERSION_BYTES: usize = 4 << 10;

pub(super) struct ProductsCollector;

impl Collector for ProductsCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Products
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let mut processes: Vec<&Entry> = scan.processes()?.iter().collect();
        // What was started first started the others, and has the user that it was started as.
        processes.sort_by_key(|entry| (entry.started_ticks, entry.pid));
        let mut found: BTreeMap<Key, (Found, &Entry)> = BTreeMap::new();
        let mut replicas = BTreeSet::new();
        for entry in processes {
            let program = Program::of(&scan.host, entry);
            for product in find(&program) {
                found.entry(Key::of(&product, entry)).or_insert((product, entry));
            }
            if follows(&program) {
                replicas.insert(entry.parent_pid);
            }
        }
        let versions = PackageVersions::of(scan, found.values());
        let mut products: Vec<Product> = found
            .iter()
            .filter(|(key, _)| !key.is_shadow(&found))
            .map(|(key, (product, entry))| {
                let member_role = replicas.contains(&entry.pid).then(|| "replica".to_owned());
                Product { member_role, ..describe(scan, key, product, entry, &versions) }
            })
            .collect();
        products.sort_unstable();
        Ok(Section::Products(Products { products: bounded("products.products", products)? }))
    }
}

/// Software that was recognised.
struct Found {
    name: &'static str,
    role: &'static str,
    place: String,
    /// Its version and how it is known, where that is known without a package.
    version: Option<(String, &'static str)>,
    /// The files whose package is its own.
    owned: Vec<String>,
}

/// What makes two processes the same software.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    name: &'static str,
    place: String,
    container: Option<String>,
    unit: Option<String>,
}

impl Key {
    fn of(product: &Found, entry: &Entry) -> Self {
        let membership = &entry.membership;
        Self {
            name: product.name,
            place: product.place.clone(),
            container: membership.container.clone(),
            unit: membership.unit.clone().filter(|unit| is_lasting(unit)),
        }
    }

    /// Whether another process shows the same better: what a service starts for a session leaves its unit, and comes
    /// and goes; and not every process of a program says where it lies.
    fn is_shadow<T>(&self, all: &BTreeMap<Self, T>) -> bool {
        let same = |other: &Self| (other.name, &other.container) == (self.name, &self.container);
        let is_session = |other: &Self| self.unit.is_none() && other.unit.is_some() && other.place == self.place;
        let is_placed = |key: &Self| key.place.starts_with('/');
        let is_blind = |other: &Self| !is_placed(self) && is_placed(other) && other.unit == self.unit;
        all.keys().any(|other| same(other) && (is_session(other) || is_blind(other)))
    }
}

fn find(program: &Program<'_>) -> Vec<Found> {
    let found = java::find(program);
    if !found.is_empty() {
        return found;
    }
    let script = program.script();
    let is_script_of = |rule: &Rule| {
        let name = script.and_then(|path| path.rsplit('/').next());
        name.is_some_and(|name| rule.programs.contains(&name))
    };
    let is_marked = |rule: &Rule| {
        rule.marker.is_none_or(|marker| program.arguments.iter().any(|argument| argument.contains(marker)))
    };
    let rule = RULES.iter().find(|rule| is_script_of(rule) || program.is_called(rule.programs) && is_marked(rule));
    let place = |rule| script.filter(|_| is_script_of(rule)).unwrap_or(&program.place);
    rule.map(|rule| native(program, rule, place(rule).to_owned())).into_iter().collect()
}

fn native(program: &Program<'_>, rule: &Rule, place: String) -> Found {
    let marked = rule.marker.and_then(|marker| program.arguments.iter().find(|argument| argument.contains(marker)));
    let by_path = || version::of_path(&place, rule.name).map(|version| (version, "path"));
    let by_argument = || version::of_path(marked?, rule.name).map(|version| (version, "command_line"));
    let version = by_argument().or_else(|| beside(program, &place)).or_else(by_path);
    Found { name: rule.name, role: rule.role, version, owned: vec![place.clone()], place }
}

/// Many archives hold a file `VERSION` in the directory of the program or above its `bin`.
fn beside(program: &Program<'_>, place: &str) -> Option<(String, &'static str)> {
    let (directory, _) = place.rsplit_once('/')?;
    let own = directory.strip_suffix("/bin").unwrap_or(directory);
    if !own.starts_with("/opt/") && !own.starts_with("/srv/") && !own.starts_with("/usr/share/") {
        return None;
    }
    let text = program.files.text(format!("{own}/VERSION"), VERSION_BYTES).ok()?;
    version::leading(text.trim()).filter(|version| version.contains('.')).map(|version| (version, "file"))
}

/// The versions of the packages that own files.
struct PackageVersions(BTreeMap<Vec<u8>, String>);

impl PackageVersions {
    /// A package database that cannot be read is a fault of the software; products have their other versions then.
    fn of<'a>(scan: &Scan, found: impl Iterator<Item = &'a (Found, &'a Entry)>) -> Self {
        let outside = found.filter(|(_, entry)| entry.membership.container.is_none());
        let paths: BTreeSet<Vec<u8>> =
            outside.flat_map(|(product, _)| product.owned.iter().map(|path| path.clone().into_bytes())).collect();
        let owners = package::owners(&scan.host, TOPIC, &paths);
        let packages = scan.packages().unwrap_or_default();
        let versions = owners.into_iter().filter_map(|(path, owner)| {
            let owner = owner?;
            let is_system = |ecosystem: &str| matches!(ecosystem, "deb" | "rpm");
            let package = packages.iter().find(|package| package.name == owner && is_system(&package.ecosystem))?;
            Some((path, version::upstream(&package.version)))
        });
        Self(versions.collect())
    }

    fn version(&self, product: &Found, entry: &Entry) -> Option<(String, &'static str)> {
        let is_outside = entry.membership.container.is_none();
        let version = product.owned.iter().filter(|_| is_outside).find_map(|path| self.0.get(path.as_bytes()));
        version.map(|version| (version.clone(), "package"))
    }
}

fn describe(scan: &Scan, key: &Key, product: &Found, entry: &Entry, versions: &PackageVersions) -> Product {
    let version = versions.version(product, entry).or_else(|| product.version.clone());
    let (version, version_by) = version.unzip();
    Product {
        name: product.name.to_owned(),
        role: product.role.to_owned(),
        version: version.map(clip),
        version_by: version_by.map(str::to_owned),
        place: clip_bytes(product.place.as_bytes(), STRING_BYTES),
        unit: key.unit.clone().map(clip),
        container: key.container.clone().map(clip),
        user: Some(scan.users().name(entry.uid)),
        member_role: None,
    }
}

/// Whether it is that process of a `PostgreSQL` server which replays what another server wrote, as long as it follows.
fn follows(program: &Program<'_>) -> bool {
    let title = program.arguments.first().map_or("", String::as_str);
    title.starts_with("postgres: ") && title.contains("startup recovering ")
}

#[cfg(test)]
mod tests;
