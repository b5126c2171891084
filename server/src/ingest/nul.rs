//! NUL characters in JSON text, replaced by their picture. Pure.
//!
//! PostgreSQL's text and `jsonb` have no NUL, SQLite's have; so that both databases hold the same, neither gets one.

/// `\u0000` in the JSON text becomes `\u2400` (SYMBOL FOR NULL); `None` if there is none.
pub(super) fn replaced(json: &str) -> Option<String> {
    // Hardly any report has one, and looking is a tenth of copying.
    memchr::memmem::find(json.as_bytes(), b"u0000")?;
    let mut found = false;
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, escape)) = rest.split_once('\\') {
        clean.push_str(before);
        clean.push('\\');
        // What follows a backslash is one character; so the second of two backslashes begins nothing.
        if let Some(after) = escape.strip_prefix("u0000") {
            clean.push_str("u2400");
            found = true;
            rest = after;
        } else {
            let mut characters = escape.chars();
            clean.extend(characters.next());
            rest = characters.as_str();
        }
    }
    clean.push_str(rest);
    found.then_some(clean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::replaced;

    proptest! {
        #[test]
        fn exactly_the_nul_characters_are_replaced(text in r#"[\x00-\x02\\"u0a-b]{0,40}"#) {
            let json = serde_json::to_string(&text).unwrap();
            let clean = replaced(&json);
            prop_assert_eq!(clean.is_some(), text.contains('\0'));
            let read: String = serde_json::from_str(clean.as_deref().unwrap_or(&json)).unwrap();
            prop_assert_eq!(read, text.replace('\0', "\u{2400}"));
        }
    }

    #[test]
    fn a_backslash_before_u0000_is_no_nul() {
        assert_eq!(replaced(r#""\\u0000""#), None);
        assert_eq!(replaced(r#""\\\u0000""#).as_deref(), Some(r#""\\\u2400""#));
    }
}
