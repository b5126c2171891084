//! `terrier-server audit`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{CliError, print};
use crate::app::{AppError, key_file};
use crate::audit::checkpoint::Signer;
use crate::audit::{PublicKey, verify_all};
use crate::config::Config;
use crate::store::Store;

/// What is done with the audit trail.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check every entry and every checkpoint, without a server; ends with 1 and says which is the first that does not
    /// hold.
    Verify {
        /// Where the checkpoints are; what is configured unless said.
        #[arg(long, value_name = "DIRECTORY")]
        checkpoints: Option<PathBuf>,
        /// What signatures are checked with, as `GET /api/v1/audit/checkpoint` tells it; that of the data directory
        /// unless said.
        #[arg(long, value_name = "KEY")]
        public_key: Option<PublicKey>,
    },
}

pub(super) fn audit(config: &Config, command: AuditCommand) -> Result<(), CliError> {
    let AuditCommand::Verify { checkpoints, public_key } = command;
    let directory = checkpoints.unwrap_or_else(|| config.checkpoints());
    let key = match public_key {
        Some(key) => Some(key),
        None => own_key(config)?,
    };
    let store = Store::open(&config.database_location()?)?;
    let verdict = store.read_blocking(|conn| verify_all(conn, &directory, key.as_ref()))?;
    if let Some(finding) = verdict.finding {
        return Err(CliError::Tampered(finding));
    }
    if key.is_none() {
        print("no key, so no checkpoint was checked: give --data-dir or --public-key\n")?;
    }
    print(&format!("{} entries and {} checkpoints hold\n", verdict.rows, verdict.checkpoints))
}

/// The public key of this installation, if it was ever started here.
fn own_key(config: &Config) -> Result<Option<PublicKey>, CliError> {
    let key = key_file::read(&config.data_dir.join(key_file::AUDIT)).map_err(AppError::from)?;
    Ok(key.and_then(|key| Signer::new(&key)).map(|signer| signer.public_key()))
}
