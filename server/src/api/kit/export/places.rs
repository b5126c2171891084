//! Views as rows: what a list shows of each thing, at the places of its JSON that are named.

use std::future::ready;

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Value;

use super::{Column, Format, Reading, Rows, from_store, respond};
use crate::api::kit::problem::Problem;
use crate::kernel::page::{Page, PageRequest};
use crate::store::{Conn, Store};

/// Places in the JSON of a view (RFC 6901), in the order of columns. `/ci/name` is the column `ci_name`.
#[derive(Debug, Clone, Copy)]
pub struct Places(pub &'static [&'static str]);

impl Places {
    /// A column for each place.
    #[must_use]
    pub fn columns(self) -> Vec<Column> {
        self.0.iter().map(|place| Column::plain(&place.trim_start_matches('/').replace('/', "_"))).collect()
    }

    /// What stands at the places; nothing where there is no such place.
    ///
    /// # Errors
    ///
    /// `internal` for a view that is no JSON.
    pub fn row(self, view: &impl Serialize) -> Result<Vec<Value>, Problem> {
        let value = serde_json::to_value(view).map_err(|error| Problem::internal(&error))?;
        Ok(self.0.iter().map(|place| value.pointer(place).cloned().unwrap_or_default()).collect())
    }

    /// The rows of a page of views.
    ///
    /// # Errors
    ///
    /// `internal` for a view that is no JSON.
    pub fn rows<V: Serialize, K>(self, page: Page<V, K>) -> Result<Rows<K>, Problem> {
        let items = page.items.iter().map(|view| self.row(view)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// The list as a file of this name, read as views.
    ///
    /// # Errors
    ///
    /// What the first page is refused for.
    pub async fn respond<K: Clone + 'static>(
        self,
        format: Format,
        name: &str,
        read: Reading<K>,
    ) -> Result<HttpResponse, Problem> {
        respond(format, name, self.columns(), read).await
    }

    /// The same for a list whose pages are read in one go.
    ///
    /// # Errors
    ///
    /// What the first page is refused for.
    pub async fn respond_from<K, V, E>(
        self,
        format: Format,
        name: &str,
        store: &Store,
        page: impl Fn(&mut Conn, &PageRequest<K>) -> Result<Page<V, K>, E> + Send + Sync + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        K: Clone + Send + 'static,
        V: Serialize,
        Problem: From<E>,
    {
        let read = from_store::<K, Problem>(store, move |conn, request| {
            self.rows(page(conn, request).map_err(Problem::from)?)
        });
        self.respond(format, name, read).await
    }

    /// The same for a list that was read in one go and has no pages.
    ///
    /// # Errors
    ///
    /// `internal` for a view that is no JSON.
    pub async fn respond_whole<V: Serialize>(
        self,
        format: Format,
        name: &str,
        views: &[V],
    ) -> Result<HttpResponse, Problem> {
        let rows = views.iter().map(|view| self.row(view)).collect::<Result<Vec<_>, Problem>>()?;
        let read: Reading<()> = Box::new(move |_| {
            let page: Rows<()> = Page { items: rows.clone(), next: None };
            Box::pin(ready(Ok(page)))
        });
        self.respond(format, name, read).await
    }
}
