//! `/identification/rules`.

use std::str::FromStr;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::kit::action::AllowedAction;
use crate::api::kit::auth::{Allowed, Principal, may};
use crate::api::kit::etag::{IfMatch, etag};
use crate::api::kit::json::{Body, Path};
use crate::api::kit::problem::Problem;
use crate::identification::model::rule::{Need, Outcome, Rule, Veto};
use crate::identification::service::rule::{self as service, Draft};
use crate::kernel::id::RuleId;
use crate::kernel::permission::Permission;
use crate::store::Store;

/// A text in both languages.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleLabel)]
pub(super) struct LabelView {
    en: String,
    ko: String,
}

/// The rules, by class and in the order in which they are asked, and the words that rules are made of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentificationRuleList)]
pub(super) struct RuleList {
    items: Vec<RuleView>,
    /// What a rule can need.
    needs: Vec<&'static str>,
    /// What can speak against a match.
    vetoes: Vec<&'static str>,
    /// What the caller may do with rules.
    allowed_actions: Vec<AllowedAction>,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentificationRule)]
pub(super) struct RuleView {
    id: RuleId,
    /// The class it is for, and its subclasses that have no rules of their own.
    class: String,
    label: LabelView,
    /// What must agree, all of it.
    needs: Vec<&'static str>,
    /// What speaks against a match, any of it.
    vetoes: Vec<&'static str>,
    /// `match` or `propose`.
    outcome: &'static str,
    enabled: bool,
    /// Whether it was shipped: such a rule can be switched off, not deleted.
    shipped: bool,
    version: i32,
}

/// A rule as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentificationRuleBody)]
pub(super) struct RuleBody {
    label: LabelView,
    /// At least one that is one machine's alone.
    needs: Vec<String>,
    vetoes: Vec<String>,
    /// `match` or `propose`.
    outcome: String,
    enabled: bool,
}

/// A new rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewIdentificationRule)]
pub(super) struct NewRuleBody {
    /// The class it is for. The first of a class takes the place of those of its ancestors.
    class: String,
    label: LabelView,
    needs: Vec<String>,
    vetoes: Vec<String>,
    outcome: String,
    enabled: bool,
}

/// The order of the rules of a class.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentificationRuleOrder)]
pub(super) struct OrderBody {
    class: String,
    /// Exactly the rules of the class, the first to be asked first.
    order: Vec<RuleId>,
}

#[utoipa::path(get, path = "/identification/rules", operation_id = "list_identification_rules", tag = "identification",
    responses((status = 200, body = RuleList)))]
pub(super) async fn list_identification_rules(
    allowed: Allowed<may::CiRead>,
    store: web::Data<Store>,
) -> Result<web::Json<RuleList>, Problem> {
    let rules = store.read(service::list).await?;
    Ok(web::Json(list(rules, &allowed.principal)))
}

#[utoipa::path(post, path = "/identification/rules", operation_id = "create_identification_rule",
    tag = "identification", request_body = NewRuleBody, responses((status = 201, body = RuleView)))]
pub(super) async fn create_identification_rule(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<NewRuleBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let NewRuleBody { class, label, needs, vetoes, outcome, enabled } = body;
    let draft = draft(RuleBody { label, needs, vetoes, outcome, enabled })?;
    let rule = store.write(move |conn| service::add(conn, &allowed.ctx, &class, draft)).await?;
    Ok(HttpResponse::Created().insert_header((header::ETAG, etag(rule.version))).json(view(rule)))
}

#[utoipa::path(put, path = "/identification/rules/{id}", operation_id = "update_identification_rule",
    tag = "identification", params(("id" = RuleId, Path)), request_body = RuleBody,
    responses((status = 200, body = RuleView)))]
pub(super) async fn update_identification_rule(
    allowed: Allowed<may::RegisterConfigure>,
    Path(id): Path<RuleId>,
    IfMatch(version): IfMatch,
    Body(body): Body<RuleBody>,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let draft = draft(body)?;
    let rule = store.write(move |conn| service::update(conn, &allowed.ctx, (id, version), draft)).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, etag(rule.version))).json(view(rule)))
}

#[utoipa::path(delete, path = "/identification/rules/{id}", operation_id = "delete_identification_rule",
    tag = "identification", params(("id" = RuleId, Path)), responses((status = 204)))]
pub(super) async fn delete_identification_rule(
    allowed: Allowed<may::RegisterConfigure>,
    Path(id): Path<RuleId>,
    IfMatch(version): IfMatch,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    store.write(move |conn| service::delete(conn, &allowed.ctx, (id, version))).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[utoipa::path(put, path = "/identification/rules/order", operation_id = "reorder_identification_rules",
    tag = "identification", request_body = OrderBody, responses((status = 200, body = RuleList)))]
pub(super) async fn reorder_identification_rules(
    allowed: Allowed<may::RegisterConfigure>,
    Body(body): Body<OrderBody>,
    store: web::Data<Store>,
) -> Result<web::Json<RuleList>, Problem> {
    let ctx = allowed.ctx;
    let rules = store.write(move |conn| service::reorder(conn, &ctx, &body.class, &body.order)).await?;
    Ok(web::Json(list(rules, &allowed.principal)))
}

fn list(rules: Vec<Rule>, principal: &Principal) -> RuleList {
    let may = principal.permissions.contains_key(&Permission::RegisterConfigure);
    let reason = (!may).then_some("needs_permission");
    RuleList {
        items: rules.into_iter().map(view).collect(),
        needs: Need::ALL.iter().map(|need| need.name()).collect(),
        vetoes: Veto::ALL.iter().map(|veto| veto.name()).collect(),
        allowed_actions: vec![AllowedAction::unless("edit", reason)],
    }
}

fn view(rule: Rule) -> RuleView {
    RuleView {
        id: rule.id,
        class: rule.class,
        label: LabelView { en: rule.label_en, ko: rule.label_ko },
        needs: rule.needs.iter().map(|need| need.name()).collect(),
        vetoes: rule.vetoes.iter().map(|veto| veto.name()).collect(),
        outcome: rule.outcome.name(),
        enabled: rule.enabled,
        shipped: rule.shipped_name.is_some(),
        version: rule.version,
    }
}

fn draft(body: RuleBody) -> Result<Draft, Problem> {
    let LabelView { en, ko } = body.label;
    Ok(Draft {
        label: (en, ko),
        needs: words::<Need>("needs", &body.needs)?,
        vetoes: words::<Veto>("vetoes", &body.vetoes)?,
        outcome: word::<Outcome>("outcome", &body.outcome)?,
        enabled: body.enabled,
    })
}

fn words<T: FromStr + PartialEq>(field: &str, texts: &[String]) -> Result<Vec<T>, Problem> {
    let mut words = Vec::new();
    for text in texts {
        let word = word(field, text)?;
        if words.contains(&word) {
            return Err(Problem::field(field, "invalid", format!("`{text}` stands twice")));
        }
        words.push(word);
    }
    Ok(words)
}

fn word<T: FromStr>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_unknown| Problem::field(field, "unknown", format!("`{text}` is not known")))
}
