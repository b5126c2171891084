//! How much of what is shown changes by other rules: told without writing, or settled.

use diesel::prelude::*;

use crate::cmdb::item::summary::Reference;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::value::expression::in_scope;
use crate::cmdb::value::settle::{Difference, Settler, Touched, Versions};
use crate::kernel::scope::Scope;
use crate::store::column::Key16;
use crate::store::schema::{cmdb_ci as c, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// How many items are looked at at once.
const CHUNK: i64 = 1_000;
/// How many changes are told in full.
const EXAMPLES: usize = 20;

/// What a change of the rules changes of what is shown.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Shown values that change.
    pub changed: i64,
    /// Some of them, of items in the caller's scope.
    pub examples: Vec<Example>,
}

/// A shown value that changes.
#[derive(Debug, Clone)]
pub struct Example {
    /// Of which item.
    pub ci: Reference,
    /// Of which attribute.
    pub attribute: String,
    /// What.
    pub difference: Difference,
}

/// Which statements may be concerned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Concerned<'a> {
    /// Those on which sources differ, of these attributes or of all.
    Contested(Option<&'a [i32]>),
    /// All of this source.
    Of(&'a SourceName),
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Tell it only.
    Preview,
    /// Write it.
    Apply,
}

impl Concerned<'_> {
    /// The next items, by key.
    pub(super) fn items(self, conn: &mut Conn, after: i32) -> Result<Vec<i32>, StoreError> {
        let open = v::valid_to.is_null().and(v::ci_key.gt(after));
        let chosen = v::table.select(v::ci_key).distinct().order(v::ci_key).limit(CHUNK);
        Ok(match self {
            Self::Contested(None) => chosen.filter(open.and(diesel::dsl::not(v::shown))).load(conn)?,
            Self::Contested(Some(ids)) => {
                chosen.filter(open.and(diesel::dsl::not(v::shown)).and(v::attribute_id.eq_any(ids))).load(conn)?
            }
            Self::Of(source) => chosen.filter(open.and(v::source.eq(source.as_str()))).load(conn)?,
        })
    }

    const fn attributes(&self) -> Option<&[i32]> {
        match self {
            Self::Contested(attributes) => *attributes,
            Self::Of(_) => None,
        }
    }
}

/// Walks over what may be concerned, in so many statements for every thousand items.
pub(super) fn sweep(
    conn: &mut Conn,
    settler: &Settler,
    scope: &Scope,
    concerned: Concerned<'_>,
    mode: Mode,
) -> Result<Preview, StoreError> {
    let (mut preview, mut after) = (Preview::default(), i32::MIN);
    loop {
        let keys = concerned.items(conn, after)?;
        let Some(last) = keys.last().copied() else { return Ok(preview) };
        after = last;
        let touched = Touched { keys: &keys, attributes: concerned.attributes(), without: None };
        let differences: Vec<Difference> =
            settler.differences(conn, touched)?.into_iter().filter(|one| one.before != one.after).collect();
        preview.add(conn, settler, scope, &differences)?;
        if mode == Mode::Apply {
            settler.write(conn, &differences, Versions::Count)?;
        }
    }
}

impl Preview {
    /// Counts these, and tells some of them if there is room.
    pub(super) fn add(
        &mut self,
        conn: &mut Conn,
        settler: &Settler,
        scope: &Scope,
        differences: &[Difference],
    ) -> Result<(), StoreError> {
        self.changed += i64::try_from(differences.len()).unwrap_or(i64::MAX);
        let room = EXAMPLES.saturating_sub(self.examples.len());
        if room == 0 || differences.is_empty() {
            return Ok(());
        }
        let mut keys: Vec<i32> = differences.iter().map(|one| one.ci_key).collect();
        keys.dedup();
        let rows: Vec<(i32, Key16, String, String)> =
            in_scope(scope).filter(c::key.eq_any(keys)).select((c::key, c::id, c::name, c::class)).load(conn)?;
        let named = |one: &Difference| {
            let (_, id, name, class) = rows.iter().find(|row| row.0 == one.ci_key)?;
            let ci = Reference { id: (*id).into(), name: name.clone(), class: class.clone() };
            let attribute = settler.book.attribute_by_id(one.attribute_id)?.name.clone();
            Some(Example { ci, attribute, difference: one.clone() })
        };
        self.examples.extend(differences.iter().filter_map(named).take(room));
        Ok(())
    }
}
