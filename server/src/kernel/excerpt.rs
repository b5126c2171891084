//! Foreign text, fit for a log line.

use std::fmt;

/// Most characters of a foreign text that a line shows.
const CHARACTERS: usize = 256;

/// Shows at most 256 characters of a text, those escaped that could be mistaken for something else: control
/// characters, line ends, invisible and bidirectional ones.
#[derive(Debug, Clone, Copy)]
pub struct Excerpt<'a>(pub &'a str);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.chars();
        for character in rest.by_ref().take(CHARACTERS) {
            write!(out, "{}", character.escape_debug())?;
        }
        if rest.next().is_some() { out.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Excerpt;

    #[test]
    fn terminal_codes_and_line_ends_are_shown_and_not_obeyed() {
        let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\r\n{\"level\":\"INFO\"}\u{202e}";
        let shown = Excerpt(hostile).to_string();
        assert!(shown.chars().all(|character| !character.is_control()), "{shown}");
        assert!(shown.contains("\\u{1b}") && shown.contains("\\u{202e}"), "{shown}");
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(Excerpt(&"x".repeat(300)).to_string().chars().count(), 257);
        assert_eq!(Excerpt("short").to_string(), "short");
    }
}
