//! What is judged of items that their own row and values do not tell.

use diesel::dsl::{not, sql};
use diesel::sql_types::{Bool, Integer, Nullable};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _};
use jiff::Timestamp;

use super::condition::{Holds, constant, lifecycle};
use super::store::Search;
use crate::cmdb::merge::expression::{is_or_has_part_of, is_part, may_have_parts};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::query::check::Place;
use crate::cmdb::value::expression::{OfCi, gone_at, was_valid};
use crate::store::column::{At, Instant};

const IN_SERVICE: [Lifecycle; 4] = [Lifecycle::Planned, Lifecycle::InStock, Lifecycle::InUse, Lifecycle::Maintenance];

/// Used or meant to be. Of what stands under a host, that the host is and still has it, which no history is kept of.
pub(super) fn in_service(place: Place, search: Search<'_>) -> Holds {
    let stands: Holds = match place {
        Place::Alone => constant("cmdb_ci.parent_key IS NULL"),
        Place::Anywhere => {
            let alone = sql::<Nullable<Bool>>("(cmdb_ci.parent_key IS NULL OR (");
            let there = alone.bind::<Bool, _>(gone_at().is_null()).sql(" AND EXISTS (SELECT 1 FROM cmdb_ci host ");
            Box::new(there.sql(
                "WHERE host.key = cmdb_ci.parent_key AND coalesce((SELECT item.lifecycle FROM cmdb_ci item \
                 WHERE item.key = host.survivor_key), host.lifecycle) NOT IN ('retired', 'disposed'))))",
            ))
        }
    };
    Box::new(lifecycle(&IN_SERVICE, search).and(stands))
}

/// No relation to anything, nothing under it, and no reference to anything: of its own row, and of those that are part
/// of it, each by its own index.
pub(super) fn orphan(as_of: Option<Timestamp>) -> Holds {
    let bearing = constant(
        "(NOT EXISTS (SELECT 1 FROM cmdb_ci under WHERE under.parent_key = cmdb_ci.key AND under.gone_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM cmdb_ci part JOIN cmdb_ci under ON under.parent_key = part.key \
         WHERE part.survivor_key = cmdb_ci.key AND under.gone_at IS NULL))",
    );
    let own = |equal: &'static str| -> OfCi<Bool> { Box::new(sql::<Bool>(equal)) };
    let ends = own("tie.source_key = cmdb_ci.key").or(own("tie.target_key = cmdb_ci.key"));
    let ends_of_parts = is_part("tie.source_key", as_of).or(is_part("tie.target_key", as_of));
    let of_parts =
        exists(RELATION, Box::new(ends_of_parts), as_of).or(exists(REFERENCE, is_part("said.ci_key", as_of), as_of));
    let of_own = exists(RELATION, Box::new(ends), as_of).or(exists(REFERENCE, own("said.ci_key = cmdb_ci.key"), as_of));
    Box::new(bearing.and(not(of_own.or(may_have_parts(as_of).and(of_parts)))))
}

/// What an item may have: where it is found, and the bounds of when it holds.
type Kept = (&'static str, &'static str, &'static str);

const RELATION: Kept = ("EXISTS (SELECT 1 FROM cmdb_relation tie WHERE ", "tie.valid_from", "tie.valid_to");
const REFERENCE: Kept = (
    "EXISTS (SELECT 1 FROM cmdb_value said \
     JOIN cmdb_attribute known ON known.id = said.attribute_id AND known.kind = 'reference' WHERE ",
    "said.valid_from",
    "said.valid_to",
);

fn exists((opened, from, to): Kept, of: OfCi<Bool>, as_of: Option<Timestamp>) -> OfCi<Bool> {
    let of = sql::<Bool>(opened).sql("(").bind::<Bool, _>(of).sql(") AND ");
    Box::new(of.bind::<Bool, _>(was_valid(from, to, as_of)).sql(")"))
}

/// A question was open then whether it is the same as another. All of them are looked up once.
pub(super) fn duplicate(as_of: Option<Timestamp>) -> Holds {
    let asked = |end: &'static str| -> OfCi<Integer> {
        let asked = sql::<Integer>(end);
        Box::new(asked.bind::<Bool, _>(was_valid("asked.created_at", "asked.decided_at", as_of)))
    };
    let found = || -> OfCi<Integer> {
        let newer = asked("SELECT asked.newer_key FROM identification_proposal asked WHERE ");
        let older = asked("SELECT asked.older_key FROM identification_proposal asked WHERE ");
        let both = sql::<Integer>("").bind::<Integer, _>(newer).sql(" UNION ALL ");
        Box::new(both.bind::<Integer, _>(older))
    };
    is_or_has_part_of(found, as_of)
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
