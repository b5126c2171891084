//! How a thing matches, and why.

use super::fold::{compact, fold, fold_with_places};
use super::gram::words;
use super::term::Term;
use super::text::{Field, lines};

/// How well a thing matches, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A field is what was looked for.
    Exact,
    /// The name begins so.
    Prefix,
    /// Every term is a word.
    Word,
    /// Every term is a part of a text.
    Part,
}

impl Rank {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Prefix => "prefix",
            Self::Word => "word",
            Self::Part => "part",
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As it is shown.
    pub text: String,
    /// Whether it is what was looked for.
    pub matched: bool,
}

/// How a thing matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How well.
    pub rank: Rank,
    /// In which field.
    pub field: String,
    /// That field, with the matches marked.
    pub parts: Vec<Part>,
}

/// Whether these fields have every term, and how.
#[must_use]
pub fn judge(fields: &[Field], terms: &[Term], whole: &str) -> Option<Verdict> {
    if terms.is_empty() || !terms.iter().all(|term| fields.iter().any(|field| stands_in(term, field))) {
        return None;
    }
    let (rank, field) = best(fields, terms, whole);
    let field = field?;
    Some(Verdict { rank, field: field.name.clone(), parts: marked(&field.text, terms) })
}

fn best<'a>(fields: &'a [Field], terms: &[Term], whole: &str) -> (Rank, Option<&'a Field>) {
    let wanted = fold(whole);
    let bare = compact(&wanted);
    let is_it = |field: &&Field| {
        let folded = fold(&field.text);
        folded == wanted || (field.identifies && !bare.is_empty() && compact(&folded) == bare)
    };
    if let Some(field) = fields.iter().find(is_it) {
        return (Rank::Exact, Some(field));
    }
    if let Some(name) = fields.first().filter(|name| fold(&name.text).starts_with(&wanted)) {
        return (Rank::Prefix, Some(name));
    }
    let has_word = |field: &Field, term: &Term| {
        lines(field).any(|line| line == term.folded() || words(&line).any(|word| word == term.folded()))
    };
    if terms.iter().all(|term| fields.iter().any(|field| has_word(field, term))) {
        return (Rank::Word, fields.iter().find(|field| terms.iter().any(|term| has_word(field, term))));
    }
    (Rank::Part, fields.iter().find(|field| terms.iter().any(|term| stands_in(term, field))))
}

fn stands_in(term: &Term, field: &Field) -> bool {
    let compact = |line: &str| term.compact().is_some_and(|compact| line.contains(compact));
    lines(field).any(|line| term.is_in(&line) || compact(&line))
}

/// The text with the places of the terms marked; where they cannot be told, none or all of it.
#[must_use]
pub fn marked(text: &str, terms: &[Term]) -> Vec<Part> {
    let Some((folded, places)) = fold_with_places(text) else {
        return vec![Part { text: text.to_owned(), matched: false }];
    };
    let found = terms.iter().flat_map(|term| term.places(&folded));
    let origin = |range: std::ops::Range<usize>| {
        let (start, end) = (places.get(range.start)?.0, places.get(range.end.checked_sub(1)?)?.1);
        Some((start, end))
    };
    let mut marks: Vec<(usize, usize)> = found.filter_map(origin).collect();
    marks.sort_unstable();
    let bare = compact(&folded);
    let is_all = |term: &Term| term.compact().is_some_and(|one| bare.contains(one));
    if marks.is_empty() && terms.iter().any(is_all) {
        marks.push((0, text.len()));
    }
    split(text, &marks)
}

fn split(text: &str, marks: &[(usize, usize)]) -> Vec<Part> {
    let (mut parts, mut at): (Vec<Part>, usize) = (Vec::new(), 0);
    let mut push = |part: Option<&str>, matched| match part {
        Some(text) if !text.is_empty() => parts.push(Part { text: text.to_owned(), matched }),
        _ => {}
    };
    for (start, end) in marks {
        let start = (*start).max(at);
        if *end > start {
            push(text.get(at..start), false);
            push(text.get(start..*end), true);
            at = *end;
        }
    }
    push(text.get(at..), false);
    parts
}

#[cfg(test)]
mod tests {
    use super::{Rank, judge, marked};
    use crate::index::model::term::Term;
    use crate::index::model::text::Field;

    fn field(name: &str, text: &str) -> Field {
        Field { name: name.into(), text: text.into(), identifies: name == "mac" }
    }

    fn verdict(whole: &str) -> Option<(Rank, String)> {
        let fields = [field("name", "web-01.example"), field("mac", "aa:bb:cc:00:11:22"), field("owner", "김결제 팀")];
        let terms: Vec<Term> = whole.split(' ').filter_map(Term::new).collect();
        judge(&fields, &terms, whole).map(|verdict| (verdict.rank, verdict.field))
    }

    #[test]
    fn the_best_reason_is_given() {
        assert_eq!(verdict("AABB.CC00.1122"), Some((Rank::Exact, "mac".into())));
        assert_eq!(verdict("WEB-01"), Some((Rank::Prefix, "name".into())));
        assert_eq!(verdict("example"), Some((Rank::Word, "name".into())));
        assert_eq!(verdict("결제"), Some((Rank::Part, "owner".into())));
        assert_eq!(verdict("web 결제").map(|(rank, _)| rank), Some(Rank::Part));
        assert_eq!(verdict("web absent"), None);
    }

    #[test]
    fn what_matched_is_marked_as_it_was_written() {
        let terms: Vec<Term> = Term::new("결제").into_iter().collect();
        let parts = marked("ＡＢ 결제서버", &terms);
        let parts: Vec<_> = parts.iter().map(|part| (part.text.as_str(), part.matched)).collect();
        assert_eq!(parts, [("ＡＢ ", false), ("결제", true), ("서버", false)]);
    }
}
