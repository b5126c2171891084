//! Whatever people and agents do, items inherit what follows from what there is, worked out here in another way.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::inheritance::look_at_everything;
use terrier_server::store::schema::{
    cmdb_attribute as a, cmdb_ci as c, cmdb_inheritance as h, cmdb_relation as rel, cmdb_relation_type as t,
    cmdb_value as v,
};
use terrier_server::store::{Conn, StoreError};

use super::inheritance::{item, say, settle};
use crate::harness::estate::Ci;
use crate::harness::register::{Caller, Register, on_both};

const LEVELS: usize = 8;
const KINDS: [&str; 5] = ["part_of", "runs_on", "hosted_on", "located_in", "uses"];
const ATTRIBUTES: [&str; 2] = ["owner", "support_team"];

/// Numbers that look random and are the same every time (Numerical Recipes, 7.1).
struct Dice(u32);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        usize::try_from(self.0 >> 16).unwrap() % sides
    }
}

/// Of item and attribute: from which container what is inherited; nothing for none where containers differ.
type Inherited = BTreeMap<(i32, i32), Option<(i32, String)>>;

/// How many steps a way has, and the rank of the kind of containment of each.
type Way = (usize, Vec<i32>);

struct Picture {
    items: BTreeSet<i32>,
    ties: BTreeMap<i32, Vec<(i32, i32)>>,
    said: BTreeMap<(i32, i32), String>,
    attributes: Vec<i32>,
}

fn picture(conn: &mut Conn) -> Result<Picture, StoreError> {
    let rows: Vec<(i32, Option<i32>, Option<i32>, String)> =
        c::table.select((c::key, c::survivor_key, c::parent_key, c::lifecycle)).load(conn)?;
    let item: BTreeMap<i32, i32> = rows.iter().map(|(key, survivor, ..)| (*key, survivor.unwrap_or(*key))).collect();
    let over: BTreeSet<i32> =
        rows.iter().filter(|row| ["retired", "disposed"].contains(&row.3.as_str())).map(|row| row.0).collect();
    let related: Vec<(i32, i32, Option<i32>)> = rel::table
        .inner_join(t::table)
        .filter(rel::valid_to.is_null())
        .select((rel::source_key, rel::target_key, t::containment))
        .load(conn)?;
    let under = rows.iter().filter_map(|(key, _, parent, _)| Some((*key, (*parent)?, Some(0))));
    let mut ties: BTreeMap<i32, Vec<(i32, i32)>> = BTreeMap::new();
    for (inner, outer, rank) in related.into_iter().chain(under) {
        let (inner, outer, Some(rank)) = (item[&inner], item[&outer], rank) else { continue };
        if inner != outer && !over.contains(&outer) {
            ties.entry(inner).or_default().push((outer, rank));
        }
    }
    let values: Vec<(i32, i32, String)> = v::table
        .filter(v::valid_to.is_null().and(v::shown).and(v::source.ne("inherited")))
        .select((v::ci_key, v::attribute_id, v::value))
        .load(conn)?;
    let said = values.into_iter().map(|(key, attribute, value)| ((item[&key], attribute), value)).collect();
    let attributes = a::table.filter(a::name.eq_any(ATTRIBUTES)).select(a::id).load(conn)?;
    Ok(Picture { items: item.values().copied().collect(), ties, said, attributes })
}

impl Picture {
    /// Every way up from the last of these that meets nothing twice, as what it leads to and the ranks along it.
    fn ways(&self, way: &[i32], ranks: &[i32], found: &mut Vec<(i32, Vec<i32>)>) {
        if ranks.len() == LEVELS {
            return;
        }
        for (outer, rank) in self.ties.get(way.last().unwrap()).into_iter().flatten() {
            if !way.contains(outer) {
                let ranks = [ranks, &[*rank]].concat();
                found.push((*outer, ranks.clone()));
                self.ways(&[way, &[*outer]].concat(), &ranks, found);
            }
        }
    }

    fn inherited(&self) -> Inherited {
        let mut all = Inherited::new();
        for item in &self.items {
            let mut ways = Vec::new();
            self.ways(&[*item], &[], &mut ways);
            let mut best: BTreeMap<i32, Way> = BTreeMap::new();
            for (outer, ranks) in ways {
                let way = (ranks.len(), ranks);
                let known = best.entry(outer).or_insert_with(|| way.clone());
                *known = known.clone().min(way);
            }
            for attribute in &self.attributes {
                let mut saying: Vec<(&Way, i32, &String)> = best
                    .iter()
                    .filter_map(|(outer, way)| Some((way, *outer, self.said.get(&(*outer, *attribute))?)))
                    .collect();
                saying.sort();
                let Some((first, from, value)) = saying.first() else { continue };
                let agree = saying.iter().filter(|(way, ..)| way == first).all(|(_, _, other)| other == value);
                all.insert((*item, *attribute), agree.then(|| (*from, (*value).clone())));
            }
        }
        all
    }
}

/// What stands there.
fn stored(conn: &mut Conn) -> Result<Inherited, StoreError> {
    let from: Vec<(i32, i32, Option<i32>)> =
        h::table.filter(h::valid_to.is_null()).select((h::ci_key, h::attribute_id, h::from_key)).load(conn)?;
    let values: Vec<(i32, i32, String)> = v::table
        .filter(v::valid_to.is_null().and(v::source.eq("inherited")))
        .select((v::ci_key, v::attribute_id, v::value))
        .load(conn)?;
    let mut values: BTreeMap<(i32, i32), String> =
        values.into_iter().map(|(key, attribute, value)| ((key, attribute), value)).collect();
    let one = |(key, attribute, from): (i32, i32, Option<i32>)| {
        let value = values.remove(&(key, attribute));
        ((key, attribute), from.zip(value))
    };
    let all: Inherited = from.into_iter().map(one).collect();
    assert!(values.is_empty(), "a value that is inherited from nowhere: {values:?}");
    Ok(all)
}

/// What stands in the items' own rows is what they say or inherit.
fn columns_agree(conn: &mut Conn, picture: &Picture, inherited: &Inherited) -> Result<(), StoreError> {
    let owner: i32 = a::table.filter(a::name.eq("owner")).select(a::id).first(conn)?;
    let rows: Vec<(i32, Option<String>)> =
        c::table.filter(c::survivor_key.is_null()).select((c::key, c::owner)).load(conn)?;
    for (key, shown) in rows {
        let own = picture.said.get(&(key, owner)).cloned();
        let other = || inherited.get(&(key, owner)).cloned().flatten().map(|(_, value)| value);
        assert_eq!(shown.map(|text| Value::from(text).to_string()), own.or_else(other), "{key}");
    }
    Ok(())
}

fn count(conn: &mut Conn) -> Result<(i64, i64), StoreError> {
    Ok((v::table.count().get_result(conn)?, h::table.count().get_result(conn)?))
}

struct World<'a> {
    register: &'a Register,
    dice: Dice,
    cis: Vec<Ci>,
    relations: Vec<(Ci, i64)>,
    merges: Vec<String>,
}

impl World<'_> {
    fn any(&mut self) -> Ci {
        self.cis[self.dice.roll(self.cis.len())]
    }

    async fn act(&mut self) {
        let ci = self.any();
        match self.dice.roll(10) {
            0..=2 => {
                let owner = [json!("a"), json!("b"), json!("c"), Value::Null][self.dice.roll(4)].clone();
                let attribute = ATTRIBUTES[self.dice.roll(2)];
                say(self.register, ci, &json!({ attribute: owner })).await;
            }
            3..=5 => {
                let (other, kind) = (self.any(), KINDS[self.dice.roll(5)]);
                let is_there = self.relations.iter().any(|(one, _)| one.key == ci.key) && self.dice.roll(4) > 0;
                if other.key != ci.key && !is_there {
                    let relation = self.register.estate().related((ci, kind, other), None);
                    self.relations.push((ci, relation));
                }
            }
            6 if !self.relations.is_empty() => {
                let (source, relation) = self.relations.swap_remove(self.dice.roll(self.relations.len()));
                self.register.estate().unrelated(source, relation);
            }
            7 => {
                let path = format!("/cis/{}", ci.id);
                let etag = self.register.get(Caller::Keeper, &path).await.etag.unwrap();
                let to = ["retired", "in_use"][self.dice.roll(2)];
                let body = json!({"lifecycle": to, "reason": "so"});
                self.register.change(Method::POST, (Caller::Keeper, &format!("{path}/lifecycle")), &etag, &body).await;
            }
            8 => {
                let with = json!({"with": self.any().id.to_string(), "reason": "so"});
                let merged = self.register.post(Caller::Keeper, &format!("/cis/{}/merge", ci.id), &with).await;
                if merged.status == 200 {
                    let items = merged.json()["items"].as_array().unwrap().clone();
                    self.merges.extend(items.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
                }
            }
            9 if !self.merges.is_empty() => {
                let merge = self.merges.swap_remove(self.dice.roll(self.merges.len()));
                self.register.post(Caller::Keeper, &format!("/merges/{merge}/undo"), &json!({"reason": "so"})).await;
            }
            _ => {}
        }
    }

    fn check(&self, told: &str) {
        settle(self.register);
        let store = self.register.store();
        let check = |conn: &mut Conn| {
            let picture = picture(conn)?;
            let (expected, there) = (picture.inherited(), stored(conn)?);
            assert_eq!(there, expected, "{told}");
            columns_agree(conn, &picture, &there)
        };
        store.read_blocking(check).unwrap();
        let before = store.read_blocking(count).unwrap();
        store.write_blocking(look_at_everything).unwrap();
        settle(self.register);
        assert_eq!(store.read_blocking(count).unwrap(), before, "looking again writes nothing: {told}");
    }
}

#[test]
fn whatever_happens_items_inherit_what_follows_from_what_there_is() {
    on_both(async |register| {
        for seed in 0..4_u32 {
            let mut world =
                World { register, dice: Dice(seed), cis: Vec::new(), relations: Vec::new(), merges: Vec::new() };
            for number in 0..7 {
                let host = item(register, &json!({"class": "host", "name": format!("{seed}-{number}")})).await;
                world.cis.push(host);
                if number % 3 == 0 {
                    world.cis.push(register.estate().dependent(host, "filesystem", "/"));
                }
            }
            for step in 0..60 {
                world.act().await;
                register.pass(1);
                if world.dice.roll(6) == 0 {
                    world.check(&format!("{:?}, seed {seed}, step {step}", register.backend));
                }
            }
            world.check(&format!("{:?}, seed {seed}", register.backend));
        }
    });
}
