//! Counting the statements that a connection carries out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::Connection as _;
use diesel::connection::{Instrumentation, InstrumentationEvent};
use terrier_server::store::Conn;

/// Statements that were begun since this was made. Clones count together.
#[derive(Clone, Default)]
pub(crate) struct Statements(Arc<AtomicUsize>);

impl Statements {
    /// Counts what this connection does from now on.
    pub(crate) fn watch(&self, conn: &mut Conn) {
        match conn {
            Conn::Sqlite(conn) => conn.set_instrumentation(self.clone()),
            Conn::Postgres(conn) => conn.set_instrumentation(self.clone()),
        }
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}
