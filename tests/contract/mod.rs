//! What must stay as it is because others rely on it.

mod columns;
mod schema_parity;
mod wire_golden;
