//! Values as cells of a table that people open in a spreadsheet, and back again.

use serde_json::Value;

/// With these a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A value as a cell: a text without quotes, a list with semicolons, everything else as JSON has it.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(entries) => list(entries).unwrap_or_else(|| value.to_string()),
        _ => value.to_string(),
    }
}

/// The entries of a list with semicolons between them; none if they could not be told apart again.
fn list(entries: &[Value]) -> Option<String> {
    let texts: Vec<&str> = entries.iter().map(Value::as_str).collect::<Option<_>>()?;
    let is_clear = |text: &&str| !text.is_empty() && text.trim() == *text && !text.contains([';', '\n']);
    let first_is_clear = texts.first().is_none_or(|text| !text.starts_with('['));
    (texts.iter().all(is_clear) && first_is_clear && !texts.is_empty()).then(|| texts.join("; "))
}

/// The list in a cell.
#[must_use]
pub fn entries(cell: &str) -> Value {
    if let Ok(value @ Value::Array(_)) = serde_json::from_str(cell) {
        return value;
    }
    cell.split(';').map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe, and so does what could be
/// taken for one that got it.
#[must_use]
pub fn defused(cell: String) -> String {
    if cell.trim_start_matches('\'').starts_with(FORMULA) { format!("'{cell}") } else { cell }
}

/// What a cell was before it was made harmless.
#[must_use]
pub fn armed(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{armed, defused, entries, plain};

    #[test]
    fn what_begins_like_a_formula_becomes_text() {
        for cell in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1"] {
            assert_eq!(defused(cell.to_owned()), format!("'{cell}"));
        }
        for cell in ["", "web-1", "a=b", "10.0.0.1", "한국", "'quoted'"] {
            assert_eq!(defused(cell.to_owned()), cell);
        }
    }

    #[test]
    fn a_value_is_written_without_the_marks_of_json() {
        assert_eq!(plain(&json!("a \"b\"")), "a \"b\"");
        assert_eq!(plain(&json!(["a", "b"])), "a; b");
        assert_eq!(plain(&json!(4)), "4");
        assert_eq!(plain(&json!(true)), "true");
        assert_eq!(plain(&Value::Null), "");
    }

    proptest! {
        #[test]
        fn a_cell_comes_back_as_it_was(cell in "['=+@a\\-\t가]{0,6}") {
            let harmless = defused(cell.clone());
            prop_assert!(!harmless.starts_with(super::FORMULA));
            prop_assert_eq!(armed(&harmless), cell);
        }

        #[test]
        fn a_list_comes_back_as_it_was(list in prop::collection::vec("[a; \\[\"가]{0,4}", 0..4)) {
            let value = Value::from(list);
            prop_assert_eq!(entries(&plain(&value)), value);
        }
    }
}
