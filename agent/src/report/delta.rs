//! Whole or delta.

use terrier_shared::latest::hash::Hash;
use terrier_shared::latest::report::ReportKind;

/// What a section is sent as, and what it replaces.
///
/// `acked` is what the server acknowledged last. A delta is only for a server that is known to hold its base;
/// everybody else gets the section whole, also a server that holds this very content and shows a fault over it.
#[must_use]
pub fn form(hash: Hash, acked: Option<Hash>, wants_full: bool) -> (ReportKind, Option<Hash>) {
    match acked {
        Some(base) if !wants_full && base != hash => (ReportKind::Delta, Some(base)),
        _ => (ReportKind::Full, None),
    }
}

#[cfg(test)]
mod tests {
    use terrier_shared::latest::hash::Hash;
    use terrier_shared::latest::report::ReportKind;

    use super::form;

    #[test]
    fn a_delta_needs_an_acknowledged_base_that_differs() {
        let (old, new) = (Hash::of(b"old"), Hash::of(b"new"));
        assert_eq!(form(new, Some(old), false), (ReportKind::Delta, Some(old)));
        assert_eq!(form(new, None, false), (ReportKind::Full, None));
        assert_eq!(form(new, Some(old), true), (ReportKind::Full, None));
        assert_eq!(form(new, Some(new), false), (ReportKind::Full, None));
    }
}
