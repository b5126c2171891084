//! 64 bits as they stand on the wire: sixteen lower-case hexadecimal digits, because a JSON number does not hold 64 bits
//! everywhere.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes `number`.
pub(super) fn write(number: u64, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "{number:016x}")
}

/// Writes `number` as text.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(super) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{number:016x}"))
}

/// Reads such a text, and no other.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_hex = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let number = if is_hex { u64::from_str_radix(&text, 16).ok() } else { None };
    number.ok_or_else(|| D::Error::custom("16 lower-case hexadecimal digits are needed"))
}
