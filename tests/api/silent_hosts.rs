//! What is told of hosts that fell silent, and by what evidence.

use diesel::prelude::*;
use serde_json::{Value, json};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::list::RawFilter;
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::cmdb::silent::service::page;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::id::SilenceId;
use terrier_server::kernel::page::PageRequest;
use terrier_server::store::column::{At, Key16};
use terrier_server::store::schema::{fleet_silence as f, identification_verdict as v};
use terrier_server::store::{Conn, StoreError};

use crate::harness::estate::Ci;
use crate::harness::register::{Caller, Register, encoded, on_both};
use crate::harness::statements::Statements;

const DAY: u64 = 24 * 3600;

async fn silence(register: &Register, caller: Caller, ci: Ci) -> Value {
    register.read(caller, &format!("/cis/{}/silence", ci.id)).await["silence"].clone()
}

/// Two hosts that talk; after two days only `web` was heard.
fn two_hosts(register: &Register) -> [Ci; 2] {
    let estate = register.estate();
    let [web, db] = [(register.root, "web"), (register.branch, "db")].map(|(at, name)| estate.host(at, name, &[]));
    estate.related((web, "uses", db), Some(&[5432]));
    register.pass(2 * DAY);
    register.estate().heard(web);
    [web, db]
}

#[test]
fn a_host_whose_traffic_is_seen_has_a_broken_agent() {
    on_both(async |register| {
        let [web, db] = two_hosts(register);
        assert_eq!(silence(register, Caller::Keeper, web).await, Value::Null, "it is heard");
        let gone = silence(register, Caller::Keeper, db).await;
        assert_eq!(
            (&gone["verdict"], &gone["watchers"], &gone["seen_by"]),
            (&json!("probably_gone"), &json!(1), &json!(0)),
            "{gone}"
        );
        assert_eq!(gone["remedies"][0]["remedy"], "retire");
        let client = register.estate().dependent(web, "generic_process", "psql");
        register.estate().related((client, "uses", db), Some(&[5432, 5433]));
        let now = register.clock.now();
        let broken = silence(register, Caller::Keeper, db).await;
        assert_eq!((&broken["verdict"], &broken["seen_by"]), (&json!("agent_broken"), &json!(1)), "{broken}");
        let seen = &broken["sightings"][0];
        assert_eq!((&seen["by"]["name"], &seen["host"]["name"]), (&json!("psql"), &json!("web")));
        assert_eq!((&seen["at"], &seen["ports"]), (&json!(now.to_string()), &json!([5432, 5433])));
        assert!(broken["remedies"][0]["command"].as_str().unwrap().contains("terrier-agent"));
        let scoped = silence(register, Caller::BranchKeeper, db).await;
        assert_eq!(
            (&scoped["verdict"], &scoped["watchers"]),
            (&json!("probably_gone"), &json!(0)),
            "what is out of scope is no evidence: {scoped}"
        );
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &format!("/cis/{}/silence", db.id)).await.status, 404);
    });
}

#[test]
fn what_saw_a_host_before_it_fell_silent_or_is_the_host_itself_is_no_witness() {
    on_both(async |register| {
        let estate = register.estate();
        let [web, db] = ["web", "db"].map(|name| estate.host(register.root, name, &[]));
        let listener = estate.dependent(db, "database_instance", "postgres");
        register.pass(60);
        register.estate().related((web, "uses", listener), Some(&[5432]));
        register.pass(2 * DAY);
        register.estate().related((listener, "uses", db), Some(&[1]));
        let silence = silence(register, Caller::Keeper, db).await;
        assert_eq!((&silence["verdict"], &silence["watchers"]), (&json!("probably_gone"), &json!(0)), "{silence}");
    });
}

#[test]
fn a_host_whose_identity_is_anothers_was_set_up_anew() {
    on_both(async |register| {
        let [_, db] = two_hosts(register);
        register.estate().identified(db, "serial", "sn-9");
        register.estate().identified(db, "mac", "02:00:00:00:00:01");
        register.pass(60);
        let card = register.estate().host(register.root, "card", &[]);
        register.estate().identified(card, "mac", "02:00:00:00:00:01");
        assert_eq!(silence(register, Caller::Keeper, db).await["verdict"], "probably_gone", "a card can be moved");
        let anew = register.estate().host(register.root, "anew", &[]);
        register.estate().identified(anew, "serial", "sn-9");
        let moved = silence(register, Caller::Keeper, db).await;
        assert_eq!(moved["verdict"], "re_imaged", "{moved}");
        assert_eq!((&moved["moved"][0]["kind"], &moved["moved"][0]["to"]["name"]), (&json!("serial"), &json!("anew")));
        assert_eq!(moved["remedies"][0]["remedy"], "merge");
        let (organisation, now) = (Key16::from(register.branch), register.clock.now());
        let share = move |conn: &mut Conn| {
            diesel::insert_into(v::table)
                .values((
                    (v::organisation_id.eq(organisation), v::kind.eq("serial"), v::value.eq("sn-9")),
                    (v::verdict.eq("shared"), v::at.eq(At(now)), v::seen_on.eq(3)),
                ))
                .execute(conn)?;
            Ok::<_, StoreError>(())
        };
        register.store().write_blocking(share).unwrap();
        assert_eq!(
            silence(register, Caller::Keeper, db).await["verdict"],
            "probably_gone",
            "what is shared is nobody's"
        );
    });
}

#[test]
fn a_silence_that_is_held_is_not_judged_and_its_hosts_are_not_listed() {
    on_both(async |register| {
        let [web, db] = two_hosts(register);
        let list = register.read(Caller::Keeper, "/silences").await;
        assert_eq!((&list["total"], &list["items"][0]["ci"]["name"]), (&json!(1), &json!("db")), "{list}");
        assert_eq!(list["items"][0]["silence"]["verdict"], "probably_gone");
        let (id, now): (SilenceId, _) = (Ctx::system(&register.clock).new_id(), register.clock.now());
        let (organisation, since) = (register.branch, now - jiff::SignedDuration::from_hours(48));
        let hold = move |conn: &mut Conn| {
            diesel::insert_into(f::table)
                .values((
                    (f::id.eq(Key16::from(id)), f::organisation_id.eq(Key16::from(organisation))),
                    (f::why.eq("many_at_once"), f::since.eq(At(since)), f::noticed_at.eq(At(now))),
                    (f::held_until.eq(At(now)), f::agents.eq(9), f::most.eq(9), f::missing.eq(9)),
                ))
                .execute(conn)?;
            Ok::<_, StoreError>(())
        };
        register.store().write_blocking(hold).unwrap();
        let judged = silence(register, Caller::Keeper, db).await;
        assert_eq!(
            (&judged["verdict"], &judged["remedies"][0]["remedy"]),
            (&json!("not_judged"), &json!("wait")),
            "{judged}"
        );
        assert_eq!(register.read(Caller::Keeper, "/silences").await["total"], 0);
        assert_eq!(silence(register, Caller::Keeper, web).await, Value::Null);
    });
}

#[test]
fn a_page_of_silences_costs_the_same_however_many_there_are() {
    on_both(async |register| {
        let [_, db] = two_hosts(register);
        let count = |register: &Register| {
            let ctx = Ctx::system(&register.clock);
            let read = |conn: &mut Conn| {
                let statements = Statements::default();
                statements.watch(conn);
                let request = PageRequest { limit: 50, after: None };
                let (found, silences) = page(conn, &ctx, Freshness::of_interval(300), &RawFilter::default(), &request)?;
                assert_eq!(found.page.items.len(), silences.len());
                Ok::<_, Error>((silences.len(), statements.count()))
            };
            register.store().read_blocking(read).unwrap()
        };
        let few = count(register);
        for number in 0..5 {
            let host = register.estate().host(register.root, &format!("h{number}"), &[]);
            register.estate().related((db, "uses", host), Some(&[1]));
        }
        register.pass(2 * DAY);
        let many = count(register);
        assert_eq!((few.0, many.0), (1, 7), "web is silent by now, too");
        assert_eq!(few.1, many.1, "{:?}", register.backend);
        let some =
            register.read(Caller::Keeper, &format!("/silences?q={}&limit=2", encoded("name:h* OR name:db"))).await;
        assert_eq!((&some["total"], some["items"].as_array().unwrap().len()), (&json!(6), 2));
        assert_eq!(register.get(Caller::Keeper, "/silences?as_of=2026-01-01T00:00:00Z").await.status, 422);
    });
}
