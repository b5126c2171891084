//! LVM's text format: sections in braces, values, lists in brackets, comments after a number sign (lvm.conf(5)).

use std::collections::BTreeMap;

/// Deepest nesting; LVM's own is four.
const DEPTH: usize = 16;

/// What stands at a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A number or a string.
    Single(String),
    /// Values in brackets.
    List(Vec<String>),
    /// Names in braces.
    Section(Section),
}

/// Values by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Section(pub(super) BTreeMap<String, Value>);

impl Section {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Value::Single(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn list(&self, name: &str) -> &[String] {
        match self.0.get(name) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The sections in the section `name`, by name.
    pub(super) fn sections(&self, name: &str) -> impl Iterator<Item = (&str, &Self)> {
        let inner = match self.0.get(name) {
            Some(Value::Section(section)) => Some(section),
            _ => None,
        };
        inner.into_iter().flat_map(Self::own_sections)
    }

    /// The sections in this one, by name.
    pub(super) fn own_sections(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.0.iter().filter_map(|(name, value)| match value {
            Value::Section(section) => Some((name.as_str(), section)),
            _ => None,
        })
    }
}

/// A whole file; absent where it does not have this form.
pub(super) fn parse(text: &str) -> Option<Section> {
    let mut tokens = Tokens(text);
    let section = section(&mut tokens, 0)?;
    tokens.0.is_empty().then_some(section)
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Mark(char),
}

struct Tokens<'a>(&'a str);

impl Tokens<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            self.0 = self.0.trim_start();
            match self.0.strip_prefix('#') {
                Some(comment) => self.0 = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => break,
            }
        }
        let first = self.0.chars().next()?;
        match first {
            '{' | '}' | '[' | ']' | '=' | ',' => {
                self.0 = self.0.get(1..)?;
                Some(Token::Mark(first))
            }
            '"' => self.quoted().map(Token::Word),
            _ => {
                let is_end = |c: char| c.is_whitespace() || "{}[]=,#\"".contains(c);
                let end = self.0.find(is_end).unwrap_or(self.0.len());
                let (word, rest) = self.0.split_at_checked(end)?;
                self.0 = rest;
                Some(Token::Word(word.to_owned()))
            }
        }
    }

    /// A backslash takes the next character as it is.
    fn quoted(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.0.char_indices().skip(1);
        while let Some((at, char)) = chars.next() {
            match char {
                '"' => {
                    self.0 = self.0.get(at + 1..)?;
                    return Some(text);
                }
                '\\' => text.push(chars.next()?.1),
                _ => text.push(char),
            }
        }
        None
    }
}

fn section(tokens: &mut Tokens<'_>, depth: usize) -> Option<Section> {
    let mut found = Section::default();
    loop {
        let name = match tokens.next() {
            None if depth == 0 => return Some(found),
            Some(Token::Mark('}')) if depth > 0 => return Some(found),
            Some(Token::Word(name)) => name,
            _ => return None,
        };
        let value = match tokens.next()? {
            Token::Mark('{') if depth < DEPTH => Value::Section(section(tokens, depth + 1)?),
            Token::Mark('=') => value(tokens)?,
            _ => return None,
        };
        found.0.insert(name, value);
    }
}

fn value(tokens: &mut Tokens<'_>) -> Option<Value> {
    match tokens.next()? {
        Token::Word(text) => Some(Value::Single(text)),
        Token::Mark('[') => {
            let mut items = Vec::new();
            loop {
                match tokens.next()? {
                    Token::Word(text) => items.push(text),
                    Token::Mark(',') => {}
                    Token::Mark(']') => return Some(Value::List(items)),
                    Token::Mark(_) => return None,
                }
            }
        }
        Token::Mark(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sections_lists_quotes_and_comments_are_told_apart() {
        let text = "a = \"x \\\" # {\" # c\nb { c = [\"1\", 2]\n d { } }\n";
        let found = parse(text).unwrap();
        assert_eq!(found.text("a"), Some("x \" # {"));
        let (name, inner) = found.own_sections().next().unwrap();
        assert_eq!((name, inner.list("c")), ("b", &["1".to_owned(), "2".to_owned()][..]));
    }

    #[test]
    fn what_does_not_end_or_nests_without_end_is_refused() {
        for text in ["a {", "a = [", "a = \"x", "}", "a", "a = }", "= 1", &"a {".repeat(100_000)] {
            assert_eq!(parse(text), None, "{}", text.get(..4).unwrap_or(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text: String) {
            let _ = parse(&text);
        }
    }
}
