//! Utilisation of an item over time.

use jiff::SignedDuration;
use serde_json::{Value, json};
use terrier_server::capacity::codec::Series;
use terrier_server::capacity::{Window, insert_windows};

use crate::harness::register::{Caller, Register, on_both, start};

fn series(metric: &str, dimension: Option<&str>, mean: f64) -> Series {
    let dimension = dimension.map(str::to_owned);
    Series { metric: metric.into(), dimension, count: 5, min: mean - 1.0, mean, max: mean + 1.0, p95: mean + 0.5 }
}

/// A host that measured so many windows, the last one just ended.
fn measured(register: &Register, windows: i64) -> String {
    let host = register.estate().host(register.branch, "db-1", &[]);
    let now = register.clock.now();
    let windows: Vec<Window> = (1..=windows)
        .map(|back| {
            let mean = f64::from(i32::try_from(back).unwrap());
            let series = vec![series("load_1m", None, mean), series("filesystem_used_bytes", Some("/"), 4096.0)];
            Window { at: now - SignedDuration::from_secs(300 * back), length_s: 300, series }
        })
        .collect();
    register.store().write_blocking(move |conn| insert_windows(conn, host.key, &windows)).unwrap();
    host.id.to_string()
}

fn means(answer: &Value, place: usize) -> Vec<f64> {
    let points = answer["series"][place]["points"].as_array().unwrap();
    points.iter().map(|point| point[2].as_f64().unwrap()).collect()
}

#[test]
fn samples_are_lines_of_five_minutes_with_their_unit() {
    on_both(async |register| {
        let id = measured(register, 3);
        let answer = register.read(Caller::Keeper, &format!("/cis/{id}/samples")).await;
        assert_eq!((&answer["to"], &answer["step_s"]), (&json!("2026-11-21T12:00:00Z"), &json!(300)));
        let named = |place: usize| ["metric", "dimension", "unit"].map(|name| answer["series"][place][name].clone());
        assert_eq!(named(0), [json!("filesystem_used_bytes"), json!("/"), json!("bytes")]);
        assert_eq!(named(1), [json!("load_1m"), Value::Null, json!("count")]);
        assert_eq!(means(&answer, 1), [3.0, 2.0, 1.0]);
        let first = &answer["series"][1]["points"][0];
        let began = f64::from(i32::try_from(start().as_second() - 900).unwrap());
        assert_eq!(first, &json!([began, 2.0, 3.0, 4.0, 3.5]));
        let only = format!("/cis/{id}/samples?metric=filesystem_used_bytes&dimension=/");
        assert_eq!(register.read(Caller::Keeper, &only).await["series"].as_array().unwrap().len(), 1);
        let part = format!("/cis/{id}/samples?metric=load_1m&from=2026-11-21T11:50:00Z");
        assert_eq!(means(&register.read(Caller::Keeper, &part).await, 0), [2.0, 1.0]);
    });
}

#[test]
fn a_step_of_an_hour_has_the_mean_of_its_windows() {
    on_both(async |register| {
        let id = measured(register, 24);
        let path = format!("/cis/{id}/samples?metric=load_1m&step_s=3600");
        let answer = register.read(Caller::Keeper, &path).await;
        assert_eq!(means(&answer, 0), [18.5, 6.5], "{:?}", register.backend);
    });
}

#[test]
fn the_newest_window_is_told_and_none_where_nothing_was_measured() {
    on_both(async |register| {
        let id = measured(register, 3);
        let latest = register.read(Caller::Keeper, &format!("/cis/{id}/samples/latest")).await;
        assert_eq!((&latest["at"], &latest["window_s"]), (&json!("2026-11-21T11:55:00Z"), &json!(300)));
        let load = latest["values"].as_array().unwrap().iter().find(|one| one["metric"] == "load_1m").unwrap();
        assert_eq!((&load["mean"], &load["unit"]), (&json!(1.0), &json!("count")));
        let silent = register.estate().host(register.branch, "db-2", &[]).id;
        let latest = register.read(Caller::Keeper, &format!("/cis/{silent}/samples/latest")).await;
        assert_eq!(latest, json!({"at": null, "window_s": null, "values": []}));
        let none = register.read(Caller::Keeper, &format!("/cis/{silent}/samples")).await;
        assert_eq!(none["series"], json!([]));
    });
}

#[test]
fn the_newest_window_is_the_one_that_ended_last() {
    on_both(async |register| {
        let host = register.estate().host(register.branch, "db-1", &[]);
        let window = |minutes: i64, length_s: i32, mean: f64| Window {
            at: register.clock.now() - SignedDuration::from_mins(minutes),
            length_s,
            series: vec![series("load_1m", None, mean)],
        };
        let windows = [window(7, 60, 1.0), window(10, 300, 2.0)];
        register.store().write_blocking(move |conn| insert_windows(conn, host.key, &windows)).unwrap();
        let latest = register.read(Caller::Keeper, &format!("/cis/{}/samples/latest", host.id)).await;
        assert_eq!((&latest["window_s"], &latest["values"][0]["mean"]), (&json!(300), &json!(2.0)));
    });
}

#[test]
fn a_stretch_that_makes_no_sense_is_refused_by_field() {
    on_both(async |register| {
        let id = measured(register, 1);
        let cases = [
            ("from=yesterday", "from", "malformed"),
            ("to=12", "to", "malformed"),
            ("from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z", "to", "too_early"),
            ("from=2020-01-01T00:00:00Z", "from", "too_early"),
            ("step_s=7", "step_s", "unknown"),
        ];
        for (query, field, code) in cases {
            let answer = register.get(Caller::Keeper, &format!("/cis/{id}/samples?{query}")).await;
            assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{query}");
        }
        let unknown = register.get(Caller::Keeper, &format!("/cis/{id}/samples?colour=red")).await;
        assert_eq!(unknown.code(), "malformed_request");
    });
}

#[test]
fn samples_of_another_organisation_are_like_those_of_nothing() {
    on_both(async |register| {
        let id = measured(register, 1);
        for path in [format!("/cis/{id}/samples"), format!("/cis/{id}/samples/latest")] {
            let foreign = register.get(Caller::SubsidiaryKeeper, &path).await;
            let absent =
                register.get(Caller::SubsidiaryKeeper, &path.replace(&id, &uuid::Uuid::nil().to_string())).await;
            assert_eq!((foreign.status, foreign.anonymous()), (404, absent.anonymous()));
            assert_eq!(register.get(Caller::Powerless, &path).await.code(), "forbidden");
        }
    });
}
