//! `terrier-agent check-config`.

use std::process::ExitCode;

use super::{CommandError, print};
use crate::config::Config;

pub(super) fn execute(config: &Config) -> Result<ExitCode, CommandError> {
    print(&config.to_string())?;
    Ok(ExitCode::SUCCESS)
}
