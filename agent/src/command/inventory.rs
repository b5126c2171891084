//! `terrier-agent inventory`: what would be reported, for a program or for a person.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use terrier_shared::latest::section::SectionKind;

use super::document::Document;
use super::{CommandError, print, table};
use crate::cli::Format;
use crate::collect::collect_as;
use crate::config::Config;
use crate::report::{Finding, assemble};

pub(super) fn execute(
    config: &Config,
    format: Format,
    section: Vec<SectionKind>,
    root: Option<PathBuf>,
) -> Result<ExitCode, CommandError> {
    let host = super::host(root)?;
    let kinds = if section.is_empty() { config.sections.clone() } else { section };
    let findings = assemble(&collect_as(&host, &config.settings, &kinds))?;
    match format {
        Format::Json => print(&json(&findings)?)?,
        Format::Text => print(&text(&findings))?,
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Inventory<'a> {
    agent_version: &'static str,
    sections: Named<'a>,
    faults: Named<'a>,
}

/// Bodies by the names of their sections, in the order in which they were collected.
struct Named<'a>(Vec<(SectionKind, &'a str)>);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = |json| serde_json::from_str::<&RawValue>(json).map_err(serde::ser::Error::custom);
        let entries: Result<Vec<_>, S::Error> = self.0.iter().map(|(kind, json)| Ok((kind, raw(json)?))).collect();
        serializer.collect_map(entries?)
    }
}

fn json(findings: &[Finding]) -> Result<String, crate::report::Unwritable> {
    let mut inventory =
        Inventory { agent_version: env!("CARGO_PKG_VERSION"), sections: Named(vec![]), faults: Named(vec![]) };
    for finding in findings {
        match finding {
            Finding::Section(kind, body) => inventory.sections.0.push((*kind, &body.json)),
            Finding::Fault(kind, body) => inventory.faults.0.push((*kind, &body.json)),
        }
    }
    Ok(serde_json::to_string(&inventory)? + "\n")
}

fn text(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let (heading, body) = match finding {
            Finding::Section(kind, body) => (kind.to_string(), body),
            Finding::Fault(kind, body) => (format!("{kind}: FAULT"), body),
        };
        if !out.is_empty() {
            out.push('\n');
        }
        let _infallible = writeln!(out, "{heading}");
        if let Ok(document) = serde_json::from_str::<Document>(&body.json) {
            table::render(&document, &mut out);
        }
    }
    out
}
