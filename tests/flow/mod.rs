//! What passes through several stages, on both databases.

mod awkward;
mod both_ends;
mod contained;
mod exactly_once;
mod first_light;
mod hostile_text;
mod imported_files;
mod installations;
mod log_lines;
mod merges;
mod noise;
mod other_sources;
mod placeholders;
mod reconcile;
mod reconcile_cost;
mod refused_values;
mod restored;
mod shipped;
mod simulated;
mod twins;
