//! Utilisation over HTTP.

use actix_web::web;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use super::codec::Series;
use super::model::{Line, SPAN_MAX, Span, SpanError, Step, Wanted, unit};
use super::service;
use crate::api::kit::auth::{Allowed, may};
use crate::api::kit::json::{Path, Query};
use crate::api::kit::problem::Problem;
use crate::kernel::id::CiId;
use crate::store::Store;

/// How far back an answer reaches unless `from` says: a day.
const DEFAULT_SPAN: SignedDuration = SignedDuration::from_hours(24);

/// What this slice adds to the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_ci_samples, get_latest_ci_samples))]
pub struct Description;

/// This slice's routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/cis/{id}/samples").route(web::get().to(list_ci_samples)))
        .service(web::resource("/cis/{id}/samples/latest").route(web::get().to(get_latest_ci_samples)));
}

/// Which samples.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SampleQuery {
    /// Only of this metric.
    metric: Option<String>,
    /// Only of this mount point, block device or interface.
    dimension: Option<String>,
    /// Since then (RFC 3339); a day before `to` unless said.
    from: Option<String>,
    /// Until then (RFC 3339); now unless said. At most 31 days after `from`.
    to: Option<String>,
    /// Seconds between two points: 300, 3600 or 86400. As close as 2016 points allow unless said.
    step_s: Option<i64>,
}

/// What an item measured over a stretch of time.
#[derive(Debug, Serialize, ToSchema)]
struct Samples {
    from: Timestamp,
    to: Timestamp,
    /// Seconds between two points.
    step_s: i64,
    series: Vec<SampleSeries>,
}

/// One metric over time.
#[derive(Debug, Serialize, ToSchema)]
struct SampleSeries {
    metric: String,
    /// A mount point, block device or interface.
    dimension: Option<String>,
    /// `ratio`, `bytes`, `bytes_per_second`, `seconds` or `count`.
    unit: &'static str,
    /// Oldest first, each with five numbers: seconds since 1970, least, mean, greatest, 95th percentile. Where nothing
    /// was measured there is no point. Of an agent that was away for long there are only hours: such an hour stands at
    /// every step of it.
    points: Vec<[f64; 5]>,
}

/// What an item measured last.
#[derive(Debug, Serialize, ToSchema)]
struct LatestSamples {
    /// When the window began; absent if nothing was ever measured.
    at: Option<Timestamp>,
    /// Its length in seconds.
    window_s: Option<i32>,
    values: Vec<LatestSample>,
}

/// One metric in one window.
#[derive(Debug, Serialize, ToSchema)]
struct LatestSample {
    metric: String,
    dimension: Option<String>,
    unit: &'static str,
    mean: f64,
    max: f64,
    p95: f64,
}

#[utoipa::path(get, path = "/cis/{id}/samples", operation_id = "list_ci_samples", tag = "capacity",
    params(("id" = CiId, Path), SampleQuery), responses((status = 200, body = Samples)))]
async fn list_ci_samples(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    Query(query): Query<SampleQuery>,
    store: web::Data<Store>,
) -> Result<web::Json<Samples>, Problem> {
    let span = span(&query, allowed.ctx.now)?;
    let wanted = Wanted { metric: query.metric, dimension: query.dimension };
    let lines = store.read(move |conn| service::list(conn, &allowed.ctx.scope, id, &span, &wanted)).await?;
    let Span { from, to, step } = span;
    let series = lines.into_iter().map(SampleSeries::from).collect();
    Ok(web::Json(Samples { from, to, step_s: step.seconds(), series }))
}

#[utoipa::path(get, path = "/cis/{id}/samples/latest", operation_id = "get_latest_ci_samples", tag = "capacity",
    params(("id" = CiId, Path)), responses((status = 200, body = LatestSamples)))]
async fn get_latest_ci_samples(
    allowed: Allowed<may::CiRead>,
    Path(id): Path<CiId>,
    store: web::Data<Store>,
) -> Result<web::Json<LatestSamples>, Problem> {
    let newest = store.read(move |conn| service::latest(conn, &allowed.ctx.scope, id)).await?;
    let (at, window_s) = newest.as_ref().map(|window| (window.at, window.length_s)).unzip();
    let series = newest.into_iter().flat_map(|window| window.series);
    Ok(web::Json(LatestSamples { at, window_s, values: series.map(LatestSample::from).collect() }))
}

fn span(query: &SampleQuery, now: Timestamp) -> Result<Span, Problem> {
    let to = time("to", query.to.as_deref())?.unwrap_or(now);
    let day_before = || to.checked_sub(DEFAULT_SPAN).unwrap_or(Timestamp::MIN);
    let from = time("from", query.from.as_deref())?.unwrap_or_else(day_before);
    let step = match query.step_s {
        None => None,
        Some(seconds) => {
            let unknown = || Problem::field("step_s", "unknown", "one of: 300, 3600, 86400");
            Some(Step::of_seconds(seconds).ok_or_else(unknown)?)
        }
    };
    Span::new(from, to, step).map_err(refusal)
}

fn time(field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, Problem> {
    let malformed = |_error| Problem::field(field, "malformed", "a time as RFC 3339 writes it: 2026-11-21T12:00:00Z");
    text.map(str::parse).transpose().map_err(malformed)
}

fn refusal(error: SpanError) -> Problem {
    match error {
        SpanError::Backwards => Problem::field("to", "too_early", error.to_string()),
        SpanError::TooLong => {
            let mut problem = Problem::field("from", "too_early", error.to_string());
            problem.errors.iter_mut().for_each(|one| one.limit = Some(SPAN_MAX.as_secs()));
            problem
        }
    }
}

/// Seconds of any year that a time can name are exact in a double.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "seconds of a `Timestamp` are within 2^53")]
fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

impl From<Line> for SampleSeries {
    fn from(line: Line) -> Self {
        let points = line.points.iter().map(|one| [seconds(one.at), one.min, one.mean, one.max, one.p95]).collect();
        Self { unit: unit(&line.metric), metric: line.metric, dimension: line.dimension, points }
    }
}

impl From<Series> for LatestSample {
    fn from(one: Series) -> Self {
        let Series { metric, dimension, mean, max, p95, .. } = one;
        Self { unit: unit(&metric), metric, dimension, mean, max, p95 }
    }
}
