//! Decompression: `Content-Encoding` on the first line, the body behind it.

use terrier_server::ingest::fuzzing::decoded;
use terrier_shared::latest::limits;

use crate::first_line;

pub(crate) fn run(bytes: &[u8]) {
    let (encoding, body) = first_line(bytes);
    let encodings: Vec<&[u8]> = if encoding.is_empty() { Vec::new() } else { vec![encoding] };
    if let Some(plain) = decoded(body, &encodings) {
        assert!(plain.len() <= limits::DECODED_BODY_BYTES, "{} bytes", plain.len());
    }
}
