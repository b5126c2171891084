//! Packages that stand in many small files, remembered while their directories stay as they are.

use terrier_shared::latest::section::software::Package;

use crate::collect::failure::Failure;
use crate::collect::host::{Answers, Host, Stamp};

/// What `read` gave when the `stamps` were last what they are now, or else gives.
pub(super) fn recalled(
    host: &Host,
    topic: &'static str,
    stamps: Vec<Option<Stamp>>,
    read: impl FnOnce() -> Result<Vec<Package>, Failure>,
) -> Result<Vec<Package>, Failure> {
    let kept = host.recall(topic, &stamps).into_values().flatten().next();
    if let Some(packages) = kept.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(packages);
    }
    let packages = read()?;
    let text = serde_json::to_string(&packages).ok();
    host.keep(topic, stamps, Answers::from([(Vec::new(), text)]));
    Ok(packages)
}
