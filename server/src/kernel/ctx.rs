//! What a use case knows of its caller: the first parameter of each.

use jiff::Timestamp;

use super::actor::Actor;
use super::clock::Clock;
use super::id::Id;
use super::scope::Scope;

/// Who asks, when, from where, and how far they may reach.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// When: one time for the whole use case.
    pub now: Timestamp,
    /// Which organisations the permission at hand reaches.
    pub scope: Scope,
    /// The request's id, as the log and problem details name it.
    pub request_id: Option<String>,
    /// The peer's address.
    pub address: Option<String>,
    clock: Clock,
}

impl Ctx {
    /// A context for the server's own work.
    #[must_use]
    pub fn system(clock: &Clock) -> Self {
        Self::new(Actor::System, Scope::all(), clock)
    }

    /// A context for `actor`, now.
    #[must_use]
    pub fn new(actor: Actor, scope: Scope, clock: &Clock) -> Self {
        Self { actor, now: clock.now(), scope, request_id: None, address: None, clock: clock.clone() }
    }

    /// The same request, once it is known who makes it.
    #[must_use]
    pub fn acting_as(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// The same request with this reach.
    #[must_use]
    pub fn reaching(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// A new id.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        self.clock.new_id()
    }
}
