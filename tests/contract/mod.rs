//! What must stay as it is because others rely on it.

mod authz_coverage;
mod columns;
mod openapi;
mod schema_parity;
mod type_swap;
mod wire_golden;
