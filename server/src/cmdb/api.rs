//! The register over HTTP: its routes, and what its views share.

use actix_web::web;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::error::{Error, FieldFault};
use super::item::summary::Reference;
use super::{
    attestation, baseline, bulk, class, compare, health, history, item, list, merge, pin, policy, relation, saved,
    section, silent, source, tag, value,
};
use crate::api::kit::code::Code;
use crate::api::kit::etag::stale;
use crate::api::kit::problem::{FieldError, Problem};

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(
    class::api::list_classes,
    class::api::get_class,
    class::api::change::create_class,
    class::api::change::update_class,
    class::api::change::delete_class,
    class::api::change::create_attribute,
    class::api::change::update_attribute,
    class::api::change::delete_attribute,
    list::api::list_cis,
    list::api::csv::export_cis,
    item::api::create_ci,
    bulk::api::apply_bulk,
    bulk::edit::api::create_edit,
    bulk::edit::api::list_edits,
    bulk::edit::api::get_edit,
    bulk::edit::api::list_edit_items,
    bulk::edit::api::apply_edit,
    bulk::edit::api::stop_edit,
    bulk::edit::api::undo_edit,
    item::api::get_ci,
    item::api::update_ci,
    item::api::change_ci_lifecycle,
    item::api::preview_ci_class_change,
    relation::api::list_ci_relations,
    relation::api::list::list_relations,
    section::api::list_ci_sections,
    section::api::get_ci_section,
    history::api::list_ci_history,
    value::api::list_ci_values,
    pin::api::pin_ci_value,
    pin::api::unpin_ci_value,
    source::api::list_sources,
    source::api::create_source,
    source::api::update_source,
    source::api::drop_source,
    source::api::drop_ci_source,
    source::api::list_source_orders,
    source::api::set_source_order,
    source::api::remove_source_order,
    saved::api::list_saved_searches,
    saved::api::create_saved_search,
    saved::api::get_saved_search,
    saved::api::update_saved_search,
    saved::api::delete_saved_search,
    saved::api::list_saved_search_cis,
    compare::api::compare_ci,
    compare::api::list_ci_changes,
    history::api::list_ci_moments,
    baseline::api::list_baselines,
    baseline::api::create_baseline,
    baseline::api::get_baseline,
    baseline::api::update_baseline,
    baseline::api::delete_baseline,
    baseline::api::list_baseline_drift,
    baseline::api::list_baseline_acceptances,
    baseline::api::accept_baseline_drift,
    baseline::api::undo_baseline_acceptance,
    health::api::get_health,
    silent::api::get_ci_silence,
    silent::api::list_silences,
    policy::api::list_policies,
    policy::api::create_policy,
    policy::api::update_policy,
    policy::api::delete_policy,
    policy::api::preview_policy,
    policy::api::list_policy_cis,
    policy::api::list_policy_runs,
    policy::api::undo_policy_run,
    attestation::api::list_due_attestations,
    attestation::api::list_ci_attestations,
    attestation::api::attest_ci,
    merge::api::merge_cis,
    merge::api::list_ci_merges,
    merge::api::undo_merge,
    tag::api::list_tags,
))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.configure(configure_classes)
        .service(
            web::resource("/cis").route(web::get().to(list::api::list_cis)).route(web::post().to(item::api::create_ci)),
        )
        .service(web::resource("/cis.csv").route(web::get().to(list::api::csv::export_cis)))
        // Before what takes any segment for an id.
        .service(web::resource("/cis/changes").route(web::get().to(compare::api::list_ci_changes)))
        .configure(edits)
        .service(
            web::resource("/cis/{id}")
                .route(web::get().to(item::api::get_ci))
                .route(web::patch().to(item::api::update_ci)),
        )
        .service(web::resource("/tags").route(web::get().to(tag::api::list_tags)))
        .service(web::resource("/relations").route(web::get().to(relation::api::list::list_relations)))
        .service(web::resource("/bulk").route(web::post().to(bulk::api::apply_bulk)))
        .service(web::resource("/cis/{id}/lifecycle").route(web::post().to(item::api::change_ci_lifecycle)))
        .service(web::resource("/cis/{id}/class-change").route(web::get().to(item::api::preview_ci_class_change)))
        .service(web::resource("/cis/{id}/relations").route(web::get().to(relation::api::list_ci_relations)))
        .service(web::resource("/cis/{id}/sections").route(web::get().to(section::api::list_ci_sections)))
        .service(web::resource("/cis/{id}/sections/{section}").route(web::get().to(section::api::get_ci_section)))
        .service(web::resource("/cis/{id}/history").route(web::get().to(history::api::list_ci_history)))
        .service(web::resource("/cis/{id}/moments").route(web::get().to(history::api::list_ci_moments)))
        .service(web::resource("/cis/{id}/compare").route(web::get().to(compare::api::compare_ci)))
        .service(web::resource("/cis/{id}/merge").route(web::post().to(merge::api::merge_cis)))
        .service(web::resource("/cis/{id}/merges").route(web::get().to(merge::api::list_ci_merges)))
        .service(web::resource("/merges/{id}/undo").route(web::post().to(merge::api::undo_merge)))
        .configure(configure_health)
        .configure(saved_searches)
        .configure(baselines)
        .configure(configure_sources);
}

/// Who says what, and who is believed.
fn configure_sources(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/cis/{id}/values").route(web::get().to(value::api::list_ci_values)))
        .service(web::resource("/cis/{id}/pins").route(web::post().to(pin::api::pin_ci_value)))
        .service(web::resource("/cis/{id}/pins/{attribute}").route(web::delete().to(pin::api::unpin_ci_value)))
        .service(web::resource("/cis/{id}/sources/{source}").route(web::delete().to(source::api::drop_ci_source)))
        .service(
            web::resource("/sources")
                .route(web::get().to(source::api::list_sources))
                .route(web::post().to(source::api::create_source)),
        )
        .service(web::resource("/sources/{name}").route(web::patch().to(source::api::update_source)))
        .service(web::resource("/sources/{name}/statements").route(web::delete().to(source::api::drop_source)))
        .service(
            web::resource("/source-orders")
                .route(web::get().to(source::api::list_source_orders))
                .route(web::put().to(source::api::set_source_order))
                .route(web::delete().to(source::api::remove_source_order)),
        );
}

fn baselines(cfg: &mut web::ServiceConfig) {
    use baseline::api;
    cfg.service(
        web::resource("/baselines")
            .route(web::get().to(api::list_baselines))
            .route(web::post().to(api::create_baseline)),
    )
    .service(
        web::resource("/baselines/{id}")
            .route(web::get().to(api::get_baseline))
            .route(web::patch().to(api::update_baseline))
            .route(web::delete().to(api::delete_baseline)),
    )
    .service(web::resource("/baselines/{id}/drift").route(web::get().to(api::list_baseline_drift)))
    .service(
        web::resource("/baselines/{id}/acceptances")
            .route(web::get().to(api::list_baseline_acceptances))
            .route(web::post().to(api::accept_baseline_drift)),
    )
    .service(
        web::resource("/baselines/{id}/acceptances/{acceptance}/undo")
            .route(web::post().to(api::undo_baseline_acceptance)),
    );
}

/// How good the register is, and what is done about it.
fn configure_health(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/health").route(web::get().to(health::api::get_health)))
        .service(web::resource("/silences").route(web::get().to(silent::api::list_silences)))
        .service(web::resource("/cis/{id}/silence").route(web::get().to(silent::api::get_ci_silence)))
        .service(
            web::resource("/policies")
                .route(web::get().to(policy::api::list_policies))
                .route(web::post().to(policy::api::create_policy)),
        )
        .service(web::resource("/policies/preview").route(web::post().to(policy::api::preview_policy)))
        .service(
            web::resource("/policies/{id}")
                .route(web::patch().to(policy::api::update_policy))
                .route(web::delete().to(policy::api::delete_policy)),
        )
        .service(web::resource("/policies/{id}/cis").route(web::get().to(policy::api::list_policy_cis)))
        .service(web::resource("/policy-runs").route(web::get().to(policy::api::list_policy_runs)))
        .service(web::resource("/policy-runs/{id}/undo").route(web::post().to(policy::api::undo_policy_run)))
        .service(web::resource("/attestations").route(web::get().to(attestation::api::list_due_attestations)))
        .service(
            web::resource("/cis/{id}/attestations")
                .route(web::get().to(attestation::api::list_ci_attestations))
                .route(web::post().to(attestation::api::attest_ci)),
        );
}

/// The same said of many items.
fn edits(cfg: &mut web::ServiceConfig) {
    use bulk::edit::api;
    cfg.service(
        web::resource("/cis/edits").route(web::get().to(api::list_edits)).route(web::post().to(api::create_edit)),
    )
    .service(web::resource("/cis/edits/{id}").route(web::get().to(api::get_edit)))
    .service(web::resource("/cis/edits/{id}/items").route(web::get().to(api::list_edit_items)))
    .service(web::resource("/cis/edits/{id}/apply").route(web::post().to(api::apply_edit)))
    .service(web::resource("/cis/edits/{id}/stop").route(web::post().to(api::stop_edit)))
    .service(web::resource("/cis/edits/{id}/undo").route(web::post().to(api::undo_edit)));
}

fn saved_searches(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::resource("/saved-searches")
            .route(web::get().to(saved::api::list_saved_searches))
            .route(web::post().to(saved::api::create_saved_search)),
    )
    .service(
        web::resource("/saved-searches/{id}")
            .route(web::get().to(saved::api::get_saved_search))
            .route(web::patch().to(saved::api::update_saved_search))
            .route(web::delete().to(saved::api::delete_saved_search)),
    )
    .service(web::resource("/saved-searches/{id}/cis").route(web::get().to(saved::api::list_saved_search_cis)));
}

fn configure_classes(cfg: &mut web::ServiceConfig) {
    use class::api::{change, get_class, list_classes};
    cfg.service(
        web::resource("/classes").route(web::get().to(list_classes)).route(web::post().to(change::create_class)),
    )
    .service(
        web::resource("/classes/{name}")
            .route(web::get().to(get_class))
            .route(web::patch().to(change::update_class))
            .route(web::delete().to(change::delete_class)),
    )
    .service(web::resource("/classes/{name}/attributes").route(web::post().to(change::create_attribute)))
    .service(
        web::resource("/classes/{name}/attributes/{attribute}")
            .route(web::patch().to(change::update_attribute))
            .route(web::delete().to(change::delete_attribute)),
    );
}

/// Something with an id and a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NamedView {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// Another configuration item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CiReferenceView {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) class: String,
}

/// Who said something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SaidByView {
    /// `agent`, `user` or `system`.
    pub(crate) kind: &'static str,
    pub(crate) id: Option<Uuid>,
    pub(crate) name: Option<String>,
}

impl SaidByView {
    /// Agents report for themselves; people and imports act by an account, the server by none.
    pub(crate) fn new(source: &str, id: Option<Uuid>, name: Option<String>) -> Self {
        let kind = match (source, id) {
            ("agent", _) => "agent",
            (_, Some(_)) => "user",
            (_, None) => "system",
        };
        Self { kind, id, name }
    }
}

impl From<Reference> for CiReferenceView {
    fn from(Reference { id, name, class }: Reference) -> Self {
        Self { id: id.uuid(), name, class }
    }
}

impl From<FieldFault> for FieldError {
    fn from(FieldFault { field, code, detail, limit }: FieldFault) -> Self {
        Self { field, code, detail, limit }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use super::model::lifecycle::LifecycleError as Life;
        let rule = |field: &str, code, detail: String| Self {
            errors: vec![FieldFault::new(field, code, detail.as_str()).into()],
            ..Self::because(Code::RuleViolated, detail)
        };
        match error {
            Error::NotFound => Self::new(Code::NotFound),
            Error::Forbidden(why) => Self::because(Code::Forbidden, why),
            Error::Stale { current } => stale(current),
            Error::Invalid(faults) => Self::fields(faults.into_iter().map(FieldError::from).collect()),
            Error::Refused(refusal) => rule("", refusal.name(), Error::Refused(refusal).to_string()),
            Error::Lifecycle(why @ Life::ReasonNeeded { .. }) => Self::field("reason", "required", why.to_string()),
            Error::Lifecycle(why @ Life::Current(_)) => rule("lifecycle", "current_lifecycle", why.to_string()),
            Error::Lifecycle(why @ Life::NoWay { .. }) => rule("lifecycle", "no_way_from_lifecycle", why.to_string()),
            Error::Obstacle(obstacle) => rule("", obstacle.name(), obstacle.to_string()),
            Error::NotNow { why, .. } => rule("", why, error.to_string()),
            error @ Error::NotEverywhere => Self::because(Code::Forbidden, error.to_string()),
            Error::Store(error) => error.into(),
        }
    }
}
