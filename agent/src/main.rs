//! The `terrier-agent` program.

fn main() {}
