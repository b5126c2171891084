//! Who may import whom: the table of ARCHITECTURE.md.

use super::source::{Found, sources};

/// A module and what it may name of ours besides itself. The longest matching line counts; a module without a line,
/// such as `agent::run` or `server::app`, joins the others and may name all of them.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("shared", &[]),
    ("agent::collect", &["agent::chain", "agent::clock", "shared"]),
    ("agent::report", &["agent::collect", "agent::clock", "shared"]),
    ("agent::transport", &["agent::chain", "agent::clock", "agent::entropy", "shared"]),
    ("agent::config", &["agent::collect::settings", "agent::transport::server_url", "shared"]),
    ("server::kernel", &[]),
    ("server::store", &["server::kernel"]),
    ("server::api::kit", &["server::kernel", "server::store", "shared"]),
    ("server::audit", BASE),
    ("server::index", &[KERNEL, STORE, MACRO]),
    ("server::access", &[KERNEL, STORE, KIT, MACRO, "server::audit"]),
    ("server::pki", &[KERNEL, STORE, KIT, MACRO, "shared"]),
    ("server::fleet", &[KERNEL, STORE, KIT, MACRO, "server::audit", "server::pki", "server::access", "shared"]),
    ("server::ingest", &[KERNEL, STORE, KIT, MACRO, "server::fleet", "server::pki", "server::audit", "shared"]),
    (
        "server::reconcile",
        &[
            KERNEL,
            STORE,
            KIT,
            MACRO,
            "server::audit",
            "server::ingest",
            "server::identification",
            "server::cmdb",
            "server::catalogue",
            "server::capacity",
            "server::fleet",
            "shared",
        ],
    ),
    ("server::identification", &[KERNEL, STORE, KIT, MACRO, "server::audit", "server::fleet", "server::cmdb"]),
    (
        "server::cmdb",
        &[
            KERNEL,
            STORE,
            KIT,
            MACRO,
            "server::audit",
            "server::fleet",
            "server::index",
            // Pure: how ecosystems compare versions.
            "server::catalogue::version",
        ],
    ),
    ("server::catalogue", &[KERNEL, STORE, KIT, MACRO, "server::cmdb"]),
    (
        "server::search",
        &[KERNEL, STORE, KIT, "server::index", "server::access", "server::cmdb", "server::catalogue", "server::fleet"],
    ),
    ("server::capacity", &[KERNEL, STORE, KIT, MACRO, "server::cmdb", "shared"]),
    (
        "server::imports",
        &[
            KERNEL,
            STORE,
            KIT,
            MACRO,
            "server::access",
            "server::audit",
            "server::catalogue",
            "server::cmdb",
            "server::fleet",
            "server::identification",
            "server::index",
            "server::reconcile",
            "shared",
        ],
    ),
];

const KERNEL: &str = "server::kernel";
const STORE: &str = "server::store";
const KIT: &str = "server::api::kit";
const MACRO: &str = "server::on_each_database";
const BASE: &[&str] = &[KERNEL, STORE, KIT, MACRO];

/// A module, and libraries that it and what is below it never name.
const NEVER: &[(&str, &[&str])] = &[
    ("shared", &["actix_web", "diesel", "reqwest", "tokio", "std::fs", "std::net::Tcp", "std::process", "std::time"]),
    ("agent", &["actix_web", "diesel", "reqwest", "openssl"]),
    ("agent::report", &["rustix", "std::fs", "std::net", "std::process", "std::time::SystemTime", "tokio"]),
    ("server::kernel", &["actix_web", "diesel", "tokio"]),
];

/// Files of a slice by the order in which they stand: each knows those before it.
const INNER_ORDER: [&str; 4] = ["model", "store", "service", "api"];

/// Where HTTP may be named besides the files called `api`.
const SPEAKS_HTTP: &[&str] = &["server::app", "server::ui", "server::observability", "server::ingest"];

/// Where the rules of a slice stand: `server::<slice>`.
const SLICES: &[&str] = &[
    "access",
    "audit",
    "pki",
    "fleet",
    "ingest",
    "identification",
    "reconcile",
    "cmdb",
    "catalogue",
    "capacity",
    "index",
    "search",
    "imports",
];

#[test]
fn modules_import_only_what_their_line_allows() {
    nothing_is_wrong(|module, path| {
        let (_, allowed) =
            MAY_IMPORT.iter().filter(|(name, _)| is_in(module, name)).max_by_key(|(name, _)| name.len())?;
        let own =
            MAY_IMPORT.iter().map(|(name, _)| *name).filter(|name| is_in(module, name)).max_by_key(|n| n.len())?;
        let is_ours = ["agent", "server", "shared"].iter().any(|krate| is_in(path, krate));
        let is_fine = !is_ours || is_in(path, own) || allowed.iter().any(|name| is_in(path, name));
        (!is_fine).then(|| format!("`{own}` may not import `{path}`"))
    });
}

#[test]
fn libraries_stay_out_of_modules_that_do_without_them() {
    nothing_is_wrong(|module, path| {
        let never = NEVER.iter().filter(|(name, _)| is_in(module, name)).flat_map(|(_, never)| *never);
        let hit = never.into_iter().find(|library| path.starts_with(**library))?;
        Some(format!("`{module}` does without `{hit}`"))
    });
}

#[test]
fn http_is_known_to_api_files_and_the_composition_root_alone() {
    nothing_is_wrong(|module, path| {
        let is_http = ["actix_web", "actix_http", "actix_tls"].iter().any(|library| is_in(path, library));
        let speaks = module.split("::").any(|part| part == "api") || SPEAKS_HTTP.iter().any(|name| is_in(module, name));
        (is_http && !speaks).then(|| format!("`{module}` names `{path}`"))
    });
}

#[test]
fn the_database_is_known_to_stores_alone() {
    nothing_is_wrong(|module, path| {
        let is_sql = is_in(path, "diesel") || is_in(path, "server::store::schema");
        let part = inner_part(module)?;
        (is_sql && (part == "model" || part == "api")).then(|| format!("`{module}` is no store and names `{path}`"))
    });
}

#[test]
fn a_slice_is_ordered_within_and_shows_others_its_face_only() {
    nothing_is_wrong(|module, path| {
        let part = inner_part(path)?;
        let same_slice = slice(module) == slice(path);
        if !same_slice && part == "store" {
            return Some(format!("`{module}` reaches into another slice's store: `{path}`"));
        }
        let (own, other) = (order(inner_part(module)?)?, order(part)?);
        (same_slice && other > own).then(|| format!("`{module}` knows what comes after it: `{path}`"))
    });
}

fn nothing_is_wrong(judge: impl Fn(&str, &str) -> Option<String>) {
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module_path();
        for found in &source.found {
            if let Found::Path(path) = found
                && let Some(reason) = judge(&module, &path.join("::"))
            {
                wrong.push(format!("{}: {reason}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "see ARCHITECTURE.md, \"Who may import whom\":\n{}", wrong.join("\n"));
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The slice that `server::<slice>::…` belongs to.
fn slice(path: &str) -> Option<&str> {
    let name = path.strip_prefix("server::")?.split("::").next()?;
    SLICES.contains(&name).then_some(name)
}

/// `model`, `store`, `service` or `api`, of a path in a slice.
fn inner_part(path: &str) -> Option<&str> {
    slice(path)?;
    path.split("::").skip(2).find(|part| INNER_ORDER.contains(part))
}

fn order(part: &str) -> Option<usize> {
    INNER_ORDER.iter().position(|known| *known == part)
}
