//! Randomness, as something that is passed in, so that a test can choose it.

/// Where random numbers come from.
pub trait Entropy: Send {
    /// 64 random bits.
    ///
    /// # Errors
    ///
    /// The kernel gave none.
    fn bits(&mut self) -> std::io::Result<u64>;
}

/// The kernel's generator, getrandom(2).
#[derive(Debug, Clone, Copy, Default)]
pub struct KernelEntropy;

impl Entropy for KernelEntropy {
    fn bits(&mut self) -> std::io::Result<u64> {
        getrandom::u64().map_err(std::io::Error::other)
    }
}
