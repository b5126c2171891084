//! What of a document is kept, and what is not, and why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::node::Node;

/// Why something is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NotTakenReason)]
pub enum Reason {
    /// The register has no place for it.
    NoPlace,
    /// It changes all the time and tells nothing of what the thing is.
    Volatile,
    /// It tells of people, not of the thing.
    Personal,
    /// It is a secret or as good as one.
    Secret,
    /// It tells of the program that wrote the document.
    Program,
    /// It has no name by which it could be kept.
    Nameless,
    /// The document says the same thing twice; it is kept once.
    Twice,
    /// It is there in every system and leads nowhere, as the loopback interface.
    Loopback,
    /// It comes and goes with a container.
    Fleeting,
    /// There is nothing in it, as in a free slot.
    Empty,
    /// Terrier's own agent on the same host reports it.
    OwnAgent,
    /// Another inventory of the same device is asked first.
    OtherReporter,
    /// What it points at is not in the document.
    Dangling,
}

/// Something that is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NotTaken {
    /// Where it stands in the document, as `drives[2]`; of a field of many entries `drives[].free`.
    pub path: String,
    /// What it is called there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many of them.
    pub count: usize,
    /// Why.
    pub reason: Reason,
}

/// What becomes of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries that are kept, by section.
    pub taken: BTreeMap<String, usize>,
    /// What is not.
    pub not_taken: Vec<NotTaken>,
    fields: BTreeMap<(String, String), usize>,
}

impl Report {
    /// An entry is kept, but for the fields that nobody asked for.
    pub fn take(&mut self, section: &str, entry: &Entry<'_>) {
        *self.taken.entry(section.to_owned()).or_default() += 1;
        self.rest(section, entry);
    }

    /// Names the fields of an entry that nobody asked for.
    pub fn rest(&mut self, section: &str, entry: &Entry<'_>) {
        for field in entry.rest() {
            *self.fields.entry((section.to_owned(), field.to_owned())).or_default() += 1;
        }
    }

    /// An entry is not kept.
    pub fn leave(&mut self, section: &str, place: usize, entry: &Entry<'_>, reason: Reason) {
        let path = format!("{section}[{place}]");
        self.not_taken.push(NotTaken { path, name: entry.called(), count: 1, reason });
    }

    /// Everything of a section is not kept.
    pub fn leave_all(&mut self, section: &str, nodes: &[&Node], reason: Reason) {
        let path = section.to_owned();
        self.not_taken.push(NotTaken { path, name: None, count: nodes.len(), reason });
    }

    /// Something else is not kept.
    pub fn push(&mut self, path: String, name: Option<String>, reason: Reason) {
        self.not_taken.push(NotTaken { path, name, count: 1, reason });
    }

    /// Writes down the fields that nobody asked for.
    pub fn finish(&mut self) {
        for ((section, field), count) in std::mem::take(&mut self.fields) {
            let reason = of_field(&section, &field);
            self.not_taken.push(NotTaken { path: format!("{section}[].{field}"), name: None, count, reason });
        }
    }

    /// How many entries of a section are named as not kept.
    #[must_use]
    pub fn left(&self, section: &str) -> usize {
        let entry = |path: &str| path == section || path.strip_prefix(section).is_some_and(is_place);
        self.not_taken.iter().filter(|one| entry(&one.path)).map(|one| one.count).sum()
    }
}

/// Whether it is `[` number `]`.
fn is_place(rest: &str) -> bool {
    let inside = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Fields that are not kept because they change by themselves.
const VOLATILE: [&str; 24] = [
    "free",
    "status",
    "checksum",
    "etime",
    "uptime",
    "cpu",
    "ifinerrors",
    "ifinbytes",
    "ifinoctets",
    "ifouterrors",
    "ifoutbytes",
    "ifoutoctets",
    "iflastchange",
    "ifinternalstatus",
    "ipdhcp",
    "wifi_bssid",
    "wifi_ssid",
    "wifi_mode",
    "real_capacity",
    "connections",
    "uptodate",
    "encrypt_status",
    "date_lease",
    "attr",
];
/// Fields that tell of people.
const PERSONAL: [&str; 8] =
    ["lastloggeduser", "datelastloggeduser", "userid", "winowner", "owner", "username", "contact", "domain"];
/// Fields that are secrets or as good as one.
const SECRET: [&str; 4] = ["winprodkey", "key", "credentials", "community"];

fn of_field(section: &str, field: &str) -> Reason {
    if VOLATILE.contains(&field) && !(section == "network_device" && field == "status") {
        Reason::Volatile
    } else if PERSONAL.contains(&field) {
        Reason::Personal
    } else if SECRET.contains(&field) {
        Reason::Secret
    } else {
        Reason::NoPlace
    }
}
