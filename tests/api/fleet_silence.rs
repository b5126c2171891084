//! Silences that are not the hosts' own: nobody is marked for them, and there is one event.

use std::time::Duration;

use serde_json::{Value, json};
use terrier_server::fleet::silence::model::HELD_AT_MOST;
use terrier_server::kernel::id::OrganisationId;
use terrier_server::kernel::permission::Role;
use terrier_server::store::StoreError;

use crate::harness::agent::TestAgent;
use crate::harness::api::{Client, TestApi};
use crate::harness::database::Backend;
use crate::harness::fleet::Fleet;
use crate::harness::register::{Caller, on_both};
use crate::harness::server::TestServer;
use crate::harness::statements::Statements;

const HALF_A_MINUTE: u64 = 30;

/// Lets half minutes pass, with a turn of the watch at the end of each; `talking` agents speak every five minutes.
async fn pass(api: &TestApi, minutes: u64, talking: &[i32]) {
    for turn in 0..minutes * 2 {
        api.advance(HALF_A_MINUTE);
        if turn % 10 == 0 {
            api.fleet.hear(&api.clock, talking);
        }
        api.fleet.turn(api.store(), &api.clock).await;
    }
}

fn agents(api: &TestApi, organisation: OrganisationId, count: u32) -> Vec<i32> {
    api.fleet.agents(api.store(), &api.clock, organisation, count)
}

/// Somebody who has just signed in: hours pass in these tests, and sessions end.
async fn admin(api: &TestApi) -> Client<'_> {
    api.sign_in("admin").await
}

async fn api_with_admin(backend: Backend) -> TestApi {
    let api = TestApi::new(backend).await;
    api.account("admin", &[("administrator", api.root)]);
    api
}

async fn page(client: &Client<'_>) -> Value {
    client.get("/agents?limit=1").await.expect(200)
}

/// How many active agents are live, late and silent.
fn counts(page: &Value) -> [u64; 3] {
    ["live", "late", "silent"].map(|kind| page["counts"][kind].as_u64().unwrap())
}

async fn recorded(client: &Client<'_>) -> Vec<(String, Value)> {
    let trail = client.get("/audit?action=fleet_silence.&limit=200").await.expect(200);
    let entries = trail["items"].as_array().unwrap().iter().rev();
    entries
        .inspect(|entry| assert_eq!(entry["actor"]["kind"], "system"))
        .map(|entry| (entry["action"].as_str().unwrap().to_owned(), entry["details"].clone()))
        .collect()
}

#[actix_web::test]
async fn agents_that_are_starved_for_an_hour_are_one_event_and_none_of_them_is_marked() {
    for backend in Backend::BOTH {
        let api = api_with_admin(backend).await;
        let [west, east] = ["West", "East"].map(|name| api.organisation(name, api.root));
        let (starved, talking) = (agents(&api, west, 2_000), agents(&api, east, 20));
        let stopped_at = api.clock.now();
        api.fleet.hear(&api.clock, &starved);
        for _ in 0..6 {
            pass(&api, 10, &talking).await;
            assert_eq!(counts(&page(&admin(&api).await).await), [2_020, 0, 0], "{backend:?}");
        }
        let seen = page(&admin(&api).await).await;
        let [silence] = seen["silences"].as_array().unwrap().as_slice() else { panic!("{backend:?}: {seen}") };
        assert_eq!((&silence["why"], &silence["organisation"]["name"]), (&json!("many_at_once"), &json!("West")));
        assert_eq!(
            ["agents", "most", "missing"].map(|field| silence[field].clone()),
            [2_000, 2_000, 2_000].map(Value::from)
        );
        assert_eq!(silence["since"], stopped_at.to_string(), "{backend:?}");
        assert_eq!(recorded(&admin(&api).await).await.len(), 1, "{backend:?}");

        api.account("visitor", &[("viewer", east)]);
        let visitor = api.sign_in("visitor").await;
        assert_eq!(page(&visitor).await["silences"], json!([]), "{backend:?}: of West he knows nothing");

        api.fleet.hear(&api.clock, &starved);
        pass(&api, 1, &talking).await;
        let seen = page(&admin(&api).await).await;
        assert_eq!((counts(&seen), &seen["silences"]), ([2_020, 0, 0], &json!([])), "{backend:?}");
        let recorded = recorded(&admin(&api).await).await;
        let actions: Vec<_> = recorded.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["fleet_silence.began", "fleet_silence.ended"], "{backend:?}");
        assert_eq!((&recorded[1].1["outcome"], &recorded[1].1["most"]), (&json!("returned"), &json!(2_000)));
    }
}

#[actix_web::test]
async fn hosts_that_are_really_gone_are_marked_again_after_four_hours() {
    for backend in Backend::BOTH {
        let api = api_with_admin(backend).await;
        let (gone, talking) = (agents(&api, api.root, 6), agents(&api, api.root, 4));
        api.fleet.hear(&api.clock, &gone);
        pass(&api, 17 + HELD_AT_MOST.as_secs() / 60 + 19, &talking).await;
        assert_eq!(counts(&page(&admin(&api).await).await), [10, 0, 0], "{backend:?}");
        pass(&api, 2, &talking).await;
        assert_eq!(counts(&page(&admin(&api).await).await), [4, 6, 0], "{backend:?}");
        assert_eq!(recorded(&admin(&api).await).await[1].1["outcome"], "given_up", "{backend:?}");
        // Nothing begins anew: what is marked stays so until it speaks.
        pass(&api, 30, &talking).await;
        assert_eq!(
            (counts(&page(&admin(&api).await).await), recorded(&admin(&api).await).await.len()),
            ([4, 6, 0], 2),
            "{backend:?}"
        );
    }
}

#[actix_web::test]
async fn one_of_two_hosts_is_no_fleet() {
    for backend in Backend::BOTH {
        let api = api_with_admin(backend).await;
        let both = agents(&api, api.root, 2);
        api.fleet.hear(&api.clock, &both);
        pass(&api, 20, &both[..1]).await;
        let seen = page(&admin(&api).await).await;
        assert_eq!((counts(&seen), &seen["silences"]), ([1, 1, 0], &json!([])), "{backend:?}");
        assert!(recorded(&admin(&api).await).await.is_empty(), "{backend:?}");
    }
}

#[actix_web::test]
async fn nobody_is_marked_because_the_server_sent_agents_away() {
    for backend in Backend::BOTH {
        let api = api_with_admin(backend).await;
        let both = agents(&api, api.root, 2);
        api.fleet.hear(&api.clock, &both);
        for _ in 0..60 {
            api.fleet.load.refused();
            pass(&api, 1, &[]).await;
        }
        let seen = page(&admin(&api).await).await;
        assert_eq!(counts(&seen), [2, 0, 0], "{backend:?}");
        let silence = &seen["silences"][0];
        assert_eq!((&silence["why"], &silence["missing"]), (&json!("server_was_shedding"), &json!(2)), "{backend:?}");
        // They are given three intervals, two minutes and the longest back-off after it.
        pass(&api, 33, &[]).await;
        assert_eq!(counts(&page(&admin(&api).await).await), [2, 0, 0], "{backend:?}");
        pass(&api, 3, &[]).await;
        assert_eq!(counts(&page(&admin(&api).await).await), [0, 2, 0], "{backend:?}");
    }
}

#[actix_web::test]
async fn two_server_processes_on_one_database_find_one_event() {
    for backend in Backend::BOTH {
        let api = api_with_admin(backend).await;
        let six = agents(&api, api.root, 6);
        api.fleet.hear(&api.clock, &six);
        api.fleet.turn(api.store(), &api.clock).await;
        let other = Fleet::default();
        other.roster.load(api.store()).unwrap();
        for _ in 0..40 {
            api.advance(HALF_A_MINUTE);
            // What only the other was sent is heard here too.
            other.hear(&api.clock, &six[..4]);
            let turns = [other.turn(api.store(), &api.clock), api.fleet.turn(api.store(), &api.clock)];
            futures_util::future::join_all(turns).await;
        }
        assert_eq!(recorded(&admin(&api).await).await.len(), 1, "{backend:?}");
        let seen = page(&admin(&api).await).await;
        assert_eq!((counts(&seen), &seen["silences"][0]["missing"]), ([6, 0, 0], &json!(2)), "{backend:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_after_two_hours_marks_nobody() {
    for backend in Backend::BOTH {
        let mut server = TestServer::start(backend).await;
        let agent = TestAgent::enrol(&server, "web-1").await;
        assert_eq!(agent.send(&[]).await.status, 200, "{backend:?}");
        server.stop().await;
        server.clock.advance(Duration::from_hours(2));
        server.restart().await;
        let admin = server.caller("admin", Role::Administrator).await;
        let seen = admin.get("/agents").await.json();
        assert_eq!(seen["items"][0]["presence"], "live", "{backend:?}");
        let silence = &seen["silences"][0];
        assert_eq!(
            (&silence["why"], &silence["missing"]),
            (&json!("server_was_down"), &json!(1)),
            "{backend:?}: {seen}"
        );
        server.stop().await;
    }
}

#[test]
fn what_the_register_shows_is_held_as_the_agents_are() {
    on_both(async |register| {
        let estate = register.estate();
        let held: Vec<_> = (0..5).map(|n| estate.host(register.branch, &format!("held-{n}"), &[])).collect();
        estate.dependent(held[0], "filesystem", "/held");
        estate.host(register.subsidiary, "alone", &[]);
        let fleet = Fleet::default();
        fleet.roster.load(register.store()).unwrap();
        for _ in 0..120 {
            register.pass(HALF_A_MINUTE);
            fleet.turn(register.store(), &register.clock).await;
        }
        let names = async |query: &str| -> Vec<String> {
            let items = register.walk(&format!("/cis?{query}"), 200).await;
            items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("observation=live").await, ["/held", "held-0", "held-1", "held-2", "held-3", "held-4"]);
        assert_eq!(names("observation=stale").await, ["alone"]);
        register.pass(23 * 3_600 + 60);
        assert_eq!(names("observation=silent").await, ["alone"]);
        let page = register.read(Caller::Keeper, &format!("/cis/{}", held[0].id)).await;
        assert_eq!((&page["observation"]["state"], &page["agent"]["presence"]), (&json!("live"), &json!("live")));
    });
}

#[actix_web::test]
async fn a_turn_of_the_watch_costs_the_same_however_many_agents_there_are() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let mut costs = Vec::new();
        for count in [10, 990] {
            let all = agents(&api, api.root, count);
            api.fleet.hear(&api.clock, &all);
            api.fleet.turn(api.store(), &api.clock).await;
            let statements = Statements::default();
            api.store()
                .write_blocking::<_, StoreError>(|conn| {
                    statements.watch(conn);
                    Ok(())
                })
                .unwrap();
            api.fleet.hear(&api.clock, &all);
            api.fleet.turn(api.store(), &api.clock).await;
            costs.push(statements.count());
        }
        assert!(costs[0] > 0 && costs[0] == costs[1], "{backend:?}: {costs:?}");
    }
}
