//! Finds out who calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::error::Error;
use super::limits::{Buckets, TrailBudget};
use super::model::second_factor::SecondFactorPolicy;
use super::secret;
use super::service::identity::{self, Bearer, SignedIn};
use super::store;
use crate::api::kit::auth::{Authenticate, Credential, Principal, Proof};
use crate::api::kit::code::Code;
use crate::api::kit::problem::Problem;
use crate::audit::{self, Entry, Object};
use crate::kernel::clock::Clock;
use crate::kernel::ctx::Ctx;
use crate::kernel::id::ApiTokenId;
use crate::kernel::permission::Permission;
use crate::store::Store;

/// Knows callers by their session cookies and personal access tokens.
#[derive(Clone)]
pub struct Authenticator {
    store: Store,
    clock: Clock,
    policy: SecondFactorPolicy,
    trail: Arc<RefusalTrail>,
}

/// How many refusals are recorded: of each caller 10 at once and 10 an hour, of all together what [`TrailBudget`] says.
struct RefusalTrail {
    each: Buckets,
    all: TrailBudget,
}

/// A use that is to be written down.
enum Use {
    Session([u8; 32]),
    Token(ApiTokenId),
}

impl Authenticator {
    /// Looks callers up in this store; people who lack a second factor that this policy requires may do nothing else.
    #[must_use]
    pub fn new(store: Store, clock: Clock, policy: SecondFactorPolicy) -> Self {
        let each = Buckets::new(10, SignedDuration::from_mins(6));
        Self { store, clock, policy, trail: Arc::new(RefusalTrail { each, all: TrailBudget::default() }) }
    }

    async fn find(self, credential: Credential) -> Result<Principal, Problem> {
        let now = self.clock.now();
        let (principal, used) = match credential {
            Credential::Session(cookie) => self.by_session(cookie, now).await?,
            Credential::Token(token) => self.by_token(token, now).await?,
        }
        .ok_or(Problem::new(Code::Unauthenticated))?;
        if let Some(used) = used {
            self.note(used, now).await;
        }
        Ok(principal)
    }

    async fn by_session(&self, cookie: String, now: Timestamp) -> Result<Option<(Principal, Option<Use>)>, Error> {
        let id_hash = secret::hash(&cookie);
        let policy = self.policy;
        let found = self.store.read(move |conn| identity::by_session(conn, &id_hash, now)).await?;
        Ok(found.map(|SignedIn { identity, session }| {
            let lacks_second_factor = identity.lacks_second_factor(policy);
            let permissions = if lacks_second_factor { BTreeMap::new() } else { identity.permissions };
            let used = session.is_use_due(now).then_some(Use::Session(id_hash));
            let principal = Principal {
                user_id: identity.user.id,
                name: identity.user.display_name,
                permissions,
                csrf_token: Some(session.csrf_token),
                session: Some(id_hash),
                proof: Proof::Password(session.confirmed_at),
                lacks_second_factor,
            };
            (principal, used)
        }))
    }

    async fn by_token(&self, token: String, now: Timestamp) -> Result<Option<(Principal, Option<Use>)>, Error> {
        let found = self.store.read(move |conn| identity::by_token(conn, &token, now)).await?;
        Ok(found.map(|Bearer { identity, token, is_use_due }| {
            let principal = Principal {
                user_id: identity.user.id,
                name: identity.user.display_name,
                permissions: identity.permissions,
                csrf_token: None,
                session: None,
                proof: Proof::Token,
                lacks_second_factor: false,
            };
            (principal, is_use_due.then_some(Use::Token(token.id)))
        }))
    }

    /// A request is not refused because its time could not be written down.
    async fn note(&self, used: Use, now: Timestamp) {
        let noted = self.store.write(move |conn| -> Result<(), Error> {
            match used {
                Use::Session(id_hash) => store::session::note_use(conn, &id_hash, now)?,
                Use::Token(id) => store::token::note_use(conn, id, now)?,
            }
            Ok(())
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the use of a session or token could not be written down");
        }
    }

    async fn record_refusal(self, ctx: Ctx, permission: Permission) {
        let caller = ctx.actor.id().unwrap_or_default().to_string();
        if self.trail.each.take(&caller, ctx.now).is_err() {
            return;
        }
        let Some(omitted) = self.trail.all.take(ctx.now) else { return };
        let object = Object::new("permission", permission);
        let entry = Entry { action: "access.denied", object, details: json!({"omitted_before": omitted}) };
        let recorded = self.store.write(move |conn| -> Result<(), Error> { Ok(audit::record(conn, &ctx, entry)?) });
        if let Err(error) = recorded.await {
            tracing::warn!(%error, "a refusal could not be recorded");
        }
    }
}

impl Authenticate for Authenticator {
    fn authenticate(&self, credential: Credential) -> LocalBoxFuture<'static, Result<Principal, Problem>> {
        Box::pin(self.clone().find(credential))
    }

    fn refused(&self, ctx: Ctx, permission: Permission) -> LocalBoxFuture<'static, ()> {
        Box::pin(self.clone().record_refusal(ctx, permission))
    }
}
