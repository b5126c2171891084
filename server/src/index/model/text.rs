//! What is searched of a thing.

use std::collections::BTreeSet;

use super::fold::{compact, fold};
use super::gram::{self, Gram, Sort, gram};
use crate::kernel::id::OrganisationId;

/// Longest text of a document in bytes.
const DOCUMENT_BYTES: usize = 4 << 10;

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A configuration item.
    Ci,
    /// A product of the software catalogue.
    Product,
    /// An agent.
    Agent,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Ci, Self::Product, Self::Agent];

    /// The number in the database.
    #[must_use]
    pub const fn number(self) -> i32 {
        match self {
            Self::Ci => 1,
            Self::Product => 2,
            Self::Agent => 3,
        }
    }

    /// The n-gram that every document of the kind has.
    #[must_use]
    pub fn gram(self) -> Gram {
        gram(Sort::Kind, &self.number().to_string())
    }
}

/// A text of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is: `name`, `serial`, an attribute.
    pub name: String,
    /// As it is shown.
    pub text: String,
    /// Whether it identifies: then how it is divided does not matter.
    pub identifies: bool,
}

/// A thing with its texts, the name first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// What it is about.
    pub kind: Kind,
    /// Its key.
    pub item: i32,
    /// Whose it is.
    pub organisation: Option<OrganisationId>,
    /// Its texts.
    pub fields: Vec<Field>,
}

/// A thing as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The name, folded.
    pub name: String,
    /// All texts, folded, a line for each.
    pub folded: String,
    /// What it is found by.
    pub grams: BTreeSet<Gram>,
}

impl Texts {
    /// What is kept of it.
    #[must_use]
    pub fn document(&self) -> Document {
        let name = self.fields.first().map(|field| fold(&field.text)).unwrap_or_default();
        let (mut folded, mut grams) = (String::new(), BTreeSet::from([self.kind.gram()]));
        for line in self.fields.iter().flat_map(lines) {
            if folded.len() + line.len() < DOCUMENT_BYTES && !folded.split('\n').any(|known| known == line) {
                gram::of_field(&line, &mut grams);
                folded.push_str(&line);
                folded.push('\n');
            }
        }
        Document { name, folded, grams }
    }
}

/// A field as lines to be searched: folded, and without dividers if it identifies.
pub fn lines(field: &Field) -> impl Iterator<Item = String> + use<> {
    let folded = fold(&field.text);
    let compact = field.identifies.then(|| compact(&folded)).filter(|compact| *compact != folded);
    [Some(folded), compact].into_iter().flatten().filter(|line| !line.is_empty())
}
