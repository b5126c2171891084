//! Debian control files (deb822(5)): paragraphs of fields.

/// The paragraphs of `text`, which blank lines part.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    text.split("\n\n").map(|paragraph| Paragraph(paragraph.trim_matches('\n'))).filter(|p| !p.0.trim().is_empty())
}

/// One paragraph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paragraph<'a>(&'a str);

impl<'a> Paragraph<'a> {
    /// Its fields with the first line of their value, trimmed. Continuation lines are passed over.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let lines = self.0.lines().filter(|line| !line.starts_with([' ', '\t']));
        lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name, value.trim()))
    }

    /// The line it begins with, to name it in a failure.
    pub(super) fn title(self) -> &'a str {
        self.0.lines().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn continuation_lines_are_no_fields() {
        let text = "Package: a\nDescription: x: y\n Fake: field\n\tOther: fake\nVersion:1\n\n\n\nPackage: b\n";
        let found: Vec<Vec<_>> = paragraphs(text).map(|p| p.fields().collect()).collect();
        assert_eq!(found, [vec![("Package", "a"), ("Description", "x: y"), ("Version", "1")], vec![("Package", "b")]]);
    }
}
