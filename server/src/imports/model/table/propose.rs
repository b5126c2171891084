//! What columns probably mean, by what stands above them in English or Korean.

use super::Table;
use super::mapping::{By, ColumnMapping, Mapping};
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::index::model::fold::fold;

/// Headings of what is no attribute, beside its name.
const OWN: [(&str, &[&str]); 7] = [
    ("id", &["terrier id", "ci id", "항목 id"]),
    ("key", &["external id", "asset number", "asset id", "reference", "식별자", "자산번호", "자산 번호", "관리번호"]),
    ("class", &["type", "category", "클래스", "종류", "분류"]),
    ("organisation", &["organization", "organisation_id", "organisation id", "company", "조직", "조직 id", "회사"]),
    ("reason", &["이유", "사유"]),
    ("name", &["hostname", "host name", "호스트명", "장비명"]),
    ("support_team", &["team", "support team", "담당팀"]),
];

/// Headings of an export of relations.
const OF_RELATIONS: [(&str, &str); 3] =
    [("source_id", "relation_source"), ("target_id", "relation_target"), ("type", "relation_type")];

/// What the columns of a table probably mean for items of a class, or of any.
#[must_use]
pub fn mapping(book: &ClassBook, class: Option<&str>, table: &Table) -> Mapping {
    let is_of_relations = OF_RELATIONS.iter().all(|(name, _)| table.headings.iter().any(|one| one == name));
    let columns = table.headings.iter().filter_map(|heading| {
        let (to, by) = if is_of_relations {
            let (_, to) = OF_RELATIONS.iter().find(|(name, _)| name == heading)?;
            ((*to).to_owned(), Some(By::Id))
        } else {
            (meant(book, class, heading)?, None)
        };
        Some(ColumnMapping { column: heading.clone(), to: vec![to], by })
    });
    let mut columns: Vec<ColumnMapping> = columns.collect();
    // Two columns cannot be the same thing; the first is.
    let mut seen: Vec<String> = Vec::new();
    columns.retain(|column| {
        let is_new = column.to.iter().all(|to| !seen.contains(to));
        seen.extend(column.to.iter().cloned());
        is_new
    });
    Mapping { class: class.map(str::to_owned), columns, ..Mapping::default() }
}

fn meant(book: &ClassBook, class: Option<&str>, heading: &str) -> Option<String> {
    let folded = without_unit(&fold(heading)).to_owned();
    if let Some((name, _)) = OWN.iter().find(|(name, _)| *name == folded) {
        return Some((*name).to_owned());
    }
    let of_class = class.map_or_else(|| book.attributes_of(ROOT), |class| book.attributes_of(class));
    let anywhere = book.attributes().iter().filter(|_| class.is_none());
    let is_meant =
        |one: &&Attribute| one.name == folded || fold(&one.label.en) == folded || fold(&one.label.ko) == folded;
    let attribute = of_class.into_iter().chain(anywhere).find(is_meant).map(|one| one.name.clone());
    let word = || OWN.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(name, _)| (*name).to_owned());
    attribute.or_else(word)
}

fn without_unit(heading: &str) -> &str {
    heading.split_once(" (").map_or(heading, |(before, _)| before).trim()
}
