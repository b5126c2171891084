//! Why something cannot be done.

use crate::imports::model::refusal::Refusal;
use crate::kernel::invalid::Invalid;
use crate::store::StoreError;

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum Error {
    #[error("there is no such thing, or not in your reach")]
    NotFound,
    #[error("the organisation is not known")]
    UnknownOrganisation,
    #[error("the key was used for another file")]
    KeyUsed,
    #[error("something is wrong with what was sent")]
    Invalid(Vec<Invalid>),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("this is a question of an agent, not an inventory")]
    NoInventory,
    #[error("too much is being read at the moment")]
    Busy,
    #[error(transparent)]
    Bulk(#[from] crate::cmdb::bulk::service::Error),
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}
