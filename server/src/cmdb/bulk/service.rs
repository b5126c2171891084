//! Carrying out a call, batch by batch or all at once.

use std::sync::Arc;

use super::answer::{Before, Remembered};
use super::batch::carry_out;
use super::model::{Answer, BATCH, ItemResult, Order, Outcome};
use crate::cmdb::error::{Error as CmdbError, FieldFault};
use crate::kernel::ctx::Ctx;
use crate::store::{Conn, Store, StoreError};

/// Longest key under which a call is carried out once, in characters.
const IDEMPOTENCY_CHARACTERS: usize = 255;

/// Why a call is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The register refuses the call as a whole.
    #[error(transparent)]
    Register(#[from] CmdbError),
    /// The key stands for another call.
    #[error("the key was used for another call")]
    KeyUsed,
    /// The same call is being carried out at this moment.
    #[error("the same call is being carried out")]
    UnderWay,
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

/// Nothing is kept of a transaction that ends like this.
enum Stop {
    Back(Vec<ItemResult>),
    Failed(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<CmdbError> for Stop {
    fn from(error: CmdbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Carries out a call, or says what would happen.
///
/// # Errors
///
/// The call as a whole is wrong, or its key stands for another; what is wrong with an item stands in the answer.
pub async fn apply(store: &Store, ctx: &Ctx, order: Order) -> Result<Answer, Error> {
    check(&order)?;
    let order = Arc::new(order);
    let remembered = remembered(ctx, &order);
    let mut done = match &remembered {
        Some(remembered) => before(store, ctx, remembered.clone()).await?,
        None => Vec::new(),
    };
    let total = order.items.len();
    if done.len() >= total {
        return Ok(answer(&order, done));
    }
    if order.atomic || order.dry_run {
        return at_once(store, ctx, order, remembered).await;
    }
    while done.len() < total {
        let (own, call, so_far, key) = (ctx.clone(), Arc::clone(&order), done.clone(), remembered.clone());
        let batch = store.write(move |conn| one_batch(conn, &own, &call, &so_far, key.as_ref())).await?;
        done.extend(batch);
    }
    Ok(Answer { applied: true, items: done })
}

/// One transaction of its own.
fn one_batch(
    conn: &mut Conn,
    ctx: &Ctx,
    order: &Order,
    so_far: &[ItemResult],
    remembered: Option<&Remembered>,
) -> Result<Vec<ItemResult>, Error> {
    let wishes: Vec<_> = order.items.iter().skip(so_far.len()).take(BATCH).cloned().collect();
    let results = carry_out(conn, ctx, order, so_far, &wishes)?;
    keep(conn, ctx, remembered, so_far.len(), &results)?;
    Ok(results)
}

/// Everything in one transaction, which is kept if all of it is wanted.
async fn at_once(store: &Store, ctx: &Ctx, order: Arc<Order>, remembered: Option<Remembered>) -> Result<Answer, Error> {
    let (own, call) = (ctx.clone(), Arc::clone(&order));
    let done = store.write(move |conn| {
        let mut results: Vec<ItemResult> = Vec::with_capacity(call.items.len());
        for wishes in call.items.chunks(BATCH) {
            let batch = carry_out(conn, &own, &call, &results, wishes)?;
            results.extend(batch);
        }
        let is_refused = results.iter().any(|one| one.outcome == Outcome::Refused);
        if call.dry_run || (call.atomic && is_refused) {
            return Err(Stop::Back(results));
        }
        keep(conn, &own, remembered.as_ref(), 0, &results)?;
        Ok(results)
    });
    match done.await {
        Ok(items) => Ok(Answer { applied: true, items }),
        // What would be new has no identity: the one it was tried with is gone.
        Err(Stop::Back(items)) => Ok(Answer { applied: false, items: items.into_iter().map(nameless).collect() }),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn nameless(item: ItemResult) -> ItemResult {
    ItemResult { id: item.id.filter(|_| item.outcome != Outcome::Created), ..item }
}

fn keep(
    conn: &mut Conn,
    ctx: &Ctx,
    remembered: Option<&Remembered>,
    begins_at: usize,
    results: &[ItemResult],
) -> Result<(), Error> {
    let Some(remembered) = remembered else { return Ok(()) };
    if remembered.keep(conn, ctx.now, begins_at, results)? { Ok(()) } else { Err(Error::UnderWay) }
}

fn check(order: &Order) -> Result<(), Error> {
    let beyond = |field: &str, limit: usize, unit: &str| {
        let detail = format!("more than {limit} {unit}");
        FieldFault { limit: i64::try_from(limit).ok(), ..FieldFault::new(field, "too_long", detail) }
    };
    let key = order.idempotency_key.as_deref();
    let fault = if order.items.is_empty() {
        FieldFault::new("items", "required", "at least one")
    } else if key.is_some_and(|key| key.chars().count() > IDEMPOTENCY_CHARACTERS) {
        beyond("Idempotency-Key", IDEMPOTENCY_CHARACTERS, "characters")
    } else if key.is_some_and(str::is_empty) {
        FieldFault::new("Idempotency-Key", "required", "something, or leave it out")
    } else {
        return Ok(());
    };
    Err(CmdbError::from(fault).into())
}

fn remembered(ctx: &Ctx, order: &Order) -> Option<Remembered> {
    let key = order.idempotency_key.clone().filter(|_| !order.dry_run)?;
    Some(Remembered { actor: ctx.actor.id()?, key, digest: order.digest.clone() })
}

async fn before(store: &Store, ctx: &Ctx, remembered: Remembered) -> Result<Vec<ItemResult>, Error> {
    let now = ctx.now;
    match store.read(move |conn| remembered.find(conn, now)).await? {
        Before::Nothing => Ok(Vec::new()),
        Before::Same(items) => Ok(items),
        Before::Another => Err(Error::KeyUsed),
    }
}

fn answer(order: &Order, items: Vec<ItemResult>) -> Answer {
    Answer { applied: !order.dry_run, items }
}
