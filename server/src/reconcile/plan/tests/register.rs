//! A register in memory that carries plans out.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use crate::reconcile::attribute::ENDPOINT;
use crate::reconcile::inventory::Inventory;
use crate::reconcile::known::{CiKey, End, Known, KnownCi, KnownRelation, Peer};
use crate::reconcile::observe::observe;
use crate::reconcile::plan::{CiRef, Plan, RelationRef, Side, plan};

/// A register in memory: what plans are made from, and carried out on.
#[derive(Default)]
pub(super) struct Register {
    pub(super) cis: Vec<Row>,
    pub(super) known: HashMap<CiKey, Known>,
    pub(super) relations: Vec<KnownRelation>,
}

pub(super) struct Row {
    pub(super) parent: Option<CiKey>,
    pub(super) ci: KnownCi,
}

impl Register {
    /// Applies what a host's sections say and gives the plan.
    pub(super) fn report(
        &mut self,
        host: Option<CiKey>,
        inventory: &Inventory,
        installed: &[i32],
        at: Timestamp,
    ) -> (CiKey, Plan) {
        let observed = observe(inventory);
        let known = self.known(host);
        let installed: BTreeSet<i32> = installed.iter().copied().collect();
        let plan = plan(&known, &observed, Some(&installed), at);
        let host = self.carry_out(host, &plan, &installed);
        (host, plan)
    }

    pub(super) fn known(&self, host: Option<CiKey>) -> Known {
        let mut known = host.and_then(|host| self.known.get(&host).cloned()).unwrap_or_default();
        known.fallback_name = "fallback".to_owned();
        known.host = host.map(|key| self.row(key).ci.clone());
        known.dependents = self.under(host).map(|row| row.ci.clone()).collect();
        known.relations.clone_from(&self.relations);
        for row in &self.cis {
            let holder = |key: CiKey| Peer {
                key,
                endpoint: row.ci.class == ENDPOINT,
                near: true,
                gone: row.ci.gone,
                last_seen: None,
            };
            if row.ci.class == ENDPOINT && row.parent.is_none() {
                let name = row.ci.local_id.clone().unwrap();
                known.peers.holders.entry(name).or_default().push(holder(row.ci.key));
            }
            let other = self.known.get(&row.ci.key).filter(|_| row.parent.is_none());
            for (_, address) in other.iter().flat_map(|other| &other.identifiers).filter(|(kind, _)| kind == "address")
            {
                known.peers.holders.entry(address.clone()).or_default().push(holder(row.ci.key));
                let listening =
                    self.under(Some(row.ci.key)).filter(|row| !row.ci.gone).flat_map(|row| self.listening(row));
                known.peers.listening.insert(row.ci.key, listening.collect());
            }
        }
        known
    }

    pub(super) fn listening<'a>(
        &'a self,
        row: &'a Row,
    ) -> impl Iterator<Item = (CiKey, crate::reconcile::observe::Listening)> + 'a {
        let values = &self.known[&row.parent.unwrap()].values;
        let places = values.get(&(row.ci.key, crate::reconcile::attribute::LISTENS));
        let places: Vec<String> = places.map(|json| serde_json::from_str(json).unwrap()).unwrap_or_default();
        places.into_iter().map(|place| (row.ci.key, place.parse().unwrap()))
    }

    pub(super) fn row(&self, key: CiKey) -> &Row {
        &self.cis[usize::try_from(key).unwrap() - 1]
    }

    pub(super) fn under(&self, host: Option<CiKey>) -> impl Iterator<Item = &Row> {
        self.cis.iter().filter(move |row| row.parent.is_some() && row.parent == host)
    }

    pub(super) fn end(&self, key: CiKey) -> End {
        let row = self.row(key);
        End { key, parent: row.parent, class: row.ci.class.clone(), local_id: row.ci.local_id.clone() }
    }

    pub(super) fn carry_out(&mut self, host: Option<CiKey>, plan: &Plan, installed: &BTreeSet<i32>) -> CiKey {
        let mut created = Vec::new();
        for new in &plan.new_cis {
            let key = CiKey::try_from(self.cis.len() + 1).unwrap();
            let parent = new.parent.map(|parent| key_of(parent, &created));
            let (class, name, local_id) = (new.class.clone(), new.name.clone(), new.local_id.clone());
            self.cis.push(Row { parent, ci: KnownCi { key, class, name, local_id, gone: false, class_said: false } });
            created.push(key);
        }
        let host = host.unwrap_or_else(|| created[0]);
        for (key, (class, name)) in &plan.changed_cis {
            let ci = &mut self.cis[usize::try_from(*key).unwrap() - 1].ci;
            (ci.class, ci.name) = (class.clone(), name.clone());
        }
        for (keys, gone) in [(&plan.gone, true), (&plan.back, false)] {
            for key in keys {
                self.cis[usize::try_from(*key).unwrap() - 1].ci.gone = gone;
            }
        }
        let known = self.known.entry(host).or_default();
        known.values.retain(|name, _| !plan.closed_values.contains(name));
        for ((ci, attribute), value) in &plan.opened_values {
            let before = known.values.insert((key_of(*ci, &created), *attribute), value.clone());
            assert_eq!(before, None, "{attribute:?} is opened while it is open");
        }
        known.identifiers.retain(|identifier| !plan.closed_identifiers.contains(identifier));
        let own = plan.opened_identifiers.iter().filter(|(ci, _, _)| key_of(*ci, &created) == host);
        known.identifiers.extend(own.map(|(_, kind, value)| (kind.clone(), value.clone())));
        known.installed.clone_from(installed);
        self.relate(plan, &created);
        host
    }

    pub(super) fn relate(&mut self, plan: &Plan, created: &[CiKey]) {
        self.relations.retain(|one| !plan.closed_relations.contains(&one.key));
        let first = self.relations.iter().map(|one| one.key).max().unwrap_or_default() + 1;
        for (new, key) in plan.opened_relations.iter().zip(first..) {
            let (source, target) = (self.end(key_of(new.source, created)), self.end(key_of(new.target, created)));
            let twice = self
                .relations
                .iter()
                .any(|one| (one.source.key, one.target.key, one.kind.as_str()) == (source.key, target.key, new.kind));
            assert!(!twice, "{new:?} is opened while it is open");
            self.relations.push(KnownRelation {
                key,
                kind: new.kind.to_owned(),
                source,
                target,
                evidence: [None, None],
            });
        }
        for evidence in &plan.evidence {
            let key = match evidence.relation {
                RelationRef::Known(key) => key,
                RelationRef::New(place) => first + i64::try_from(place).unwrap(),
            };
            let relation = self.relations.iter_mut().find(|one| one.key == key).unwrap();
            relation.evidence[usize::from(evidence.side == Side::Target)] = Some(evidence.seen.clone());
        }
    }

    pub(super) fn name(&self, key: CiKey) -> String {
        let row = self.row(key);
        match row.parent {
            Some(parent) => format!("{}/{}", self.row(parent).ci.name, row.ci.name),
            None => row.ci.name.clone(),
        }
    }

    /// Open `uses` relations as `source -> target :ports by sides`.
    pub(super) fn uses(&self) -> Vec<String> {
        let text = |one: &KnownRelation| {
            let sides = one.evidence.iter().zip(["source", "target"]).filter(|(seen, _)| seen.is_some());
            let sides: Vec<_> = sides.map(|(_, side)| side).collect();
            let ends = format!("{} -> {}", self.name(one.source.key), self.name(one.target.key));
            format!("{ends} :{:?} by {}", one.ports(), sides.join("+"))
        };
        let mut uses: Vec<_> = self.relations.iter().filter(|one| one.kind == "uses").map(text).collect();
        uses.sort();
        uses
    }
}

fn key_of(ci: CiRef, created: &[CiKey]) -> CiKey {
    match ci {
        CiRef::Known(key) => key,
        CiRef::New(place) => created[place],
    }
}
