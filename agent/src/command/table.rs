//! A document as aligned text: fields as lines, lists of objects as tables. What a terminal would obey is escaped.

use std::fmt::Write as _;

use super::document::Document;

/// Widest cell of a table, in characters.
const WIDEST: usize = 60;

/// Writes `document` to `out`, indented by two.
pub(super) fn render(document: &Document, out: &mut String) {
    let Document::Fields(fields) = document else {
        let _infallible = writeln!(out, "  {}", inline(document));
        return;
    };
    let mut lines = Vec::new();
    let mut tables = Vec::new();
    sort_out("", fields, &mut lines, &mut tables);
    lines.retain(|(_, value)| !value.is_empty());
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, value) in lines {
        let _infallible = writeln!(out, "  {name:<width$}  {value}");
    }
    for (name, rows) in tables {
        let _infallible = writeln!(out, "  {name} ({})", rows.len());
        write_table(rows, out);
    }
}

type Fields = [(String, Document)];

/// Single values become lines, with the names of what they stand in before theirs; lists of objects become tables.
fn sort_out<'a>(
    prefix: &str,
    fields: &'a Fields,
    lines: &mut Vec<(String, String)>,
    tables: &mut Vec<(String, &'a [Document])>,
) {
    for (name, value) in fields {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            Document::Nothing => {}
            Document::Fields(inner) => sort_out(&name, inner, lines, tables),
            Document::List(items) if items.iter().any(|item| matches!(item, Document::Fields(_))) => {
                tables.push((name, items));
            }
            other => lines.push((name, inline(other))),
        }
    }
}

fn write_table(rows: &[Document], out: &mut String) {
    let mut columns: Vec<&str> = Vec::new();
    for (name, value) in rows.iter().flat_map(fields_of) {
        if !columns.contains(&name.as_str()) && !inline(value).is_empty() {
            columns.push(name);
        }
    }
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    let width = |column: &(usize, &&str)| {
        let widest = cells.iter().filter_map(|row| row.get(column.0)).map(|cell| cell.chars().count()).max();
        widest.unwrap_or(0).max(column.1.chars().count())
    };
    let widths: Vec<usize> = columns.iter().enumerate().map(|column| width(&column)).collect();
    write_row(&columns.iter().map(|column| column.to_uppercase()).collect::<Vec<_>>(), &widths, out);
    for row in &cells {
        write_row(row, &widths, out);
    }
}

fn write_row(cells: &[String], widths: &[usize], out: &mut String) {
    let mut line = String::from("   ");
    for (cell, width) in cells.iter().zip(widths) {
        let _infallible = write!(line, " {cell:<width$} ");
    }
    let _infallible = writeln!(out, "{}", line.trim_end());
}

fn fields_of(row: &Document) -> &Fields {
    match row {
        Document::Fields(fields) => fields,
        _ => &[],
    }
}

fn cell(row: &Document, column: &str) -> String {
    let value =
        fields_of(row).iter().find(|(name, _)| name == column).map(|(_, value)| inline(value)).unwrap_or_default();
    if value.chars().count() <= WIDEST { value } else { value.chars().take(WIDEST - 1).chain(['…']).collect() }
}

fn inline(value: &Document) -> String {
    match value {
        Document::Nothing => String::new(),
        Document::Text(text) => text.chars().flat_map(visible).collect(),
        Document::List(items) => items.iter().map(inline).collect::<Vec<_>>().join(", "),
        Document::Fields(fields) => {
            let pairs = fields.iter().map(|(name, value)| (name, inline(value))).filter(|(_, value)| !value.is_empty());
            pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        }
    }
}

fn visible(char: char) -> Vec<char> {
    let is_bidi = matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if char.is_control() || is_bidi { char.escape_default().collect() } else { vec![char] }
}

#[cfg(test)]
mod tests {
    use super::render;

    fn text(json: &str) -> String {
        let mut out = String::new();
        render(&serde_json::from_str(json).unwrap(), &mut out);
        out
    }

    #[test]
    fn fields_are_aligned_in_the_order_in_which_they_stand() {
        assert_eq!(
            text(r#"{"zeta":1,"a":{"b":"x","c":null},"e":[],"l":["p","q"]}"#),
            "  zeta  1\n  a.b   x\n  l     p, q\n"
        );
    }

    #[test]
    fn a_list_of_objects_is_a_table_without_columns_that_are_empty() {
        let out = text(
            r#"{"packages":[{"name":"a","version":"1","vendor":null},{"name":"long","version":"2","vendor":null}]}"#,
        );
        assert_eq!(out, "  packages (2)\n    NAME  VERSION\n    a     1\n    long  2\n");
    }

    #[test]
    fn a_terminal_is_not_made_to_obey_a_process_name() {
        let out = text(r#"{"name":"\u001b[2J\u202eabc\r\n"}"#);
        assert!(!out.contains(['\u{1b}', '\r', '\u{202e}']), "{out:?}");
        assert_eq!(out.lines().count(), 1);
    }

    #[test]
    fn a_cell_is_cut_and_shows_that_it_was() {
        let out = text(&format!(r#"{{"p":[{{"c":"{}"}}]}}"#, "x".repeat(500)));
        assert!(out.lines().all(|line| line.chars().count() < 70));
        assert!(out.contains('…'));
    }
}
