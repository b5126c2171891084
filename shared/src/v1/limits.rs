//! The limits both sides hold. An agent never sends more; a server refuses more.

/// Largest request body as it crosses the network, in bytes.
pub const COMPRESSED_BODY_BYTES: usize = 1 << 20;
/// Largest request body after decompression, in bytes.
pub const DECODED_BODY_BYTES: usize = 8 << 20;
/// Largest window a zstd frame may ask for, as a power of two (1 MiB).
pub const ZSTD_WINDOW_LOG: u32 = 20;
/// Most reports in one batch.
pub const REPORTS_PER_BATCH: usize = 32;
/// Most items in any list of a section.
pub const ITEMS_PER_LIST: usize = 20_000;
/// Longest string in bytes, but for the fields that say otherwise.
pub const STRING_BYTES: usize = 8 << 10;
/// Longest command line in bytes.
pub const COMMAND_LINE_BYTES: usize = 64 << 10;
/// Deepest nesting of a report body.
pub const DEPTH: usize = 16;
/// Largest answer an agent reads from a server, in bytes.
pub const REPLY_BYTES: usize = 256 << 10;
/// Largest certificate signing request in bytes.
pub const CSR_BYTES: usize = 8 << 10;
/// Shortest reporting interval an agent accepts, in seconds.
pub const INTERVAL_MIN_S: u32 = 60;
/// Longest reporting interval an agent accepts, in seconds.
pub const INTERVAL_MAX_S: u32 = 24 * 60 * 60;
/// The reporting interval when the server asks for no other, in seconds.
pub const INTERVAL_DEFAULT_S: u32 = 300;
/// The shortest `Retry-After` an agent believes, in seconds.
pub const RETRY_AFTER_MIN_S: u32 = 1;
/// The longest `Retry-After` an agent believes, in seconds.
pub const RETRY_AFTER_MAX_S: u32 = 60 * 60;
