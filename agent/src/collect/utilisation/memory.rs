//! Memory and swap in use, from `/proc/meminfo`.

use super::Reading;
use super::number::float;
use crate::collect::host::Host;
use crate::collect::meminfo;

pub(super) fn report(host: &Host, reading: &mut Reading) {
    let Ok(found) = meminfo::read(host) else { return };
    if let (Some(total), Some(available)) = (found.get("MemTotal"), found.get("MemAvailable")) {
        reading.push("memory_used_bytes", float(total.saturating_sub(available)));
        reading.push("memory_available_bytes", float(available));
    }
    if let (Some(total), Some(free)) = (found.get("SwapTotal"), found.get("SwapFree")) {
        reading.push("swap_used_bytes", float(total.saturating_sub(free)));
    }
}
