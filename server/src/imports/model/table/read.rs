//! From bytes to rows.

use std::collections::HashMap;

use encoding_rs::EUC_KR;
use serde_json::{Map, Value};

use super::{COLUMNS_MAX, Format, ROWS_MAX, Row, Table};
use crate::imports::model::node::TEXT_BYTES;
use crate::imports::model::refusal::Refusal;
use crate::imports::model::{encoding, unpack};
use crate::kernel::cell::armed;

/// What separates cells.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// How deep JSON of one line may nest: a list of an object's.
const DEPTH: usize = 4;

/// Reads a table; the separator of CSV is found out unless said.
///
/// # Errors
///
/// [`Refusal`] names the place and what is wrong there.
pub fn read(bytes: Vec<u8>, separator: Option<char>) -> Result<Table, Refusal> {
    let (text, encoding) = decoded(unpack::unpack(bytes)?)?;
    if text.trim_start().starts_with('{') {
        return lines_of_json(&text, encoding);
    }
    let separator = separator.unwrap_or_else(|| separator_of(&text));
    cells(&text, encoding, separator)
}

/// The text, and in which encoding it is: by its byte order mark, else UTF-8, else what Korean spreadsheets write.
fn decoded(bytes: Vec<u8>) -> Result<(String, &'static str), Refusal> {
    let name = match bytes.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "utf-16",
        _ => "utf-8",
    };
    let is_marked = name == "utf-16" || bytes.starts_with(&[0xef, 0xbb, 0xbf]);
    if is_marked || std::str::from_utf8(&bytes).is_ok() {
        return Ok((encoding::text(bytes)?, name));
    }
    match EUC_KR.decode_without_bom_handling_and_without_replacement(&bytes) {
        Some(text) => Ok((text.into_owned(), "euc-kr")),
        None => Err(Refusal::Encoding("neither UTF-8 nor EUC-KR (CP949)".to_owned())),
    }
}

/// What stands most often in the first line outside quotes.
fn separator_of(text: &str) -> char {
    let mut counts: HashMap<char, usize> = HashMap::new();
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            one if !quoted && SEPARATORS.contains(&one) => *counts.entry(one).or_default() += 1,
            _ => {}
        }
    }
    let count = |one: &char| counts.get(one).copied().unwrap_or_default();
    SEPARATORS.into_iter().rev().max_by_key(count).unwrap_or(',')
}

fn cells(text: &str, encoding: &'static str, separator: char) -> Result<Table, Refusal> {
    let delimiter = u8::try_from(separator).map_err(|_wide| Refusal::malformed("separator", "one of , ; and tab"))?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let wrong = |error: csv::Error| Refusal::malformed("the table", error.to_string());
    let Some(first) = records.next().transpose().map_err(wrong)? else {
        return Err(Refusal::unknown("an empty file"));
    };
    let headings: Vec<String> = first.iter().map(|cell| armed(cell).trim().to_owned()).collect();
    check_headings(&headings)?;
    let mut rows = Vec::new();
    let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
    for record in records {
        let record = record.map_err(wrong)?;
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() > headings.len() {
            let detail = format!("{} cells under {} headings", record.len(), headings.len());
            return Err(Refusal::malformed(format!("line {line}"), detail));
        }
        if record.iter().any(|cell| cell.len() > TEXT_BYTES) {
            return Err(beyond(format!("line {line}"), "bytes in a cell", TEXT_BYTES));
        }
        let cell = |cell: &str| if cell.is_empty() { Value::Null } else { Value::from(armed(cell)) };
        push(&mut rows, Row { line, cells: record.iter().map(cell).collect() })?;
    }
    Ok(Table { format: Format::Csv, encoding, separator: Some(separator), headings, rows })
}

/// Which line a byte stands on.
struct Lines<'a> {
    text: &'a [u8],
    /// How far lines are counted.
    counted: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first byte from here on that ends no line; never asked for one before the last.
    fn of(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        let ends = self.text.iter().skip(byte).take_while(|one| matches!(one, b'\r' | b'\n')).count();
        let begin = byte.saturating_add(ends);
        let between = self.text.get(self.counted..begin).unwrap_or_default();
        self.line = self.line.saturating_add(memchr::memchr_iter(b'\n', between).count());
        self.counted = begin;
        self.line
    }
}

fn lines_of_json(text: &str, encoding: &'static str) -> Result<Table, Refusal> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut headings: Vec<String> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for (line, written) in text.lines().zip(1..).map(|(written, line)| (line, written)) {
        if written.trim().is_empty() {
            continue;
        }
        if written.len() > 4 * TEXT_BYTES {
            return Err(beyond(format!("line {line}"), "bytes in a line", 4 * TEXT_BYTES));
        }
        let object: Map<String, Value> = serde_json::from_str(written)
            .map_err(|error| Refusal::malformed(format!("line {line}"), error.to_string()))?;
        let mut cells: Vec<Value> = Vec::new();
        for (name, value) in flattened(object) {
            if depth(&value) > DEPTH {
                return Err(beyond(format!("line {line}"), "levels", DEPTH));
            }
            let place = *places.entry(name.clone()).or_insert_with(|| {
                headings.push(name);
                headings.len().saturating_sub(1)
            });
            if cells.len() <= place {
                cells.resize(place.saturating_add(1), Value::Null);
            }
            cells.get_mut(place).into_iter().for_each(|cell| *cell = value.clone());
        }
        check_headings(&headings)?;
        push(&mut rows, Row { line, cells })?;
    }
    Ok(Table { format: Format::Ndjson, encoding, separator: None, headings, rows })
}

/// What lies in `attributes` stands beside everything else.
fn flattened(object: Map<String, Value>) -> Vec<(String, Value)> {
    let mut flat = Vec::new();
    for (name, value) in object {
        match value {
            Value::Object(inner) if name == "attributes" => flat.extend(inner),
            value => flat.push((name, value)),
        }
    }
    flat
}

fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(entries) => entries.iter().map(depth).max(),
        Value::Object(entries) => entries.values().map(depth).max(),
        _ => return 1,
    };
    deepest.unwrap_or_default().saturating_add(1)
}

fn check_headings(headings: &[String]) -> Result<(), Refusal> {
    if headings.len() > COLUMNS_MAX {
        return Err(beyond("the headings".to_owned(), "columns", COLUMNS_MAX));
    }
    let twice = headings.iter().enumerate().find(|(place, heading)| {
        !heading.is_empty() && headings.iter().take(*place).any(|earlier| earlier == *heading)
    });
    match twice {
        Some((_, heading)) => Err(Refusal::malformed("the headings", format!("`{heading}` stands there twice"))),
        None => Ok(()),
    }
}

fn push(rows: &mut Vec<Row>, row: Row) -> Result<(), Refusal> {
    if rows.len() >= ROWS_MAX {
        return Err(beyond("the table".to_owned(), "rows", ROWS_MAX));
    }
    rows.push(row);
    Ok(())
}

const fn beyond(place: String, what: &'static str, limit: usize) -> Refusal {
    Refusal::Beyond { place, what, limit }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::read;

    fn table(bytes: &[u8]) -> super::Table {
        read(bytes.to_vec(), None).unwrap()
    }

    #[test]
    fn separators_and_encodings_are_found_out() {
        for (bytes, separator) in [(&b"a,b\r\n1,2\r\n"[..], ','), (b"a;b\n1;2\n", ';'), (b"a\tb\n1\t2", '\t')] {
            let table = table(bytes);
            assert_eq!((table.separator, table.headings.len()), (Some(separator), 2));
            assert_eq!(table.rows[0].cells, [json!("1"), json!("2")]);
        }
        let (korean, _, _) = encoding_rs::EUC_KR.encode("이름,위치\n서버,서울 똠방각하\n");
        let read = table(&korean);
        assert_eq!((read.encoding, read.headings[0].as_str()), ("euc-kr", "이름"));
        assert_eq!(read.rows[0].cells[1], json!("서울 똠방각하"), "CP949 has more than KS X 1001");
        assert_eq!(table("\u{feff}이름\n서버\n".as_bytes()).encoding, "utf-8");
    }

    #[test]
    fn quotes_lines_in_cells_and_harmless_formulas_come_back() {
        let table = table("a,b\r\n\"x\r\n\"\"y\"\"\",'=1+1\r\n,''=2\r\n".as_bytes());
        assert_eq!(table.rows[0].cells, [json!("x\r\n\"y\""), json!("=1+1")]);
        assert_eq!(table.rows[1].cells, [Value::Null, json!("'=2")]);
        assert_eq!((table.rows[0].line, table.rows[1].line), (2, 4));
    }

    #[test]
    fn lines_of_json_keep_their_types_and_may_differ() {
        let table = table(b"{\"name\": \"a\", \"attributes\": {\"cpus\": 4}}\n\n{\"cpus\": 8, \"owner\": null}\n");
        let cell = |row: usize, name: &str| {
            let place = table.headings.iter().position(|one| one == name).unwrap();
            table.rows[row].cells.get(place).cloned().unwrap_or_default()
        };
        assert_eq!((cell(0, "cpus"), cell(1, "cpus"), cell(1, "name")), (json!(4), json!(8), Value::Null));
        assert_eq!(table.rows[1].line, 3);
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_place() {
        for (bytes, expected) in [
            (&b""[..], "empty"),
            (b"a,a\n1,2\n", "stands there twice"),
            (b"a,b\n1,2,3\n", "line 2"),
            (b"{\"a\": 1}\n{", "line 2"),
            (b"\xff\xff\xff,b\n", "neither UTF-8 nor EUC-KR"),
            (b"{\"a\": [[[[1]]]]}\n", "levels"),
        ] {
            let refusal = read(bytes.to_vec(), None).unwrap_err().to_string();
            assert!(refusal.contains(expected), "{refusal}");
        }
        let rows = format!("a\n{}", "1\n".repeat(10_001));
        assert!(read(rows.into_bytes(), None).unwrap_err().to_string().contains("more than 10000 rows"));
    }
}
