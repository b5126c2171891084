//! Keeping what is shown now: one open statement of each attribute of an item carries a mark, so that lists find it by
//! an index, and what people decide stands in the item's own row. Statements of all rows that an item is made of compete.
//!
//! Whoever changes a value, a pin, an order, a source or a merge settles what it touched in the same transaction.

use std::collections::BTreeMap;

use diesel::RunQueryDsl as _;
use diesel::sql_types::Text;
use jiff::Timestamp;
use serde_json::Value;

use super::decided;
use super::rules::Rules;
use super::standing::Standings;
use super::store::{self, Stated};
use crate::cmdb::class::store::load_book;
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::attribute::Attribute;
use crate::cmdb::model::class::{ClassBook, ROOT};
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
    /// Which statements lose their mark: row and source.
    hidden: Vec<(i32, SourceName)>,
}

/// What is to be settled.
#[derive(Debug, Clone, Copy)]
pub struct Touched<'a> {
    /// These items, by any of the rows that they are made of.
    pub keys: &'a [i32],
    /// These attributes of them; without it all of which anybody says anything.
    pub attributes: Option<&'a [i32]>,
    /// As if this source said nothing.
    pub without: Option<&'a SourceName>,
}

/// What a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Of which row of the item.
    pub ci_key: i32,
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
        let records = Records::with(conn, touched.keys)?;
        let rows = records.keys();
        let standings = Standings::load(conn, &rows, &self.rules.sources, &self.holds, self.now)?;
        let mut said = self.asked(&records, touched.attributes);
        for stated in store::list_open(conn, &rows, touched.attributes)? {
            let Some(item) = records.item_of(stated.ci_key) else { continue };
            said.entry((item, stated.attribute_id)).or_default().push(stated);
        }
        let difference =
            |(of, statements): ((i32, i32), Vec<Stated>)| self.difference(of, &statements, &standings, touched.without);
        Ok(said.into_iter().filter_map(difference).collect())
    }

    /// Attributes that stand in an item's own row: where nobody says anything any more, the row has to forget it.
    fn asked(&self, records: &Records, attributes: Option<&[i32]>) -> BTreeMap<(i32, i32), Vec<Stated>> {
        let is_decided = |id: &&i32| self.book.attribute_by_id(**id).is_some_and(Attribute::is_decided);
        let decided: Vec<i32> = attributes.unwrap_or_default().iter().filter(is_decided).copied().collect();
        records.items().flat_map(|key| decided.iter().map(move |id| ((key, *id), Vec::new()))).collect()
    }

    fn difference(
        &self,
        (item, attribute_id): (i32, i32),
        statements: &[Stated],
        standings: &Standings<'_>,
        without: Option<&SourceName>,
    ) -> Option<Difference> {
        let subject = standings.subjects.get(&item)?;
        let attribute = self.book.attribute_by_id(attribute_id)?;
        let left: Vec<&Stated> = statements.iter().filter(|one| Some(&one.source) != without).collect();
        let choice = self.rules.choose(&self.book, (item, &subject.class, &attribute.name), &left, standings);
        let after = choice.and_then(|choice| left.get(choice.place).copied());
        let is_after =
            |one: &Stated| after.is_some_and(|after| (after.ci_key, &after.source) == (one.ci_key, &one.source));
        let before =
            statements.iter().filter(|one| one.shown_of.is_some()).min_by_key(|one| (one.ci_key != item, one.ci_key));
        let hidden = statements.iter().filter(|one| one.shown_of.is_some() && !is_after(one));
        let hidden: Vec<_> = hidden.map(|one| (one.ci_key, one.source.clone())).collect();
        let is_marked = after.is_none_or(|after| after.shown_of == Some(item));
        let stands = !attribute.is_decided() || subject.stands(&attribute.name, after.map(|one| one.value.as_str()));
        // A name that nobody gives stays, and whoever asked is told that nobody does.
        let is_nameless = statements.is_empty() && attribute.is_decided() && attribute.name == "name";
        let right = hidden.is_empty() && is_marked && stands && !is_nameless;
        let (before, after) = (before.map(Spoken::from), after.map(Spoken::from));
        (!right).then_some(Difference { ci_key: item, attribute_id, before, after, hidden })
    }

    /// Shows what is to be shown.
    pub fn write(&self, conn: &mut Conn, differences: &[Difference], versions: Versions) -> Result<(), StoreError> {
        let hidden =
            differences.iter().flat_map(|of| of.hidden.iter().map(|(row, source)| (*row, of.attribute_id, source)));
        let hidden = hidden.map(|(row, attribute, source)| (row, attribute, source.to_string(), None));
        let hidden: Vec<Marked> = hidden.collect();
        let shown = differences.iter().filter_map(|of| Some((of, of.after.as_ref()?)));
        let shown = shown.map(|(of, one)| {
            let item = (of.ci_key != one.ci_key).then_some(of.ci_key);
            (one.ci_key, of.attribute_id, one.source.to_string(), item)
        });
        let shown: Vec<Marked> = shown.collect();
        mark(conn, &hidden, false)?;
        mark(conn, &shown, true)?;
        let mut columns: BTreeMap<&str, Vec<(i32, Value)>> = BTreeMap::new();
        for one in differences {
            let attribute = self.book.attribute_by_id(one.attribute_id).filter(|one| one.is_decided());
            let Some(attribute) = attribute else { continue };
            let Some(value) = decided::column(&attribute.name, one.after.as_ref().map(|spoken| spoken.value.as_str()))
            else {
                continue;
            };
            columns.entry(&attribute.name).or_default().push((one.ci_key, value));
        }
        columns
            .into_iter()
            .try_for_each(|(name, values)| decided::put(conn, name, &values, i32::from(versions == Versions::Count)))
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

    /// Shows everything of these items that is to be shown, and forgets in their own rows what nobody says any more:
    /// for items that became one, or two again.
    pub fn settle_whole(&self, conn: &mut Conn, keys: &[i32]) -> Result<(), StoreError> {
        let decided = self.book.attributes_of(ROOT).into_iter().filter(|one| one.is_decided());
        let decided: Vec<i32> = decided.map(|one| one.id).collect();
        for attributes in [None, Some(decided.as_slice())] {
            self.settle(conn, Touched { keys, attributes, without: None }, Versions::Counted)?;
        }
        Ok(())
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
        Self { ci_key: stated.ci_key, source: stated.source.clone(), value: stated.value.clone() }
    }
}

/// A statement by its row, attribute and source, and of which item it is shown if not of that row.
type Marked = (i32, i32, String, Option<i32>);

fn mark(conn: &mut Conn, statements: &[Marked], shown: bool) -> Result<(), StoreError> {
    if statements.is_empty() {
        return Ok(());
    }
    let sql = either(
        conn,
        "UPDATE cmdb_value SET shown = ?2, shown_of = said.value ->> 3 FROM json_each(?1) AS said WHERE ci_key = said.value ->> 0 \
         AND attribute_id = said.value ->> 1 AND source = said.value ->> 2 AND valid_to IS NULL",
        "UPDATE cmdb_value SET shown = $2, shown_of = (said ->> 3)::int4 FROM json_array_elements($1::json) AS said \
         WHERE ci_key = (said ->> 0)::int4 AND attribute_id = (said ->> 1)::int4 AND source = said ->> 2 \
             AND valid_to IS NULL",
    );
    statement(sql).bind::<Text, _>(rows(statements)?).bind::<diesel::sql_types::Bool, _>(shown).execute(conn)?;
    Ok(())
}
