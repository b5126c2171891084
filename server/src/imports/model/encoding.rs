//! The text of a document, by its byte order mark or by what it declares.

use super::refusal::{Refusal, short};

/// Where a declaration has to be over, in bytes.
const DECLARATION: usize = 256;

/// What 0x80 to 0x9f mean in windows-1252; where it says nothing, the control character of ISO 8859-1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of these bytes.
///
/// # Errors
///
/// [`Refusal::Encoding`] where it is written in an encoding that is not read, or in another than it declares.
pub fn text(bytes: Vec<u8>) -> Result<String, Refusal> {
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest.to_vec(), 3),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<' | b'{' | b'[', 0, ..] => utf16(&bytes, u16::from_le_bytes),
        [0, b'<' | b'{' | b'[', ..] => utf16(&bytes, u16::from_be_bytes),
        _ => match declared(&bytes).as_deref() {
            None | Some("utf-8" | "utf8") => utf8(bytes, 0),
            Some("us-ascii" | "ascii") if bytes.is_ascii() => utf8(bytes, 0),
            Some("iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1") => {
                Ok(bytes.iter().copied().map(char::from).collect())
            }
            Some("windows-1252" | "cp1252") => Ok(bytes.iter().copied().map(windows_1252).collect()),
            Some(other) => Err(Refusal::Encoding(short(&format!(
                "`{other}` is declared, which is not read, or is not what the document is written in"
            )))),
        },
    }
}

fn windows_1252(byte: u8) -> char {
    let high = byte.checked_sub(0x80).and_then(|at| WINDOWS_1252.get(usize::from(at)));
    high.copied().unwrap_or(char::from(byte))
}

fn utf8(bytes: Vec<u8>, before: usize) -> Result<String, Refusal> {
    let wrong = |at: usize| Refusal::Encoding(format!("byte {at} is no UTF-8, which the document says it is"));
    String::from_utf8(bytes).map_err(|error| wrong(error.utf8_error().valid_up_to() + before))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Refusal::Encoding("half a character of UTF-16 stands at the end".to_owned()));
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    let text = text.map_err(|error| Refusal::Encoding(format!("no UTF-16: {error}")))?;
    match declared(text.get(..text.floor_char_boundary(DECLARATION)).unwrap_or_default().as_bytes()).as_deref() {
        None | Some("utf-16" | "utf16" | "utf-16le" | "utf-16be") => Ok(text),
        Some(other) => Err(Refusal::Encoding(short(&format!("`{other}` is declared, but it is written in UTF-16")))),
    }
}

/// The encoding that an XML declaration names, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let begin = bytes.get(..bytes.len().min(DECLARATION))?;
    let begin = String::from_utf8_lossy(begin);
    let declaration = begin.trim_start().strip_prefix("<?xml")?;
    let declaration = declaration.split_once("?>").map_or(declaration, |(inside, _)| inside);
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = value.get(1..)?.split(quote).next()?;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::text;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn each_encoding_is_read_as_it_is_declared() {
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe9</a>".to_vec();
        assert!(text(latin).unwrap().ends_with("<a>é</a>"));
        let windows = b"<?xml version='1.0' encoding='windows-1252'?><a>\x80\xe9</a>".to_vec();
        assert!(text(windows).unwrap().ends_with("<a>€é</a>"));
        assert_eq!(text("\u{feff}<a>한</a>".into()).unwrap(), "<a>한</a>");
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            for document in ["\u{feff}<a>한</a>", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>한</a>"] {
                assert!(text(utf16(document, unit)).unwrap().ends_with("<a>한</a>"));
            }
        }
    }

    #[test]
    fn an_encoding_that_is_not_the_declared_one_is_named() {
        for (document, expected) in [
            (b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xe9</a>".to_vec(), "byte 41 is no UTF-8"),
            (b"<a>\xe9</a>".to_vec(), "byte 3 is no UTF-8"),
            (b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>".to_vec(), "`utf-16` is declared"),
            (b"<?xml version=\"1.0\" encoding=\"EBCDIC-CP-FR\"?><a/>".to_vec(), "`ebcdic-cp-fr`"),
            (utf16("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>", u16::to_le_bytes), "`utf-8` is declared"),
            (b"\xff\xfe<\0a\0\xd8\0\xd8".to_vec(), "half a character"),
            (b"\xff\xfe\x00\xd8\x00\xd8".to_vec(), "no UTF-16"),
        ] {
            let refusal = text(document).unwrap_err();
            assert!(refusal.to_string().contains(expected), "{refusal}");
        }
    }
}
