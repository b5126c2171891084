//! What of a report the class book forbids: it is left out and kept as refused; nothing else of the report suffers.

use super::apply::Applier;
use super::attribute::{Attribute, NAME};
use super::known::Known;
use super::plan::{CiRef, Plan, Refusal};
use crate::cmdb::model::check::{self, Fault};
use crate::cmdb::observed::refused;
use crate::cmdb::refused::{self as kept, Refused, Why};
use crate::cmdb::unique::{self, Claim};
use crate::store::StoreError;

/// Why a value is left out. A name never is: everything has one, and what is wrong with it is a finding.
pub(super) fn fault(known: &Known, class: &str, attribute: Attribute, value: &str) -> Option<Fault> {
    let book = known.book.as_deref()?;
    if attribute == NAME { None } else { check::stored(book, class, attribute.name, value).err() }
}

impl Applier<'_> {
    /// Leaves out values that have to be unique and that another item has: in one statement, or none.
    pub(super) fn refuse_taken(&mut self, plan: &mut Plan, known: &Known) -> Result<(), StoreError> {
        let Some(book) = known.book.as_deref() else { return Ok(()) };
        let mut asked: Vec<(CiRef, Attribute)> = Vec::new();
        let mut claims = Vec::new();
        for ((ci, attribute), value) in &plan.opened_values {
            let attribute_id = self.vocabulary.id(*attribute);
            let class = plan.class_of(known, *ci).unwrap_or_default().to_owned();
            if *attribute == NAME || !unique::concerns(book, &class, attribute_id) {
                continue;
            }
            let ci_key = match ci {
                CiRef::Known(key) => Some(*key),
                CiRef::New(_) => None,
            };
            let organisation = self.report.organisation;
            claims.push(Claim { ci_key, class, organisation, attribute_id, value: value.clone() });
            asked.push((*ci, *attribute));
        }
        let taken = unique::taken(self.conn, book, &claims)?;
        for (what, _) in asked.into_iter().zip(taken).filter(|(_, taken)| *taken) {
            if let Some(value) = plan.opened_values.remove(&what) {
                plan.refuse(known, what, value, Why::from(&Fault::Taken));
            }
        }
        Ok(())
    }

    /// Writes what is refused, and takes back what no longer is.
    pub(super) fn refusals(
        &mut self,
        plan: &Plan,
        key: impl Fn(CiRef) -> Result<i32, StoreError>,
        at: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        if !plan.unrefused.is_empty() {
            let cleared = plan.unrefused.iter().map(|(ci, attribute)| (*ci, self.vocabulary.id(*attribute)));
            refused::clear(self.conn, self.report.reporter.source(), &cleared.collect::<Vec<_>>())?;
        }
        let rows = plan.refused.iter().map(|((ci, attribute), Refusal { value, why })| {
            Ok(Refused {
                ci_key: key(*ci)?,
                attribute_id: self.vocabulary.id(*attribute),
                source: self.report.reporter.source().to_string(),
                since: at,
                value: value.clone(),
                why: why.clone(),
            })
        });
        // An attribute that is not defined here at all has no row to refer to.
        let rows = rows.filter(|row| row.as_ref().map_or(true, |row| row.attribute_id != 0));
        kept::put(self.conn, &rows.collect::<Result<Vec<_>, StoreError>>()?)
    }
}
