//! What the columns of a table mean.

use serde::{Deserialize, Serialize};

use crate::kernel::invalid::{Fault, Invalid};

/// What the columns of a table mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TableMapping)]
pub struct Mapping {
    /// The class of rows that do not say theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// As whom the table speaks: a source of kind `import` or `integration`; people unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// By which attribute an item is found that has no key yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_on: Option<String>,
    /// Whether an empty cell withdraws what was said; it says nothing unless this is so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty_withdraws: bool,
    /// Whether values are also said that are shown already, whoever says them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub say_all: bool,
    /// What each column means; one that does not stand here is left out.
    pub columns: Vec<ColumnMapping>,
}

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// What stands above it.
    pub column: String,
    /// What it is: `id`, `key`, `class`, `organisation`, `lifecycle`, `reason`, the name of an attribute, `relation:` or
    /// `relation_from:` with the type of a relation to or from what the cell names, or, in a table of relations,
    /// `relation_source`, `relation_target` and `relation_type`. Several of them where it is several things.
    pub to: Vec<String>,
    /// How a cell that means another item names it; by key unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// How another item is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NamedBy)]
pub enum By {
    /// By its id.
    Id,
    /// By what the source calls it.
    Key,
    /// By its name.
    Name,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// The item's id.
    Id,
    /// What the source calls it.
    Key,
    /// Its class.
    Class,
    /// Where it belongs.
    Organisation,
    /// Where it is in its life.
    Lifecycle,
    /// Why.
    Reason,
    /// What is said of an attribute.
    Attribute(String),
    /// A relation of this type to what the cell names.
    To(String, By),
    /// A relation of this type from what the cell names.
    From(String, By),
    /// The source of the relation that the row is.
    Source(By),
    /// Its target.
    Target(By),
    /// Its type.
    Type,
}

/// A mapping, checked against the headings of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The mapping.
    pub mapping: Mapping,
    /// What each column of the table is, by its place.
    pub meanings: Vec<(usize, Meaning)>,
    /// Columns that are left out.
    pub left_out: Vec<String>,
}

impl Checked {
    /// Whether rows are relations.
    #[must_use]
    pub fn is_of_relations(&self) -> bool {
        self.meanings.iter().any(|(_, meaning)| matches!(meaning, Meaning::Source(_)))
    }
}

impl Mapping {
    /// Reads the mapping for a table with these headings.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(self, headings: &[String]) -> Result<Checked, Vec<Invalid>> {
        let (mut meanings, mut wrong) = (Vec::new(), Vec::new());
        for (index, column) in self.columns.iter().enumerate() {
            let field = |part: &str| format!("mapping.columns[{index}].{part}");
            let Some(place) = headings.iter().position(|heading| *heading == column.column) else {
                let detail = format!("the table has no column `{}`", column.column);
                wrong.push(Invalid::new(field("column"), Fault::Unknown, detail));
                continue;
            };
            for to in &column.to {
                match meaning(to, column.by) {
                    Some(meaning) => meanings.push((place, meaning)),
                    None => {
                        wrong.push(Invalid::new(field("to"), Fault::Unknown, format!("`{to}` is nothing that can be")));
                    }
                }
            }
        }
        let has = |wanted: fn(&Meaning) -> bool| meanings.iter().any(|(_, one)| wanted(one));
        let is_relation = has(|one| matches!(one, Meaning::Source(_) | Meaning::Target(_) | Meaning::Type));
        let is_whole = has(|one| matches!(one, Meaning::Source(_)))
            && has(|one| matches!(one, Meaning::Target(_)))
            && has(|one| matches!(one, Meaning::Type));
        if is_relation && !is_whole {
            let detail = "a table of relations needs `relation_source`, `relation_target` and `relation_type`";
            wrong.push(Invalid::new("mapping.columns", Fault::Required, detail));
        }
        if meanings.is_empty() && wrong.is_empty() {
            wrong.push(Invalid::new("mapping.columns", Fault::Required, "at least one column that means something"));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let is_left = |(place, _): &(usize, &String)| !meanings.iter().any(|(one, _)| one == place);
        let left_out = headings.iter().enumerate().filter(is_left).map(|(_, heading)| heading.clone()).collect();
        Ok(Checked { mapping: self, meanings, left_out })
    }
}

fn meaning(to: &str, by: Option<By>) -> Option<Meaning> {
    let by = by.unwrap_or(By::Key);
    Some(match to {
        "id" => Meaning::Id,
        "key" => Meaning::Key,
        "class" => Meaning::Class,
        "organisation" => Meaning::Organisation,
        "lifecycle" => Meaning::Lifecycle,
        "reason" => Meaning::Reason,
        "relation_source" => Meaning::Source(by),
        "relation_target" => Meaning::Target(by),
        "relation_type" => Meaning::Type,
        other => match (other.strip_prefix("relation:"), other.strip_prefix("relation_from:")) {
            (Some(kind), _) => Meaning::To(kind.to_owned(), by),
            (_, Some(kind)) => Meaning::From(kind.to_owned(), by),
            _ if other.is_empty() || other.contains(':') => return None,
            _ => Meaning::Attribute(other.to_owned()),
        },
    })
}
