//! What differs of an item between two times.

use serde_json::{Value, json};

use crate::harness::register::{Caller, Register, on_both};
use actix_web::http::Method;

async fn edit(register: &Register, id: &str, body: Value) {
    let path = format!("/cis/{id}");
    let etag = register.get(Caller::Keeper, &path).await.etag.unwrap();
    let answer = register.change(Method::PATCH, (Caller::Keeper, &path), &etag, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn only_what_differs_is_told_and_backwards_it_is_the_other_way_round() {
    on_both(async |register| {
        let body = json!({"class": "host", "name": "db", "owner": "Kim", "attributes": {"os_name": "Debian"}});
        let id = register.create(&body).await;
        let before = register.pass(60);
        register.pass(60);
        edit(register, &id, json!({"owner": "Lee", "attributes": {"os_name": null, "product": "R640"}})).await;
        let between = register.pass(60);
        register.pass(60);
        edit(register, &id, json!({"owner": "Kim"})).await;
        let after = register.pass(60);
        let told = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={before}&to={between}")).await;
        let expected = json!([
            {"attribute": "os_name", "before": "Debian", "after": null},
            {"attribute": "owner", "before": "Kim", "after": "Lee"},
            {"attribute": "product", "before": null, "after": "R640"},
        ]);
        assert_eq!(told["attributes"], expected, "{:?}", register.backend);
        let back = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={between}&to={before}")).await;
        assert_eq!(back["attributes"][1], json!({"attribute": "owner", "before": "Lee", "after": "Kim"}));
        let net = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={before}&to={after}")).await;
        let names: Vec<_> = net["attributes"].as_array().unwrap().iter().map(|one| one["attribute"].clone()).collect();
        assert_eq!(names, ["os_name", "product"], "what was taken back did not change: {:?}", register.backend);
        let same = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={after}&to={after}")).await;
        assert_eq!((&same["attributes"], &same["relations"], &same["software"]), (&json!([]), &json!([]), &json!([])));
    });
}

#[test]
fn before_an_item_was_known_nothing_was_said_of_it() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "host", "name": "db"})).await;
        let told = register.read(Caller::Reader, &format!("/cis/{id}/compare?from=2020-01-01T00:00:00Z")).await;
        let all = told["attributes"].as_array().unwrap();
        assert!(all.iter().all(|one| one["before"].is_null()), "{:?}: {all:?}", register.backend);
        assert!(all.iter().any(|one| one["attribute"] == "name" && one["after"] == "db"));
    });
}

#[test]
fn a_time_that_is_none_and_an_item_out_of_scope_are_refused() {
    on_both(async |register| {
        let id = register.create(&json!({"class": "host", "name": "db", "organisation_id": register.branch})).await;
        let wrong = register.get(Caller::Keeper, &format!("/cis/{id}/compare?from=yesterday")).await;
        assert_eq!(wrong.faults(), [("from".to_owned(), "invalid".to_owned())]);
        let early = register
            .get(Caller::Keeper, &format!("/cis/{id}/compare?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z"))
            .await;
        assert_eq!(early.faults(), [("to".to_owned(), "invalid".to_owned())]);
        let path = format!("/cis/{id}/compare?from=2026-11-20T00:00:00Z");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &path).await.code(), "not_found");
    });
}
