//! A table is written by the slice whose name it begins with, and by nobody else.

use super::source::{Found, sources};

/// Tables without a slice, and the module that keeps them.
const WITHOUT_SLICE: &[(&str, &str)] = &[("installation", "app"), ("installation", "config")];

#[test]
fn tables_are_written_by_their_own_slice_alone() {
    let mut wrong = Vec::new();
    let mut writes = 0;
    for source in sources().iter().filter(|source| source.module[0] == "server") {
        let slice = source.module.get(1).map_or("", String::as_str);
        for found in &source.found {
            for table in tables(found) {
                writes += 1;
                let prefix = table.split('_').next().unwrap();
                if prefix != slice && !WITHOUT_SLICE.contains(&(prefix, slice)) {
                    wrong.push(format!("{}: `{table}` is not `{slice}`'s to write", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {writes} writes:\n{}", wrong.len(), wrong.join("\n"));
}

fn tables(found: &Found) -> Vec<String> {
    match found {
        Found::Write(path) => {
            let after_schema = path.iter().position(|part| part == "schema").and_then(|at| path.get(at + 1));
            after_schema.cloned().into_iter().collect()
        }
        Found::Text(text) => written_in_sql(text),
        _ => Vec::new(),
    }
}

/// The tables that an SQL text inserts into, updates or deletes from.
fn written_in_sql(text: &str) -> Vec<String> {
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
    let after = |at: usize| words.get(at).map(|word| (*word).to_owned());
    let mut tables = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        match *word {
            "INSERT" if next == "INTO" => tables.extend(after(at + 2)),
            "INSERT" if next == "OR" => tables.extend(after(at + 4)),
            "DELETE" if next == "FROM" => tables.extend(after(at + 2)),
            "UPDATE" if words.get(at + 2..at + 5).is_some_and(|rest| rest.contains(&"SET")) => {
                tables.extend(after(at + 1));
            }
            _ => {}
        }
    }
    tables.retain(|table| table != "SET");
    tables
}

#[test]
fn writes_in_sql_texts_are_found() {
    let text = "WITH x AS (SELECT 1) INSERT INTO cmdb_ci (a) SELECT 1 ON CONFLICT DO UPDATE SET a = 1; \
                UPDATE fleet_agent AS a SET b = 1; DELETE FROM ingest_inbox WHERE 1; INSERT OR IGNORE INTO audit_entry";
    assert_eq!(written_in_sql(text), ["cmdb_ci", "fleet_agent", "ingest_inbox", "audit_entry"]);
}
