//! What passes through several stages, on both databases.

mod first_light;
mod reconcile;
mod shipped;
