//! Keyset pages.

/// Most items on a page.
pub const LIMIT_MAX: u32 = 200;
/// Items on a page when the caller does not say.
pub const LIMIT_DEFAULT: u32 = 50;

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<K> {
    /// How many items, 1 to [`LIMIT_MAX`].
    pub limit: u32,
    /// The key of the last item of the page before; absent on the first.
    pub after: Option<K>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The items.
    pub items: Vec<T>,
    /// The key to go on from; absent on the last page.
    pub next: Option<K>,
}

impl<K> PageRequest<K> {
    /// How many rows to ask the database for: one more than the page holds, which tells whether there is a next.
    #[must_use]
    pub fn rows_to_fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

impl<T, K> Page<T, K> {
    /// The page from rows fetched with [`PageRequest::rows_to_fetch`].
    pub fn from_rows(mut rows: Vec<T>, request: &PageRequest<K>, key: impl FnOnce(&T) -> K) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }

    /// The same page with each item turned into another.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(item).collect(), next: self.next }
    }
}
