//! Which collector runs, written down before it runs.

use terrier_shared::latest::section::SectionKind;

/// Notes what runs, so that a process that dies of a collector does not die of it again and again.
pub trait Journal: Send + Sync {
    /// The collector of `section` is about to run.
    ///
    /// # Errors
    ///
    /// It may not, and why, for people.
    fn begin(&self, section: SectionKind) -> Result<(), String>;

    /// It came back, with or without a section.
    fn end(&self, section: SectionKind);

    /// It took more than it may and still runs: it is not to be tried again soon.
    fn convict(&self, section: SectionKind);
}

/// Notes nothing, for a process that ends when it has collected once.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn begin(&self, _: SectionKind) -> Result<(), String> {
        Ok(())
    }

    fn end(&self, _: SectionKind) {}

    fn convict(&self, _: SectionKind) {}
}
