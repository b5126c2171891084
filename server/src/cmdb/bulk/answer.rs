//! What was answered to calls that may come again.

use diesel::prelude::*;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::model::ItemResult;
use crate::store::column::{At, Document, Key16};
use crate::store::schema::cmdb_bulk_answer as b;
use crate::store::{Conn, Inconsistent, StoreError};

/// For how long a call is remembered.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A call under a key of somebody's.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) actor: Uuid,
    pub(super) key: String,
    pub(super) digest: Vec<u8>,
}

/// The call that the key was used for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// None.
    Nothing,
    /// The same: so far it was answered like this.
    Same(Vec<ItemResult>),
    /// Another one.
    Another,
}

impl Remembered {
    /// What was answered so far.
    pub(super) fn find(&self, conn: &mut Conn, now: Timestamp) -> Result<Before, StoreError> {
        let of_key = b::actor_id.eq(Key16(self.actor)).and(b::idempotency_key.eq(&self.key));
        let rows: Vec<(Vec<u8>, Document)> = b::table
            .filter(of_key.and(b::answered_at.gt(At(now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN)))))
            .order(b::begins_at)
            .select((b::digest, b::items))
            .load(conn)?;
        let mut items = Vec::new();
        for (digest, Document(document)) in rows {
            if digest != self.digest {
                return Ok(Before::Another);
            }
            let batch: Vec<ItemResult> = serde_json::from_value(document).map_err(|error| Inconsistent {
                table: "cmdb_bulk_answer",
                column: "items",
                row: self.key.clone(),
                value: error.to_string(),
            })?;
            items.extend(batch);
        }
        Ok(if items.is_empty() { Before::Nothing } else { Before::Same(items) })
    }

    /// Remembers the answer to a batch; whether nobody else has answered it meanwhile.
    pub(super) fn keep(
        &self,
        conn: &mut Conn,
        now: Timestamp,
        begins_at: usize,
        items: &[ItemResult],
    ) -> Result<bool, StoreError> {
        forget_old(conn, now)?;
        let document = serde_json::to_value(items);
        let document = document.map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
        let row = (
            b::actor_id.eq(Key16(self.actor)),
            b::idempotency_key.eq(self.key.clone()),
            b::begins_at.eq(i32::try_from(begins_at).unwrap_or(i32::MAX)),
            b::digest.eq(self.digest.clone()),
            b::answered_at.eq(At(now)),
            b::items.eq(Document(document)),
        );
        let rows = crate::on_each_database!(conn, |c| {
            diesel::insert_into(b::table).values(row).on_conflict_do_nothing().execute(c)?
        });
        Ok(rows == 1)
    }
}

/// Forgets what is remembered for too long.
pub(super) fn forget_old(conn: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    let limit = At(now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN));
    diesel::delete(b::table.filter(b::answered_at.le(limit))).execute(conn)?;
    Ok(())
}
