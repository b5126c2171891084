//! Keeps strings and lists within the limits of the wire.

use terrier_shared::latest::limits;
use terrier_shared::latest::text::Text;

use super::failure::Failure;

/// The beginning of `text` that the wire takes.
pub(super) fn clip(mut text: String) -> String {
    if text.len() > limits::STRING_BYTES {
        text.truncate(text.floor_char_boundary(limits::STRING_BYTES));
    }
    text
}

/// The beginning of `bytes` that the wire takes, in at most `limit` bytes.
///
/// What is no UTF-8 travels as base64, a third longer than it is.
pub(super) fn clip_bytes(bytes: &[u8], limit: usize) -> Text {
    match std::str::from_utf8(bytes) {
        Ok(text) => Text::from(text.get(..text.floor_char_boundary(limit)).unwrap_or_default()),
        Err(_) => Text::from(bytes.get(..bytes.len().min(limit / 4 * 3)).unwrap_or_default().to_vec()),
    }
}

/// `list`, if the wire takes that many items.
pub(super) fn bounded<T>(what: &str, list: Vec<T>) -> Result<Vec<T>, Failure> {
    if list.len() > limits::ITEMS_PER_LIST {
        return Err(Failure::TooLarge { what: what.to_owned(), limit: limits::ITEMS_PER_LIST, unit: "items" });
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::limits;

    use super::{bounded, clip, clip_bytes};

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(clip("é".repeat(limits::STRING_BYTES)).len(), limits::STRING_BYTES);
        assert_eq!(clip_bytes("aé".as_bytes(), 2).as_bytes(), b"a");
    }

    #[test]
    fn bytes_that_are_no_text_are_cut_so_that_their_encoding_fits() {
        assert_eq!(clip_bytes(&[0xff; 100], 8).as_bytes().len(), 6);
    }

    #[test]
    fn a_list_that_is_too_long_is_refused_by_its_name() {
        let failure = bounded("services.units", vec![(); limits::ITEMS_PER_LIST + 1]).unwrap_err();
        assert_eq!(failure.to_string(), "services.units is larger than 20000 items");
    }
}
