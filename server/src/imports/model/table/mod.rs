//! Tables: files of rows whose columns somebody says the meaning of.

pub mod convert;
pub mod mapping;
pub mod propose;
pub mod read;

use serde_json::Value;

/// Most rows of a file.
pub const ROWS_MAX: usize = 10_000;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 200;

/// A file of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How it was written.
    pub format: Format,
    /// In which encoding.
    pub encoding: &'static str,
    /// By what its cells are separated, of CSV.
    pub separator: Option<char>,
    /// What stands above its columns.
    pub headings: Vec<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: usize,
    /// Its cells: texts of CSV, whatever JSON has of lines of JSON. Null where there is nothing.
    pub cells: Vec<Value>,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

impl Format {
    /// The name in the API and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}
