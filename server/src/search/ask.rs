//! What is asked, and what is found.

use crate::index::model::judge::{Part, Rank, Verdict, judge, marked};
use crate::index::model::term::Term;
use crate::index::model::text::Field;
use crate::kernel::ctx::Ctx;

/// What a provider is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    /// Who asks, reaching as far as the provider's permission does.
    pub(super) ctx: &'a Ctx,
    /// What must stand in a thing.
    pub(super) terms: &'a [Term],
    /// All of it as it was written.
    pub(super) whole: &'a str,
    /// Most hits.
    pub(super) most: usize,
}

/// Something found.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// Its id among its kind.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// The same, with the matches marked.
    pub(super) marked_name: Vec<Part>,
    /// The class of an item, the ecosystem of a product.
    pub(super) class: Option<String>,
    /// Where it belongs, as the host of an interface.
    pub(super) within: Option<String>,
    /// Why it was found.
    pub(super) verdict: Option<Verdict>,
}

/// Things of one kind, the best first.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// What they are.
    pub(super) kind: &'static str,
    /// The best of them.
    pub(super) hits: Vec<Hit>,
    /// Whether there are more.
    pub(super) more: bool,
}

impl Hit {
    /// A thing with these texts, if it matches; the first of them is its name.
    pub(super) fn judged(ask: &Ask<'_>, id: String, fields: &[Field]) -> Option<Self> {
        let verdict = judge(fields, ask.terms, ask.whole)?;
        Some(Self { verdict: Some(verdict), ..Self::named(ask, id, &fields.first()?.text) })
    }

    /// A thing of which is known already that it is looked for.
    pub(super) fn named(ask: &Ask<'_>, id: String, name: &str) -> Self {
        let marked_name = marked(name, ask.terms);
        Self { id, name: name.to_owned(), marked_name, class: None, within: None, verdict: None }
    }

    /// What hits are ordered by: how well they match, what stands by itself before what is within, short names first.
    fn order(&self) -> (Rank, bool, usize, &str, &str) {
        let rank = self.verdict.as_ref().map_or(Rank::Part, |verdict| verdict.rank);
        (rank, self.within.is_some(), self.name.chars().count(), &self.name, &self.id)
    }
}

impl Group {
    /// The best of these.
    pub(super) fn of(kind: &'static str, mut hits: Vec<Hit>, most: usize) -> Self {
        hits.sort_by(|one, other| one.order().cmp(&other.order()));
        let more = hits.len() > most;
        hits.truncate(most);
        Self { kind, hits, more }
    }
}

/// A text that is no identifier.
pub(super) fn field(name: &str, text: &str) -> Field {
    Field { name: name.to_owned(), text: text.to_owned(), identifies: false }
}
