//! `POST /bulk`.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Answer, ITEMS_MAX, ItemResult, Order, Totals, Wish};
use super::service::{self, Error};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::api::kit::upload;
use crate::cmdb::error::FieldFault;
use crate::kernel::id::OrganisationId;
use crate::store::Store;

/// Largest call in bytes.
const BODY_BYTES: usize = 32 << 20;
/// How many calls are read and carried out at once: each may hold a hundred megabytes while it is.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Many items and relations at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkBody<'a> {
    /// As whom the call speaks: the name of a source of kind `import` or `integration`; people unless said.
    source: Option<String>,
    /// Where new items belong that do not say; the top of the caller's scope unless said.
    organisation_id: Option<Uuid>,
    /// Everything or nothing; item by item unless said.
    #[serde(default)]
    atomic: bool,
    /// Whether only to say what would happen; nothing is written then.
    #[serde(default)]
    dry_run: bool,
    /// Whether to leave out values that are shown already, whoever says them: a list that was exported, changed here and
    /// there and comes back says only what was changed.
    #[serde(default)]
    differences_only: bool,
    /// 1 to 10 000.
    #[serde(borrow)]
    #[schema(value_type = Vec<Wish>)]
    items: Vec<&'a RawValue>,
}

/// What became of a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkAnswer {
    dry_run: bool,
    /// Whether what was not refused stands in the register now.
    applied: bool,
    totals: Totals,
    /// Each item, in the order of the call.
    items: Vec<ItemResult>,
}

/// Creates and changes items, joins and parts them, up to 10 000 at once; each gets an answer of its own, also when
/// others are refused. What an item calls itself by `key` is found again by the next call, so that the same call twice
/// changes nothing. Items may mean others by id, by key, by name or by their place in the call. With the header
/// `Idempotency-Key` a call that comes again within a day is told what it was told, and goes on where it ended.
#[utoipa::path(post, path = "/bulk", operation_id = "apply_bulk", tag = "cmdb", request_body = BulkBody<'static>,
    params(("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = BulkAnswer)))]
pub(crate) async fn apply_bulk(
    allowed: Allowed<may::CiWrite>,
    request: HttpRequest,
    payload: web::Payload,
    store: web::Data<Store>,
) -> Result<web::Json<BulkAnswer>, Problem> {
    let _turn = TURNS.acquire().await.map_err(|error| Problem::internal(&error))?;
    let idempotency_key = upload::idempotency_key(&request);
    let bytes = upload::read(&request, payload, BODY_BYTES).await?;
    let read = tokio::task::spawn_blocking(move || order(&bytes)).await.map_err(|error| Problem::internal(&error))?;
    let order = Order { idempotency_key, ..read? };
    let dry_run = order.dry_run;
    let Answer { applied, items } = service::apply(&store, &allowed.ctx, order).await?;
    Ok(web::Json(BulkAnswer { dry_run, applied, totals: Totals::of(&items), items }))
}

fn order(bytes: &[u8]) -> Result<Order, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let malformed = |detail: String| Problem::because(Code::MalformedRequest, detail);
    let body: BulkBody<'_> = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| malformed(format!("{}: {}", error.path(), error.inner())))?;
    reader.end().map_err(|error| malformed(error.to_string()))?;
    if body.items.len() > ITEMS_MAX {
        let fault = FieldFault::new("items", "too_long", format!("more than {ITEMS_MAX} items"));
        let limit = i64::try_from(ITEMS_MAX).ok();
        return Err(Problem::fields(vec![FieldFault { limit, ..fault }.into()]));
    }
    Ok(Order {
        source: body.source,
        organisation: body.organisation_id.map(OrganisationId::from_uuid),
        atomic: body.atomic,
        dry_run: body.dry_run,
        differences_only: body.differences_only,
        idempotency_key: None,
        digest: Sha256::digest(bytes).to_vec(),
        items: body.items.into_iter().map(wish).collect(),
    })
}

/// One that cannot be read is refused alone.
fn wish(raw: &RawValue) -> Result<Wish, FieldFault> {
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let field = path.split_once('.').map(|(_, field)| field.to_owned()).unwrap_or_default();
        FieldFault::new(field, "malformed", error.inner().to_string())
    })
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Register(error) => error.into(),
            Error::KeyUsed | Error::UnderWay => Self::because(Code::Conflict, error.to_string()),
        }
    }
}
