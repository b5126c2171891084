//! Counters to ratios and rates.

/// The nearest floating-point number; exact up to 2^53.
pub(super) fn float(integer: u64) -> f64 {
    let high = u32::try_from(integer >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(integer & 0xffff_ffff).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// `part` of `whole`, at most 1; absent when there is no whole.
pub(super) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (float(part) / float(whole)).min(1.0))
}

/// How much a counter grew in a second; absent when it went back.
pub(super) fn per_second(before: u64, now: u64, elapsed_ms: u64) -> Option<f64> {
    let growth = now.checked_sub(before)?;
    (elapsed_ms > 0).then(|| float(growth) * 1000.0 / float(elapsed_ms))
}

#[cfg(test)]
mod tests {
    use super::{float, per_second, ratio};

    #[test]
    fn integers_keep_their_value() {
        for integer in [0_u64, 1, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_992] {
            assert_eq!(format!("{:.0}", float(integer)), integer.to_string());
        }
    }

    #[test]
    fn a_counter_that_went_back_has_no_rate() {
        assert_eq!(per_second(5, 4, 1000), None);
        assert_eq!(per_second(5, 5, 0), None);
        assert_eq!(per_second(5, 65, 60_000), Some(1.0));
    }

    #[test]
    fn a_ratio_is_never_above_one() {
        assert_eq!((ratio(3, 2), ratio(1, 0)), (Some(1.0), None));
    }
}
