//! Which stretch of time is asked for, and how windows become the points of a line.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::codec::Series;

/// Length in seconds of a window as agents measure them, unless they were away for long.
pub const WINDOW_S: i64 = 300;
/// Longest stretch that is answered at once.
pub const SPAN_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Most points of a line, unless a step is asked for: a week of windows.
const POINTS_MAX: i64 = 2_016;

/// What a host measured in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// When it began.
    pub at: Timestamp,
    /// Its length in seconds.
    pub length_s: i32,
    /// Its series.
    pub series: Vec<Series>,
}

/// How far apart the points of a line are. Each step is a whole number of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A point a window: five minutes.
    Window,
    /// A point an hour.
    Hour,
    /// A point a day, in UTC.
    Day,
}

/// A stretch of time and the points in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning; a window that begins then is in it.
    pub from: Timestamp,
    /// Its end; a window that begins then is not in it.
    pub to: Timestamp,
    /// How far apart the points are.
    pub step: Step,
}

/// A stretch that cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It ends before it begins, or when it begins.
    #[error("`to` has to be later than `from`")]
    Backwards,
    /// It is longer than [`SPAN_MAX`].
    #[error("at most {} days at once", SPAN_MAX.as_hours() / 24)]
    TooLong,
}

/// One metric over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The metric.
    pub metric: String,
    /// Which one of several: a mount point, a block device, an interface.
    pub dimension: Option<String>,
    /// Its points, oldest first. Where nothing was measured there is none.
    pub points: Vec<Point>,
}

/// What was measured within a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When the step began.
    pub at: Timestamp,
    /// The least; exact.
    pub min: f64,
    /// The mean; exact, for each window counts as often as it was sampled.
    pub mean: f64,
    /// The greatest; exact.
    pub max: f64,
    /// The 95th percentile of a window; of a longer step the greatest of its windows', which is never too low.
    pub p95: f64,
}

/// Which lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only of this metric.
    pub metric: Option<String>,
    /// Only of this dimension.
    pub dimension: Option<String>,
}

impl Step {
    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Window => WINDOW_S,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    /// The step of this length.
    #[must_use]
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        [Self::Window, Self::Hour, Self::Day].into_iter().find(|step| step.seconds() == seconds)
    }

    /// The finest step that keeps a line within its points.
    fn fitting(length: SignedDuration) -> Self {
        let fits = |step: &Self| length.as_secs() / step.seconds() <= POINTS_MAX;
        [Self::Window, Self::Hour].into_iter().find(fits).unwrap_or(Self::Day)
    }
}

impl Span {
    /// A stretch with points this far apart, or as close as is sensible.
    ///
    /// # Errors
    ///
    /// [`SpanError`] when it is empty or too long.
    pub fn new(from: Timestamp, to: Timestamp, step: Option<Step>) -> Result<Self, SpanError> {
        let length = to.duration_since(from);
        if length <= SignedDuration::ZERO {
            return Err(SpanError::Backwards);
        }
        if length > SPAN_MAX {
            return Err(SpanError::TooLong);
        }
        Ok(Self { from, to, step: step.unwrap_or_else(|| Step::fitting(length)) })
    }

    /// When the step began that a time falls in.
    fn step_of(&self, at: Timestamp) -> Timestamp {
        let step = self.step.seconds();
        Timestamp::from_second(at.as_second().div_euclid(step) * step).unwrap_or(at)
    }
}

impl Wanted {
    /// Whether a series is among them.
    #[must_use]
    pub fn includes(&self, series: &Series) -> bool {
        self.metric.as_ref().is_none_or(|metric| *metric == series.metric)
            && self.dimension.as_ref().is_none_or(|dimension| series.dimension.as_ref() == Some(dimension))
    }
}

/// The unit of a metric, by the ending of its name: `ratio`, `bytes`, `bytes_per_second`, `seconds`, else `count`.
#[must_use]
pub fn unit(metric: &str) -> &'static str {
    let units = ["bytes_per_second", "bytes", "ratio", "seconds"];
    let ends = |unit: &&&str| metric.strip_suffix(**unit).is_some_and(|rest| rest.ends_with('_'));
    units.iter().find(ends).copied().unwrap_or("count")
}

/// The lines of these windows, which come oldest first. A window that is longer than a step stands at each step that it
/// covers and that has none of its own.
#[must_use]
pub fn lines(windows: Vec<Window>, span: &Span, wanted: &Wanted) -> Vec<Line> {
    let step = span.step.seconds();
    let (long, short): (Vec<_>, Vec<_>) = windows.into_iter().partition(|one| i64::from(one.length_s) > step);
    let mut lines = Lines::new();
    for Window { at, series, .. } in short {
        let at = span.step_of(at);
        for one in series.into_iter().filter(|one| wanted.includes(one)) {
            let gathered = Gathered::of(at, &one);
            let line = lines.entry((one.metric, one.dimension)).or_default();
            match line.last_mut() {
                Some(last) if last.point.at == at => last.add(&gathered),
                _ => line.push(gathered),
            }
        }
    }
    for window in long {
        fill(&mut lines, window, span, wanted);
    }
    let line = |((metric, dimension), gathered): ((String, Option<String>), Vec<Gathered>)| Line {
        metric,
        dimension,
        points: gathered.into_iter().map(|one| one.point).collect(),
    };
    lines.into_iter().map(line).collect()
}

type Lines = BTreeMap<(String, Option<String>), Vec<Gathered>>;

fn fill(lines: &mut Lines, window: Window, span: &Span, wanted: &Wanted) {
    let (first, step) = (span.step_of(window.at).as_second(), span.step.seconds());
    let steps = (first..window.at.as_second() + i64::from(window.length_s)).step_by(usize::try_from(step).unwrap_or(1));
    let steps: Vec<Timestamp> = steps.filter_map(|second| Timestamp::from_second(second).ok()).collect();
    for one in window.series.into_iter().filter(|one| wanted.includes(one)) {
        let gathered = Gathered::of(window.at, &one);
        let line = lines.entry((one.metric, one.dimension)).or_default();
        for at in steps.iter().filter(|at| **at < span.to) {
            if let Err(place) = line.binary_search_by_key(at, |one| one.point.at) {
                line.insert(place, Gathered { point: Point { at: *at, ..gathered.point }, ..gathered });
            }
        }
    }
}

/// A point in the making, with the number of samples that its mean stands for.
#[derive(Debug, Clone, Copy)]
struct Gathered {
    point: Point,
    weight: f64,
}

impl Gathered {
    fn of(at: Timestamp, series: &Series) -> Self {
        let Series { min, mean, max, p95, count, .. } = *series;
        Self { point: Point { at, min, mean, max, p95 }, weight: f64::from(count.max(1)) }
    }

    fn add(&mut self, other: &Self) {
        let weight = self.weight + other.weight;
        let (point, more) = (&mut self.point, &other.point);
        point.mean += (more.mean - point.mean) * other.weight / weight;
        point.min = point.min.min(more.min);
        point.max = point.max.max(more.max);
        point.p95 = point.p95.max(more.p95);
        self.weight = weight;
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Span, SpanError, Step, Wanted, Window, lines, unit};
    use crate::capacity::codec::Series;

    fn noon() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn series(count: u32, mean: f64) -> Series {
        let dimension = Some("/".to_owned());
        Series { metric: "x_ratio".into(), dimension, count, min: mean - 1.0, mean, max: mean + 1.0, p95: mean + 0.5 }
    }

    fn window(minute: i64, length_s: i32, series: Vec<Series>) -> Window {
        Window { at: noon() + SignedDuration::from_mins(minute), length_s, series }
    }

    fn hourly() -> Span {
        Span::new(noon(), noon() + SignedDuration::from_hours(2), Some(Step::Hour)).unwrap()
    }

    #[test]
    fn an_hour_has_the_exact_least_mean_and_greatest_of_its_windows() {
        let windows = [(0, series(5, 10.0)), (5, series(1, 40.0)), (60, series(5, 1.0))];
        let windows = windows.map(|(minute, one)| window(minute, 300, vec![one]));
        let lines = lines(windows.into(), &hourly(), &Wanted::default());
        let points: Vec<_> = lines[0].points.iter().map(|one| (one.min, one.mean, one.max, one.p95)).collect();
        assert_eq!(points, [(9.0, 15.0, 41.0, 40.5), (0.0, 1.0, 2.0, 1.5)]);
        assert_eq!(lines[0].points[1].at, noon() + SignedDuration::from_hours(1));
    }

    #[test]
    fn a_gap_stays_a_gap_and_what_is_not_wanted_stays_out() {
        let other = Series { dimension: Some("/var".into()), ..series(5, 3.0) };
        let windows = vec![window(0, 300, vec![series(5, 1.0), other.clone()]), window(60, 300, vec![other])];
        let wanted = Wanted { metric: Some("x_ratio".into()), dimension: Some("/".into()) };
        let lines = lines(windows, &hourly(), &wanted);
        assert_eq!((lines.len(), lines[0].points.len()), (1, 1));
    }

    #[test]
    fn an_hour_stands_at_each_of_its_steps_that_has_no_window_of_its_own() {
        let windows = vec![window(0, 300, vec![series(5, 1.0)]), window(0, 3_600, vec![series(55, 7.0)])];
        let span = Span::new(noon(), noon() + SignedDuration::from_mins(30), Some(Step::Window)).unwrap();
        let means =
            |span| lines(windows.clone(), &span, &Wanted::default())[0].points.iter().map(|one| one.mean).collect();
        let five_minutes: Vec<f64> = means(span);
        assert_eq!(five_minutes, [1.0, 7.0, 7.0, 7.0, 7.0, 7.0]);
        let hours: Vec<f64> = means(hourly());
        assert_eq!(hours, [6.5]);
    }

    #[test]
    fn a_longer_stretch_has_wider_steps() {
        let span =
            |days: i64| Span::new(noon(), noon() + SignedDuration::from_hours(24 * days), None).map(|span| span.step);
        assert_eq!([span(1), span(7), span(8), span(31)], [Step::Window, Step::Window, Step::Hour, Step::Hour].map(Ok));
        assert_eq!(span(32), Err(SpanError::TooLong));
        assert_eq!(Span::new(noon(), noon(), None), Err(SpanError::Backwards));
    }

    #[test]
    fn the_unit_is_the_ending_of_the_name() {
        let names = ["disk_read_bytes_per_second", "memory_used_bytes", "cpu_busy_ratio", "load_1m", "megabytes"];
        assert_eq!(names.map(unit), ["bytes_per_second", "bytes", "ratio", "count", "count"]);
    }
}
