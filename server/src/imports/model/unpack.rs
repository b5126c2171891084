//! Unpacks a document: gzip and zlib are told by their first bytes, whatever its name or header says.

use std::io::Read;

use super::refusal::{Refusal, short};

/// Largest document once it is unpacked, in bytes.
pub const DOCUMENT_BYTES: usize = 32 << 20;

/// The document as it was before it was packed.
///
/// # Errors
///
/// It is too large, or packed wrongly.
pub fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => {
            let mut reader = flate2::bufread::GzDecoder::new(bytes.as_slice());
            let plain = read(&mut reader)?;
            whole(plain, reader.into_inner())
        }
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => {
            let mut reader = flate2::bufread::ZlibDecoder::new(bytes.as_slice());
            let plain = read(&mut reader)?;
            whole(plain, reader.into_inner())
        }
        _ if bytes.len() > DOCUMENT_BYTES => Err(too_large()),
        _ => Ok(bytes),
    }
}

fn read(reader: &mut impl Read) -> Result<Vec<u8>, Refusal> {
    let most = u64::try_from(DOCUMENT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    reader.take(most).read_to_end(&mut plain).map_err(|error| Refusal::Compression(short(&error.to_string())))?;
    if plain.len() > DOCUMENT_BYTES { Err(too_large()) } else { Ok(plain) }
}

fn whole(plain: Vec<u8>, rest: &[u8]) -> Result<Vec<u8>, Refusal> {
    if rest.is_empty() { Ok(plain) } else { Err(Refusal::Compression("something follows its end".to_owned())) }
}

fn too_large() -> Refusal {
    Refusal::Beyond { place: "the document".to_owned(), what: "bytes when it is unpacked", limit: DOCUMENT_BYTES }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{DOCUMENT_BYTES, unpack};

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_comes_back_and_what_was_not_stays() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"<REQUEST/>").unwrap();
        for packed in [zlib(b"<REQUEST/>"), gzip.finish().unwrap(), b"<REQUEST/>".to_vec()] {
            assert_eq!(unpack(packed).unwrap(), b"<REQUEST/>");
        }
    }

    #[test]
    fn a_bomb_a_torn_one_and_one_with_a_tail_are_refused() {
        let bomb = unpack(zlib(&vec![0; DOCUMENT_BYTES + 1])).unwrap_err();
        assert!(bomb.to_string().contains("more than 33554432 bytes"), "{bomb}");
        let mut torn = zlib(&[b'x'; 1_000]);
        torn.truncate(12);
        assert_eq!(unpack(torn).unwrap_err().name(), "compression");
        let mut tail = zlib(b"<a/>");
        tail.extend(b"more");
        assert_eq!(unpack(tail).unwrap_err().name(), "compression");
    }
}
