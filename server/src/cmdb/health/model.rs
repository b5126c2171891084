//! What is judged.

use std::fmt;

/// Something that can be wrong with an item, or an area of such things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = HealthCheck)]
pub enum Check {
    /// Anything of this area.
    Correctness,
    /// It was seen, and not for a day.
    Silent,
    /// Nothing is known to do with it.
    Orphan,
    /// It is asked whether it is the same as another.
    Duplicate,
    /// It is retired or disposed of, and seen all the same.
    Returned,
    /// Anything of this area.
    Completeness,
    /// Its class requires a value that it does not have.
    Required,
    /// Its class recommends a value that it does not have.
    Recommended,
    /// Anything of this area.
    Compliance,
    /// Nobody answers for it.
    Owner,
    /// Nobody said how much it matters.
    Criticality,
    /// Nobody said what it is used for.
    Environment,
    /// A source says something of it that its class forbids.
    Refused,
    /// Nobody confirmed it in time, though a policy asks for it.
    Unattested,
}

/// What an area is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = HealthArea)]
pub enum Area {
    /// Whether what stands there is so.
    Correctness,
    /// Whether all stands there that should.
    Completeness,
    /// Whether it is kept as it should be.
    Compliance,
}

/// How many were judged, and how many of them failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were judged.
    pub judged: u64,
    /// How many of them failed.
    pub failing: u64,
}

impl Check {
    /// Every check, areas before what belongs to them.
    pub const ALL: [Self; 14] = [
        Self::Correctness,
        Self::Silent,
        Self::Orphan,
        Self::Duplicate,
        Self::Returned,
        Self::Completeness,
        Self::Required,
        Self::Recommended,
        Self::Compliance,
        Self::Owner,
        Self::Criticality,
        Self::Environment,
        Self::Refused,
        Self::Unattested,
    ];

    /// The areas.
    pub const AREAS: [Self; 3] = [Self::Correctness, Self::Completeness, Self::Compliance];

    /// The name in the API and in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Silent => "silent",
            Self::Orphan => "orphan",
            Self::Duplicate => "duplicate",
            Self::Returned => "returned",
            Self::Completeness => "completeness",
            Self::Required => "required",
            Self::Recommended => "recommended",
            Self::Compliance => "compliance",
            Self::Owner => "owner",
            Self::Criticality => "criticality",
            Self::Environment => "environment",
            Self::Refused => "refused",
            Self::Unattested => "unattested",
        }
    }

    /// The area that it belongs to or is.
    #[must_use]
    pub const fn area(self) -> Area {
        match self {
            Self::Correctness | Self::Silent | Self::Orphan | Self::Duplicate | Self::Returned => Area::Correctness,
            Self::Completeness | Self::Required | Self::Recommended => Area::Completeness,
            Self::Compliance
            | Self::Owner
            | Self::Criticality
            | Self::Environment
            | Self::Refused
            | Self::Unattested => Area::Compliance,
        }
    }

    /// Whether it stands for all of its area.
    #[must_use]
    pub fn is_area(self) -> bool {
        Self::AREAS.contains(&self)
    }

    /// What it consists of: itself, or what belongs to the area.
    pub fn parts(self) -> impl Iterator<Item = Self> {
        let of_area = move |one: &Self| one.area() == self.area() && !one.is_area();
        Self::ALL.into_iter().filter(move |one| if self.is_area() { of_area(one) } else { *one == self })
    }

    /// Whether it is judged as of today whatever time is looked at, because no history of it is kept.
    #[must_use]
    pub fn is_of_today(self) -> bool {
        self.parts().any(|one| matches!(one, Self::Silent | Self::Returned | Self::Refused | Self::Unattested))
    }
}

impl Area {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Completeness => "completeness",
            Self::Compliance => "compliance",
        }
    }
}

impl Tally {
    /// The share that passed, in percent with one decimal; nothing where nothing was judged.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        let share = |part: u64| f64::from(u32::try_from(part).unwrap_or(u32::MAX));
        // What is not all must not look as if it were.
        let rounded = |of: f64| if self.failing > 0 { (of * 10.0).floor() / 10.0 } else { 100.0 };
        (self.judged > 0).then(|| rounded(share(self.judged - self.failing) * 100.0 / share(self.judged)))
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.judged += more.judged;
        self.failing += more.failing;
    }
}

impl fmt::Display for Check {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Tally};

    #[test]
    fn every_check_belongs_to_one_area() {
        let parts: Vec<Check> = Check::AREAS.into_iter().flat_map(Check::parts).collect();
        let mut all: Vec<Check> = Check::ALL.into_iter().filter(|one| !one.is_area()).collect();
        all.sort_unstable();
        assert_eq!(parts, all);
    }

    #[test]
    fn nothing_but_all_is_a_hundred_percent() {
        let percent = |judged, failing| Tally { judged, failing }.percent();
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(3, 0), Some(100.0));
        assert_eq!(percent(100_000, 1), Some(99.9));
        assert_eq!(percent(3, 1), Some(66.6));
        assert_eq!(percent(3, 3), Some(0.0));
    }
}
