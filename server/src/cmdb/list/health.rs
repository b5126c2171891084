//! What is judged of items that their own row and values do not tell.

use diesel::BoolExpressionMethods as _;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable};
use jiff::Timestamp;

use super::condition::{Holds, constant, lifecycle};
use super::store::Search;
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::query::check::Place;
use crate::store::column::{At, Instant};

const IN_SERVICE: [Lifecycle; 4] = [Lifecycle::Planned, Lifecycle::InStock, Lifecycle::InUse, Lifecycle::Maintenance];

/// Used or meant to be. Of what stands under a host, that the host is and still has it, which no history is kept of.
pub(super) fn in_service(place: Place, search: Search<'_>) -> Holds {
    let stands = match place {
        Place::Alone => "cmdb_ci.parent_key IS NULL",
        Place::Anywhere => {
            "(cmdb_ci.parent_key IS NULL OR (cmdb_ci.gone_at IS NULL AND EXISTS (SELECT 1 FROM cmdb_ci host \
             WHERE host.key = cmdb_ci.parent_key AND host.lifecycle NOT IN ('retired', 'disposed'))))"
        }
    };
    Box::new(lifecycle(&IN_SERVICE, search).and(constant(stands)))
}

/// No relation to anything, nothing under it, and no reference to anything: of its own row, and of those that are part
/// of it, each by its own index.
pub(super) fn orphan(at: Timestamp) -> Holds {
    let none = |opened: &'static str, then: &'static str| -> Holds {
        let from = sql::<Nullable<Bool>>(opened).bind::<Instant, _>(At(at)).sql(then);
        Box::new(from.bind::<Instant, _>(At(at)).sql("))"))
    };
    let related = |of: &'static str| none(of, " AND (tie.valid_to IS NULL OR tie.valid_to > ");
    let referring = |of: &'static str| none(of, " AND (said.valid_to IS NULL OR said.valid_to > ");
    let bearing = constant(
        "(NOT EXISTS (SELECT 1 FROM cmdb_ci under WHERE under.parent_key = cmdb_ci.key AND under.gone_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM cmdb_ci part JOIN cmdb_ci under ON under.parent_key = part.key \
         WHERE part.survivor_key = cmdb_ci.key AND under.gone_at IS NULL))",
    );
    let own = related(
        "NOT EXISTS (SELECT 1 FROM cmdb_relation tie \
         WHERE (tie.source_key = cmdb_ci.key OR tie.target_key = cmdb_ci.key) AND tie.valid_from <= ",
    );
    let parts = related(
        "NOT EXISTS (SELECT 1 FROM cmdb_ci part JOIN cmdb_relation tie \
         ON tie.source_key = part.key OR tie.target_key = part.key \
         WHERE part.survivor_key = cmdb_ci.key AND tie.valid_from <= ",
    );
    let own_references = referring(
        "NOT EXISTS (SELECT 1 FROM cmdb_value said \
         JOIN cmdb_attribute known ON known.id = said.attribute_id AND known.kind = 'reference' \
         WHERE said.ci_key = cmdb_ci.key AND said.valid_from <= ",
    );
    let references_of_parts = referring(
        "NOT EXISTS (SELECT 1 FROM cmdb_ci part JOIN cmdb_value said ON said.ci_key = part.key \
         JOIN cmdb_attribute known ON known.id = said.attribute_id AND known.kind = 'reference' \
         WHERE part.survivor_key = cmdb_ci.key AND said.valid_from <= ",
    );
    Box::new(bearing.and(own).and(parts).and(own_references).and(references_of_parts))
}

/// A question was open then whether it is the same as another. All of them are looked up once.
pub(super) fn duplicate(at: Timestamp) -> Holds {
    let newer = sql::<Nullable<Bool>>(
        "cmdb_ci.key IN (SELECT asked.newer_key FROM identification_proposal asked WHERE asked.created_at <= ",
    );
    let newer = newer.bind::<Instant, _>(At(at)).sql(" AND (asked.decided_at IS NULL OR asked.decided_at > ");
    let older = newer
        .bind::<Instant, _>(At(at))
        .sql(") UNION ALL SELECT asked.older_key FROM identification_proposal asked WHERE asked.created_at <= ");
    let older = older.bind::<Instant, _>(At(at)).sql(" AND (asked.decided_at IS NULL OR asked.decided_at > ");
    Box::new(older.bind::<Instant, _>(At(at)).sql("))"))
}

/// A source says something that the class forbids.
pub(super) fn refused() -> Holds {
    constant(
        "(EXISTS (SELECT 1 FROM cmdb_refused_value said WHERE said.ci_key = cmdb_ci.key) \
         OR EXISTS (SELECT 1 FROM cmdb_ci part JOIN cmdb_refused_value said ON said.ci_key = part.key \
         WHERE part.survivor_key = cmdb_ci.key))",
    )
}

/// A policy asked for it to be confirmed, and nobody did in time.
pub(super) fn overdue(now: Timestamp) -> Holds {
    let asked = sql::<Nullable<Bool>>(
        "EXISTS (SELECT 1 FROM cmdb_policy_match asked JOIN cmdb_policy policy ON policy.id = asked.policy_id \
         WHERE asked.ci_key = cmdb_ci.key AND policy.action = 'attest' AND policy.enabled AND asked.due_at <= ",
    );
    Box::new(asked.bind::<Instant, _>(At(now)).sql(")"))
}

/// A policy asks for it to be confirmed, or it was and that holds.
pub(super) fn attested(now: Timestamp) -> Holds {
    let asked = constant(
        "EXISTS (SELECT 1 FROM cmdb_policy_match asked JOIN cmdb_policy policy ON policy.id = asked.policy_id \
         WHERE asked.ci_key = cmdb_ci.key AND policy.action = 'attest' AND policy.enabled)",
    );
    let confirmed = sql::<Nullable<Bool>>(
        "EXISTS (SELECT 1 FROM cmdb_attestation said JOIN cmdb_policy policy ON policy.id = said.policy_id \
         WHERE said.ci_key = cmdb_ci.key AND policy.action = 'attest' AND policy.enabled AND said.expires_at > ",
    );
    Box::new(asked.or(confirmed.bind::<Instant, _>(At(now)).sql(")")))
}
