//! `POST /identification/explain`.

use std::collections::BTreeMap;

use actix_web::web;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::{Described, Unreadable};
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::Body;
use crate::api::kit::problem::Problem;
use crate::cmdb::organisation::load_tree;
use crate::identification::Carrier;
use crate::identification::model::decision::{Finding, Step, Verdict};
use crate::identification::model::rule::Rule;
use crate::identification::service::recognise::{Recognition, told};
use crate::kernel::id::OrganisationId;
use crate::store::{Store, StoreError};

/// What this module adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(explain_identification))]
pub struct Description;

/// This module's route.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/identification/explain").route(web::post().to(explain_identification)));
}

/// A report: what `terrier-agent inventory --format json` prints, of which `identity`, `network` and `cloud` are read.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ExplainBody {
    /// Among whose items to look; the top of the caller's scope unless said.
    organisation_id: Option<Uuid>,
    /// Sections by name.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    sections: BTreeMap<String, Box<RawValue>>,
}

/// Which item the report would be taken for, and why. Nothing was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explanation {
    /// `existing`, `new` or `wait`.
    verdict: &'static str,
    /// The item, unless it would be a new one.
    ci: Option<CandidateView>,
    /// The rule that decided.
    rule: Option<String>,
    /// When it would be clear at the latest, if the report would wait.
    until: Option<Timestamp>,
    /// What the report says it is.
    class: &'static str,
    /// What it carries, kind by kind, in the spelling in which it is compared.
    evidence: BTreeMap<&'static str, Vec<String>>,
    /// What of it was left out, because several items that live carry it.
    left_out: Vec<LeftOutView>,
    /// Every rule in its order, with each item it was held against, up to the one that decided.
    trace: Vec<RuleTraceView>,
}

/// An item that was looked at.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExplainedCandidate)]
pub(crate) struct CandidateView {
    id: Uuid,
    name: String,
    class: String,
}

/// An identifier that tells nothing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOutView {
    kind: &'static str,
    value: String,
}

/// A rule and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleTraceView {
    rule: RuleNameView,
    /// What it needs to agree.
    needs: Vec<&'static str>,
    /// `match` or `propose`.
    outcome: &'static str,
    /// Whether it was asked: not if it is switched off, or another decided before.
    asked: bool,
    steps: Vec<StepView>,
}

/// What a rule is called.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleNameView {
    en: String,
    ko: String,
}

/// A rule held against an item.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExplainedStep)]
pub(crate) struct StepView {
    /// The item; absent if the report carries nothing that the rule needs, or no item does.
    candidate: Option<CandidateView>,
    /// `no_evidence`, `no_match`, `vetoed`, `tied`, `waits`, `proposed` or `decides`.
    finding: &'static str,
    /// What spoke against it.
    veto: Option<&'static str>,
    /// The same for people, in English.
    detail: &'static str,
}

#[utoipa::path(post, path = "/identification/explain", operation_id = "explain_identification",
    tag = "identification", request_body = ExplainBody, responses((status = 200, body = Explanation)))]
pub(crate) async fn explain_identification(
    allowed: Allowed<may::CiRead>,
    Body(body): Body<ExplainBody>,
    store: web::Data<Store>,
) -> Result<web::Json<Explanation>, Problem> {
    let ctx = allowed.ctx;
    let described = Described::read(&body.sections, ctx.now).map_err(|error| unreadable(&error))?;
    let wanted = body.organisation_id.map(OrganisationId::from_uuid);
    let explain = move |conn: &mut _| {
        let tree = load_tree(conn)?;
        let known = |id: &OrganisationId| ctx.scope.contains(*id) && tree.name(*id).is_some();
        let organisation = wanted.or_else(|| tree.top_of(&ctx.scope)).filter(known);
        let Some(organisation) = organisation else { return Ok::<_, StoreError>(None) };
        let recognition = described.explain(conn, organisation, ctx.now)?;
        Ok(Some((described, recognition)))
    };
    let (described, recognition) = store.read(explain).await?.ok_or_else(unknown_organisation)?;
    Ok(web::Json(explanation(&described, &recognition)))
}

fn unreadable(error: &Unreadable) -> Problem {
    match error {
        Unreadable::Section { section, .. } => {
            Problem::field(format!("sections.{section}"), "invalid", error.to_string())
        }
        Unreadable::Silent => Problem::field("sections", "required", error.to_string()),
    }
}

fn unknown_organisation() -> Problem {
    Problem::field("organisation_id", "unknown", "there is no such organisation in scope")
}

fn explanation(described: &Described, recognition: &Recognition) -> Explanation {
    let (verdict, ci_key, until) = match recognition.decision.verdict {
        Verdict::Existing { ci_key, .. } => ("existing", Some(ci_key), None),
        Verdict::Wait { ci_key, until, .. } => ("wait", Some(ci_key), Some(until)),
        Verdict::New => ("new", None, None),
    };
    let identifiers = described.evidence().identifiers.iter();
    let left_out = recognition.left_out.iter();
    Explanation {
        verdict,
        ci: ci_key.and_then(|key| candidate(&recognition.carriers, key)),
        rule: recognition.rule().map(|rule| rule.label_en.clone()),
        until,
        class: described.class(),
        evidence: identifiers.map(|(kind, values)| (kind.name(), values.iter().cloned().collect())).collect(),
        left_out: left_out.map(|(kind, value)| LeftOutView { kind: kind.name(), value: value.clone() }).collect(),
        trace: trace(recognition),
    }
}

fn trace(recognition: &Recognition) -> Vec<RuleTraceView> {
    let of_rule = |place: usize| recognition.decision.steps.iter().filter(move |step| step.rule == place);
    let line = |(place, rule): (usize, &Rule)| {
        let steps: Vec<StepView> = of_rule(place).map(|found| step(&recognition.carriers, found)).collect();
        RuleTraceView {
            rule: RuleNameView { en: rule.label_en.clone(), ko: rule.label_ko.clone() },
            needs: rule.needs.iter().map(|need| need.name()).collect(),
            outcome: rule.outcome.name(),
            asked: !steps.is_empty(),
            steps,
        }
    };
    recognition.rules.iter().enumerate().map(line).collect()
}

fn step(carriers: &[Carrier], step: &Step) -> StepView {
    let (finding, veto) = match step.finding {
        Finding::NoEvidence => ("no_evidence", None),
        Finding::NoMatch => ("no_match", None),
        Finding::Vetoed(veto) => ("vetoed", Some(veto.name())),
        Finding::Tied => ("tied", None),
        Finding::Waits => ("waits", None),
        Finding::Proposed => ("proposed", None),
        Finding::Decides => ("decides", None),
    };
    let candidate = step.ci_key.and_then(|key| candidate(carriers, key));
    StepView { candidate, finding, veto, detail: told(step.finding) }
}

fn candidate(carriers: &[Carrier], key: i32) -> Option<CandidateView> {
    let carrier = carriers.iter().find(|carrier| carrier.ci_key == key)?;
    Some(CandidateView { id: carrier.id.uuid(), name: carrier.name.clone(), class: carrier.class.clone() })
}
