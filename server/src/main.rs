//! The `terrier-server` program.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use terrier_server::cli::{self, Cli};
use terrier_server::kernel::chain::Chain;

/// Reports are read into thousands of small pieces that live for a moment. The C library's allocator takes a third of
/// the server's time for that. How much it keeps stands in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    #[cfg(feature = "fail-points")]
    if let Err(error) = arm() {
        let _nobody_left_to_tell = writeln!(std::io::stderr(), "terrier-server: {error}");
        return ExitCode::FAILURE;
    }
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    match cli::execute(Cli::parse(), variables) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_left_to_tell = writeln!(std::io::stderr(), "terrier-server: {}", Chain(&error));
            ExitCode::from(error.exit_code())
        }
    }
}

/// Takes from the environment where a test has this process die.
#[cfg(feature = "fail-points")]
fn arm() -> Result<(), terrier_server::kernel::fail_point::UnknownFailPoint> {
    use terrier_server::kernel::fail_point;
    let wanted = std::env::var_os(fail_point::VARIABLE);
    wanted.map_or(Ok(()), |wanted| fail_point::arm(&wanted.to_string_lossy()))
}
