//! What a server process knows of agents, without a listener: rows of agents, when they were heard, turns of the watch.

use diesel::prelude::*;
use terrier_server::fleet::{Intervals, Load, Presences, Roster, Sighting, silence};
use terrier_server::kernel::clock::Clock;
use terrier_server::kernel::id::{OrganisationId, kind};
use terrier_server::store::column::{At, Document, Key16};
use terrier_server::store::schema::fleet_agent as a;
use terrier_server::store::{Store, StoreError};

/// What one server process knows.
pub(crate) struct Fleet {
    pub(crate) roster: Roster,
    pub(crate) presences: Presences,
    pub(crate) intervals: Intervals,
    pub(crate) load: Load,
}

impl Default for Fleet {
    fn default() -> Self {
        let intervals = Intervals::new(300);
        Self { roster: Roster::default(), presences: Presences::default(), intervals, load: Load::default() }
    }
}

impl Fleet {
    /// So many active agents of an organisation, that nobody has heard yet; gives their rows.
    pub(crate) fn agents(&self, store: &Store, clock: &Clock, organisation: OrganisationId, count: u32) -> Vec<i32> {
        let ids: Vec<Key16> = (0..count).map(|_| Key16::from(clock.new_id::<kind::Agent>())).collect();
        let enrolled_at = At(clock.now());
        let insert = |conn: &mut terrier_server::store::Conn| {
            for (number, id) in ids.iter().enumerate() {
                diesel::insert_into(a::table)
                    .values((
                        (a::id.eq(id), a::organisation_id.eq(Key16::from(organisation)), a::state.eq("active")),
                        (a::hostname.eq(format!("host-{number}")), a::evidence.eq(Document(serde_json::json!({})))),
                        (a::public_key_hash.eq(id.0.as_bytes().to_vec()), a::generation.eq(1)),
                        (a::enrolled_at.eq(enrolled_at), a::version.eq(1)),
                    ))
                    .execute(conn)?;
            }
            let known: Vec<(i32, Key16)> = a::table.select((a::key, a::id)).load(conn)?;
            Ok::<_, StoreError>(known)
        };
        let known = store.write_blocking(insert).unwrap();
        self.roster.load(store).unwrap();
        let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
        known.into_iter().filter(|(_, id)| ids.contains(id)).map(|(key, _)| key).collect()
    }

    /// These agents speak, now, and are told the interval of five minutes.
    pub(crate) fn hear(&self, clock: &Clock, agents: &[i32]) {
        for agent in agents {
            let sighting = Sighting {
                at: clock.now(),
                agent_version: "0.1.0".to_owned(),
                address: "192.0.2.1".to_owned(),
                pending_reports: 0,
                dropped_reports: 0,
                interval_s: Some(300),
                clock_offset_ms: Some(0),
            };
            self.presences.saw(*agent, sighting);
            self.load.answered();
        }
    }

    /// What a server does every half minute.
    pub(crate) async fn turn(&self, store: &Store, clock: &Clock) {
        self.presences.flush(store).await.unwrap();
        self.presences.refresh(store).await.unwrap();
        silence::watch(store, clock, (&self.roster, &self.presences, &self.intervals), &self.load).await.unwrap();
    }
}
