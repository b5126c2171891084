//! Completing what is being typed: names of filters, and their values.

use super::service::Searcher;
use crate::catalogue;
use crate::cmdb::class::load_book;
use crate::cmdb::error::Error;
use crate::cmdb::health::model::Check;
use crate::cmdb::item::decided::{Decided, values};
use crate::cmdb::model::attribute::CRITICALITY;
use crate::cmdb::model::class::{ClassBook, ROOT};
use crate::cmdb::model::lifecycle::Lifecycle;
use crate::cmdb::model::observation::Observation;
use crate::cmdb::model::tag::written_alike;
use crate::cmdb::model::value::AttributeType;
use crate::cmdb::organisation::load_tree;
use crate::cmdb::query::check::Checker;
use crate::cmdb::query::check::health::Missing;
use crate::cmdb::query::names::{Filter, find, offered};
use crate::cmdb::query::{Fault, Known};
use crate::cmdb::saved::visible;
use crate::cmdb::tag;
use crate::index::model::fold::fold;
use crate::kernel::permission::Permission;
use crate::store::Conn;

/// Most completions.
const MOST: usize = 20;

/// What could be typed.
#[derive(Debug)]
pub(super) struct Suggestions {
    /// What is wrong with what is typed.
    pub(super) fault: Option<Fault>,
    /// What the completions stand in place of, in characters from 0.
    pub(super) from: usize,
    /// Where that ends.
    pub(super) to: usize,
    /// The completions.
    pub(super) items: Vec<Suggestion>,
}

/// A completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// What to write.
    pub(super) text: String,
    /// The same in both languages, where it has a name: English, Korean.
    pub(super) label: Option<(String, String)>,
    /// Whether it is the name of a filter, after which a value follows.
    pub(super) is_name: bool,
}

/// The part of a query that is being typed.
struct Typed {
    from: usize,
    to: usize,
    /// The filter, and the name as it was written, where its values are typed.
    filter: Option<String>,
    /// What is typed of it, folded.
    begin: String,
}

impl Searcher {
    /// Completes the query where the cursor stands, in characters from 0.
    pub(super) fn suggest(&self, conn: &mut Conn, query: &str, cursor: usize) -> Result<Suggestions, Error> {
        let typed = Typed::read(query, cursor);
        let Some(ctx) = self.reaching(Permission::CiRead) else {
            return Ok(Suggestions { fault: None, from: typed.from, to: typed.to, items: Vec::new() });
        };
        let (book, organisations) = (load_book(conn)?, load_tree(conn)?);
        let known = Known::load(conn, &ctx, (Some(query), None))?;
        let fault = Checker { book: &book, organisations: &organisations, known: &known }.check(query).err();
        let reader = Self { ctx, ..self.clone() };
        let mut items = match &typed.filter {
            None => names(&book),
            Some(name) => reader.values(conn, &book, name, &typed.begin)?,
        };
        items.retain(|one| one.begins(&typed.begin));
        items.truncate(MOST);
        Ok(Suggestions { fault, from: typed.from, to: typed.to, items })
    }

    /// Values of a filter that the caller may hear of.
    fn values(&self, conn: &mut Conn, book: &ClassBook, name: &str, begin: &str) -> Result<Vec<Suggestion>, Error> {
        let scope = &self.ctx.scope;
        let plain = |texts: Vec<String>| texts.into_iter().map(Suggestion::plain).collect::<Vec<_>>();
        let words = |words: &[&str]| plain(words.iter().map(|one| (*one).to_owned()).collect());
        Ok(match find(name) {
            Some(Filter::Class) => {
                book.classes().iter().map(|one| Suggestion::labelled(&one.name, &one.label)).collect()
            }
            Some(Filter::Lifecycle) => words(&Lifecycle::ALL.map(Lifecycle::name)),
            Some(Filter::Observation) => words(&Observation::ALL.map(Observation::name)),
            Some(Filter::Criticality) => {
                let levels = CRITICALITY.map(|level| level.to_string());
                plain(levels.chain(["<=2", "none", "any"].map(str::to_owned)).collect())
            }
            Some(Filter::Environment) => choices(book, "environment"),
            Some(Filter::Seen | Filter::FirstSeen | Filter::Created) => {
                words(&["<1h", "<1d", "<2d", "<7d", ">7d", ">4w"])
            }
            Some(Filter::Stale) => words(&[">1d", ">2d", ">7d", ">4w"]),
            Some(Filter::Organisation) => {
                plain(load_tree(conn)?.within(scope).map(|(_, name)| name.to_owned()).collect())
            }
            Some(Filter::Group) => plain(visible::list(conn, &self.ctx)?.into_iter().map(|one| one.name).collect()),
            Some(Filter::Owner) => with_presence(values(conn, scope, Decided::Owner, begin)?),
            Some(Filter::Team) => with_presence(values(conn, scope, Decided::Team, begin)?),
            Some(Filter::Software) => match self.reaching(Permission::SoftwareRead) {
                Some(ctx) if !begin.is_empty() => plain(catalogue::names::beginning(conn, &ctx.scope, begin)?),
                _ => Vec::new(),
            },
            Some(Filter::Health | Filter::Judged) => words(&Check::ALL.map(Check::name)),
            Some(Filter::Missing) => plain(Missing::offered(book)),
            Some(Filter::Serial | Filter::Mac | Filter::Ip | Filter::Host) => words(&["none", "any"]),
            Some(Filter::Tag) => {
                let most = i64::try_from(MOST).unwrap_or(i64::MAX);
                let tags = tag::list(conn, scope, &written_alike(begin), most)?;
                with_presence(tags.into_iter().map(|(tag, _)| tag).collect())
            }
            Some(Filter::Name | Filter::Os) => Vec::new(),
            None => choices(book, name),
        })
    }
}

impl Typed {
    /// The word around the cursor; a minus or a bracket before it is no part of it.
    fn read(query: &str, cursor: usize) -> Self {
        let characters: Vec<char> = query.chars().collect();
        let to = cursor.min(characters.len());
        let before = characters.get(..to).unwrap_or_default();
        let mut quoted = false;
        let mut from = 0;
        for (at, one) in before.iter().enumerate() {
            quoted ^= *one == '"';
            let begins = !quoted && (one.is_whitespace() || *one == '(' || (*one == '-' && at == from));
            from = if begins { at + 1 } else { from };
        }
        let word: String = before.get(from..).unwrap_or_default().iter().collect();
        let Some((name, value)) = word.split_once(':') else {
            return Self { from, to, filter: None, begin: fold(&word) };
        };
        let (last, inner) = value.rfind(',').map_or((0, value), |comma| {
            (value.get(..=comma).unwrap_or_default().chars().count(), value.get(comma + 1..).unwrap_or_default())
        });
        let from = from + name.chars().count() + 1 + last;
        Self { from, to, filter: Some(name.to_lowercase()), begin: fold(inner.trim_matches('"')) }
    }
}

impl Suggestion {
    /// A value, in quotes if it needs them.
    fn plain(text: String) -> Self {
        let needs = |one: char| one.is_whitespace() || matches!(one, ',' | '(' | ')' | '"');
        let escaped = || format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let text = if text.chars().any(needs) { escaped() } else { text };
        Self { text, label: None, is_name: false }
    }

    fn labelled(text: &str, label: &crate::cmdb::model::attribute::Label) -> Self {
        Self { label: Some((label.en.clone(), label.ko.clone())), ..Self::plain(text.to_owned()) }
    }

    fn begins(&self, begin: &str) -> bool {
        let has_word = |label: &str| fold(label).split(' ').any(|word| word.starts_with(begin));
        let in_label = |(en, ko): &(String, String)| has_word(en) || has_word(ko);
        fold(self.text.trim_start_matches('"')).starts_with(begin) || self.label.as_ref().is_some_and(in_label)
    }
}

fn names(book: &ClassBook) -> Vec<Suggestion> {
    let label = |name: &str| book.attributes_named(name).next().map(|one| (one.label.en.clone(), one.label.ko.clone()));
    let name = |name: String| Suggestion { label: label(&name), text: format!("{name}:"), is_name: true };
    offered(book).into_iter().map(name).collect()
}

fn with_presence(texts: Vec<String>) -> Vec<Suggestion> {
    texts.into_iter().chain(["none", "any"].map(str::to_owned)).map(Suggestion::plain).collect()
}

/// What attributes of this name choose from.
fn choices(book: &ClassBook, name: &str) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = Vec::new();
    let of_root = book.attribute(ROOT, name);
    for attribute in of_root.into_iter().chain(book.attributes_named(name)) {
        let choices = attribute.choices.iter().map(|choice| Suggestion::labelled(&choice.value, &choice.label));
        let truths = ["true", "false"].map(|one| Suggestion::plain(one.to_owned()));
        let truths = truths.into_iter().filter(|_| attribute.kind == AttributeType::Boolean);
        for one in choices.chain(truths) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    if book.attributes_named(name).next().is_some() {
        found.extend(["none", "any"].map(|one| Suggestion::plain(one.to_owned())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn the_word_at_the_cursor_is_completed() {
        let read = |query: &str, cursor| {
            let typed = Typed::read(query, cursor);
            (typed.from, typed.to, typed.filter, typed.begin)
        };
        assert_eq!(read("web cla", 7), (4, 7, None, "cla".into()));
        assert_eq!(read("-class:Ho", 9), (7, 9, Some("class".into()), "ho".into()));
        assert_eq!(read("(env:prod,te) x", 12), (10, 12, Some("env".into()), "te".into()));
        assert_eq!(read("owner:\"kim m", 12), (6, 12, Some("owner".into()), "kim m".into()));
        assert_eq!(read("x", 99), (0, 1, None, "x".into()));
    }
}
