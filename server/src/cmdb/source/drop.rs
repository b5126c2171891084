//! Dropping a source: what it says ends, and what is shown of it is settled.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::preview::{Concerned, Mode, Preview};
use crate::cmdb::merge::records::Records;
use crate::cmdb::model::source::SourceName;
use crate::cmdb::observed::ci;
use crate::cmdb::value::end::Ending;
use crate::cmdb::value::settle::{Settler, Touched, Versions};
use crate::kernel::ctx::Ctx;
use crate::store::schema::{cmdb_ci as c, cmdb_value as v};
use crate::store::{Conn, StoreError};

/// What dropping a source comes to.
#[derive(Debug, Clone, Default)]
pub struct Dropped {
    /// Statements that end.
    pub statements: i64,
    /// Items they are about.
    pub items: i64,
    /// What changes of what is shown.
    pub preview: Preview,
}

/// What is dropped, by whom and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drop<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) source: &'a SourceName,
    pub(super) reason: Option<&'a str>,
    pub(super) mode: Mode,
}

impl Drop<'_> {
    /// Of an item and what is under it.
    pub(super) fn of_item(self, conn: &mut Conn, settler: &Settler, key: i32) -> Result<Dropped, StoreError> {
        let records = Records::of(conn, &[key], None)?.keys();
        let under = c::parent_key.eq_any(records.iter().copied().map(Some).collect::<Vec<_>>());
        let family = c::table.filter(c::key.eq_any(records).or(under)).select(c::key);
        let open = v::valid_to.is_null().and(v::source.eq(self.source.as_str())).and(v::ci_key.eq_any(family));
        let keys: Vec<i32> = v::table.filter(open).select(v::ci_key).distinct().order(v::ci_key).load(conn)?;
        let mut dropped = Dropped::default();
        for chunk in keys.chunks(1_000) {
            self.of(conn, settler, chunk, &mut dropped)?;
        }
        Ok(dropped)
    }

    /// Of everything.
    pub(super) fn everywhere(self, conn: &mut Conn, settler: &Settler) -> Result<Dropped, StoreError> {
        let (mut dropped, mut after) = (Dropped::default(), i32::MIN);
        loop {
            let keys = Concerned::Of(self.source).items(conn, after)?;
            let Some(last) = keys.last().copied() else { return Ok(dropped) };
            after = last;
            self.of(conn, settler, &keys, &mut dropped)?;
        }
    }

    fn of(self, conn: &mut Conn, settler: &Settler, keys: &[i32], dropped: &mut Dropped) -> Result<(), StoreError> {
        let said = v::ci_key.eq_any(keys).and(v::source.eq(self.source.as_str())).and(v::valid_to.is_null());
        dropped.statements += v::table.filter(said).count().get_result::<i64>(conn)?;
        dropped.items += i64::try_from(keys.len()).unwrap_or(i64::MAX);
        let touched = Touched { keys, attributes: None, without: Some(self.source) };
        let differences = settler.differences(conn, touched)?;
        dropped.preview.add(conn, settler, &self.ctx.scope, &differences)?;
        if self.mode == Mode::Preview {
            return Ok(());
        }
        let ending = Ending { ctx: self.ctx, source: self.source, by: &SourceName::PERSON, reason: self.reason };
        let at = ending.end(conn, &keys.iter().map(|key| (*key, None)).collect::<Vec<_>>())?;
        settler.write(conn, &differences, Versions::Count)?;
        if self.source.is_machine() {
            let unseen = unseen(conn, keys)?;
            ci::set_gone(conn, &unseen, at)?;
        }
        Ok(())
    }
}

/// Of these, the items under a host of which no machine says anything any more.
fn unseen(conn: &mut Conn, keys: &[i32]) -> Result<Vec<i32>, StoreError> {
    let people = [SourceName::PERSON, SourceName::PIN, SourceName::INHERITED].map(|name| name.to_string());
    let seen = v::table.filter(v::ci_key.eq(c::key).and(v::valid_to.is_null()).and(v::source.ne_all(people)));
    let dependent = c::key.eq_any(keys).and(c::parent_key.is_not_null()).and(c::gone_at.is_null());
    Ok(c::table.filter(dependent.and(not(exists(seen)))).select(c::key).load(conn)?)
}
