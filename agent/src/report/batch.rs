//! How many reports one request holds.

use terrier_shared::latest::limits;

/// What the rest of a request takes at most, in bytes.
const ENVELOPE: usize = 4 << 10;
/// What a report takes beside its body at most, in bytes.
const AROUND_BODY: usize = 1 << 10;
/// The largest body that fits a request, in bytes.
pub const BODY_BYTES: usize = limits::DECODED_BODY_BYTES - ENVELOPE - AROUND_BODY;

/// How many of the leading reports, whose bodies have these lengths, fit one request: at least one if there is one,
/// at most `most` and [`limits::REPORTS_PER_BATCH`].
#[must_use]
pub fn fit(lengths: impl IntoIterator<Item = usize>, most: usize) -> usize {
    let mut room = limits::DECODED_BODY_BYTES - ENVELOPE;
    let mut count = 0;
    for length in lengths.into_iter().take(most.clamp(1, limits::REPORTS_PER_BATCH)) {
        match room.checked_sub(length.saturating_add(AROUND_BODY)) {
            Some(left) => room = left,
            None if count == 0 => return 1,
            None => break,
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use terrier_shared::latest::limits;

    use super::{AROUND_BODY, BODY_BYTES, ENVELOPE, fit};

    proptest! {
        #[test]
        fn cutting_ends_keeps_every_report_and_every_limit(lengths in prop::collection::vec(0..=BODY_BYTES, 0..120), most in 1_usize..100) {
            let mut rest = lengths.as_slice();
            while !rest.is_empty() {
                let count = fit(rest.iter().copied(), most);
                prop_assert!((1..=most.min(limits::REPORTS_PER_BATCH)).contains(&count));
                let (batch, others) = rest.split_at(count);
                let bytes: usize = batch.iter().map(|length| length + AROUND_BODY).sum();
                prop_assert!(bytes + ENVELOPE <= limits::DECODED_BODY_BYTES);
                rest = others;
            }
        }
    }

    #[test]
    fn a_report_that_fits_nowhere_is_tried_alone_rather_than_blocking_the_others() {
        assert_eq!(fit([usize::MAX, 1], 32), 1);
        assert_eq!(fit([], 32), 0);
    }
}
