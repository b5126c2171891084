//! Values of attributes, by type.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// Longest text in bytes; the same as on the wire from agents.
pub const TEXT_BYTES: usize = 8 << 10;
/// Most entries in a list.
pub const LIST_ENTRIES: usize = 1_000;

/// What kind of value an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttributeType {
    /// Text of at most [`TEXT_BYTES`].
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// A finite number.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A point in time, RFC 3339.
    Datetime,
    /// One of the attribute's choices.
    Enum,
    /// A size in bytes.
    Bytes,
    /// Texts, at most [`LIST_ENTRIES`].
    List,
    /// The id of an item of the attribute's target class.
    Reference,
}

/// The text names no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no type of attribute")]
pub struct UnknownType(pub String);

/// A value that fits its attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    /// Text, or a choice.
    Text(String),
    /// A whole number, or a size in bytes.
    Integer(i64),
    /// A finite number.
    Decimal(f64),
    /// Yes or no.
    Boolean(bool),
    /// A point in time.
    Datetime(Timestamp),
    /// Texts.
    List(Vec<String>),
    /// Another item.
    Reference(Uuid),
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// It is of another type.
    #[error("not {0}")]
    WrongType(&'static str),
    /// It is longer than allowed.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// In bytes.
        limit: usize,
    },
    /// It has more entries than allowed.
    #[error("more than {limit} entries")]
    TooMany {
        /// In entries.
        limit: usize,
    },
    /// It is a number beyond what is kept.
    #[error("not within {min} to {max}")]
    OutOfRange {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// It is none of the choices.
    #[error("none of: {0}")]
    NoChoice(String),
    /// Nothing, where something is needed.
    #[error("empty")]
    Empty,
    /// It has more characters than allowed.
    #[error("longer than {limit} characters")]
    TooManyCharacters {
        /// In characters.
        limit: usize,
    },
    /// It has a character that a tag has not.
    #[error("a tag without commas, semicolons and control characters")]
    NoTag,
}

impl AttributeType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Integer,
        Self::Decimal,
        Self::Boolean,
        Self::Datetime,
        Self::Enum,
        Self::Bytes,
        Self::List,
        Self::Reference,
    ];

    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Enum => "enum",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Reference => "reference",
        }
    }

    /// Reads a value of this type from JSON. Choices are judged by the attribute.
    pub(super) fn read(self, value: &Value) -> Result<AttributeValue, ValueError> {
        let wrong = ValueError::WrongType(self.description());
        match self {
            Self::Text | Self::Enum => text(value.as_str().ok_or(wrong)?).map(AttributeValue::Text),
            Self::Integer => integer(value, wrong, i64::MIN),
            Self::Bytes => integer(value, wrong, 0),
            Self::Decimal => {
                let number = value.as_f64().filter(|number| number.is_finite());
                number.map(AttributeValue::Decimal).ok_or(wrong)
            }
            Self::Boolean => value.as_bool().map(AttributeValue::Boolean).ok_or(wrong),
            Self::Datetime => value.as_str().and_then(instant).map(AttributeValue::Datetime).ok_or(wrong),
            Self::List => list(value.as_array().ok_or(wrong)?),
            Self::Reference => value.as_str().and_then(reference).map(AttributeValue::Reference).ok_or(wrong),
        }
    }

    /// Reads a value of this type as people write it in a query string. A list is read as one of its entries.
    pub(super) fn read_text(self, written: &str) -> Result<AttributeValue, ValueError> {
        let wrong = ValueError::WrongType(self.description());
        match self {
            Self::Text | Self::Enum | Self::List => text(written).map(AttributeValue::Text),
            Self::Integer | Self::Bytes => written.parse().map(AttributeValue::Integer).ok().ok_or(wrong),
            Self::Decimal => {
                let number = written.parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(AttributeValue::Decimal).ok_or(wrong)
            }
            Self::Boolean => written.parse().map(AttributeValue::Boolean).ok().ok_or(wrong),
            Self::Datetime => instant(written).map(AttributeValue::Datetime).ok_or(wrong),
            Self::Reference => reference(written).map(AttributeValue::Reference).ok_or(wrong),
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Decimal => "a finite number",
            Self::Boolean => "true or false",
            Self::Datetime => "a time (RFC 3339)",
            Self::Enum => "one of the choices",
            Self::Bytes => "a number of bytes",
            Self::List => "a list of texts",
            Self::Reference => "the id of an item",
        }
    }
}

impl AttributeValue {
    /// The value as JSON text, the same text for the same value: what `cmdb_value.value` holds.
    #[must_use]
    pub fn to_stored(&self) -> String {
        self.to_json().to_string()
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Integer(number) => Value::from(*number),
            Self::Decimal(number) => Value::from(*number),
            Self::Boolean(truth) => Value::from(*truth),
            Self::Datetime(at) => Value::from(at.to_string()),
            Self::List(texts) => Value::from(texts.as_slice()),
            Self::Reference(id) => Value::from(id.to_string()),
        }
    }
}

impl fmt::Display for AttributeType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for AttributeType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or_else(|| UnknownType(text.to_owned()))
    }
}

/// Both databases keep text without NUL: it is shown as the symbol for it.
fn text(text: &str) -> Result<String, ValueError> {
    if text.len() > TEXT_BYTES {
        return Err(ValueError::TooLong { limit: TEXT_BYTES });
    }
    Ok(text.replace('\0', "\u{2400}"))
}

fn integer(value: &Value, wrong: ValueError, min: i64) -> Result<AttributeValue, ValueError> {
    let beyond = ValueError::OutOfRange { min, max: i64::MAX };
    match (value.as_i64(), value.as_u64()) {
        (Some(number), _) if number < min => Err(beyond),
        (Some(number), _) => Ok(AttributeValue::Integer(number)),
        (None, Some(_)) => Err(beyond),
        (None, None) => Err(wrong),
    }
}

/// Whole microseconds, as both databases keep times.
fn instant(written: &str) -> Option<Timestamp> {
    let at: Timestamp = written.parse().ok()?;
    Timestamp::from_microsecond(at.as_microsecond()).ok()
}

fn reference(written: &str) -> Option<Uuid> {
    Uuid::try_parse(written).ok()
}

fn list(entries: &[Value]) -> Result<AttributeValue, ValueError> {
    if entries.len() > LIST_ENTRIES {
        return Err(ValueError::TooMany { limit: LIST_ENTRIES });
    }
    let wrong = || ValueError::WrongType(AttributeType::List.description());
    let texts = entries.iter().map(|entry| text(entry.as_str().ok_or_else(wrong)?));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    if texts.iter().map(String::len).sum::<usize>() > TEXT_BYTES {
        return Err(ValueError::TooLong { limit: TEXT_BYTES });
    }
    Ok(AttributeValue::List(texts))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{AttributeType, AttributeValue, TEXT_BYTES, ValueError};

    #[test]
    fn each_type_takes_its_own_values_only() {
        let samples = [
            (AttributeType::Text, json!("x")),
            (AttributeType::Integer, json!(-4)),
            (AttributeType::Decimal, json!(0.5)),
            (AttributeType::Boolean, json!(true)),
            (AttributeType::Datetime, json!("2026-11-21T22:15:19Z")),
            (AttributeType::List, json!(["a", "b"])),
        ];
        for (kind, value) in &samples {
            assert_eq!(kind.read(value).unwrap().to_json(), *value, "{kind}");
        }
        for kind in AttributeType::ALL {
            for wrong in [json!(null), json!({"a": 1}), json!([1])] {
                assert!(kind.read(&wrong).is_err(), "{kind} {wrong}");
            }
        }
    }

    #[test]
    fn numbers_that_are_not_kept_exactly_are_refused() {
        assert!(matches!(AttributeType::Integer.read(&json!(u64::MAX)), Err(ValueError::OutOfRange { .. })));
        assert!(matches!(AttributeType::Bytes.read(&json!(-1)), Err(ValueError::OutOfRange { .. })));
        assert!(AttributeType::Integer.read(&json!(1.5)).is_err());
        assert!(AttributeType::Decimal.read_text("NaN").is_err());
        assert!(AttributeType::Decimal.read_text("inf").is_err());
    }

    #[test]
    fn a_text_is_kept_byte_for_byte_up_to_the_limit() {
        let text = "'); DROP TABLE ci;-- \u{202e} 한국어 \u{1b}[2J".to_owned();
        let read = AttributeType::Text.read(&json!(text)).unwrap();
        assert_eq!(read, AttributeValue::Text(text));
        let longest = "x".repeat(TEXT_BYTES);
        assert!(AttributeType::Text.read(&json!(longest)).is_ok());
        let too_long = format!("{longest}x");
        assert_eq!(AttributeType::Text.read(&json!(too_long)), Err(ValueError::TooLong { limit: TEXT_BYTES }));
    }

    #[test]
    fn nul_is_shown_because_no_database_text_holds_it() {
        assert_eq!(AttributeType::Text.read(&json!("a\0b")), Ok(AttributeValue::Text("a\u{2400}b".into())));
    }

    #[test]
    fn the_same_value_has_the_same_stored_text_however_it_was_written() {
        let stored = |kind: AttributeType, text| kind.read_text(text).unwrap().to_stored();
        assert_eq!(stored(AttributeType::Decimal, "4"), stored(AttributeType::Decimal, "4.0"));
        assert_eq!(AttributeType::Decimal.read(&json!(4)).unwrap().to_stored(), "4.0");
        assert_eq!(stored(AttributeType::Datetime, "2026-01-01T09:00:00+09:00"), "\"2026-01-01T00:00:00Z\"");
    }
}
