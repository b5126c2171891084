//! Who finds what. A new kind of thing is a new [`Provider`] in [`ALL`].

use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Ask, Group, Hit, field};
use crate::index::find::{Wanted, candidates};
use crate::index::model::text::{Field, Kind, Texts};
use crate::kernel::permission::Permission;
use crate::store::{Conn, StoreError};
use crate::{access, catalogue, cmdb, fleet};

/// How many times as many things as are shown are looked at: some are of the same rank, some have changed.
const LOOKED_AT: usize = 3;

/// Finds things of one kind.
pub(super) trait Provider: Sync {
    /// What it finds.
    fn kind(&self) -> &'static str;
    /// What it takes to see them.
    fn permission(&self) -> Permission;
    /// What matches, the best first.
    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError>;
}

/// Every provider, in the order in which what they find is shown.
pub(super) const ALL: [&dyn Provider; 5] = [&Cis, &Products, &Agents, &Users, &Organisations];

pub(super) struct Cis;
struct Products;
struct Agents;
struct Users;
struct Organisations;

impl Provider for Cis {
    fn kind(&self) -> &'static str {
        "ci"
    }

    fn permission(&self) -> Permission {
        Permission::CiRead
    }

    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError> {
        let keys = indexed(conn, Kind::Ci, ask)?;
        let fields = texts(cmdb::text::load(conn, &keys)?);
        let found = cmdb::text::describe(conn, &ask.ctx.scope, keys)?;
        let hit = |one: cmdb::text::Described| {
            let hit = Hit::judged(ask, one.this.id.to_string(), fields.get(&one.key)?)?;
            Some(Hit { class: Some(one.this.class), within: one.parent.map(|parent| parent.name), ..hit })
        };
        Ok(Group::of(self.kind(), found.into_iter().filter_map(hit).collect(), ask.most))
    }
}

impl Provider for Products {
    fn kind(&self) -> &'static str {
        "software"
    }

    fn permission(&self) -> Permission {
        Permission::SoftwareRead
    }

    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError> {
        let ids = indexed(conn, Kind::Product, ask)?;
        let found = catalogue::names::visible(conn, &ask.ctx.scope, ids)?;
        let hit = |one: catalogue::names::Named| {
            let hit = Hit::judged(ask, one.id.to_string(), &product_fields(&one))?;
            Some(Hit { class: Some(one.ecosystem), ..hit })
        };
        Ok(Group::of(self.kind(), found.into_iter().filter_map(hit).collect(), ask.most))
    }
}

impl Provider for Agents {
    fn kind(&self) -> &'static str {
        "agent"
    }

    fn permission(&self) -> Permission {
        Permission::AgentRead
    }

    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError> {
        let keys = indexed(conn, Kind::Agent, ask)?;
        let found = fleet::names::within(conn, &ask.ctx.scope, &keys)?;
        let hit = |one: fleet::names::Named| {
            let hit = Hit::judged(ask, one.id.to_string(), &agent_fields(&one))?;
            Some(Hit { class: Some(one.state), ..hit })
        };
        Ok(Group::of(self.kind(), found.into_iter().filter_map(hit).collect(), ask.most))
    }
}

impl Provider for Users {
    fn kind(&self) -> &'static str {
        "user"
    }

    fn permission(&self) -> Permission {
        Permission::UserManage
    }

    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError> {
        let found = access::names::users(conn, &ask.ctx.scope)?;
        let hit = |one: &access::names::NamedUser| {
            let fields = [field("name", &one.display_name), field("login", &one.login)];
            let hit = Hit::judged(ask, one.id.to_string(), &fields)?;
            Some(Hit { class: Some(one.login.clone()), ..hit })
        };
        Ok(Group::of(self.kind(), found.iter().filter_map(hit).collect(), ask.most))
    }
}

impl Provider for Organisations {
    fn kind(&self) -> &'static str {
        "organisation"
    }

    fn permission(&self) -> Permission {
        Permission::OrganisationRead
    }

    fn find(&self, conn: &mut Conn, ask: &Ask<'_>) -> Result<Group, StoreError> {
        let tree = cmdb::organisation::load_tree(conn)?;
        let all = tree.within(&ask.ctx.scope);
        let hits = all.filter_map(|(id, name)| Hit::judged(ask, id.to_string(), &[field("name", name)]));
        Ok(Group::of(self.kind(), hits.collect(), ask.most))
    }
}

/// The searched texts of a product.
pub(super) fn product_fields(one: &catalogue::names::Named) -> Vec<Field> {
    vec![field("name", &one.name)]
}

/// The searched texts of an agent.
pub(super) fn agent_fields(one: &fleet::names::Named) -> Vec<Field> {
    let id = Field { name: "id".to_owned(), text: one.id.to_string(), identifies: true };
    vec![field("hostname", &one.hostname), id]
}

/// What the index leads to, each thing once.
fn indexed(conn: &mut Conn, kind: Kind, ask: &Ask<'_>) -> Result<Vec<i32>, StoreError> {
    let most = i64::try_from(ask.most * LOOKED_AT).unwrap_or(i64::MAX);
    let wanted = Wanted { kind, scope: &ask.ctx.scope, terms: ask.terms, whole: ask.whole, most };
    let mut seen = BTreeSet::new();
    Ok(candidates(conn, &wanted)?.into_iter().filter(|item| seen.insert(*item)).collect())
}

fn texts(texts: Vec<Texts>) -> BTreeMap<i32, Vec<Field>> {
    texts.into_iter().map(|one| (one.item, one.fields)).collect()
}
