//! Keeps strings and lists within the limits of the wire.

use terrier_shared::latest::limits;

/// The beginning of `text` that the wire takes.
pub(super) fn clip(mut text: String) -> String {
    if text.len() > limits::STRING_BYTES {
        text.truncate(text.floor_char_boundary(limits::STRING_BYTES));
    }
    text
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::limits;

    use super::clip;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(clip("é".repeat(limits::STRING_BYTES)).len(), limits::STRING_BYTES);
    }
}
