//! `GET /cis/{id}/values`.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::said::{Account, Said};
use super::service::{self, Accounts};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::etag::etag;
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::cmdb::api::{CiReferenceView, SaidByView};
use crate::cmdb::item::api::writable;
use crate::cmdb::item::service::at_time;
use crate::cmdb::model::action::{Refusal, ValueAction};
use crate::cmdb::model::precedence::{Pin, Rule};
use crate::kernel::id::CiId;
use crate::store::Store;

/// When to look.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ValuesQuery {
    /// What was said then (RFC 3339), chosen by today's rules; who was heard when is not kept, so nothing is stale.
    as_of: Option<String>,
}

/// Who says what of an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    items: Vec<AccountView>,
    /// The version to name in `If-Match`.
    version: i32,
}

/// What is said of one attribute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountView {
    attribute: String,
    /// Why what is shown is; null if nothing may be shown.
    #[schema(value_type = Option<Rule>)]
    rule: Option<&'static str>,
    /// Whether nothing is inherited because containers that are as near say different things.
    ambiguous: bool,
    /// The order that holds here.
    order: Option<HeldOrderView>,
    /// The pin that holds.
    pin: Option<PinView>,
    /// Those asked first before the others.
    statements: Vec<StatementView>,
    allowed_actions: Vec<ValueActionView>,
}

/// An order, and for what it was set.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldOrderView {
    class: String,
    /// Null: for all attributes.
    attribute: Option<String>,
    sources: Vec<String>,
}

/// A value that a person pinned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PinView {
    /// Null: until somebody lifts it.
    expires_at: Option<Timestamp>,
    reason: Option<String>,
    /// Whose statement it was; null if it was the person's own.
    source: Option<String>,
}

/// What one source says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatementView {
    /// The name of the source; `pin` of what a person pinned, `inherited` of what containers say of themselves.
    source: String,
    #[schema(value_type = serde_json::Value)]
    value: Box<RawValue>,
    /// Since when it says so.
    since: Timestamp,
    /// When it last confirmed it.
    confirmed_at: Timestamp,
    /// Since when it counts as stale, if it does.
    stale_since: Option<Timestamp>,
    said_by: SaidByView,
    /// Why, where a reason was given.
    reason: Option<String>,
    /// Whether this is what is shown.
    shown: bool,
    /// Whether what its source says may be shown.
    enabled: bool,
    /// From what it is inherited; null where it is not, or from something out of scope.
    inherited_from: Option<CiReferenceView>,
}

/// Something that can be done about an attribute, and why not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueActionView {
    /// `pin`, `unpin` or `withdraw`.
    action: &'static str,
    allowed: bool,
    /// `needs_permission`, `retired`, `moves_along_its_life`, `not_pinned` or `not_said_by_a_person`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[utoipa::path(get, path = "/cis/{id}/values", operation_id = "list_ci_values", tag = "cmdb",
    params(("id" = CiId, Path), ValuesQuery), responses((status = 200, body = AccountList)))]
pub(crate) async fn list_ci_values(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<ValuesQuery>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (ctx, writable) = (allowed.ctx, writable(&allowed.principal));
    let as_of = at_time(query.as_of.as_deref())?;
    let found = store.read(move |conn| service::accounts(conn, &ctx, &writable, id, as_of)).await?;
    let tag = etag(found.version);
    let view = AccountList::try_from(found).map_err(|error| Problem::internal(&error))?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(view))
}

impl TryFrom<Accounts> for AccountList {
    type Error = serde_json::Error;

    fn try_from(found: Accounts) -> Result<Self, serde_json::Error> {
        let items = found.accounts.into_iter().map(AccountView::try_from).collect::<Result<_, _>>()?;
        Ok(Self { items, version: found.version })
    }
}

impl TryFrom<(Account, service::Actions)> for AccountView {
    type Error = serde_json::Error;

    fn try_from((account, actions): (Account, service::Actions)) -> Result<Self, serde_json::Error> {
        let pin = account.pin().map(PinView::from);
        let held = account.order.map(|(subject, sources)| HeldOrderView {
            class: subject.class,
            attribute: subject.attribute,
            sources,
        });
        Ok(Self {
            attribute: account.attribute,
            rule: account.rule.map(Rule::name),
            ambiguous: account.is_ambiguous,
            order: held,
            pin,
            statements: account.statements.into_iter().map(StatementView::try_from).collect::<Result<_, _>>()?,
            allowed_actions: actions.into_iter().map(ValueActionView::from).collect(),
        })
    }
}

impl From<&Said> for PinView {
    fn from(said: &Said) -> Self {
        let expires_at = match said.signed.stated.pin {
            Some(Pin::Until(at)) => Some(at),
            Some(Pin::Open) | None => None,
        };
        Self { expires_at, reason: said.signed.reason.clone(), source: said.signed.pinned_source.clone() }
    }
}

impl TryFrom<Said> for StatementView {
    type Error = serde_json::Error;

    fn try_from(said: Said) -> Result<Self, serde_json::Error> {
        let (signed, age) = (said.signed, said.age);
        let source = signed.stated.source.to_string();
        Ok(Self {
            value: RawValue::from_string(signed.stated.value)?,
            since: signed.stated.valid_from,
            confirmed_at: age.confirmed_at,
            stale_since: age.stale_since,
            said_by: SaidByView::new(&source, signed.actor_id, signed.actor_name),
            reason: signed.reason,
            source,
            shown: said.shown,
            enabled: said.enabled,
            inherited_from: said.inherited_from.map(CiReferenceView::from),
        })
    }
}

impl From<(ValueAction, Result<(), Refusal>)> for ValueActionView {
    fn from((action, verdict): (ValueAction, Result<(), Refusal>)) -> Self {
        Self { action: action.name(), allowed: verdict.is_ok(), reason: verdict.err().map(Refusal::name) }
    }
}
