//! Constraints: what the values of an attribute must be like. Data, not code.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::attribute::Label;

/// Longest pattern in bytes.
pub const PATTERN_BYTES: usize = 1_000;
/// Largest compiled pattern in bytes.
const COMPILED_BYTES: usize = 1 << 20;
/// How deep groups of a pattern may lie within each other.
const PATTERN_DEPTH: u32 = 50;
/// Most patterns, and most conditions, of one attribute in one class.
pub const RULES_MAX: usize = 10;

/// What the values of an attribute must be like. The default allows everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// There must be a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// There should be a value; its absence counts against completeness.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recommended: bool,
    /// The least number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub min: Option<Number>,
    /// The greatest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub max: Option<Number>,
    /// The fewest characters of a text, or of each entry of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// The most characters of a text, or of each entry of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// What a text, or each entry of a list, must match as a whole; all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<Pattern>,
    /// Among which items no other may have the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique: Option<Unique>,
    /// There must be a value if one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_if: Vec<Condition>,
}

/// Among which items a value is unique. Retired and disposed items do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unique {
    /// Items of exactly the same class.
    Class,
    /// Items that the constraint holds for, in the same organisation.
    Organisation,
    /// All items that the constraint holds for.
    Installation,
}

/// Another attribute that has a value, or one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The other attribute.
    pub attribute: String,
    /// One of these; any value if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<serde_json::Value>,
}

/// A regular expression that a text must match as a whole. Time is linear in the text: there is no backtracking.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// As it is written, in the syntax of the `regex` crate.
    pub regex: String,
    /// What people read instead of the expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Label>,
    #[serde(skip)]
    #[schema(ignore)]
    compiled: Arc<OnceLock<Option<Regex>>>,
}

impl Pattern {
    /// A pattern; whether it compiles, [`Pattern::fault`] says.
    #[must_use]
    pub fn new(regex: impl Into<String>) -> Self {
        Self { regex: regex.into(), hint: None, compiled: Arc::default() }
    }

    /// Why it cannot be used.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.regex.len() > PATTERN_BYTES {
            return Some(format!("longer than {PATTERN_BYTES} bytes"));
        }
        // Alone, too, so that nothing in it closes the group that it is put into.
        let alone = builder(&self.regex).build().err();
        alone.or_else(|| builder(&whole(&self.regex)).build().err()).map(|error| error.to_string())
    }

    /// Whether the whole text matches. A pattern that does not compile matches nothing.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| builder(&whole(&self.regex)).build().ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

fn whole(regex: &str) -> String {
    format!(r"\A(?:{regex})\z")
}

fn builder(regex: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(regex);
    builder.size_limit(COMPILED_BYTES).dfa_size_limit(COMPILED_BYTES).nest_limit(PATTERN_DEPTH);
    builder
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.regex, &self.hint) == (&other.regex, &other.hint)
    }
}

impl Eq for Pattern {}

/// How two numbers compare; whole ones exactly.
#[must_use]
pub fn compare(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

impl Rules {
    /// Whether they allow everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        let greater = |left: &Number, right: &Number| compare(left, right) != Some(Ordering::Less);
        self.required |= other.required;
        self.recommended |= other.recommended;
        self.min = match (self.min, other.min.clone()) {
            (Some(left), Some(right)) => Some(if greater(&left, &right) { left } else { right }),
            (left, right) => left.or(right),
        };
        self.max = match (self.max, other.max.clone()) {
            (Some(left), Some(right)) => Some(if greater(&left, &right) { right } else { left }),
            (left, right) => left.or(right),
        };
        self.min_length = self.min_length.max(other.min_length);
        self.max_length = match (self.max_length, other.max_length) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        self.patterns
            .extend(other.patterns.iter().filter(|one| !self.patterns.contains(one)).cloned().collect::<Vec<_>>());
        self.unique = self.unique.max(other.unique);
        self.required_if.extend(
            other.required_if.iter().filter(|one| !self.required_if.contains(one)).cloned().collect::<Vec<_>>(),
        );
        self
    }

    /// Whether no value can keep to them.
    #[must_use]
    pub fn is_contradiction(&self) -> bool {
        let numbers = self.min.as_ref().zip(self.max.as_ref());
        let numbers = numbers.is_some_and(|(min, max)| compare(min, max) == Some(Ordering::Greater));
        numbers || self.min_length.zip(self.max_length).is_some_and(|(min, max)| min > max)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Pattern, Rules, Unique};

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let pattern = Pattern::new("[A-Z]{2}|x");
        assert!(pattern.matches("AB") && pattern.matches("x"));
        assert!(!pattern.matches("ABC") && !pattern.matches("xx") && !pattern.matches("AB\n"));
    }

    #[test]
    fn a_pattern_that_would_escape_its_group_or_is_none_is_refused() {
        for wrong in
            ["a)|(b", "(", "(?x)a #", r"(a)\1", "(?=a)", &"(".repeat(60), &"x".repeat(1_001), "(?:a{1000}){1000}"]
        {
            assert!(Pattern::new(wrong).fault().is_some(), "{wrong}");
        }
        assert_eq!(Pattern::new(r"[A-Z]{2}-\d+").fault(), None);
    }

    #[test]
    fn what_is_catastrophic_elsewhere_is_quick_here() {
        let text = format!("{}!", "a".repeat(8_000));
        let began = Instant::now();
        for evil in ["(a+)+", "(a|aa)+", "(a|a?)+", "(.*a){20}"] {
            assert!(!Pattern::new(evil).matches(&text), "{evil}");
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    #[test]
    fn together_the_stricter_of_each_holds() {
        let rules = |text: &str| serde_json::from_str::<Rules>(text).unwrap();
        let left = rules(r#"{"min": 1, "max": 10, "max_length": 5, "unique": "class"}"#);
        let right = rules(r#"{"min": 0.5, "max": 4, "required": true, "max_length": 9, "unique": "installation"}"#);
        let both = left.clone().and(&right);
        assert_eq!((both.min, both.max, both.max_length), (Some(1.into()), Some(4.into()), Some(5)));
        assert!(both.required && both.unique == Some(Unique::Installation));
        assert!(left.and(&rules(r#"{"min": 11}"#)).is_contradiction());
    }
}
