//! Values of filters: patterns, spans of time, comparisons.

use jiff::SignedDuration;

use super::syntax::Value;
use crate::store::dialect::contains_pattern;

/// How something compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Less than it.
    Less,
    /// Not more.
    AtMost,
    /// As much.
    Same,
    /// Not less.
    AtLeast,
    /// More.
    More,
}

impl Relation {
    /// The sign in SQL.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Same => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    /// The sign that a text begins with, and what follows it.
    #[must_use]
    pub fn read(text: &str) -> (Option<Self>, &str) {
        let signs =
            [("<=", Self::AtMost), (">=", Self::AtLeast), ("<", Self::Less), (">", Self::More), ("=", Self::Same)];
        let found = signs.iter().find_map(|(sign, relation)| Some((Some(*relation), text.strip_prefix(sign)?)));
        found.unwrap_or((None, text))
    }
}

/// The value as a pattern for `LIKE`, in lower case; a star stands for anything unless it stood in quotes.
#[must_use]
pub fn pattern(value: &Value) -> String {
    let lower = value.text.replace('\0', "\u{2400}").to_lowercase();
    if value.quoted {
        return literal(&lower);
    }
    lower.split('*').map(literal).collect::<Vec<_>>().join("%")
}

/// The same for a text that is kept as JSON.
#[must_use]
pub fn json_pattern(value: &Value) -> String {
    let lower = value.text.replace('\0', "\u{2400}").to_lowercase();
    let part = |text: &str| {
        let json = serde_json::Value::from(text).to_string();
        literal(json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default())
    };
    let inner = if value.quoted { part(&lower) } else { lower.split('*').map(part).collect::<Vec<_>>().join("%") };
    format!("\"{inner}\"")
}

/// The text as a pattern that matches nothing but itself.
#[must_use]
pub fn literal(text: &str) -> String {
    let pattern = contains_pattern(text);
    pattern.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).unwrap_or_default().to_owned()
}

/// Longest span of time: a hundred years. Before times of which no database knows anything it ends.
const MOST_HOURS: i64 = 100 * 365 * 24;

/// A span of time: `30m`, `12h`, `7d`, `2w`, `1y`.
#[must_use]
pub fn span(text: &str) -> Option<SignedDuration> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| (0..=MOST_HOURS).contains(number))?;
    let hours = match unit {
        'm' => return Some(SignedDuration::from_mins(number)),
        'h' => number,
        'd' => number * 24,
        'w' => number * 24 * 7,
        'y' => number * 24 * 365,
        _ => return None,
    };
    (hours <= MOST_HOURS).then(|| SignedDuration::from_hours(hours))
}

#[cfg(test)]
mod tests {
    use super::{Relation, Value, json_pattern, pattern, span};

    #[test]
    fn a_star_stands_for_anything_and_nothing_else_does() {
        let value = |text: &str, quoted| pattern(&Value { text: text.into(), quoted });
        assert_eq!(value("Web*_1%", false), "web%\\_1\\%");
        assert_eq!(value("a*b", true), "a*b");
        let json = json_pattern(&Value { text: "A\"\\*".into(), quoted: false });
        assert_eq!(json, r#""a\\"\\\\%""#, "escaped for JSON, and that for the pattern");
    }

    #[test]
    fn spans_and_signs() {
        assert_eq!(span("2d").map(|span| span.as_hours()), Some(48));
        for wrong in ["", "d", "-1d", "9999999y", "3", "3 d", "٣d"] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
        assert_eq!(Relation::read(">=3"), (Some(Relation::AtLeast), "3"));
        assert_eq!(Relation::read("3"), (None, "3"));
    }
}
