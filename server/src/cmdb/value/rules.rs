//! The rules by which a statement is chosen, as they stand now, applied to statements as rows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::store::Stated;
use crate::cmdb::model::class::ClassBook;
use crate::cmdb::model::order::{Held, Orders};
use crate::cmdb::model::precedence::{Choice, Claim, choose};
use crate::cmdb::model::source::{Source, SourceName};
use crate::cmdb::source::store as sources;
use crate::store::{Conn, StoreError};

/// Who there is and who is believed first.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Every source.
    pub sources: BTreeMap<SourceName, Source>,
    /// Every order.
    pub orders: Orders,
}

/// How old a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// When its source last confirmed it.
    pub confirmed_at: Timestamp,
    /// Since when it counts as stale, if it does.
    pub stale_since: Option<Timestamp>,
}

/// When the statements are looked at, and how old they are then.
pub trait Ages {
    /// The time.
    fn at(&self) -> Timestamp;
    /// The age of a statement.
    fn age(&self, stated: &Stated) -> Age;
}

/// At another time than now: who was heard when is not kept, so that nothing counts as stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(pub Timestamp);

impl Ages for AsOf {
    fn at(&self) -> Timestamp {
        self.0
    }

    fn age(&self, stated: &Stated) -> Age {
        Age { confirmed_at: stated.valid_from, stale_since: None }
    }
}

impl Rules {
    /// Reads them: two statements.
    pub fn load(conn: &mut Conn) -> Result<Self, StoreError> {
        Ok(Self { sources: sources::list(conn)?, orders: sources::list_orders(conn)? })
    }

    /// Whether what this source says may be shown. Of one that nobody has described it may.
    #[must_use]
    pub fn may_be_shown(&self, source: &SourceName) -> bool {
        self.sources.get(source).is_none_or(|source| source.enabled)
    }

    /// The order that holds for an attribute of items of a class.
    #[must_use]
    pub fn held(&self, book: &ClassBook, class: &str, attribute: &str) -> Option<Held<'_>> {
        self.orders.held(book, class, attribute)
    }

    /// Which of these statements about one attribute of one item is shown. They may be of any of the rows that the item
    /// is made of; its own goes before the others, and these by their keys.
    #[must_use]
    pub fn choose(
        &self,
        book: &ClassBook,
        (item, class, attribute): (i32, &str, &str),
        statements: &[&Stated],
        ages: &dyn Ages,
    ) -> Option<Choice> {
        let held = self.held(book, class, attribute);
        let enabled: Vec<(usize, &Stated)> = statements
            .iter()
            .enumerate()
            .filter(|(_, one)| self.may_be_shown(&one.source))
            .map(|(place, one)| (place, *one))
            .collect();
        let parts: BTreeSet<i32> = enabled.iter().map(|(_, one)| one.ci_key).filter(|key| *key != item).collect();
        let record = |key: i32| parts.iter().position(|part| *part == key).map_or(0, |place| place.saturating_add(1));
        let claims: Vec<Claim<'_>> = enabled
            .iter()
            .map(|(_, one)| {
                let Age { confirmed_at, stale_since } = ages.age(one);
                Claim {
                    record: record(one.ci_key),
                    source: &one.source,
                    rank: held.map_or(0, |held| held.rank(&one.source)),
                    said_at: one.valid_from,
                    confirmed_at,
                    stale_since,
                    pin: one.pin,
                    value: &one.value,
                }
            })
            .collect();
        let choice = choose(&claims, ages.at())?;
        enabled.get(choice.place).map(|(place, _)| Choice { place: *place, ..choice })
    }
}
