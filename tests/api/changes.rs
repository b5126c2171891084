//! What changed of whatever a filter finds.

use actix_web::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};
use terrier_server::cmdb::compare::{Asked, Only, Span, changes};
use terrier_server::cmdb::error::Error;
use terrier_server::cmdb::list::RawFilter;
use terrier_server::cmdb::model::observation::Freshness;
use terrier_server::kernel::ctx::Ctx;
use terrier_server::kernel::page::PageRequest;
use terrier_server::store::Conn;

use crate::harness::register::{Caller, Register, on_both};
use crate::harness::statements::Statements;

pub(super) async fn host(register: &Register, name: &str, attributes: &Value) -> String {
    register.create(&json!({"class": "host", "name": name, "attributes": attributes})).await
}

pub(super) async fn edit(register: &Register, id: &str, body: Value) {
    let path = format!("/cis/{id}");
    let etag = register.get(Caller::Keeper, &path).await.etag.unwrap();
    let answer = register.change(Method::PATCH, (Caller::Keeper, &path), &etag, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The items of a report by name, and what became of each.
pub(super) fn told(report: &Value) -> Vec<(&str, &str)> {
    let items = report["items"].as_array().unwrap().iter();
    items.map(|one| (one["ci"]["name"].as_str().unwrap(), one["change"].as_str().unwrap())).collect()
}

#[test]
fn what_changed_appeared_and_went_is_told_and_counted() {
    on_both(async |register| {
        let estate = register.estate();
        let a = estate.host(register.branch, "a", &[("os_id", json!("debian"))]);
        let b = estate.host(register.branch, "b", &[("os_id", json!("debian"))]);
        let c = estate.host(register.subsidiary, "c", &[("os_id", json!("debian"))]);
        estate.packages(a, &[("deb", "openssl", "3.0.1", "amd64"), ("deb", "curl", "8", "amd64")]);
        let uses = estate.related((a, "depends_on", c), None);
        let from = register.pass(60);
        register.pass(60);
        estate.packages(
            a,
            &[("deb", "openssl", "3.0.2", "amd64"), ("deb", "curl", "8", "amd64"), ("deb", "vim", "9", "all")],
        );
        estate.unrelated(a, uses);
        let now = register.pass(1);
        let revision = estate.revision(b.key, now);
        estate.says(b.key, revision, now, "os_id", &json!("ubuntu"));
        let new = estate.host(register.branch, "d", &[("os_id", json!("debian"))]);
        estate.dependent(new, "filesystem", "/srv");
        register.pass(60);
        let path = format!("/cis/changes?from={from}&class=host&attr.os_id=debian");
        let found = register.read(Caller::Reader, &path).await;
        let changes = [("a", "changed"), ("b", "left"), ("c", "changed"), ("d", "created")];
        assert_eq!(told(&found), changes, "{:?}", register.backend);
        let software = json!([
            {"product_id": found["items"][0]["differences"]["software"][0]["product_id"], "name": "openssl",
                "architecture": "amd64", "before": ["3.0.1"], "after": ["3.0.2"]},
            {"product_id": found["items"][0]["differences"]["software"][1]["product_id"], "name": "vim",
                "architecture": "all", "before": [], "after": ["9"]},
        ]);
        assert_eq!(found["items"][0]["differences"]["software"], software, "{:?}", register.backend);
        let relation = &found["items"][0]["differences"]["relations"][0];
        assert_eq!((&relation["change"], &relation["other"]["name"]), (&json!("removed"), &json!("c")));
        assert_eq!(found["totals"]["classes"], json!([{"name": "physical_server", "cis": 4}]));
        let topics = json!([{"name": "attribute.os_id", "cis": 1}, {"name": "relations", "cis": 2},
            {"name": "software", "cis": 1}, {"name": "membership", "cis": 2}]);
        assert_eq!(found["totals"]["topics"], topics);
        let only = register.read(Caller::Reader, &format!("{path}&topic=software")).await;
        assert_eq!((told(&only), &only["total"]), (vec![("a", "changed")], &json!(1)));
        // What lies outside the scope shows nowhere.
        let own = register.read(Caller::BranchKeeper, &path).await;
        assert_eq!(told(&own), [("a", "changed"), ("b", "left"), ("d", "created")]);
        assert_eq!(own["items"][0]["topics"], json!(["software"]), "{:?}", register.backend);
        let all = register.walk(&format!("/cis/changes?from={from}"), 2).await;
        assert_eq!(all.len(), 5, "{:?}", register.backend);
    });
}

#[test]
fn a_report_tells_of_each_item_what_its_own_comparison_tells() {
    on_both(async |register| {
        let estate = register.estate();
        let a = estate.host(register.branch, "a", &[("os_id", json!("debian"))]);
        let b = estate.host(register.branch, "b", &[]);
        estate.packages(b, &[("deb", "linux", "6.1", "amd64"), ("deb", "linux", "6.2", "amd64")]);
        let from = register.pass(60);
        register.pass(60);
        estate.packages(b, &[("deb", "linux", "6.2", "amd64"), ("deb", "linux", "6.3", "amd64")]);
        estate.related((a, "depends_on", b), None);
        let to = register.pass(60);
        let found = register.read(Caller::Reader, &format!("/cis/changes?from={from}&to={to}")).await;
        assert_eq!(told(&found), [("a", "changed"), ("b", "changed")], "{:?}", register.backend);
        for item in found["items"].as_array().unwrap() {
            let id = item["ci"]["id"].as_str().unwrap();
            let own = register.read(Caller::Reader, &format!("/cis/{id}/compare?from={from}&to={to}")).await;
            for what in ["attributes", "relations", "software"] {
                assert_eq!(item["differences"][what], own[what], "{:?} {what}", register.backend);
            }
        }
        let kernel = &found["items"][1]["differences"]["software"][0];
        assert_eq!((&kernel["before"], &kernel["after"]), (&json!(["6.1", "6.2"]), &json!(["6.2", "6.3"])));
        let nothing = register.read(Caller::Reader, &format!("/cis/changes?from={to}")).await;
        assert_eq!((&nothing["items"], &nothing["totals"]["cis"]), (&json!([]), &json!(0)));
    });
}

#[test]
fn two_items_that_became_one_are_told_as_such_and_so_is_what_the_one_gained() {
    on_both(async |register| {
        let kept = host(register, "kept", &json!({"os_name": "Debian"})).await;
        let part = host(register, "part", &json!({"product": "R640"})).await;
        let from = register.pass(60);
        register.pass(60);
        let body = json!({"with": part, "reason": "the same box"});
        assert_eq!(register.post(Caller::Keeper, &format!("/cis/{kept}/merge"), &body).await.status, 200);
        let to = register.pass(60);
        let found = register.read(Caller::Reader, &format!("/cis/changes?from={from}&class=host")).await;
        assert_eq!(told(&found), [("kept", "changed"), ("part", "merged")], "{:?}: {found}", register.backend);
        let gained = json!([{"attribute": "product", "before": null, "after": "R640"}]);
        assert_eq!(found["items"][0]["differences"]["attributes"], gained, "{:?}", register.backend);
        let own = register.read(Caller::Reader, &format!("/cis/{kept}/compare?from={from}&to={to}")).await;
        assert_eq!(own["attributes"], gained);
    });
}

#[test]
fn what_cannot_be_asked_is_named() {
    on_both(async |register| {
        for (query, field, code) in [
            ("", "from", "required"),
            ("from=yesterday", "from", "invalid"),
            ("from=2026-11-21T11:00:00Z&to=2026-11-21T10:00:00Z", "to", "invalid"),
            ("from=2026-11-21T11:00:00Z&to=2099-01-01T00:00:00Z", "to", "invalid"),
            ("from=2026-11-21T11:00:00Z&as_of=2026-11-21T10:00:00Z", "as_of", "invalid"),
            ("from=2026-11-21T11:00:00Z&sort=name", "sort", "unknown"),
            ("from=2026-11-21T11:00:00Z&change=blue", "change", "unknown"),
            ("from=2026-11-21T11:00:00Z&topic=hue", "topic", "unknown"),
            ("from=2026-11-21T11:00:00Z&class=hue", "class", "unknown"),
            ("from=2026-11-21T11:00:00Z&q=hue:red", "q", "unknown"),
        ] {
            let answer = register.get(Caller::Reader, &format!("/cis/changes?{query}")).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{query}: {}", answer.text());
        }
    });
}

#[test]
fn the_moments_of_an_item_are_when_something_of_it_changed() {
    on_both(async |register| {
        let estate = register.estate();
        let a = estate.host(register.branch, "a", &[("os_id", json!("debian"))]);
        let other = estate.host(register.subsidiary, "b", &[]);
        let first = register.clock.now();
        let second = register.pass(60);
        estate.packages(a, &[("deb", "openssl", "3.0.1", "amd64")]);
        let third = register.pass(60);
        estate.related((a, "depends_on", other), None);
        register.pass(60);
        let path = format!("/cis/{}/moments", a.id);
        let found = register.read(Caller::Reader, &path).await;
        assert_eq!(found["moments"], json!([first, second, third]), "{:?}", register.backend);
        assert_eq!((&found["created_at"], &found["truncated"]), (&json!(first), &json!(false)));
        let own = register.read(Caller::BranchKeeper, &path).await;
        assert_eq!(own["moments"], json!([first, second]), "a relation to what is out of scope is not told");
        assert_eq!(register.get(Caller::SubsidiaryKeeper, &path).await.code(), "not_found");
    });
}

#[test]
fn a_report_costs_the_same_number_of_statements_whatever_changed() {
    on_both(async |register| {
        let estate = register.estate();
        let mut hosts = Vec::new();
        for number in 0..30 {
            hosts.push(estate.host(register.branch, &format!("host-{number:02}"), &[("os_id", json!("debian"))]));
        }
        let from = register.pass(60);
        register.pass(60);
        let asked = |register: &Register| {
            let ctx = Ctx::system(&register.clock);
            register.store().read_blocking(move |conn| statements(conn, &ctx, from)).unwrap()
        };
        let change = |register: &Register, count: usize, kind: &str| {
            let (estate, now) = (register.estate(), register.pass(1));
            for host in hosts.iter().take(count) {
                let revision = estate.revision(host.key, now);
                estate.says(host.key, revision, now, "os_id", &json!(format!("os-{now}")));
                estate.packages(*host, &[("deb", "vim", &now.to_string(), "all")]);
                estate.related((*host, kind, hosts[0]), None);
            }
            register.pass(60);
        };
        change(register, 2, "depends_on");
        let one = asked(register);
        change(register, 30, "runs_on");
        let many = asked(register);
        assert_eq!((one.0, many.0), (2, 30));
        assert_eq!(one.1, many.1, "{:?}", register.backend);
        assert!(many.1 <= 40, "{} statements", many.1);
    });
}

/// How many items a report tells of and how many statements it took.
fn statements(conn: &mut Conn, ctx: &Ctx, from: Timestamp) -> Result<(usize, usize), Error> {
    let statements = Statements::default();
    statements.watch(conn);
    let filter = RawFilter::default();
    let span = Span { from, to: ctx.now };
    let asked = Asked { ctx, freshness: Freshness::of_interval(300), filter: &filter, span };
    let report = changes(conn, asked, (&Only::default(), &PageRequest { limit: 200, after: None }))?;
    Ok((report.total, statements.count()))
}
