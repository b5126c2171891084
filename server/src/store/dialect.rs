//! Where the two databases really differ, one function each.

/// `column LIKE '%needle%'`, without regard to ASCII case, with the needle taken literally.
///
/// SQLite's `LIKE` ignores ASCII case by itself; PostgreSQL wants `ILIKE`. Escapes are backslashes on both.
#[must_use]
pub fn contains_pattern(needle: &str) -> String {
    let mut pattern = String::with_capacity(needle.len() + 2);
    pattern.push('%');
    for character in needle.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

diesel::define_sql_function! {
    /// The text in lower case. SQLite folds ASCII only, PostgreSQL all letters.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
