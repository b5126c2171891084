//! Randomness, as something that is passed in, so that a test can choose it.

use ring::rand::{SecureRandom as _, SystemRandom};

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
        let mut bytes = [0; 8];
        SystemRandom::new().fill(&mut bytes).map_err(|_unspecified| std::io::Error::other("getrandom(2) failed"))?;
        Ok(u64::from_ne_bytes(bytes))
    }
}
