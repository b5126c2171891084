//! Programs that print facts.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::collect::host::Host;

/// How long one program may take.
const BUDGET: Duration = Duration::from_secs(5);

/// What the program at `path` prints, or why it was not run or not listened to.
pub(super) fn output(host: &Host, path: &str, limit: usize, deadline: Instant) -> Result<Vec<u8>, String> {
    only_root_can_change(host, path)?;
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err("the programs before it took all the time there is".to_owned());
    }
    let output = host.run_at(path, limit, left.min(BUDGET)).map_err(|failure| failure.to_string())?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{path} failed: {}", output.status))
}

/// Neither the program nor a directory above it, or else somebody could put another in its place.
fn only_root_can_change(host: &Host, path: &str) -> Result<(), String> {
    for place in Path::new(path).ancestors() {
        if host.link(place).is_some() {
            return Err(format!("{} is a link, and programs are not run by links", place.display()));
        }
        let access = host.access(place).map_err(|failure| failure.to_string())?;
        if !access.is_roots_alone() {
            return Err(format!("{} can be changed by others than root", place.display()));
        }
    }
    Ok(())
}
