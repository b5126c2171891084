//! What passes through several stages, on both databases.

mod shipped;
