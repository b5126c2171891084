//! Decompression that cannot be made to cost more than it may: in steps, each taken from a budget, never beyond the
//! limit.

use std::io::{self, Read};

use terrier_shared::latest::limits;

use super::limits::{Budget, STEP, Share, Spent};

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not at all.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// A body as it was before it was encoded, with its share of the budget.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) bytes: Vec<u8>,
    pub(super) share: Share,
}

/// A body that cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub(super) enum DecodeError {
    /// More than a body may hold.
    #[error("the body has more than {} bytes when it is decoded", limits::DECODED_BODY_BYTES)]
    TooLarge,
    /// The frame asks for more memory than it may.
    #[error("the body's zstd window is larger than 2^{} bytes", limits::ZSTD_WINDOW_LOG)]
    Window,
    /// It is not of the encoding that it says.
    #[error("the body cannot be decoded: {0}")]
    Malformed(io::Error),
    /// Something follows the end of the encoded body.
    #[error("something follows the end of the encoded body")]
    Trailing,
    /// Others hold all there is.
    #[error(transparent)]
    Spent(#[from] Spent),
}

impl Encoding {
    /// Reads `Content-Encoding`; `None` for everything but one known encoding at most.
    pub(super) fn read<'a>(mut headers: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let encoding = match headers.next() {
            None => Self::Identity,
            Some(value) if value.eq_ignore_ascii_case(b"identity") => Self::Identity,
            Some(value) if value.eq_ignore_ascii_case(b"gzip") => Self::Gzip,
            Some(value) if value.eq_ignore_ascii_case(b"zstd") => Self::Zstd,
            Some(_) => return None,
        };
        headers.next().is_none().then_some(encoding)
    }
}

/// Decodes `body`.
pub(super) fn decode(body: &[u8], encoding: Encoding, budget: &Budget) -> Result<Plain, DecodeError> {
    match encoding {
        Encoding::Identity => read(body, budget),
        Encoding::Gzip => {
            let mut reader = flate2::bufread::GzDecoder::new(body);
            let plain = read(&mut reader, budget)?;
            if reader.into_inner().is_empty() { Ok(plain) } else { Err(DecodeError::Trailing) }
        }
        Encoding::Zstd => {
            let mut reader =
                zstd::stream::read::Decoder::with_buffer(body).map_err(DecodeError::Malformed)?.single_frame();
            reader.window_log_max(limits::ZSTD_WINDOW_LOG).map_err(DecodeError::Malformed)?;
            let plain = read(&mut reader, budget)?;
            if reader.finish().is_empty() { Ok(plain) } else { Err(DecodeError::Trailing) }
        }
    }
}

fn read(mut source: impl Read, budget: &Budget) -> Result<Plain, DecodeError> {
    let mut share = budget.share();
    let mut bytes = Vec::new();
    loop {
        share.grow()?;
        let step = u64::try_from(STEP).unwrap_or(u64::MAX);
        let count = (&mut source).take(step).read_to_end(&mut bytes).map_err(malformed)?;
        if bytes.len() > limits::DECODED_BODY_BYTES {
            return Err(DecodeError::TooLarge);
        }
        if count < STEP {
            return Ok(Plain { bytes, share });
        }
    }
}

/// The library has no kind for this; its own words are all there is.
fn malformed(error: io::Error) -> DecodeError {
    if error.to_string().contains("too much memory") { DecodeError::Window } else { DecodeError::Malformed(error) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::{Budget, DecodeError, Encoding, decode};

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd_with_window(bytes: &[u8], window_log: u32) -> Vec<u8> {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window_log).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_encoding_gives_back_what_was_encoded() {
        let budget = Budget::of_mebibytes(16);
        let text: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
        for (encoding, body) in [
            (Encoding::Identity, text.clone()),
            (Encoding::Gzip, gzip(&text)),
            (Encoding::Zstd, zstd_with_window(&text, 20)),
        ] {
            assert_eq!(decode(&body, encoding, &budget).unwrap().bytes, text, "{encoding:?}");
        }
    }

    #[test]
    fn a_bomb_is_cut_off_at_the_limit() {
        let budget = Budget::of_mebibytes(16);
        let zeroes = vec![0; 200 << 20];
        for (encoding, body) in [(Encoding::Gzip, gzip(&zeroes)), (Encoding::Zstd, zstd_with_window(&zeroes, 20))] {
            assert!(matches!(decode(&body, encoding, &budget), Err(DecodeError::TooLarge)), "{encoding:?}");
        }
        assert!(matches!(decode(&zstd_with_window(&zeroes, 27), Encoding::Zstd, &budget), Err(DecodeError::Window)));
    }

    #[test]
    fn what_is_spent_comes_back_when_a_body_is_done_with() {
        let budget = Budget::of_mebibytes(1);
        let body = gzip(&vec![0; 900 << 10]);
        let held = decode(&body, Encoding::Gzip, &budget).unwrap();
        assert!(matches!(decode(&body, Encoding::Gzip, &budget), Err(DecodeError::Spent(_))));
        drop(held);
        assert!(decode(&body, Encoding::Gzip, &budget).is_ok());
    }

    #[test]
    fn something_after_the_end_is_refused() {
        let budget = Budget::of_mebibytes(1);
        for (encoding, mut body) in [(Encoding::Gzip, gzip(b"{}")), (Encoding::Zstd, zstd_with_window(b"{}", 20))] {
            body.extend_from_within(..);
            assert!(matches!(decode(&body, encoding, &budget), Err(DecodeError::Trailing)), "{encoding:?}");
        }
    }

    #[test]
    fn one_known_encoding_is_read_and_never_two() {
        let read = |headers: &[&'static str]| Encoding::read(headers.iter().map(|value| value.as_bytes()));
        assert_eq!(read(&[]), Some(Encoding::Identity));
        assert_eq!(read(&["GZIP"]), Some(Encoding::Gzip));
        assert_eq!(read(&["zstd"]), Some(Encoding::Zstd));
        for refused in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["deflate"], &[""]] {
            assert_eq!(read(refused), None, "{refused:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body: Vec<u8>) {
            let budget = Budget::of_mebibytes(16);
            for encoding in [Encoding::Gzip, Encoding::Zstd] {
                let _any_outcome = decode(&body, encoding, &budget);
            }
        }
    }
}
