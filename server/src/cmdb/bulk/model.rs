//! What a call asks for, and what becomes of each of its items.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::cmdb::error::FieldFault;
use crate::kernel::id::OrganisationId;
use crate::store::dialect::storable;

/// Most items of a call.
pub const ITEMS_MAX: usize = 10_000;
/// Longest key in bytes.
pub const KEY_BYTES: usize = 255;
/// How many items are written in one transaction, unless all are.
pub const BATCH: usize = 500;

/// A call.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// As whom it speaks: a source for imports or integrations; people unless said.
    pub source: Option<String>,
    /// Where new items belong that do not say; the top of the caller's scope unless said.
    pub organisation: Option<OrganisationId>,
    /// Everything or nothing.
    pub atomic: bool,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// Whether to leave out values that are shown already, whoever says them.
    pub differences_only: bool,
    /// Under which the same call is carried out once.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the call as it came.
    pub digest: Vec<u8>,
    /// What is to be done; what could not be read is refused with its fault.
    pub items: Vec<Result<Wish, FieldFault>>,
}

/// One thing to be done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkItem)]
pub enum Wish {
    /// An item is to be as this says; one that is not there is created.
    Ci(Box<CiWish>),
    /// Two items are joined from now on.
    Relation(RelationWish),
    /// They are no longer.
    RelationEnd(RelationWish),
}

/// An item as it is to be. What is absent stays; null withdraws what the source said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkCi)]
pub struct CiWish {
    /// Its id, where it is known.
    pub id: Option<Uuid>,
    /// What the source calls it: the next call that says so means the same item. At most 255 bytes.
    pub key: Option<String>,
    /// The name of an attribute: where no item has the key, the one of which that attribute is shown as it is here is
    /// meant, and has the key from now on.
    pub match_on: Option<String>,
    /// Its class. Needed for a new one.
    pub class: Option<String>,
    /// Where it belongs.
    pub organisation_id: Option<Uuid>,
    /// What it is called. Needed for a new one.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Value>,
    /// Who answers for it.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    pub owner: Option<Value>,
    /// Who supports it.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    pub support_team: Option<Value>,
    /// 1 to 4; 1 matters most.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<i64>)]
    pub criticality: Option<Value>,
    /// What it is used for.
    #[serde(default, deserialize_with = "written")]
    #[schema(value_type = Option<String>)]
    pub environment: Option<Value>,
    /// Where it is in its life.
    pub lifecycle: Option<String>,
    /// Why, where going to that lifecycle needs a reason.
    pub reason: Option<String>,
    /// The attributes of its class. One that refers to an item takes an id or what [`Target`] takes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

/// A relation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRelation)]
pub struct RelationWish {
    /// Its type.
    pub r#type: String,
    /// From which item.
    pub source: Target,
    /// To which.
    pub target: Target,
}

/// An item that is meant: by one of `id`, `key`, `item` and `name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkTarget)]
pub struct Target {
    /// Its id.
    pub id: Option<Uuid>,
    /// What the source calls it.
    pub key: Option<String>,
    /// The place of an earlier item of the same call, from 0.
    pub item: Option<usize>,
    /// The name that is shown of it, if no other item has it.
    pub name: Option<String>,
    /// With `name`: of which class it is.
    pub class: Option<String>,
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkOutcome)]
pub enum Outcome {
    /// It is new.
    Created,
    /// Something of it differs from before; of a relation, it has ended.
    Updated,
    /// Nothing does.
    Unchanged,
    /// It is not done.
    Refused,
}

/// What becomes of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BulkResult)]
pub struct ItemResult {
    /// Its place in the call, from 0.
    pub index: usize,
    /// What becomes of it.
    pub outcome: Outcome,
    /// The item's id or the relation's, where there is one; in a dry run what would be new has none yet.
    pub id: Option<Uuid>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ItemFault>,
}

/// What is wrong with one field of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BulkFault)]
pub struct ItemFault {
    /// The field, as `attributes.serial_number`.
    pub field: String,
    /// What kind of wrong.
    pub code: String,
    /// The same for people, in English.
    pub detail: String,
    /// The limit that was broken, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// How many items became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BulkTotals)]
pub struct Totals {
    /// New ones.
    pub created: usize,
    /// Those of which something differs.
    pub updated: usize,
    /// Those of which nothing does.
    pub unchanged: usize,
    /// Those that were not done.
    pub refused: usize,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether what was not refused stands in the register now.
    pub applied: bool,
    /// Each item, in the order of the call.
    pub items: Vec<ItemResult>,
}

impl Totals {
    /// The totals of these.
    #[must_use]
    pub fn of(items: &[ItemResult]) -> Self {
        let count = |outcome| items.iter().filter(|item| item.outcome == outcome).count();
        Self {
            created: count(Outcome::Created),
            updated: count(Outcome::Updated),
            unchanged: count(Outcome::Unchanged),
            refused: count(Outcome::Refused),
        }
    }
}

impl ItemResult {
    /// One that is not done.
    #[must_use]
    pub fn refused(index: usize, faults: Vec<FieldFault>) -> Self {
        Self { index, outcome: Outcome::Refused, id: None, errors: faults.into_iter().map(ItemFault::from).collect() }
    }
}

impl From<FieldFault> for ItemFault {
    fn from(FieldFault { field, code, detail, limit }: FieldFault) -> Self {
        // It is kept, and what somebody wrote may stand in it.
        let (field, detail) = (storable(&field).into_owned(), storable(&detail).into_owned());
        Self { field, code: code.to_owned(), detail, limit }
    }
}

impl CiWish {
    /// What it says of the attributes that every item has.
    pub(super) fn common(&self) -> Vec<(&'static str, Value)> {
        let said = [
            ("name", &self.name),
            ("owner", &self.owner),
            ("support_team", &self.support_team),
            ("criticality", &self.criticality),
            ("environment", &self.environment),
        ];
        said.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name, value))).collect()
    }
}

/// Tells null, which withdraws, from absent, which leaves alone.
fn written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
