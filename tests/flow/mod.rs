//! What passes through several stages, on both databases.

mod reconcile;
mod shipped;
