//! Why a person does something, in his own words.

use crate::cmdb::error::{Error, FieldFault};

/// Longest reason in bytes.
const REASON_BYTES: usize = 4 << 10;

/// The reason without what stands around it; none if nothing is left.
///
/// # Errors
///
/// [`Error::Invalid`] for one that is too long.
pub fn checked_reason(reason: Option<&str>) -> Result<Option<&str>, Error> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.len() > REASON_BYTES) {
        let limit = i64::try_from(REASON_BYTES).ok();
        let detail = format!("longer than {REASON_BYTES} bytes");
        return Err(FieldFault { limit, ..FieldFault::new("reason", "too_long", detail) }.into());
    }
    Ok(reason)
}
