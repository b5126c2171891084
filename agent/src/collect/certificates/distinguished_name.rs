//! Names of subjects and issuers, as RFC 4514 writes them.

use std::fmt::Write as _;

use super::der::{Element, Elements, OBJECT_IDENTIFIER, SEQUENCE, SET, dotted};

/// Attributes by their numbers: those of RFC 4514, 3, and others that certificates often have.
const ATTRIBUTES: [(&str, &str); 15] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("2.5.4.97", "organizationIdentifier"),
];
const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const UNIVERSAL: u8 = 0x1c;
const BMP: u8 = 0x1e;

/// The name of these sets of attributes, the last one first.
pub(super) fn read(sets: &[u8]) -> Option<String> {
    let mut parts = Vec::new();
    let mut sets = Elements::of(sets);
    while !sets.is_empty() {
        let attributes = sets.within(SET)?.map(attribute).collect::<Option<Vec<_>>>()?;
        parts.push(attributes.join("+"));
    }
    parts.reverse();
    Some(parts.join(","))
}

fn attribute(element: Element<'_>) -> Option<String> {
    let mut parts = (element.tag == SEQUENCE).then(|| Elements::of(element.content))?;
    let number = dotted(parts.tagged(OBJECT_IDENTIFIER)?.content);
    let value = parts.next()?;
    let known = ATTRIBUTES.iter().find(|(of, _)| *of == number).map(|(_, name)| *name);
    Some(match (known, text(value)) {
        (Some(name), Some(text)) => format!("{name}={}", escaped(&text)),
        (name, _) => format!("{}=#{}", name.unwrap_or(&number), super::hexadecimal(value.encoding)),
    })
}

/// The text of any of the kinds of string; what they hold that they may not is replaced.
fn text(value: Element<'_>) -> Option<String> {
    match value.tag {
        UTF8 | PRINTABLE | IA5 => Some(String::from_utf8_lossy(value.content).into_owned()),
        // Nobody implements T.61; what is found there is Latin-1.
        TELETEX => Some(value.content.iter().map(|byte| char::from(*byte)).collect()),
        BMP => {
            let units =
                value.content.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| (unit << 8) | u16::from(*byte)));
            Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        UNIVERSAL => {
            let code = |four: &[u8]| four.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte));
            let characters = value.content.chunks(4).map(|four| char::from_u32(code(four)));
            Some(characters.map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        _ => None,
    }
}

/// RFC 4514, 2.4; other control characters are written as their bytes.
fn escaped(text: &str) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut escaped = String::with_capacity(text.len());
    for (place, character) in text.chars().enumerate() {
        let is_edge = (place == 0 && matches!(character, ' ' | '#')) || (place == last && character == ' ');
        if is_edge || matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            escaped.extend(['\\', character]);
        } else if character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                let _infallible = write!(escaped, "\\{byte:02X}");
            }
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{BMP, Element, PRINTABLE, TELETEX, UNIVERSAL, escaped, text};

    #[test]
    fn what_means_something_in_a_name_is_escaped() {
        assert_eq!(escaped(" a "), "\\ a\\ ");
        assert_eq!(escaped("#1"), "\\#1");
        assert_eq!(escaped("a#b, c=d \"e\" \\f\n\u{0}"), "a#b\\, c=d \\\"e\\\" \\\\f\\0A\\00");
        assert_eq!(escaped(" "), "\\ ");
    }

    #[test]
    fn strings_of_every_kind_are_text() {
        let of = |tag, content: &[u8]| text(Element { tag, content, encoding: content });
        assert_eq!(of(PRINTABLE, b"a\xff"), Some("a\u{fffd}".to_owned()));
        assert_eq!(of(TELETEX, b"\xf6"), Some("ö".to_owned()));
        assert_eq!(of(BMP, &[0xac, 0x00, 0xd8, 0x00, 0x41]), Some("가\u{fffd}A".to_owned()));
        assert_eq!(of(UNIVERSAL, &[0, 1, 0xf6, 0x00]), Some("😀".to_owned()));
        assert_eq!(of(0x05, b""), None);
    }
}
