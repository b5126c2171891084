//! The tree of organisations, and who reaches how far in it.

use serde_json::{Value, json};
use terrier_server::kernel::id::OrganisationId;

use crate::harness::api::{Answer, Client, TestApi};
use crate::harness::database::Backend;

async fn make(client: &Client<'_>, name: &str, parent: impl ToString) -> Answer {
    client.post("/organisations", json!({"name": name, "parent_id": parent.to_string()})).await
}

async fn made(client: &Client<'_>, name: &str, parent: impl ToString) -> String {
    make(client, name, parent).await.expect(201)["id"].as_str().unwrap().to_owned()
}

async fn change(client: &Client<'_>, id: &str, body: Value) -> Answer {
    let path = format!("/organisations/{id}");
    let etag = client.get(&path).await.header("etag").unwrap_or("\"v1\"").to_owned();
    client.patch(&path, &etag, body).await
}

/// Root ─ west ─ lab, and root ─ east.
fn estate(api: &TestApi) -> [OrganisationId; 3] {
    let west = api.organisation("West", api.root);
    [west, api.organisation("Lab", west), api.organisation("East", api.root)]
}

#[actix_web::test]
async fn an_organisation_is_made_renamed_moved_and_deleted_and_each_step_is_written_down() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let west = made(&admin, " West ", api.root).await;
        let lab = made(&admin, "Lab", &west).await;
        let renamed = change(&admin, &lab, json!({"name": "연구소"})).await;
        assert_eq!(renamed.etag(), "\"v2\"");
        assert_eq!(renamed.expect(200)["name"], "연구소");
        let moved = change(&admin, &lab, json!({"parent_id": api.root})).await.expect(200);
        assert_eq!(moved["parent_id"], api.root.to_string());
        let stale = admin.patch(&format!("/organisations/{lab}"), "\"v2\"", json!({"name": "x"})).await;
        assert_eq!(stale.etag(), "\"v3\"");
        stale.refused("stale");
        admin
            .send(actix_web::http::Method::PATCH, &format!("/organisations/{lab}"), Some(json!({"name": "x"})), &[])
            .await
            .refused("precondition_required");
        assert_eq!(admin.delete(&format!("/organisations/{lab}")).await.status, 204);
        admin.get(&format!("/organisations/{lab}")).await.refused("not_found");
        let trail = admin.get("/audit?action=organisation.&limit=200").await.expect(200);
        let actions: Vec<_> =
            trail["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        let [created, changed, deleted] = ["organisation.created", "organisation.changed", "organisation.deleted"];
        assert_eq!(actions, [deleted, changed, changed, created, created, created]);
    }
}

#[actix_web::test]
async fn a_name_is_checked_and_taken_once_below_a_parent() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let west = made(&admin, "West", api.root).await;
        for (name, fault) in
            [("", "required"), ("a\u{0}b", "invalid"), (&"x".repeat(101), "too_long"), ("West", "taken")]
        {
            assert_eq!(make(&admin, name, api.root).await.wrong_fields(), [("name", fault)], "{name}");
        }
        let inner = made(&admin, "West", &west).await;
        assert_eq!(change(&admin, &inner, json!({"parent_id": api.root})).await.wrong_fields(), [("name", "taken")]);
        change(&admin, &west, json!({"name": "West"})).await.expect(200);
        for refused in [json!({"id": "x"}), json!({"name": null}), json!({"parent_id": null}), json!({"version": 1})] {
            change(&admin, &west, refused).await.refused("malformed_request");
        }
    }
}

#[actix_web::test]
async fn a_move_that_would_make_a_circle_and_one_of_the_root_are_refused() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let [west, lab, east] = estate(&api);
        for (moved, to, reason) in [
            (west, west, "cycle"),
            (west, lab, "cycle"),
            (api.root, east, "root_organisation"),
            (api.root, api.root, "root_organisation"),
        ] {
            let answer = change(&admin, &moved.to_string(), json!({"parent_id": to})).await;
            assert_eq!(answer.wrong_fields(), [("", reason)]);
            answer.refused("rule_violated");
        }
        change(&admin, &lab.to_string(), json!({"parent_id": east})).await.expect(200);
        change(&admin, &west.to_string(), json!({"parent_id": lab})).await.expect(200);
        change(&admin, &east.to_string(), json!({"parent_id": west})).await.refused("rule_violated");
    }
}

#[actix_web::test]
async fn only_an_organisation_that_nothing_belongs_to_is_deleted() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let [west, lab, east] = estate(&api);
        let delete = async |id: OrganisationId| admin.delete(&format!("/organisations/{id}")).await;
        assert_eq!(delete(api.root).await.wrong_fields(), [("", "root_organisation")]);
        assert_eq!(delete(west).await.wrong_fields(), [("", "not_empty")]);
        api.account("ada", &[("viewer", lab)]);
        delete(lab).await.refused("rule_violated");
        let token = json!({"organisation_id": east, "name": "t"});
        admin.post("/enrolment-tokens", token).await.expect(201);
        assert_eq!(delete(east).await.wrong_fields(), [("", "not_empty")]);
        let spare = made(&admin, "Spare", east).await;
        assert_eq!(admin.delete(&format!("/organisations/{spare}")).await.status, 204);
        admin.delete(&format!("/organisations/{spare}")).await.refused("not_found");
        let left = admin.get("/organisations").await.expect(200);
        assert_eq!(left["items"].as_array().unwrap().len(), 4);
    }
}

/// Who asks, for which organisation: what each operation answers. The reader's and the keeper's grants are at `west`.
#[actix_web::test]
async fn another_organisation_answers_like_one_that_there_is_not() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let [west, lab, east] = estate(&api);
        api.account("reader", &[("viewer", west)]);
        api.account("keeper", &[("administrator", west)]);
        let (reader, keeper) = (api.sign_in("reader").await, api.sign_in("keeper").await);
        let absent: OrganisationId = api.clock.new_id();
        let places = [("root", api.root), ("west", west), ("lab", lab), ("east", east), ("absent", absent)];
        let mut table = Vec::new();
        for (client, who) in [(&reader, "reader"), (&keeper, "keeper")] {
            for (place, id) in places {
                let path = format!("/organisations/{id}");
                let read = client.get(&path).await.status;
                let create = make(client, &format!("{who} {place}"), id).await.status;
                let rename = client.patch(&path, "\"v9\"", json!({"name": "x"})).await.status;
                let into = change(client, &lab.to_string(), json!({"parent_id": id})).await;
                let delete = client.delete(&path).await.status;
                table.push(format!("{who} {place}: {read} {create} {rename} {} {delete}", into.status));
            }
        }
        let expected = [
            "reader root: 404 403 403 403 403",
            "reader west: 200 403 403 403 403",
            "reader lab: 200 403 403 403 403",
            "reader east: 404 403 403 403 403",
            "reader absent: 404 403 403 403 403",
            "keeper root: 404 422 404 422 404",
            // Renaming says 412 because the version is wrong: it is there.
            "keeper west: 200 201 412 200 422",
            "keeper lab: 200 201 412 422 422",
            "keeper east: 404 422 404 422 404",
            "keeper absent: 404 422 404 422 404",
        ];
        assert_eq!(table, expected);
        let listed = keeper.get("/organisations").await.expect(200);
        let mut names: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Lab", "West", "keeper lab", "keeper west"]);
        let top = change(&keeper, &west.to_string(), json!({"parent_id": api.root})).await;
        assert_eq!(top.wrong_fields(), [("", "top_of_reach")]);
    }
}

#[actix_web::test]
async fn who_moves_with_an_organisation_is_reached_from_the_new_place_at_once() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let [west, lab, east] = estate(&api);
        api.account("reader", &[("viewer", east)]);
        let reader = api.sign_in("reader").await;
        let path = format!("/organisations/{lab}");
        reader.get(&path).await.refused("not_found");
        change(&admin, &lab.to_string(), json!({"parent_id": east})).await.expect(200);
        reader.get(&path).await.expect(200);
        change(&admin, &lab.to_string(), json!({"parent_id": west})).await.expect(200);
        reader.get(&path).await.refused("not_found");
    }
}

#[actix_web::test]
async fn how_often_agents_report_is_set_for_an_organisation_and_what_is_below_it() {
    for backend in Backend::BOTH {
        let api = TestApi::new(backend).await;
        let admin = api.signed_in("administrator").await;
        let [west, lab, east] = estate(&api).map(|id| id.to_string());
        let interval = |seconds: Value| json!({"agent_interval_s": seconds});
        let in_force = async || {
            let list = admin.get("/organisations").await.expect(200);
            let of = |id: &str| {
                let items = list["items"].as_array().unwrap();
                let item = items.iter().find(|item| item["id"] == id).unwrap().clone();
                (item["agent_interval_s"].as_u64(), item["effective_agent_interval_s"].as_u64().unwrap())
            };
            [of(&west), of(&lab), of(&east)]
        };
        assert_eq!(in_force().await, [(None, 300); 3], "{backend:?}");
        let changed = change(&admin, &west, interval(json!(900))).await.expect(200);
        assert_eq!((&changed["agent_interval_s"], &changed["version"]), (&json!(900), &json!(2)), "{backend:?}");
        assert_eq!(in_force().await, [(Some(900), 900), (None, 900), (None, 300)], "{backend:?}");
        change(&admin, &lab, interval(json!(60))).await.expect(200);
        change(&admin, &west, json!({"name": "Far west"})).await.expect(200);
        assert_eq!(in_force().await, [(Some(900), 900), (Some(60), 60), (None, 300)], "{backend:?}");
        change(&admin, &lab, interval(Value::Null)).await.expect(200);
        assert_eq!(in_force().await[1], (None, 900), "{backend:?}");

        for (seconds, limit) in [(-1, 60), (0, 60), (59, 60), (86_401, 86_400)] {
            let refused = change(&admin, &west, interval(json!(seconds))).await;
            assert_eq!(refused.wrong_fields(), [("agent_interval_s", "out_of_range")], "{backend:?}: {seconds}");
            assert_eq!(refused.body["errors"][0]["limit"], limit, "{backend:?}: {seconds}");
        }
        change(&admin, &west, interval(json!("often"))).await.refused("malformed_request");
        let path = format!("/organisations/{west}");
        admin.patch(&path, "\"v1\"", interval(json!(60))).await.refused("stale");
        let viewer = api.signed_in("viewer").await;
        change(&viewer, &west, interval(json!(60))).await.refused("forbidden");
        let trail = admin.get("/audit?action=organisation.changed&limit=200").await.expect(200);
        let first = &trail["items"].as_array().unwrap().last().unwrap()["details"];
        assert_eq!(
            (&first["before"]["agent_interval_s"], &first["after"]["agent_interval_s"]),
            (&Value::Null, &json!(900)),
            "{backend:?}"
        );
    }
}
