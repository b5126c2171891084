//! What must stay as it is because others rely on it.

mod columns;
