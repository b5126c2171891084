//! The `terrier-agent` program.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use terrier_agent::chain::Chain;
use terrier_agent::cli::Cli;
use terrier_agent::command;

fn main() -> ExitCode {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    match command::execute(Cli::parse(), variables) {
        Ok(code) => code,
        Err(error) => {
            let _nobody_left_to_tell = writeln!(std::io::stderr(), "terrier-agent: {}", Chain(&error));
            error.exit_code()
        }
    }
}
