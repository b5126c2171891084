//! Reading a query.
//!
//! ```text
//! query  = and { "OR" and }
//! and    = part { part }
//! part   = "-" part | "(" query ")" | name ":" value { "," value } | value
//! value  = word | '"' text '"'
//! ```

use super::syntax::{Asked, Column, Expr, Fault, Value};

/// Longest query in bytes.
pub const QUERY_BYTES: usize = 2 << 10;
/// Most brackets and minus signs within one another.
const DEPTH: usize = 16;
/// Most parts of a query.
const PARTS: usize = 64;

/// Reads a query. An empty one holds for everything.
///
/// # Errors
///
/// [`Fault`] says what is wrong and where.
pub fn parse(text: &str) -> Result<Expr, Fault> {
    if text.len() > QUERY_BYTES {
        return Err(Fault::new(1, "too_long", format!("a query has at most {QUERY_BYTES} bytes")));
    }
    let mut reader = Reader { rest: text.chars().collect(), at: 0, parts: 0 };
    let query = reader.any(0)?;
    match reader.peek() {
        None => Ok(query),
        Some(_) => Err(reader.fault("a bracket closes that none opens")),
    }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    parts: usize,
}

impl Reader {
    fn any(&mut self, depth: usize) -> Result<Expr, Fault> {
        let mut either = vec![self.all(depth)?];
        while self.eats_or() {
            let missing = Expr::All(Vec::new());
            if either.last() == Some(&missing) {
                return Err(self.fault("`OR` stands between two parts; write \"OR\" to look for the word"));
            }
            either.push(self.all(depth)?);
            if either.last() == Some(&missing) {
                return Err(self.fault("`OR` stands between two parts; write \"OR\" to look for the word"));
            }
        }
        Ok(if either.len() > 1 { Expr::Any(either) } else { either.pop().unwrap_or(Expr::All(Vec::new())) })
    }

    fn all(&mut self, depth: usize) -> Result<Expr, Fault> {
        let mut parts = Vec::new();
        while let Some(one) = self.peek() {
            if one == ')' || self.is_or() {
                break;
            }
            parts.push(self.part(depth)?);
        }
        Ok(if parts.len() == 1 { parts.pop().unwrap_or(Expr::All(Vec::new())) } else { Expr::All(parts) })
    }

    fn part(&mut self, depth: usize) -> Result<Expr, Fault> {
        self.parts += 1;
        if depth >= DEPTH {
            return Err(Fault { code: "too_long", ..self.fault(&format!("brackets stand {DEPTH} deep at most")) });
        }
        if self.parts > PARTS {
            return Err(Fault { code: "too_long", ..self.fault(&format!("a query has at most {PARTS} parts")) });
        }
        match self.peek() {
            Some('-') => {
                self.at += 1;
                match self.rest.get(self.at) {
                    Some(next) if !next.is_whitespace() && *next != ')' => {
                        Ok(Expr::Not(Box::new(self.part(depth + 1)?)))
                    }
                    _ => Err(self.fault("a part has to follow `-`; write \"-\" to look for the sign")),
                }
            }
            Some('(') => {
                let opened = self.at;
                self.at += 1;
                let inner = self.any(depth + 1)?;
                match self.peek() {
                    Some(')') => self.at += 1,
                    _ => return Err(Fault::new(opened + 1, "invalid", "this bracket is not closed")),
                }
                if inner == Expr::All(Vec::new()) {
                    return Err(Fault::new(opened + 1, "invalid", "nothing stands in these brackets"));
                }
                Ok(inner)
            }
            _ => self.filter_or_text(),
        }
    }

    fn filter_or_text(&mut self) -> Result<Expr, Fault> {
        let start = self.at;
        let Some(name) = self.name() else { return Ok(Expr::Text(self.value(|_| false)?)) };
        self.at += name.chars().count() + 1;
        let mut values = Vec::new();
        loop {
            if self.rest.get(self.at).is_none_or(|next| next.is_whitespace() || matches!(next, ',' | ')' | '(')) {
                return Err(Fault { code: "required", ..self.fault(&format!("a value has to follow `{name}:`")) });
            }
            values.push(self.value(|one| one == ',')?);
            if self.rest.get(self.at) != Some(&',') {
                break;
            }
            self.at += 1;
        }
        Ok(Expr::Filter(Asked { name: name.to_ascii_lowercase(), values, at: Column(start + 1) }))
    }

    /// The name of the filter that begins here, if one does: hexadecimal digits and colons are an address instead.
    fn name(&self) -> Option<String> {
        let word: String = self.rest.iter().skip(self.at).take_while(|one| !ends_word(**one)).collect();
        let (name, value) = word.split_once(':')?;
        let mut letters = name.chars();
        let is_name = letters.next().is_some_and(|one| one.is_ascii_alphabetic())
            && letters.all(|one| one.is_ascii_alphanumeric() || one == '_');
        let of_address = |one: char| one.is_ascii_hexdigit() || matches!(one, ':' | '.' | '%' | '/' | '-');
        let is_address = !value.is_empty() && word.chars().all(of_address);
        (is_name && !is_address && !value.starts_with("//")).then(|| name.to_owned())
    }

    fn value(&mut self, ends: impl Fn(char) -> bool) -> Result<Value, Fault> {
        let start = self.at;
        let mut text = String::new();
        if self.rest.get(self.at) != Some(&'"') {
            while let Some(one) = self.rest.get(self.at).filter(|one| !ends_word(**one) && !ends(**one)) {
                text.push(*one);
                self.at += 1;
            }
            return if text.is_empty() {
                Err(self.fault("this sign has to stand in quotes"))
            } else {
                Ok(Value { text, quoted: false })
            };
        }
        self.at += 1;
        while let Some(one) = self.rest.get(self.at).copied() {
            self.at += 1;
            match one {
                '"' => return Ok(Value { text, quoted: true }),
                '\\' if matches!(self.rest.get(self.at), Some('"' | '\\')) => {
                    text.extend(self.rest.get(self.at));
                    self.at += 1;
                }
                _ => text.push(one),
            }
        }
        Err(Fault::new(start + 1, "invalid", "this quote is not closed"))
    }

    /// The next sign that is no blank.
    fn peek(&mut self) -> Option<char> {
        while self.rest.get(self.at).is_some_and(|one| one.is_whitespace()) {
            self.at += 1;
        }
        self.rest.get(self.at).copied()
    }

    fn is_or(&self) -> bool {
        let word: String = self.rest.iter().skip(self.at).take_while(|one| !ends_word(**one)).collect();
        word == "OR"
    }

    fn eats_or(&mut self) -> bool {
        let is_or = self.peek().is_some() && self.is_or();
        self.at += if is_or { 2 } else { 0 };
        is_or
    }

    fn fault(&self, detail: &str) -> Fault {
        Fault::new(self.at.min(self.rest.len()) + 1, "invalid", detail)
    }
}

/// Quotes begin a value of their own, as brackets and blanks end a word.
fn ends_word(one: char) -> bool {
    one.is_whitespace() || matches!(one, '(' | ')' | '"')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::syntax::{Asked, Column, Expr, Value};
    use super::parse;

    #[test]
    fn a_query_reads_as_it_is_meant() {
        let printed = |text: &str| parse(text).unwrap().to_string();
        assert_eq!(printed("  class:host   web "), "class:host web");
        assert_eq!(printed("a OR (b c)"), "a OR (b c)");
        assert_eq!(printed("-(a OR b) OS:debian,\"x, y\""), "-(a OR b) os:debian,\"x, y\"");
        for text in ["aa:bb:cc:dd:ee:ff", "fe80::1", "10.0.0.0/8", "http://x", "한국:어", "\"a:b\""] {
            assert!(matches!(parse(text).unwrap(), Expr::Text(_)), "{text}");
        }
        assert!(matches!(parse("mac:aa:bb").unwrap(), Expr::Filter(_)));
        assert_eq!(parse("").unwrap(), Expr::All(Vec::new()));
    }

    #[test]
    fn a_fault_says_where_it_is() {
        let column = |text: &str| parse(text).unwrap_err().column;
        for (text, at) in [
            ("os:", 4),
            ("a \"b", 3),
            ("a (b", 3),
            ("a) b", 2),
            ("OR a", 3),
            ("a OR", 5),
            ("- a", 2),
            ("()", 1),
            ("os:a,", 6),
        ] {
            assert_eq!(column(text), at, "{text}");
        }
        assert_eq!(parse(&"x".repeat(10_000)).unwrap_err().code, "too_long");
        assert_eq!(parse(&"(".repeat(1_000)).unwrap_err().code, "too_long");
        assert_eq!(parse(&"-".repeat(1_000)).unwrap_err().code, "too_long");
        assert_eq!(parse(&"a ".repeat(1_000)).unwrap_err().code, "too_long");
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[a-z0-9가-힣<>=*._%][a-z0-9가-힣<>=*._%-]{0,6}".prop_map(|text| Value { text, quoted: false }),
            any::<String>().prop_map(|text| Value { text, quoted: true }),
        ]
    }

    fn query() -> impl Strategy<Value = Expr> {
        let name = "[a-z_]{1,8}".prop_filter("begins with a letter", |name| !name.starts_with('_'));
        let name = name.prop_filter("no digit of an address", |name| !name.chars().all(|one| one.is_ascii_hexdigit()));
        let filter = (name, prop::collection::vec(value(), 1..3));
        let leaf = prop_oneof![
            value().prop_map(Expr::Text),
            filter.prop_map(|(name, values)| Expr::Filter(Asked { name, values, at: Column(0) })),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::All),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Any),
                inner.prop_map(|one| Expr::Not(Box::new(one))),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_as_the_same(query in query()) {
            let printed = query.to_string();
            prop_assume!(printed.len() <= super::QUERY_BYTES);
            prop_assert_eq!(parse(&printed).unwrap(), query, "{}", printed);
        }

        #[test]
        fn no_text_ends_in_a_panic_and_what_is_read_prints(text in any::<String>()) {
            if let Ok(query) = parse(&text) {
                prop_assert_eq!(parse(&query.to_string()).unwrap(), query);
            }
        }
    }
}
