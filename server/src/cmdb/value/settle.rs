//! Keeping what is shown now: one open statement of each attribute of an item carries a mark, so that lists find it by
//! an index, and what people decide stands in the item's own row.
//!
//! Whoever changes a value, a pin, an order or a source settles what it touched in the same transaction.

use std::collections::BTreeMap;

use diesel::RunQueryDsl as _;
use diesel::sql_types::{Integer, Text};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::rules::Rules;
use super::standing::Standings;
use super::store::{self, Stated};
use crate::cmdb::class::store::load_book;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::rows;
use crate::fleet::silence::{self, Holds};
use crate::store::dialect::either;
use crate::store::statement::statement;
use crate::store::{Conn, StoreError};

/// What is shown of an attribute of an item changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The item.
    pub ci_key: i32,
    /// The attribute.
    pub attribute_id: i32,
    /// What is shown so far.
    pub before: Option<Spoken>,
    /// What is to be shown.
    pub after: Option<Spoken>,
}

/// What is to be settled.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// These items.
    pub keys: &'a [i32],
    /// These attributes of them; without it all of which anybody says anything.
    pub attributes: Option<&'a [i32]>,
    /// As if this source said nothing.
    pub without: Option<&'a SourceName>,
}

/// What a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Which.
    pub source: SourceName,
    /// What, as JSON text.
    pub value: String,
}

/// What settling needs to know, whatever it settles.
#[derive(Debug)]
pub struct Settler {
    /// Every class and attribute.
    pub book: ClassBook,
    /// Who is believed.
    pub rules: Rules,
    /// Whose silence is nobody's fault.
    pub holds: Holds,
    /// The time.
    pub now: Timestamp,
}

impl Settler {
    /// Reads it: five statements.
    pub fn load(conn: &mut Conn, now: Timestamp) -> Result<Self, StoreError> {
        let book = load_book(conn)?;
        Self::with(conn, book, now)
    }

    /// The same for whoever knows the classes: three statements.
    pub fn with(conn: &mut Conn, book: ClassBook, now: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { book, rules: Rules::load(conn)?, holds: silence::holds(conn)?, now })
    }

    /// What is shown and should not be. Writes nothing.
    pub fn differences(&self, conn: &mut Conn, touched: Touched<'_>) -> Result<Vec<Difference>, StoreError> {
        if touched.keys.is_empty() {
            return Ok(Vec::new());
        }
        let standings = Standings::load(conn, touched.keys, &self.rules.sources, &self.holds, self.now)?;
        let mut said: BTreeMap<(i32, i32), Vec<Stated>> = self.asked(touched);
        for stated in store::list_open(conn, touched.keys, touched.attributes)? {
            said.entry((stated.ci_key, stated.attribute_id)).or_default().push(stated);
        }
        let difference =
            |(of, statements): ((i32, i32), Vec<Stated>)| self.difference(of, &statements, &standings, touched.without);
        Ok(said.into_iter().filter_map(difference).collect())
    }

    /// Attributes that stand in an item's own row: where nobody says anything any more, the row has to forget it.
    fn asked(&self, touched: Touched<'_>) -> BTreeMap<(i32, i32), Vec<Stated>> {
        let is_common = |id: &&i32| self.book.attribute_by_id(**id).is_some_and(|attribute| attribute.class == ROOT);
        let common: Vec<i32> = touched.attributes.unwrap_or_default().iter().filter(is_common).copied().collect();
        touched.keys.iter().flat_map(|key| common.iter().map(|id| ((*key, *id), Vec::new()))).collect()
    }

    fn difference(
        &self,
        (ci_key, attribute_id): (i32, i32),
        statements: &[Stated],
        standings: &Standings<'_>,
        without: Option<&SourceName>,
    ) -> Option<Difference> {
        let class = &standings.subjects.get(&ci_key)?.class;
        let attribute = &self.book.attribute_by_id(attribute_id)?.name;
        let left: Vec<&Stated> = statements.iter().filter(|one| Some(&one.source) != without).collect();
        let choice = self.rules.choose(&self.book, (class, attribute), &left, standings);
        let after = choice.and_then(|choice| left.get(choice.place).copied());
        let wrong = statements.iter().any(|one| one.shown != after.is_some_and(|after| after.source == one.source));
        let before = statements.iter().find(|one| one.shown).map(Spoken::from);
        let after = after.map(Spoken::from);
        (wrong || statements.is_empty()).then_some(Difference { ci_key, attribute_id, before, after })
    }

    /// Shows what is to be shown.
    pub fn write(&self, conn: &mut Conn, differences: &[Difference], versions: Versions) -> Result<(), StoreError> {
        let spoken = |one: Option<&Spoken>, of: &Difference| {
            one.map(|spoken| (of.ci_key, of.attribute_id, spoken.source.as_str().to_owned()))
        };
        let hidden: Vec<_> = differences.iter().filter_map(|one| spoken(one.before.as_ref(), one)).collect();
        let shown: Vec<_> = differences.iter().filter_map(|one| spoken(one.after.as_ref(), one)).collect();
        mark(conn, &hidden, false)?;
        mark(conn, &shown, true)?;
        let mut columns: BTreeMap<&str, Vec<(i32, Value)>> = BTreeMap::new();
        for one in differences {
            let attribute = self.book.attribute_by_id(one.attribute_id).filter(|attribute| attribute.class == ROOT);
            let Some(attribute) = attribute else { continue };
            let value = one.after.as_ref().and_then(|spoken| serde_json::from_str(&spoken.value).ok());
            columns.entry(&attribute.name).or_default().push((one.ci_key, value.unwrap_or(Value::Null)));
        }
        columns.into_iter().try_for_each(|(name, values)| put_column(conn, name, values, versions))
    }

    /// Shows what is to be shown; gives what changed.
    pub fn settle(
        &self,
        conn: &mut Conn,
        touched: Touched<'_>,
        versions: Versions,
    ) -> Result<Vec<Difference>, StoreError> {
        let differences = self.differences(conn, touched)?;
        self.write(conn, &differences, versions)?;
        Ok(differences)
    }
}

/// Whether an item whose own row changes goes on to the next version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// It does.
    Count,
    /// The caller saw to it.
    Counted,
}

impl From<&Stated> for Spoken {
    fn from(stated: &Stated) -> Self {
        Self { source: stated.source.clone(), value: stated.value.clone() }
    }
}

fn mark(conn: &mut Conn, statements: &[(i32, i32, String)], shown: bool) -> Result<(), StoreError> {
    if statements.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "UPDATE cmdb_value SET shown = ?2 FROM json_each(?1) AS said WHERE ci_key = said.value ->> 0 \
         AND attribute_id = said.value ->> 1 AND source = said.value ->> 2 AND valid_to IS NULL",
        "UPDATE cmdb_value SET shown = $2 FROM json_array_elements($1::json) AS said \
         WHERE ci_key = (said ->> 0)::int4 AND attribute_id = (said ->> 1)::int4 AND source = said ->> 2 \
             AND valid_to IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(statements)?).bind::<diesel::sql_types::Bool, _>(shown).execute(conn)?;
    Ok(())
}

/// Puts what is shown of a common attribute into the items' own rows. Of a name that nobody gives, the last one stays.
fn put_column(
    conn: &mut Conn,
    name: &str,
    mut values: Vec<(i32, Value)>,
    versions: Versions,
) -> Result<(), StoreError> {
    match name {
        "name" => values.retain(|(_, value)| value.is_string()),
        "lifecycle" => {
            for (_, value) in &mut values {
                let known = value.as_str().is_some_and(|text| text.parse::<Lifecycle>().is_ok());
                if !known {
                    *value = json!(Lifecycle::UNSAID.name());
                }
            }
        }
        _ => {}
    }
    let Some(sql) = column_sql(conn, name).filter(|_| !values.is_empty()) else { return Ok(()) };
    let counted = i32::from(versions == Versions::Count);
    statement(sql).bind::<Text, _>(rows(&values)?).bind::<Integer, _>(counted).execute(conn)?;
    Ok(())
}

macro_rules! column {
    ($conn:expr, $column:literal, $cast:literal) => {
        either(
            $conn,
            concat!(
                "UPDATE cmdb_ci SET ",
                $column,
                " = new.value ->> 1, version = version + ?2 FROM json_each(?1) AS new WHERE cmdb_ci.key = new.value ->> 0"
            ),
            concat!(
                "UPDATE cmdb_ci SET ",
                $column,
                " = (new ->> 1)::",
                $cast,
                ", version = version + $2 FROM json_array_elements($1::json) AS new WHERE cmdb_ci.key = (new ->> 0)::int4"
            ),
        )
    };
}

fn column_sql(conn: &Conn, name: &str) -> Option<&'static str> {
    Some(match name {
        "name" => column!(conn, "name", "text"),
        "owner" => column!(conn, "owner", "text"),
        "support_team" => column!(conn, "support_team", "text"),
        "criticality" => column!(conn, "criticality", "int4"),
        "environment" => column!(conn, "environment", "text"),
        "lifecycle" => column!(conn, "lifecycle", "text"),
        _ => return None,
    })
}
