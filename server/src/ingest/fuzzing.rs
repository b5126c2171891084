//! The way of a body from bytes to the inbox and out of it again, without a server around it: for tests that try all
//! sorts of bytes. The product itself calls nothing of this.

use jiff::Timestamp;
use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::ReportResult;

use super::decide::{Memory, decide};
use super::decompress::{Encoding, decode};
use super::limits::Budget;
use super::seen::SeenWindow;
use super::{ReceivedReport, batch, inbox};

/// What all bodies of this module together may hold decoded, in mebibytes: one, and room to notice that it is too large.
const BUDGET_MIB: u32 = 16;

/// What `body` is when it is decoded as `Content-Encoding` says, which is none or as many values as there are;
/// nothing if it is refused.
#[must_use]
pub fn decoded(body: &[u8], content_encoding: &[&[u8]]) -> Option<Vec<u8>> {
    let encoding = Encoding::read(content_encoding.iter().copied())?;
    decode(body, encoding, &Budget::of_mebibytes(BUDGET_MIB)).ok().map(|plain| plain.bytes)
}

/// An agent as ingest remembers it, apart from any database.
#[derive(Debug, Default)]
pub struct RememberedAgent(Memory);

/// What became of a request.
#[derive(Debug)]
pub struct Taken {
    /// What became of each report, in the order of the request.
    pub results: Vec<ReportResult>,
    /// What went into the inbox, as it comes out of it.
    pub received: Vec<ReceivedReport>,
}

impl RememberedAgent {
    /// Takes in a request that arrived at `received_at`; nothing if its JSON is no batch.
    ///
    /// # Errors
    ///
    /// What was accepted cannot be read any more: that must not happen.
    pub fn take(&mut self, json: &[u8], received_at: Timestamp) -> Result<Option<Taken>, inbox::Fault> {
        let Ok(request) = batch::read(json, received_at) else { return Ok(None) };
        let decision = decide(&mut self.0, &request);
        let received = match decision.payload(&request)? {
            Some(payload) => inbox::read(&payload)?.1,
            None => Vec::new(),
        };
        Ok(Some(Taken { results: decision.results, received }))
    }

    /// What stands for all that is held of the agent's sections; nothing if nothing is.
    #[must_use]
    pub fn root(&self) -> Option<Hash> {
        self.0.sections.root()
    }

    /// Whether what is remembered is the same once it was stored and read.
    #[must_use]
    pub fn survives_storage(&self) -> bool {
        let sections = serde_json::to_string(&self.0.sections).and_then(|json| serde_json::from_str(&json));
        let seen = |window: &SeenWindow| SeenWindow::from_bytes(&window.to_bytes()).ok();
        sections.is_ok_and(|sections: super::state::Sections| sections == self.0.sections)
            && self.0.runs.values().all(|run| seen(&run.seen).as_ref() == Some(&run.seen))
    }
}
