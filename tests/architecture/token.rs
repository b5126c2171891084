//! Rust's tokens, as far as these tests need them.
//!
//! `proc-macro2` would do this too, but as an ordinary dependency it makes cargo build every derive macro of the
//! workspace a second time.

use std::iter::Peekable;
use std::str::Chars;

/// A token, or everything between two brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    Ident(String),
    Punct(char),
    /// `::`
    Path,
    /// The content of a string literal, escapes as written.
    Text(String),
    /// A number, character or lifetime.
    Other,
    Group(char, Vec<Self>),
}

/// The tokens of `text`, comments left out.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text.chars().peekable() };
    lexer.until(None)
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Lexer<'_> {
    fn until(&mut self, close: Option<char>) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(character) = self.rest.next() {
            match character {
                _ if Some(character) == close => break,
                '(' => tokens.push(Token::Group('(', self.until(Some(')')))),
                '[' => tokens.push(Token::Group('[', self.until(Some(']')))),
                '{' => tokens.push(Token::Group('{', self.until(Some('}')))),
                '/' if self.take('/') => self.skip_line(),
                '/' if self.take('*') => self.skip_block(),
                '"' => tokens.push(Token::Text(self.string())),
                '\'' => tokens.push(self.character_or_lifetime()),
                ':' if self.take(':') => tokens.push(Token::Path),
                _ if character.is_whitespace() => {}
                _ if character.is_ascii_digit() => {
                    self.word(character);
                    tokens.push(Token::Other);
                }
                _ if is_word(character) => tokens.push(self.word_or_string(character)),
                _ => tokens.push(Token::Punct(character)),
            }
        }
        tokens
    }

    fn take(&mut self, character: char) -> bool {
        self.rest.next_if_eq(&character).is_some()
    }

    fn skip_line(&mut self) {
        while self.rest.next().is_some_and(|character| character != '\n') {}
    }

    fn skip_block(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.rest.next() {
                Some('*') if self.take('/') => depth -= 1,
                Some('/') if self.take('*') => depth += 1,
                Some(_) => {}
                None => break,
            }
        }
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.rest.next().filter(|character| *character != '"') {
            text.push(character);
            if character == '\\' {
                text.extend(self.rest.next());
            }
        }
        text
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        let end = format!("\"{}", "#".repeat(hashes));
        let mut text = String::new();
        while !text.ends_with(&end) {
            match self.rest.next() {
                Some(character) => text.push(character),
                None => break,
            }
        }
        text.truncate(text.len().saturating_sub(end.len()));
        text
    }

    /// `'a'`, `'\n'` or `'a`.
    fn character_or_lifetime(&mut self) -> Token {
        match self.rest.next() {
            Some('\\') => {
                self.rest.next();
                while self.rest.next().is_some_and(|character| character != '\'') {}
            }
            Some(first) if !self.take('\'') => {
                self.word(first);
            }
            _ => {}
        }
        Token::Other
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(character) = self.rest.next_if(|character| is_word(*character)) {
            word.push(character);
        }
        word
    }

    /// An identifier, or a string that begins with letters: `b"…"`, `r#"…"#`; or `r#type`.
    fn word_or_string(&mut self, first: char) -> Token {
        let word = self.word(first);
        let may_be_raw = matches!(word.as_str(), "r" | "br" | "cr");
        if may_be_raw && matches!(self.rest.peek(), Some('"' | '#')) {
            let mut hashes = 0;
            while self.take('#') {
                hashes += 1;
            }
            if self.take('"') {
                return Token::Text(self.raw_string(hashes));
            }
            return self.rest.next().map_or(Token::Other, |next| Token::Ident(self.word(next)));
        }
        if matches!(word.as_str(), "b" | "c") && self.take('"') {
            return Token::Text(self.string());
        }
        Token::Ident(word)
    }
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[test]
fn what_looks_like_code_in_comments_and_literals_is_none() {
    let found = tokens("a // b\n/* c /* d */ e */ '\\'' 'f' 'g 1_u8 \"h\\\"{\" r#\"i\"j\"# b\"k\" r#type l::m(n)");
    let ident = |name: &str| Token::Ident(name.to_owned());
    let text = |content: &str| Token::Text(content.to_owned());
    let other = || Token::Other;
    assert_eq!(
        found,
        [
            ident("a"),
            other(),
            other(),
            other(),
            other(),
            text("h\\\"{"),
            text("i\"j"),
            text("k"),
            ident("type"),
            ident("l"),
            Token::Path,
            ident("m"),
            Token::Group('(', vec![ident("n")])
        ]
    );
}
