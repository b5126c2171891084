//! Tables that people import: CSV in several encodings and lines of JSON.

use terrier_server::imports::model::table::read::read;
use terrier_server::imports::model::table::{COLUMNS_MAX, ROWS_MAX};
use terrier_server::kernel::cell::{armed, defused, plain};

pub(crate) fn run(bytes: &[u8]) {
    let Ok(table) = read(bytes.to_vec(), None) else { return };
    assert!(table.headings.len() <= COLUMNS_MAX, "{} columns", table.headings.len());
    assert!(table.rows.len() <= ROWS_MAX, "{} rows", table.rows.len());
    for row in &table.rows {
        assert!(row.line > 0 && row.cells.len() <= table.headings.len(), "a row without a place");
        for cell in &row.cells {
            let text = plain(cell);
            let harmless = defused(text.clone());
            assert!(!harmless.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula");
            assert_eq!(armed(&harmless), text, "a cell that does not come back");
        }
    }
}
