//! What passes through several stages, on both databases.

mod both_ends;
mod contained;
mod exactly_once;
mod first_light;
mod installations;
mod reconcile;
mod reconcile_cost;
mod shipped;
mod simulated;
mod twins;
